r"""Number the displays of a post: generated tags as they are, the source's own as S1, S2, … so that none collide."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from proofweave.text.tex import (
    ROW_ENVIRONMENTS,
    TOP_ENVIRONMENTS,
    environments,
    labels_in,
    split_rows,
    tags_in,
    unstarred,
)

UNNUMBERED = re.compile(r"\\(?:notag|nonumber)(?![A-Za-z])")
MARK = re.compile(r"\\(?:tag\*?|label)\s*\{")
INNER = {
    "align": "aligned",
    "flalign": "aligned",
    "alignat": "alignedat",
    "gather": "gathered",
    "multline": "gathered",
}
"""What a display environment is called where its number is set elsewhere."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a display: its TeX without tag and label, the number it shows ("" for none), its labels."""

    tex: str
    number: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Display:
    """A displayed formula: its rows, and the TeX of all of them together, without numbers.

    `aligned` tells whether `&` separates columns that line up from row to row.
    """

    rows: tuple[Row, ...]
    tex: str
    aligned: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers it shows, in order."""
        return tuple(row.number for row in self.rows if row.number)


def number_displays(formulas: Sequence[tuple[str, bool]]) -> tuple[Display, ...]:
    r"""Return the displays of a post with their numbers, from (TeX, whether it is of the grown part) in order.

    Where the source numbers its displays itself, as MathJax does for `equation` and its like, it shows (S1), (S2), …
    beside a grown part that has numbers, else (1), (2), ….
    """
    generated = {tag.text for tex, grown in formulas if grown for tag in tags_in(tex)}
    numberer = _Numberer(generated)
    return tuple(numberer.display(tex, grown) for tex, grown in formulas)


def labelled(displays: Iterable[Display]) -> Mapping[str, str]:
    """Return the number that each label refers to."""
    return {label: row.number for display in displays for row in display.rows for label in row.labels if row.number}


class _Numberer:
    """Numbers displays one after the other, beside the numbers that a grown part has taken."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.count = 0

    def display(self, tex: str, grown: bool) -> Display:
        outer = next(iter(environments(tex)), None)
        around = tex if outer is None or outer.end < 0 else tex[: outer.start] + tex[outer.end :]
        if outer is None or around.strip() or unstarred(outer.name) not in TOP_ENVIRONMENTS:
            return _single(self.row(tex.strip(), False, grown))
        name, auto = unstarred(outer.name), not outer.name.endswith("*")
        body = _body(tex[outer.start : outer.end])
        if name not in ROW_ENVIRONMENTS:
            return _single(self.row(body if name == "equation" else _wrapped(name, "", body), auto, grown))
        columns, body = _columns(name, body)
        rows = tuple(self.row(row, auto, grown) for row in split_rows(body))
        several = len(rows) > 1 or "&" in body
        inner = _wrapped(name, columns, " \\\\ ".join(row.tex for row in rows)) if several else body
        return Display(rows, _bare(inner), name != "gather")

    def row(self, tex: str, auto: bool, grown: bool) -> Row:
        """Return a row; where the source bears a tag that a grown display bears too, its own is set apart."""
        tags = tags_in(tex)
        number = tags[0].text.strip().strip("$").strip() if tags else ""
        if tags and number in self.taken and not grown:
            number = f"S-{number}"
        elif auto and not tags and not UNNUMBERED.search(tex):
            self.count += 1
            number = f"S{self.count}" if self.taken else f"{self.count}"
        return Row(_bare(tex), number, tuple(label.text.strip() for label in labels_in(tex)))


def _single(row: Row) -> Display:
    return Display((row,), row.tex)


def _bare(tex: str) -> str:
    r"""Return the TeX without `\tag`, `\label`, `\notag` and `\nonumber`."""
    kept: list[str] = []
    position = 0
    for mark in sorted((*tags_in(tex), *labels_in(tex)), key=lambda mark: mark.offset):
        opening = MARK.match(tex, mark.offset)
        if opening is not None and mark.offset >= position:
            kept.append(tex[position : mark.offset])
            position = opening.end() + len(mark.text) + 1
    return UNNUMBERED.sub("", "".join((*kept, tex[position:]))).strip()


def _body(environment: str) -> str:
    r"""Return what stands between the `\begin{…}` and the `\end{…}` of an environment."""
    return environment[environment.index("}") + 1 : environment.rindex("\\end")].strip()


def _columns(name: str, body: str) -> tuple[str, str]:
    """Return the argument of an alignat, and the body after it."""
    if name == "alignat" and body.startswith("{") and "}" in body:
        end = body.index("}") + 1
        return body[:end], body[end:]
    return "", body


def _wrapped(name: str, columns: str, body: str) -> str:
    if name == "eqnarray":
        return rf"\begin{{array}}{{rcl}} {body} \end{{array}}"
    inner = INNER[name]
    return rf"\begin{{{inner}}}{columns} {body} \end{{{inner}}}"
