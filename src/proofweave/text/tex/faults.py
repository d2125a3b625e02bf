"""Find what a TeX engine would refuse in a formula: unbalanced groups, and tags where MathJax allows none."""

from collections import Counter
from typing import Any, NamedTuple

from proofweave.core import say
from proofweave.text.tex.tokens import (
    INNER_ENVIRONMENTS,
    ROW_ENVIRONMENTS,
    TEXT_COMMANDS,
    TOKEN,
    TOP_ENVIRONMENTS,
    unstarred,
)


class Problem(NamedTuple):
    """What a TeX engine would refuse, at an offset in the TeX."""

    offset: int
    what: str
    expected: str
    fix: str


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

    def report(self, offset: int, name: str, **fields: Any) -> None:
        texts = (say(f"text.tex-{name}{end}", **fields) for end in ("", "-expected", "-fix"))
        self.found.append(Problem(offset, *texts))

    def push(self, frame: _Frame) -> None:
        self.stack.append(frame)
        self.count(frame, 1)
        if frame.kind == "env":
            self.tags.append(0)
            if frame.name in INNER_ENVIRONMENTS:
                self.inner.append(frame.name)

    def pop(self) -> _Frame:
        frame = self.stack.pop()
        self.count(frame, -1)
        if frame.kind == "env":
            self.tags.pop()
            if frame.name in INNER_ENVIRONMENTS:
                self.inner.pop()
        return frame

    def count(self, frame: _Frame, by: int) -> None:
        named = frame.name if frame.kind == "env" else ""
        self.open[frame.kind, named] += by
        self.open["envs", ""] += by * (frame.kind == "env")
        self.open["top", ""] += by * (unstarred(named) in TOP_ENVIRONMENTS)

    def unclosed(self, frame: _Frame) -> None:
        opened, closing = {
            "{": ("{", "}"),
            "left": (r"\left", r"\right"),
            "$": ("$", "$"),
            "env": (rf"\begin{{{frame.name}}}", rf"\end{{{frame.name}}}"),
        }[frame.kind]
        self.report(frame.offset, "unclosed", opened=opened, closing=closing)

    def close(self, kind: str, name: str, offset: int, shown: str, opening: str) -> None:
        """Close the innermost frame of a kind, reporting what is still open inside it."""
        if not self.open[kind, name]:
            self.report(offset, "unopened", closing=shown, opening=opening)
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
        if unstarred(name) in TOP_ENVIRONMENTS:
            inner = {"align": "aligned", "alignat": "alignedat", "gather": "gathered"}.get(unstarred(name), "aligned")
            if not self.display:
                self.report(offset, "environment-inline", environment=name)
            elif self.open["top", ""]:
                self.report(offset, "environment-inside", environment=name, inner=inner)
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
            self.report(offset, "tag-inline")
        elif self.inner:
            self.report(offset, "tag-inside", environment=self.inner[-1])
        self.tags[-1] += 1
        if self.tags[-1] == 2:
            self.report(offset, "tag-twice")

    def dollar(self, shown: str, offset: int) -> None:
        top = self.stack[-1] if self.stack else _Frame("", 0)
        for _ in shown:
            if top.kind == "$":
                self.pop()
            elif top.kind == "{" and top.name == "text":
                self.push(_Frame("$", offset))
            else:
                self.report(offset, "dollar")
                return
            top = self.stack[-1] if self.stack else _Frame("", 0)

    def row_or_cell(self, row: bool, shown: str, offset: int) -> None:
        top = self.stack[-1] if self.stack else _Frame("", 0)
        if top.kind == "left" and self.open["envs", ""]:
            self.report(offset, "between-left-right", mark=shown)
        if row and top.kind == "env" and unstarred(top.name) in ROW_ENVIRONMENTS:
            self.tags[-1] = 0


def problems(tex: str, display: bool = True) -> tuple[Problem, ...]:
    """Return what is unbalanced or illegal in a formula, in order; `display` is False for inline math."""
    return _Reader(tex, display).read()
