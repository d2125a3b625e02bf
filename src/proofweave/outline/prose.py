"""What prose and formulas of an outline or a reply may not hold: headings, displays, HTML, numbers of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from proofweave.text.tex.structure import TOP_ENVIRONMENTS, environments, labels_in, tags_in, unstarred
from proofweave.text.tex.tokens import TEXT_COMMANDS, TOKEN


class Fault(NamedTuple):
    """Something that is not allowed, at an offset of the text."""

    rule: str
    offset: int
    what: str
    fix: str


CODE_OR_MATH = re.compile(
    r"(`+)(?!`)[^`](?:(?!\n[ \t]*\n)(?s:.))*?(?<!`)\1(?!`)"
    r"|(?<![\\$])\$(?!\$)(?:\\(?s:.)|[^$\\\n]|\n(?![ \t]*\n))+\$(?!\$)"
)
"""Inline code or inline math, neither running over a blank line."""

FAULTS = (
    ("prose-heading", r"^ {0,3}#{1,6}(?=\s|$)", "a heading", "a section's title makes the heading"),
    (
        "prose-heading",
        r"(?<=\S\n) {0,3}(?:=+|-+)[ \t]*$",
        "an underlined heading",
        "a section's title makes the heading",
    ),
    ("prose-fence", r"^ {0,3}(?:`{3,}|~{3,})", "a fence", "write a listing as its own part: `code:`"),
    ("prose-display", r"(?<!\\)\$\$(?:(?s:.)*?\$\$)?", "a display", "write it as its own part: `equation:`"),
    ("prose-display", r"\\(?:begin[ \t]*\{|\[)", "a display", "write it as its own part: `equation:`"),
    ("prose-html", r"<(?:/?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])|!--|\?)", "HTML", "write Markdown, and \\lt for < in math"),
)
PATTERNS = tuple((rule, re.compile(pattern, re.MULTILINE), what, fix) for rule, pattern, what, fix in FAULTS)
IN_MATH = (
    ("prose-display", re.compile(r"\\begin[ \t]*\{"), "a display", "write it as its own part: `equation:`"),
    ("prose-tag", re.compile(r"\\(?:tag|label|eqref)(?![A-Za-z])"), "a number of its own", "refer by id: @eq:…"),
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
    for rule, pattern, what, fix in PATTERNS:
        for match in pattern.finditer(masked):
            yield Fault(rule, match.start(), f"prose holds {what}: '{_line(text, match.start())}'", fix)
    for span in spans:
        if span[1]:
            continue
        for rule, pattern, what, fix in IN_MATH:
            for match in pattern.finditer(span[0]):
                yield Fault(
                    rule,
                    span.start() + match.start(),
                    f"prose holds {what}: '{_line(match.string, match.start())}'",
                    fix,
                )
    for rule, pattern, what, fix in IN_MATH[1:]:
        for match in pattern.finditer(masked):
            yield Fault(rule, match.start(), f"prose holds {what}: '{_line(text, match.start())}'", fix)


def _line(text: str, offset: int) -> str:
    line = text[offset:].split("\n", 1)[0].strip()
    return line if len(line) <= 30 else line[:29] + "…"


def tex_faults(tex: str) -> Iterator[Fault]:
    r"""Yield what a formula holds although templates add it: `\tag`, `\label`, `$`, an environment that numbers."""
    for mark in tags_in(tex):
        fix = "delete it: numbers come from `tags:` (`tag: none` for a display without one)"
        yield Fault("tex-tag", mark.offset, rf"the formula holds \{mark.command}", fix)
    for mark in labels_in(tex):
        yield Fault(
            "tex-label", mark.offset, r"the formula holds \label", "give the equation an `id:`, refer by @eq:id"
        )
    for environment in environments(tex):
        if unstarred(environment.name) in TOP_ENVIRONMENTS:
            what = rf"the formula holds \begin{{{environment.name}}}"
            fix = r"write what stands inside; rows separated by \\ become an align"
            yield Fault("tex-environment", environment.start, what, fix)
    for token in TOKEN.finditer(tex):
        if token["command"] in ("notag", "nonumber"):
            what = rf"the formula holds \{token['command']}"
            yield Fault(
                "tex-tag", token.start(), what, "`tag: none` leaves a display unnumbered, `rows: one` numbers it once"
            )
    if "$" in tex:
        yield from _dollars(tex)
    if "\n" in tex and re.search(r"\n[ \t]*\n", tex.strip()):
        blank = re.search(r"\n[ \t]*\n", tex)
        assert blank is not None
        yield Fault(
            "tex-blank-line", blank.start(), "the formula holds a blank line", "delete it: TeX allows none in a formula"
        )


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
            yield Fault(
                "tex-dollar",
                token.start(),
                f"the formula holds {token['dollar']}",
                "delete it: a formula is math already",
            )
        text_next = token["command"] is not None and token["command"].rstrip("*") in TEXT_COMMANDS
