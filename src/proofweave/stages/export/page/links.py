"""Find the references a reader sees, 式(3), 定理1.1, 图2, 第1.2节, [4], and where each of them leads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from proofweave.core import LANGUAGES, Numbering, labels

RANGE = r"(?<=\))–\((?P<eq_last>\d+)\)"
CITATION = r"\[(?P<ref>\d+)\]"
FORMS = (
    ("eq", "equation", r"\d+", ""),
    ("fig", "figure", r"\d+", r"(?!\d|\.\d)"),
    ("sec", "section", r"\d+(?:\.\d+)?", r"(?!\d)"),
)
"""What is referred to, the words for it, what its number looks like, and what does not follow."""


@dataclass(frozen=True, slots=True)
class Links:
    """What may be referred to: a pattern of all references, and the anchor of each by what it is called."""

    pattern: re.Pattern[str]
    anchors: dict[str, str]

    def split(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield a text in pieces, each with the anchor it refers to, "" for none."""
        position = 0
        for match in self.pattern.finditer(text):
            anchor = self.anchor(match)
            if not anchor:
                continue
            if match.start() > position:
                yield text[position : match.start()], ""
            yield match.group(), anchor
            position = match.end()
        if position < len(text):
            yield text[position:], ""

    def anchor(self, match: re.Match[str]) -> str:
        """Return where a reference leads, "" where there is no such thing."""
        kind = match.lastgroup
        return self.anchors.get(f"{kind.partition('_')[0]} {match[kind]}" if kind else match.group(), "")


def links_of(numbering: Numbering) -> Links:
    """Return the references that a grown post's numbers allow."""
    anchors = {label: f"thm-{id}" for id, label in numbering.labels.items()}
    names = "|".join(re.escape(label) for label in sorted(anchors, key=len, reverse=True))
    anchors |= {f"eq {tag}": f"eq-{tag}" for tags in numbering.tags.values() for tag in tags}
    anchors |= {f"fig {number}": f"fig-{id}" for id, number in numbering.figures.items()}
    anchors |= {f"sec {number}": f"sec-{id}" for id, number in numbering.sections.items()}
    anchors |= {f"ref {number}": f"ref-{number}" for number in numbering.citations.values()}
    parts = [RANGE, CITATION, *_forms()]
    if names:
        parts.append(rf"(?:{names})(?!\d|\.\d)")
    return Links(re.compile("|".join(parts)), anchors)


def _forms() -> Iterator[str]:
    """Yield the pattern of each reference, as a grown post of each language words it."""
    for language in LANGUAGES:
        for kind, name, digits, end in FORMS:
            before, after = map(re.escape, labels("post", language)[name].split("{number}"))
            yield rf"{before}(?P<{kind}_{language}>{digits}){after}{end}"
