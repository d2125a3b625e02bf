"""A doctest for mathematics: checks next to the math of any Markdown file.

A block is an HTML comment that starts with `proofweave`, or a fence with that info string, holding YAML:
`symbols:` are in force from there on, `equations:` are checked on the spot, `check: next` or any key of an
equation (`id`, `given`, …) checks the display that follows, `check: all` every display after it, `check: none` stops.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from proofweave.check.language import Scope
from proofweave.check.sheet.document import Level, read_one
from proofweave.check.sheet.files import Reader, moved, read_check, read_equation, read_symbols
from proofweave.check.sheet.paper import Paper
from proofweave.check.sheet.said import Said
from proofweave.check.sheet.unused import mention
from proofweave.core import Check, Equation, FindingsError, Severity, Span, SpanKind, Where, say
from proofweave.text.markdown import read_post
from proofweave.text.yaml import Node, read_nodes

COMMENT = re.compile(r"<!--[ \t]*proofweave(?=\s)")
FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,})[ \t]*proofweave[ \t]*\n")
EQUATION_KEYS = ("id", "defines", "assume", "skip", "given", "order", "tight", "strict", "excuse")
KEYS = ("symbols", "instances", "equations", "check", *EQUATION_KEYS)
LABEL = re.compile(r"\\(?:label|tag)\{([^{}]*)\}")


@dataclass(slots=True)
class _Reading:
    """What is in force while a file is read."""

    path: str
    paper: Paper = field(default_factory=Paper)
    level: Level = field(default_factory=lambda: Level((Scope(),)))
    following: tuple[str, Check] | None = None
    all: bool = False
    count: int = 0

    @property
    def scope(self) -> Scope:
        """The symbols in force."""
        return self.level.scopes[0]

    def read(self, equation: Equation, place: Callable[[int], Where]) -> None:
        """Read one equation with what is in force."""
        self.paper.add(read_one(equation, self.level, place))


def read_markdown(text: str, path: str) -> Paper:
    """Return a Markdown file's checks; blocks that cannot be read raise FindingsError."""
    spans = read_post(text, path).spans
    said = Said("".join(span.text for span in spans if _block(span) is None))
    reading = _Reading(path, level=Level((Scope(),), said=said, whole=said))
    reader = Reader()
    for span in spans:
        block = _block(span)
        if block is not None:
            _read_block(block[0], block[1], reading, reader)
        elif span.kind is SpanKind.DISPLAY_MATH:
            _display(span, reading)
        elif span.kind is SpanKind.INLINE_MATH:
            mention(reading.scope, span.tex)
    if any(finding.severity is Severity.ERROR for finding in reader.findings):
        raise FindingsError(reader.findings)
    return reading.paper


def _block(span: Span) -> tuple[str, Callable[[Where], Where]] | None:
    """Return a block's YAML and how its places turn into the file's."""
    if span.kind is SpanKind.COMMENT:
        match, end = COMMENT.match(span.text), -3 if span.closed else len(span.text)
    elif span.kind is SpanKind.CODE:
        match, end = FENCE.match(span.text), span.text.rstrip().rfind("\n") + 1
    else:
        return None
    if match is None:
        return None
    before = span.text[: match.end()]
    lines = span.line - 1 + before.count("\n")
    column = 0 if "\n" in before else span.column - 1 + len(before)

    def place(where: Where) -> Where:
        return moved(where, lines, column if where.line == 1 else 0)

    return span.text[match.end() : end], place


def _read_block(yaml: str, place: Callable[[Where], Where], reading: _Reading, reader: Reader) -> None:
    root, problems = read_nodes(yaml, reading.path)
    own = Reader()
    own.findings += problems
    found = own.mapping(root, say("sheet.a-block"), KEYS) if root is not None else {}
    symbols = read_symbols(found["symbols"], own) if "symbols" in found else ()
    moved_here = (replace(s, where=place(s.where)) for s in symbols)
    reading.paper.entries += reading.level.declare(moved_here, reading.paper.refuse)
    narrow = read_symbols(found["instances"], own, "instances") if "instances" in found else ()
    instances = reading.paper.narrow(reading.scope, (replace(s, where=place(s.where)) for s in narrow))
    reading.level = replace(reading.level, instances=(*reading.level.instances, *instances))
    for number, node in enumerate(own.items(found["equations"], "equations") if "equations" in found else []):
        _listed(node, number, place, reading, own)
    mode = own.text(found["check"], "check") if "check" in found else ""
    if mode not in ("", "next", "all", "none"):
        own.problem(found["check"].where, "unknown-mode", "sheet.mode", text=mode)
    if mode in ("all", "none"):
        reading.all = mode == "all"
    if mode == "next" or any(key in found for key in EQUATION_KEYS):
        name = own.text(found["id"], "id") if "id" in found else ""
        reading.following = (name, read_check(found, own))
    reader.findings += [replace(f, where=place(f.where)) for f in own.findings]


def _listed(node: Node, number: int, place: Callable[[Where], Where], reading: _Reading, own: Reader) -> None:
    found = read_equation(node, own, reading.count + number + 1)
    if found is None:
        return
    equation, offset = found
    equation = replace(equation, where=place(equation.where))
    reading.read(equation, lambda at: place(offset(at)))


def _display(span: Span, reading: _Reading) -> None:
    reading.count += 1
    asked, reading.following = reading.following, None
    if asked is None and not reading.all:
        mention(reading.scope, span.tex)
        return
    name, check = asked or ("", Check())
    label = LABEL.search(span.tex)
    name = name or (label.group(1) if label else f"display-{reading.count}")
    start = max(span.text.find(span.tex), 0)
    where = Where(reading.path, span.line, span.column)
    equation = Equation(name, span.tex, where.after(span.text[:start]), check)
    reading.read(equation, lambda at: where.after(span.text[: start + at]))
