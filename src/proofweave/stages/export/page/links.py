"""Find the references a reader sees, 式(3), 定理1.1, 图2, 第1.2节, [4], and where each of them leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from proofweave.core.types import Numbering

EQUATION = r"(?P<eq>(?:式|Eq\. )\((?P<tag>\d+)\))|(?P<range>(?<=\))–\((?P<last>\d+)\))"
FIGURE = r"(?P<fig>(?:图|Figure )(?P<figure>\d+))(?!\d|\.\d)"
SECTION = r"(?P<sec>第(?P<zh>\d+(?:\.\d+)?)节|Section (?P<en>\d+(?:\.\d+)?))(?!\d)"
CITATION = r"(?P<ref>\[(?P<work>\d+)\])"


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
        found = match.groupdict()
        for key, name in (("tag", "eq"), ("last", "eq"), ("figure", "fig"), ("zh", "sec"), ("en", "sec")):
            if found[key]:
                return self.anchors.get(f"{name} {found[key]}", "")
        if found["work"]:
            return self.anchors.get(f"ref {found['work']}", "")
        return self.anchors.get(match.group(), "")


def links_of(numbering: Numbering) -> Links:
    """Return the references that a grown post's numbers allow."""
    anchors = {label: f"thm-{id}" for id, label in numbering.labels.items()}
    labels = "|".join(re.escape(label) for label in sorted(anchors, key=len, reverse=True))
    anchors |= {f"eq {tag}": f"eq-{tag}" for tags in numbering.tags.values() for tag in tags}
    anchors |= {f"fig {number}": f"fig-{id}" for id, number in numbering.figures.items()}
    anchors |= {f"sec {number}": f"sec-{id}" for id, number in numbering.sections.items()}
    anchors |= {f"ref {number}": f"ref-{number}" for number in numbering.citations.values()}
    parts = [EQUATION, FIGURE, SECTION, CITATION]
    if labels:
        parts.append(rf"(?:{labels})(?!\d|\.\d)")
    return Links(re.compile("|".join(parts)), anchors)
