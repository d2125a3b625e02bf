"""Find valid YAML that does not mean what its author meant: escapes in double quotes, lost primes, cut texts."""

import re
from collections.abc import Sequence

from proofweave.core import Finding, Severity, Where, finding_of
from proofweave.text.yaml.nodes import UNPRINTABLE

ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r?\n|.)", re.DOTALL)
HARMLESS = frozenset('\\"/ \n\r')
COMMENT = re.compile(r"[ \t]+#(.*)")
PRIME = re.compile(r"''+")
CONTRACTION = re.compile(r"(?<=[A-Za-z])''(?:s|t|re|ll|ve|d|m)(?![A-Za-z])")
OPENING, CLOSING = "([{", ")]}"
MOST_COMMAS = 8
"""The most neighbours that one torn text is put together from."""


def scalar_traps(text: str, start: int, end: int, style: str, where: Where) -> list[Finding]:
    """Return what is wrong with a plain or quoted scalar between two offsets of the text."""
    if style == '"':
        written = text[start:end]
        return _escapes(written, where) if "\\" in written else []
    if style == "'":
        written = text[start + 1 : end - 1]
        return _primes(written, where) if "''" in written else []
    cut = COMMENT.match(text, end)
    return _comment(text[start:end], cut, where) if cut else []


def _escapes(written: str, where: Where) -> list[Finding]:
    for escape in ESCAPE.finditer(written):
        code = escape[1]
        if code[0] in HARMLESS or (len(code) > 1 and not UNPRINTABLE.match(chr(int(code[1:], 16)))):
            continue
        word = re.match(r"\\[A-Za-z]*", written[escape.start() :])
        fields = {"escape": escape[0], "word": word[0] if word else escape[0]}
        place = where.after(written[: escape.start()])
        return [finding_of("text.yaml-escape-lost", place, rule="yaml-escape", **fields)]
    return []


def _primes(written: str, where: Where) -> list[Finding]:
    for prime in PRIME.finditer(written):
        if CONTRACTION.match(written, prime.start()):
            continue
        place, half = where.after("'" + written[: prime.start()]), prime[0][: len(prime[0]) // 2]
        return [finding_of("text.yaml-lost-prime", place, Severity.WARNING, written=prime[0], read=half)]
    return []


def _comment(written: str, cut: re.Match[str], where: Where) -> list[Finding]:
    """Warn of a comment that looks like text cut away: no space after the #, or a bracket or formula left open."""
    body = cut[1]
    torn = written.count("$") % 2 or any(
        written.count(opening) > written.count(closing) and closing in body
        for opening, closing in zip(OPENING, CLOSING, strict=True)
    )
    if not torn and (not body or body[0] in " \t#!"):
        return []
    place = where.after(written + cut[0][: cut[0].index("#")])
    return [finding_of("text.yaml-comment-cuts", place, Severity.WARNING, text=f"#{body.strip()[:30]}")]


def comma_groups(texts: Sequence[str | None]) -> list[tuple[int, int]]:
    """Return the runs (first, last) of neighbours that commas tore apart: brackets open in one, close in a later one.

    None is something that is no plain text, over which nothing is torn.
    """
    groups = []
    position = 0
    while position < len(texts):
        depth = 0
        for last in range(position, min(len(texts), position + MOST_COMMAS)):
            text = texts[last]
            depth = depth + _balance(text) if text is not None else 0
            if depth <= 0:
                break
        else:
            last = position
        if last > position and texts[last] is not None and depth == 0:
            groups.append((position, last))
            position = last
        position += 1
    return groups


def _balance(text: str) -> int:
    return sum(text.count(mark) for mark in OPENING) - sum(text.count(mark) for mark in CLOSING)
