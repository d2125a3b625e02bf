"""Say beside each numbered equation what was checked of it, and on which kinds of values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from proofweave.core import Outline, SymbolSpec, labels, stated_in, told, verdict_of
from proofweave.stages.export.page.equations import Mark

SIGNS = {"verified": "✓", "weak": "≈", "defined": "≔", "skipped": "–", "assumed": "–", "refuted": "✗", "error": "!"}


@dataclass(frozen=True, slots=True)
class Checked:
    """An equation with the verdict on it and the symbols that occur in it."""

    tags: tuple[int, ...]
    verdict: str
    reason: str
    instances: int
    killed: int
    total: int
    symbols: tuple[tuple[str, str], ...]

    @property
    def card(self) -> str:
        """Return the anchor of its card."""
        return f"check-{self.tags[0]}"


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
        tuple((spec.name, _type(spec.value)) for spec in _occurring(specs, tex)),
    )


def _scopes(outline: Outline) -> Iterator[tuple[str, tuple[str, tuple[SymbolSpec, ...]]]]:
    """Yield each equation's id with its TeX and the symbols in scope, inner ones last."""
    for section in outline.sections:
        for leaf in section.sections or (section,):
            outer = (*outline.symbols, *section.symbols, *(leaf.symbols if leaf is not section else ()))
            for block in leaf.blocks:
                for equation in stated_in(block.parts()):
                    yield equation.id, (equation.tex, (*outer, *block.symbols, *equation.symbols))


def _occurring(specs: Sequence[SymbolSpec], tex: str) -> list[SymbolSpec]:
    """Return the symbols whose names occur in a formula, and the sizes that their types name."""
    by_name = {spec.name: spec for spec in specs}
    found = {name for name in by_name if _occurs(name, tex)}
    found |= {other for name in list(found) for other in by_name if _occurs(other, _type(by_name[name].value))}
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


def cards(found: Sequence[Checked], language: str, pictures: Mapping[str, str]) -> str:
    """Return the cards that the signs open; `pictures` holds each symbol's name as MathML."""
    return "".join(_card(each, language, pictures) for each in found if each.verdict in SIGNS)


def _card(each: Checked, language: str, pictures: Mapping[str, str]) -> str:
    words = labels("page", language)
    number = f"{each.tags[0]}" if len(each.tags) == 1 else f"{each.tags[0]}–{each.tags[-1]}"
    title = words["card"].format(number=number, state=words[each.verdict])
    body = ""
    if each.instances:
        body += f"<p>{words['instances'].format(count=each.instances)}</p>"
    if each.total:
        body += f"<p>{words['mutants'].format(killed=each.killed, total=each.total)}</p>"
    if each.reason and each.verdict != "verified":
        reason = escape(told(each.reason, language))
        reason = f"<code>{reason}</code>" if "\\" in reason else reason
        body += f"<p>{words['reason'].format(reason=reason)}</p>"
    if each.symbols:
        rows = "".join(
            f"<div><dt>{pictures.get(name) or escape(name)}</dt><dd><code>{escape(kind)}</code></dd></div>"
            for name, kind in each.symbols
        )
        body += f"<h3>{words['symbols']}</h3><dl>{rows}</dl>"
    close = words["close"]
    return (
        f'<div popover class="card {each.verdict}" id="{each.card}" role="dialog" aria-labelledby="{each.card}-t">'
        f'<button type="button" class="close" popovertarget="{each.card}" popovertargetaction="hide"'
        f' aria-label="{close}">×</button><h2 id="{each.card}-t">{escape(title)}</h2>{body}</div>'
    )
