"""What prose and formulas of an outline or a reply may not hold: headings, displays, HTML, numbers of their own."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from proofweave.core import Said, say
from proofweave.text.tex import TEXT_COMMANDS, TOKEN, TOP_ENVIRONMENTS, environments, labels_in, tags_in, unstarred


class Fault(NamedTuple):
    """Something that is not allowed, at an offset of the text."""

    rule: str
    offset: int
    what: Said
    fix: Said


CODE_OR_MATH = re.compile(
    r"(`+)(?!`)[^`](?:(?!\n[ \t]*\n)(?s:.))*?(?<!`)\1(?!`)"
    r"|(?<![\\$])\$(?!\$)(?:\\(?s:.)|[^$\\\n]|\n(?![ \t]*\n))+\$(?!\$)"
)
"""Inline code or inline math, neither running over a blank line."""

FAULTS = (
    ("heading", r"^ {0,3}#{1,6}(?=\s|$)"),
    ("underlined-heading", r"(?<=\S\n) {0,3}(?:=+|-+)[ \t]*$"),
    ("fence", r"^ {0,3}(?:`{3,}|~{3,})"),
    ("display", r"(?<!\\)\$\$(?:(?s:.)*?\$\$)?"),
    ("display", r"\\(?:begin[ \t]*\{|\[)"),
    ("html", r"<(?:/?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])|!--|\?)"),
)
PATTERNS = tuple((name, re.compile(pattern, re.MULTILINE)) for name, pattern in FAULTS)
IN_MATH = (
    ("display", re.compile(r"\\begin[ \t]*\{")),
    ("tag", re.compile(r"\\(?:tag|label|eqref)(?![A-Za-z])")),
)


def prose_faults(text: str) -> Iterator[Fault]:
    """Yield what a paragraph holds although it may not, each rule once in a line."""
    if not any(mark in text for mark in "#$\\<`~=-"):
        return
    seen = set()
    for fault in _all_faults(text):
        line = fault.rule, text.count("\n", 0, fault.offset)
        if line not in seen:
            seen.add(line)
            yield fault


def _all_faults(text: str) -> Iterator[Fault]:
    spans = list(CODE_OR_MATH.finditer(text)) if "$" in text or "`" in text else []
    masked = CODE_OR_MATH.sub(lambda span: re.sub(r"[^\n]", "x", span[0]), text) if spans else text
    yield from _held(PATTERNS, masked, text)
    for span in spans:
        if not span[1]:
            yield from _held(IN_MATH, span[0], span[0], span.start())
    yield from _held(IN_MATH[1:], masked, text)


def _held(patterns: Sequence[tuple[str, re.Pattern[str]]], masked: str, text: str, shift: int = 0) -> Iterator[Fault]:
    """Yield what patterns find in a text; `shift` is where it starts."""
    for name, pattern in patterns:
        for match in pattern.finditer(masked):
            what = say("outline.prose-holds", what=say(f"outline.prose-{name}"), line=_line(text, match.start()))
            rule = f"prose-{name.removeprefix('underlined-')}"
            yield Fault(rule, shift + match.start(), what, say(f"outline.{rule}-fix"))


def _line(text: str, offset: int) -> str:
    line = text[offset:].split("\n", 1)[0].strip()
    return line if len(line) <= 30 else line[:29] + "…"


def tex_faults(tex: str) -> Iterator[Fault]:
    r"""Yield what a formula holds although templates add it: `\tag`, `\label`, `$`, an environment that numbers."""
    for mark in tags_in(tex):
        yield _fault("tex-tag", mark.offset, rf"\{mark.command}")
    for mark in labels_in(tex):
        yield _fault("tex-label", mark.offset, r"\label")
    for environment in environments(tex):
        if unstarred(environment.name) in TOP_ENVIRONMENTS:
            yield _fault("tex-environment", environment.start, rf"\begin{{{environment.name}}}")
    for token in TOKEN.finditer(tex):
        if token["command"] in ("notag", "nonumber"):
            yield _fault("tex-tag", token.start(), rf"\{token['command']}", "numberless-rows")
    if "$" in tex:
        yield from _dollars(tex)
    if "\n" in tex and re.search(r"\n[ \t]*\n", tex.strip()):
        blank = re.search(r"\n[ \t]*\n", tex)
        assert blank is not None
        yield Fault("tex-blank-line", blank.start(), say("outline.tex-blank-line"), say("outline.tex-blank-line-fix"))


def _fault(rule: str, offset: int, held: str, fix: str = "") -> Fault:
    return Fault(rule, offset, say("outline.formula-holds", what=held), say(f"outline.{fix or f'{rule}-fix'}"))


def _dollars(tex: str) -> Iterator[Fault]:
    r"""Yield the `$` outside `\text{…}`."""
    depths: list[int] = []
    depth, text_next = 0, False
    for token in TOKEN.finditer(tex):
        if token["brace"] == "{":
            depth += 1
            if text_next:
                depths.append(depth)
        elif token["brace"] == "}":
            if depths and depths[-1] == depth:
                depths.pop()
            depth = max(0, depth - 1)
        elif token["dollar"] and not depths:
            yield _fault("tex-dollar", token.start(), token["dollar"])
        text_next = token["command"] is not None and token["command"].rstrip("*") in TEXT_COMMANDS
