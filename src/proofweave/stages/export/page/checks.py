"""Say beside each numbered equation what was checked of it, and on which kinds of values."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from proofweave.core import Outline, SymbolSpec, displays_of, labels, text_in, told, verdict_of
from proofweave.stages.export.page.equations import Mark
from proofweave.stages.export.page.meanings import drawn, leaned, meant, narrowed
from proofweave.text.html import printed, wording

MATH = re.compile(r"\$([^$]+)\$|`([^`]+)`")
"""Mathematics in a text, and what is shown as it is written."""

SIGNS = {
    **{"verified": "✓", "special": "◐", "weak": "≈", "defined": "≔"},
    **{"skipped": "–", "assumed": "–", "refuted": "✗", "error": "!"},
}


@dataclass(frozen=True, slots=True)
class Checked:
    """An equation with the verdict on it, and what a reader is told of it: texts with mathematics between $…$."""

    tags: tuple[int, ...]
    verdict: str
    reason: str
    instances: int
    killed: int
    total: int
    symbols: tuple[tuple[str, str], ...]
    narrowings: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()
    drawn: str = ""

    @property
    def card(self) -> str:
        """Return the anchor of its card."""
        return f"check-{self.tags[0]}"

    def formulas(self, language: str) -> Iterator[str]:
        """Yield each formula of its card."""
        texts = [self.drawn, *self.conditions, *(text for pair in self.narrowings for text in pair)]
        for text in (*texts, *(meaning for _, meaning in self.symbols)):
            yield from (found[1] for found in MATH.finditer(told(text, language)) if found[1])
        yield from (name for name, _ in self.symbols)


def checked(outline: Outline, equations: Sequence[Mapping[str, Any]]) -> tuple[Checked, ...]:
    """Return the numbered equations of a post with their verdicts, as validate wrote them."""
    scopes = dict(_scopes(outline))
    return tuple(_checked(value, scopes.get(value["id"], ("", ()))) for value in equations if value["tags"])


def _checked(value: Mapping[str, Any], scope: tuple[str, tuple[SymbolSpec, ...]]) -> Checked:
    tex, specs = scope
    verdict, reason = verdict_of(value)
    mutants = value["mutants"] or {"killed": 0, "total": 0}
    return Checked(
        tuple(value["tags"]),
        verdict,
        reason,
        int(value["instances"]),
        int(mutants["killed"]),
        int(mutants["total"]),
        tuple((spec.name, meant(spec.name, spec.value)) for spec in _occurring(specs, tex)),
        tuple((narrowed(text_in(each["what"])), str(each["because"])) for each in value.get("narrowings", ())),
        leaned([(each["kind"], str(each["name"]), str(each["text"])) for each in value.get("conditions", ())]),
        drawn(value.get("planned") or {}, value.get("reached") or {}),
    )


def _scopes(outline: Outline) -> Iterator[tuple[str, tuple[str, tuple[SymbolSpec, ...]]]]:
    """Yield each equation's id with its TeX and the symbols in scope, inner ones last."""
    for section, leaf, block in outline.placed():
        outer = (*outline.symbols, *section.symbols, *leaf.symbols, *block.symbols)
        for equation in displays_of(block.parts()):
            yield equation.id, (equation.tex, (*outer, *equation.symbols))


def _occurring(specs: Sequence[SymbolSpec], tex: str) -> list[SymbolSpec]:
    """Return the symbols whose names occur in a formula, or in what those are made of."""
    by_name = {spec.name: spec for spec in specs}
    found: set[str] = set()
    texts = [tex]
    while texts:
        text = texts.pop()
        more = {name for name in by_name if name not in found and _occurs(name, text)}
        found |= more
        texts += [_type(by_name[name].value) for name in more]
    return [spec for name, spec in by_name.items() if name in found]


def _occurs(name: str, text: str) -> bool:
    start = r"(?<![A-Za-z\\])" if name[:1].isalpha() else ""
    end = r"(?![A-Za-z])" if name[-1:].isalpha() else ""
    return re.search(start + re.escape(name) + end, text) is not None


def _type(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_type(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_type(inner) for inner in value)
    return str(value)


def marks_of(found: Sequence[Checked], language: str) -> dict[str, Mark]:
    """Return the sign beside each number."""
    words = labels("page", language)
    marks: dict[str, Mark] = {}
    for each in found:
        if each.verdict in SIGNS:
            mark = Mark(each.verdict, SIGNS[each.verdict], words[each.verdict], each.card)
            marks.update({str(tag): mark for tag in each.tags})
    return marks


def cards(found: Sequence[Checked], language: str, picture: Callable[[str], str]) -> Markup:
    """Return the cards that the signs open; `picture` prints a formula."""

    def set_(text: str) -> Markup:
        """Return a text with its mathematics set; what stands around it is escaped."""
        whole, start = Markup(), 0
        spoken = told(text, language)
        if "\\" in spoken and "$" not in spoken:
            return Markup("<code>{}</code>").format(spoken)
        for each in MATH.finditer(spoken):
            whole += spoken[start : each.start()]
            whole += Markup(picture(each[1])) if each[1] else Markup("<code>{}</code>").format(each[2])
            start = each.end()
        return whole + spoken[start:]

    signed = [each for each in found if each.verdict in SIGNS]
    return printed(__name__, "cards", found=signed, set=set_, words=wording("page", language))
