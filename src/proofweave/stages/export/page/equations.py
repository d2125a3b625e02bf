"""Print formulas: MathML in running text, displays with their numbers at the right edge and what was checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar
from urllib.parse import quote

from markupsafe import Markup

from proofweave.stages.export.marked import Display, Marked
from proofweave.stages.export.page.mathjax import mended
from proofweave.stages.export.page.mathml import shown
from proofweave.text.html import printed
from proofweave.text.tex import TOKEN

Pictured = tuple[str, bool]
"""TeX without delimiters, and whether it is displayed: what KaTeX is asked for."""

MOST_ROWS = 24
"""Rows with numbers of their own that one display may have (the stylesheet has a class for each count)."""

BESIDE = re.compile(r"([^/:?#]+)\.md(#.*)?\Z")
"""The address of another post, as a grown post writes it."""

REF = re.compile(r"\\(?:eq|auto)?ref\s*\{([^{}]*)\}")


def anchor_of(number: str) -> str:
    """Return the anchor of a numbered equation: a word without spaces or signs that an address would change."""
    return "eq-" + quote(number.replace(" ", "_"), safe="").replace("%", ".")


def cells(tex: str) -> list[str]:
    """Return the cells of a row: what stands between the `&` outside braces and environments."""
    found: list[str] = []
    depth = start = 0
    for token in TOKEN.finditer(tex):
        if token["cell"] and depth == 0:
            found.append(tex[start : token.start()])
            start = token.end()
        elif token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
        elif token["edge"]:
            depth += 1 if token["edge"] == "begin" else -1
    return [*found, tex[start:]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign beside a number that opens what was checked: its state, the sign, what a screen reader says, its card."""

    state: str
    sign: str
    says: str
    card: str


def several(display: Display) -> bool:
    """Return whether a display has rows with numbers of their own."""
    return len(display.rows) > 1 and len(display.numbers) > 1 and len(display.rows) <= MOST_ROWS


def needed(marked: Marked, numbers: Mapping[str, str]) -> list[Pictured]:
    """Return every formula that has to be pictured, in order; `numbers` are those labels refer to."""
    wanted: list[Pictured] = []
    for formula in marked.formulas:
        if formula.display < 0:
            wanted.append((named(formula.tex, numbers), False))
            continue
        display = marked.displays[formula.display]
        if several(display):
            wanted += [(cell, False) for row in display.rows for cell in row_cells(row.tex, numbers)]
        else:
            wanted.append((named(display.tex, numbers), True))
    return list(dict.fromkeys(wanted))


def named(tex: str, numbers: Mapping[str, str]) -> str:
    r"""Return TeX with the numbers in place of `\eqref`, which KaTeX does not know."""
    return mended(REF.sub(lambda match: rf"\text{{({numbers.get(match[1].strip(), '?')})}}", tex))


def row_cells(tex: str, numbers: Mapping[str, str]) -> list[str]:
    """Return the cells of a row as formulas of their own, in display style."""
    found = cells(named(tex, numbers))
    return [rf"\displaystyle {'{}' if index % 2 else ''}{cell}" for index, cell in enumerate(found)]


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints formulas from their pictures (KaTeX's MathML by formula, "" where it has none)."""

    TEMPLATE: ClassVar[str] = __name__
    PAGES: ClassVar[bool] = True

    pictures: Mapping[Pictured, str]
    numbers: Mapping[str, str]
    marks: Mapping[str, Mark]

    def math(self, tex: str, display: bool = False) -> str:
        """Return a formula as MathML; one that cannot be shown is its TeX, as code."""
        picture = self.pictures.get((tex, display), "")
        return shown(picture) if picture else f'<code class="broken">{escape(tex)}</code>'

    def inline(self, tex: str) -> str:
        """Return a formula in running text."""
        return self.math(named(tex, self.numbers))

    def display(self, display: Display) -> str:
        """Return a displayed formula with its numbers; several stand in rows of their own."""
        if several(display):
            rows = [(self.cells(row.tex), *self.edge(row.number)) for row in display.rows]
            return printed(self.TEMPLATE, "rows", rows=rows, aligned=display.aligned)
        anchor, edge = self.edge(next(iter(display.numbers), ""))
        math = Markup(self.math(named(display.tex, self.numbers), True))
        return printed(self.TEMPLATE, "display", anchor=anchor, math=math, edge=edge)

    def cells(self, tex: str) -> list[Markup]:
        """Return the formulas of a row's cells."""
        return [Markup(self.math(cell)) for cell in row_cells(tex, self.numbers)]

    def edge(self, number: str) -> tuple[str, str]:
        """Return a number's anchor, and the number with the sign of what was checked; "" where there is none."""
        if not number:
            return "", ""
        anchor, mark = anchor_of(number), self.marks.get(number)
        return anchor, printed(self.TEMPLATE, "number", number=number, anchor=anchor, mark=mark)
