r"""Write a post as plain Markdown that GitHub, Typora or Obsidian shows: each has its own idea of formulas.

All three want displays between lines of their own and show no bare `\begin{equation}`. GitHub refuses `\tag` and
`\operatorname` and takes a formula beside a CJK letter for text; so numbers stand at the end of the formula there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from proofweave.stages.export.marked import Display, Marked, labelled
from proofweave.stages.export.page import named
from proofweave.text.tex import argument, braces

OPERATOR = re.compile(r"\\operatorname(\*?)(?![A-Za-z])")
BOX = re.compile(r"\\mbox(?=\s*\{)")
FIGURE = re.compile(r"(!\[[^\]\n]*\]\(<?)\.\./figures/")
LEAD = re.compile(r"(?:[ \t]*>)*[ \t]*(?:[-*+]|\d{1,9}[.)])?[ \t]*")
DEPTH = 20
"""Rounds of macros in macros that are followed."""


class Fold(NamedTuple):
    """How a solution is folded: what opens it under a heading, stands before each of its lines, and closes it."""

    opening: str
    margin: str
    closing: str


class Dialect(NamedTuple):
    r"""What an application takes: the delimiters of formulas, whether `\tag` and `\operatorname`, tight neighbours."""

    opening: str
    closing: str
    inline: tuple[str, str]
    tags: bool
    operators: bool
    spaced: bool
    fold: Fold | None


DIALECTS: Mapping[str, Dialect] = {
    "github": Dialect(
        "```math",
        "```",
        ("$`", "`$"),
        False,
        False,
        True,
        Fold("<details>\n<summary>{}</summary>\n", "", "\n</details>\n"),
    ),
    "typora": Dialect("$$", "$$", ("$", "$"), True, True, False, None),
    "obsidian": Dialect("$$", "$$", ("$", "$"), True, True, False, Fold("> [!success]- {}", "> ", "")),
}


def dialect(marked: Marked, name: str, front: str = "", figures: str = "../figures/") -> str:
    """Return a post in a dialect; `front` is its front matter, `figures` leads from it to the folder of figures."""
    writer = _Writer(marked, DIALECTS[name], labelled(marked.displays))
    text = FIGURE.sub(lambda match: f"{match[1]}{figures}", "\n".join(_tidy(writer.lines())))
    return front + text.strip("\n") + "\n"


def expanded(tex: str, macros: Mapping[str, str]) -> str:
    """Return TeX with the post's own macros written out, since no application carries them from formula to formula."""
    if not macros:
        return tex
    pattern = re.compile("|".join(re.escape(name) + ("(?![A-Za-z])" if name[-1].isalpha() else "") for name in macros))
    for _ in range(DEPTH):
        found = pattern.search(tex)
        if found is None:
            break
        body, end = macros[found[0]], found.end()
        closing = braces(tex)
        for number in range(1, 10):
            if f"#{number}" not in body:
                break
            given = argument(tex, end, closing)
            if given is None:
                return tex
            body, end = body.replace(f"#{number}", given[0]), given[1]
        joint = " " if body[-1:].isalpha() and tex[end : end + 1].isalpha() else ""
        tex = tex[: found.start()] + body + joint + tex[end:]
    return tex


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes a post's lines."""

    marked: Marked
    dialect: Dialect
    numbers: Mapping[str, str]

    def lines(self) -> list[str]:
        """Return the post's lines, solutions folded where the application can."""
        out: list[str] = []
        margin = ""
        for line in self.marked.markdown.split("\n"):
            match, fold = self.marked.token.fullmatch(line), self.dialect.fold
            solves = match is not None and match[1] in "be" and self.marked.regions[int(match[2])].solves
            if fold is None or not solves:
                out += [(margin + new).rstrip(" ") if margin else new for new in self.line(line).split("\n")]
            elif match is not None and match[1] == "b":
                while not out[-1]:
                    out.pop()
                out += fold.opening.format(out.pop().strip("*:")).split("\n")
                margin = fold.margin
            else:
                out += fold.closing.split("\n")
                margin = ""
        return out

    def line(self, line: str) -> str:
        """Return a line with its formulas; a display leaves it for lines of its own, quoted or indented as it was."""
        lead = LEAD.match(line)
        margin = re.sub(r"[^>]", " ", lead[0]) if lead else ""
        margin = margin.rstrip() + " " if ">" in margin else margin
        table = line.lstrip(" >").startswith("|")
        out, position = "", 0
        for match in self.marked.token.finditer(line):
            out += line[position : match.start()]
            position = match.end()
            letter, number = match[1], int(match[2])
            if letter == "r":
                out += f"({self.numbers.get(self.marked.links[number], '?')})"
            elif letter == "m":
                formula = self.marked.formulas[number]
                if formula.display < 0 or table:
                    tex = formula.tex if formula.display < 0 else self.marked.displays[formula.display].tex
                    out = self.inline(tex, out, line[position : position + 1], table)
                else:
                    out = self.display(self.marked.displays[formula.display], out, margin)
                    line = line[:position] + line[position:].lstrip()
        return out + line[position:].removeprefix(margin if position and margin.strip() else "")

    def inline(self, tex: str, before: str, after: str, table: bool) -> str:
        """Return what stands before a formula, and the formula, set apart where the application wants it."""
        opening, closing = self.dialect.inline
        tex = " ".join(self.plain(named(tex, self.numbers)).split())
        if table:  # a bar would end the cell
            tex = re.sub(r"(?<!\\)\|", r"\\vert ", tex.replace("\\|", "\\Vert "))
        spaced = self.dialect.spaced
        left = " " if spaced and before and not (before[-1].isspace() or before[-1] in "([*_~") else ""
        right = " " if spaced and after.isalnum() else ""
        return f"{before}{left}{opening}{tex}{closing}{right}"

    def display(self, display: Display, before: str, margin: str) -> str:
        """Return what stands before a display, and the display on lines of its own."""
        body = self.body(display)
        lines = [
            self.dialect.opening,
            *(line.strip() for line in body.split("\n") if line.strip()),
            self.dialect.closing,
        ]
        block = "\n".join(f"{margin}{line}" for line in lines)
        blank = margin.rstrip()
        head = before.rstrip()
        head = "" if not head.strip("> ") else f"{head}\n{blank}\n"
        return f"{head or (blank + chr(10) if blank else chr(10))}{block}\n{blank}\n{margin}"

    def body(self, display: Display) -> str:
        """Return a display's TeX with its numbers as the application shows them."""
        if len(display.numbers) > 1:
            environment = "align" if display.aligned else "gather"
            if not self.dialect.tags:
                environment += "ed"
            elif any(not row.number for row in display.rows):
                environment += "*"
            rows = " \\\\\n".join(self.numbered(row.tex, row.number) for row in display.rows)
            return f"\\begin{{{environment}}}\n{rows}\n\\end{{{environment}}}"
        return self.numbered(display.tex, next(iter(display.numbers), ""))

    def numbered(self, tex: str, number: str) -> str:
        tex = self.plain(named(tex, self.numbers))
        if not number:
            return tex
        return f"{tex}\n\\tag{{{number}}}" if self.dialect.tags else f"{tex} \\qquad \\text{{({number})}}"

    def plain(self, tex: str) -> str:
        """Return TeX without the post's macros, and without what the application refuses."""
        tex = expanded(tex.strip(), self.marked.macros)
        if self.dialect.operators:
            return tex
        tex = BOX.sub(r"\\text", tex)
        while found := OPERATOR.search(tex):
            name = argument(tex, found.end(), braces(tex))
            if name is None:
                return tex
            tail = "" if found[1] else "\\nolimits"
            gap = " " if tail and tex[name[1] : name[1] + 1].isalpha() else ""
            tex = f"{tex[: found.start()]}\\mathop{{\\mathrm{{{name[0]}}}}}{tail}{gap}{tex[name[1] :]}"
        return tex


def _tidy(lines: list[str]) -> list[str]:
    """Return lines with no more than one blank between two, outside code."""
    out: list[str] = []
    fence = ""
    for line in lines:
        mark = re.match(r"[ >]*(`{3,}|~{3,})", line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        line = line if fence else line.rstrip() if not line.strip() else line
        if not fence and not line and (not out or not out[-1]):
            continue
        out.append(line)
    return out
