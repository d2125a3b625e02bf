r"""Find the macros a text defines (`\newcommand` and its like), in the spellings MathJax accepts."""

import re
from typing import NamedTuple

from proofweave.text.tex.structure import argument, braces

OPENING = re.compile(
    r"""
    \\(?P<command>newcommand|renewcommand|providecommand|DeclareMathOperator|def)(?P<star>\*?)\s*
    (?:\{\s*\\?(?P<braced>[A-Za-z]+|.)\s*\}|\\(?P<bare>[A-Za-z]+|[^A-Za-z\s{}]))
    (?P<parameters>(?:\[\d\]|(?:\#\d){1,9})?)
    """,
    re.VERBOSE,
)


class Definition(NamedTuple):
    r"""A macro definition at `start`…`end` of a TeX text: its name with the backslash, and its body (with `#1`)."""

    start: int
    end: int
    name: str
    body: str


def definitions(tex: str) -> tuple[Definition, ...]:
    r"""Return the macros a TeX text defines, in order.

    MathJax takes `\newcommand{msign}{…}`, without the backslash, for `\msign`; KaTeX refuses it.
    """
    found: list[Definition] = []
    openings = list(OPENING.finditer(tex))
    closing = braces(tex) if openings else {}
    for opening in openings:
        body = argument(tex, opening.end(), closing)
        if body is None or (found and opening.start() < found[-1].end):
            continue
        text, end = body
        if opening["command"] == "DeclareMathOperator":
            text = rf"\operatorname{opening['star']}{{{text}}}"
        found.append(Definition(opening.start(), end, "\\" + (opening["braced"] or opening["bare"]), text))
    return tuple(found)


def without_definitions(tex: str) -> str:
    """Return the TeX without its macro definitions, which an engine gets beforehand instead."""
    kept: list[str] = []
    start = 0
    for definition in definitions(tex):
        kept.append(tex[start : definition.start])
        start = definition.end
    return "".join((*kept, tex[start:]))
