"""Read the structure of TeX mathematics: rows, tags, environments, macros, and what MathJax or KaTeX would refuse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

TOKEN = re.compile(
    r"""
    (?P<row>\\\\(?:[ \t]*\*)?
        (?:[ \t]*\[\s*[+-]?\s*(?:\d+(?:\.\d*)?|\.\d+)\s*(?:pt|em|ex|mu|cm|mm|in|bp|pc|sp|dd|cc)\s*\])?)
    | \\(?P<edge>begin|end)\s*\{\s*(?P<name>[A-Za-z]+\*?)\s*\}
    | \\(?P<command>[A-Za-z]+\*?)
    | (?P<symbol>\\(?s:.))
    | (?P<comment>%[^\n]*)
    | (?P<brace>[{}])
    | (?P<dollar>\$\$?)
    | (?P<cell>&)
    """,
    re.VERBOSE,
)
ARGUMENT = re.compile(r"\s*\{")

TEXT_COMMANDS = frozenset(
    [
        "text",
        "textbf",
        "textit",
        "textrm",
        "textsf",
        "texttt",
        "textnormal",
        "textmd",
        "textup",
        "textsl",
        "textsc",
        "mbox",
        "hbox",
        "fbox",
        "tag",
    ]
)
ROW_ENVIRONMENTS = frozenset(["align", "alignat", "gather", "eqnarray", "flalign"])
"""Environments that number each row: a tag per row."""
TOP_ENVIRONMENTS = ROW_ENVIRONMENTS | {"equation", "multline"}
"""Environments that are a display of their own, so they nest in nothing."""
INNER_ENVIRONMENTS = frozenset(
    [
        "aligned",
        "alignedat",
        "gathered",
        "split",
        "cases",
        "dcases",
        "rcases",
        "drcases",
        "array",
        "subarray",
        "smallmatrix",
        "multlined",
        "darray",
    ]
) | {f"{fence}matrix" for fence in ("", "p", "b", "v", "B", "V")}
"""Environments that stand inside a display: MathJax refuses a tag in them, and KaTeX sets it without a word."""
DISPLAY_ENVIRONMENTS = TOP_ENVIRONMENTS | INNER_ENVIRONMENTS


class Mark(NamedTuple):
    r"""A command with one braced argument, as in `\tag{3}`: the argument, its offset in the TeX and the command."""

    text: str
    offset: int
    command: str


class Environment(NamedTuple):
    r"""A `\begin{name}…\end{name}` from `start` to `end` (-1 where it is never closed), `depth` environments deep."""

    name: str
    start: int
    end: int
    depth: int


class Problem(NamedTuple):
    """What a TeX engine would refuse, at an offset in the TeX."""

    offset: int
    what: str
    expected: str
    fix: str


def split_rows(tex: str) -> tuple[str, ...]:
    r"""Return the rows between the `\\` (with its `*` and length) outside braces and environments.

    A blank last row, after a trailing `\\`, is no row.
    """
    rows: list[str] = []
    depth = start = 0
    for token in TOKEN.finditer(tex):
        kind = token.lastgroup
        if kind == "row" and depth == 0:
            rows.append(tex[start : token.start()])
            start = token.end()
        elif kind == "brace":
            depth = max(0, depth + (1 if token["brace"] == "{" else -1))
        elif token["edge"]:
            depth = max(0, depth + (1 if token["edge"] == "begin" else -1))
    last = tex[start:]
    return (*rows, last) if last.strip() or not rows else tuple(rows)


def tags_in(tex: str) -> tuple[Mark, ...]:
    r"""Return every `\tag{…}` and `\tag*{…}`, in order."""
    return tuple(_marks(tex, frozenset({"tag", "tag*"})))


def labels_in(tex: str) -> tuple[Mark, ...]:
    r"""Return every `\label{…}`, in order."""
    return tuple(_marks(tex, frozenset({"label"})))


def _marks(tex: str, commands: frozenset[str]) -> Iterator[Mark]:
    found = [token for token in TOKEN.finditer(tex) if token["command"] in commands]
    closing = braces(tex) if found else {}
    for token in found:
        body = argument(tex, token.end(), closing)
        yield Mark(body[0] if body else "", token.start(), token["command"])


def braces(tex: str) -> dict[int, int]:
    """Return the offset of each opening brace's closing one; a brace that is never closed is left out."""
    closing: dict[int, int] = {}
    open_ones: list[int] = []
    for token in TOKEN.finditer(tex):
        if token["brace"] == "{":
            open_ones.append(token.start())
        elif token["brace"] and open_ones:
            closing[open_ones.pop()] = token.start()
    return closing


def argument(tex: str, start: int, closing: Mapping[int, int]) -> tuple[str, int] | None:
    """Return the braced argument at `start`, white space before it allowed, and the offset after it; None without one.

    `closing` is what `braces` says of the same TeX.
    """
    opening = ARGUMENT.match(tex, start)
    if opening is None or opening.end() - 1 not in closing:
        return None
    end = closing[opening.end() - 1]
    return tex[opening.end() : end], end + 1


def environments(tex: str) -> tuple[Environment, ...]:
    r"""Return every environment, in order of its `\begin`."""
    found: list[Environment] = []
    open_ones: list[int] = []
    named: Counter[str] = Counter()
    for token in TOKEN.finditer(tex):
        if token["edge"] == "begin":
            open_ones.append(len(found))
            named[token["name"]] += 1
            found.append(Environment(token["name"], token.start(), -1, len(open_ones) - 1))
        elif token["edge"] == "end" and named[token["name"]]:
            while True:
                index = open_ones.pop()
                named[found[index].name] -= 1
                if found[index].name == token["name"]:
                    found[index] = found[index]._replace(end=token.end())
                    break
    return tuple(found)


class _Frame(NamedTuple):
    r"""Something open: a brace, `\left`, an environment or `$` inside text."""

    kind: str
    offset: int
    name: str = ""


class _Reader:
    """Reads TeX once from left to right, keeping what is open on a stack and counting tags by row."""

    def __init__(self, tex: str, display: bool) -> None:
        self.tex = tex
        self.display = display
        self.stack: list[_Frame] = []
        self.open: Counter[tuple[str, str]] = Counter()
        self.inner: list[str] = []
        self.tags: list[int] = [0]
        self.found: list[Problem] = []

    def report(self, offset: int, what: str, expected: str, fix: str) -> None:
        self.found.append(Problem(offset, what, expected, fix))

    def push(self, frame: _Frame) -> None:
        self.stack.append(frame)
        self.open[frame.kind, frame.name if frame.kind == "env" else ""] += 1
        if frame.kind == "env":
            self.open["envs", ""] += 1
            if frame.name in INNER_ENVIRONMENTS:
                self.inner.append(frame.name)
            self.open["top", ""] += _plain(frame.name) in TOP_ENVIRONMENTS
            self.tags.append(0)

    def pop(self) -> _Frame:
        frame = self.stack.pop()
        self.open[frame.kind, frame.name if frame.kind == "env" else ""] -= 1
        if frame.kind == "env":
            self.open["envs", ""] -= 1
            if frame.name in INNER_ENVIRONMENTS:
                self.inner.pop()
            self.open["top", ""] -= _plain(frame.name) in TOP_ENVIRONMENTS
            self.tags.pop()
        return frame

    def unclosed(self, frame: _Frame) -> None:
        opened, closing = {
            "{": ("{", "}"),
            "left": (r"\left", r"\right"),
            "$": ("$", "$"),
            "env": (rf"\begin{{{frame.name}}}", rf"\end{{{frame.name}}}"),
        }[frame.kind]
        self.report(frame.offset, f"'{opened}' is never closed", f"a '{closing}' for it", f"add '{closing}'")

    def close(self, kind: str, name: str, offset: int, shown: str, opening: str) -> None:
        """Close the innermost frame of a kind, reporting what is still open inside it."""
        if not self.open[kind, name]:
            self.report(
                offset, f"'{shown}' closes nothing", f"a '{opening}' before it", f"delete '{shown}' or add '{opening}'"
            )
            return
        while True:
            frame = self.pop()
            if frame.kind == kind and (kind != "env" or frame.name == name):
                return
            self.unclosed(frame)

    def read(self) -> tuple[Problem, ...]:
        after_text = -1
        for token in TOKEN.finditer(self.tex):
            offset, kind = token.start(), token.lastgroup
            if token["edge"]:
                self.edge(token["edge"], token["name"], offset)
            elif kind == "command":
                name = token["command"].rstrip("*")
                if name in TEXT_COMMANDS:
                    after_text = token.end()
                self.command(name, offset)
            elif kind == "brace" and token["brace"] == "{":
                self.push(_Frame("{", offset, "text" if after_text == offset else ""))
            elif kind == "brace":
                self.close("{", "", offset, "}", "{")
            elif kind == "dollar":
                self.dollar(token["dollar"], offset)
            elif kind in {"row", "cell"}:
                self.row_or_cell(kind == "row", token.group(), offset)
        for frame in reversed(self.stack):
            self.unclosed(frame)
        return tuple(sorted(self.found))

    def edge(self, edge: str, name: str, offset: int) -> None:
        if edge == "end":
            self.close("env", name, offset, rf"\end{{{name}}}", rf"\begin{{{name}}}")
            return
        if _plain(name) in TOP_ENVIRONMENTS:
            inner = {"align": "aligned", "alignat": "alignedat", "gather": "gathered"}.get(_plain(name), "aligned")
            if not self.display:
                self.report(offset, f"'{name}' inside inline math", "a display", "make it a display of its own")
            elif self.open["top", ""]:
                self.report(offset, f"'{name}' inside another display environment", f"'{inner}'", f"use '{inner}'")
        self.push(_Frame("env", offset, name))

    def command(self, name: str, offset: int) -> None:
        if name == "left":
            self.push(_Frame("left", offset))
        elif name == "right":
            self.close("left", "", offset, r"\right", r"\left")
        elif name == "tag":
            self.tag(offset)

    def tag(self, offset: int) -> None:
        if not self.display:
            self.report(offset, r"\tag inside inline math", "a display", r"make it a display, or delete the \tag")
        elif self.inner:
            inner = self.inner[-1]
            self.report(
                offset,
                rf"\tag inside '{inner}', which MathJax refuses",
                r"the \tag outside it",
                rf"move the \tag after \end{{{inner}}}, or use align for a tag on each row",
            )
        self.tags[-1] += 1
        if self.tags[-1] == 2:
            self.report(
                offset, r"a second \tag in one row", r"one \tag for each row", r"delete one, or use align and '\\'"
            )

    def dollar(self, shown: str, offset: int) -> None:
        top = self.stack[-1] if self.stack else _Frame("", 0)
        for _ in shown:
            if top.kind == "$":
                self.pop()
            elif top.kind == "{" and top.name == "text":
                self.push(_Frame("$", offset))
            else:
                self.report(offset, "'$' inside mathematics", r"'\$' or \text{…}", r"delete the '$' or write '\$'")
                return
            top = self.stack[-1] if self.stack else _Frame("", 0)

    def row_or_cell(self, row: bool, shown: str, offset: int) -> None:
        top = self.stack[-1] if self.stack else _Frame("", 0)
        if top.kind == "left" and self.open["envs", ""]:
            self.report(
                offset,
                rf"'{shown}' between \left and \right",
                r"\right in the cell of its \left",
                r"close with '\right.' and open the next cell with '\left.', or use \bigl and \bigr",
            )
        if row and top.kind == "env" and _plain(top.name) in ROW_ENVIRONMENTS:
            self.tags[-1] = 0


def problems(tex: str, display: bool = True) -> tuple[Problem, ...]:
    """Return what is unbalanced or illegal in a formula, in order; `display` is False for inline math."""
    return _Reader(tex, display).read()


def _plain(name: str) -> str:
    return name.rstrip("*")
