"""The markers around a grown part, and taking it out again byte for byte."""

import hashlib
import re
from collections.abc import Sequence

from proofweave.core import Finding, FindingsError, Where, finding_of, say
from proofweave.text.markdown import BEGIN, END

MARKER = re.compile(r"<!--\s{0,99}proofweave:(begin|end)\b")
"""Whatever looks like one of our markers, whole or damaged."""

WHOLE = re.compile(
    re.escape(BEGIN)
    + r" eol=(?P<eol>lf|crlf) before=(?P<before>[0-2]) after=(?P<after>[01]) source=(?P<source>[0-9a-f]{16}) -->"
)
NEWLINES = {"lf": "\n", "crlf": "\r\n"}
ENOUGH = 20
"""Findings about markers in one text; a file of nothing but markers needs no more."""
DIGEST = 16
"""Hexadecimal digits of the source's sha256 in a begin marker: enough to notice an edit outside the grown part."""


def digest(source: str) -> str:
    """Return what a begin marker remembers of its source."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]


def strip(text: str, path: str = "") -> str:
    """Return the source of a grown post byte for byte; a text without our markers is its own source.

    Where markers are damaged, or the text outside them was edited, no source is guessed: FindingsError says where.
    """
    kept: list[str] = []
    position = 0
    digests: set[str] = set()
    marks = list(MARKER.finditer(text))
    if not marks:
        return text
    findings = _marker_problems(text, path, marks)
    if findings:
        raise FindingsError(findings)
    for mark, end in zip(marks[::2], marks[1::2], strict=True):
        begin = WHOLE.match(text, mark.start())
        assert begin is not None, "a damaged marker is a finding"
        eol = NEWLINES[begin["eol"]]
        digests.add(begin["source"])
        lead, trail = eol * int(begin["before"]), eol * int(begin["after"])
        start, stop = begin.start() - len(lead), end.start() + len(END)
        rest = eol + trail
        if text.startswith(rest, stop):
            stop += len(rest)
        elif stop < len(text):
            raise FindingsError([finding_of("merge.merge-edited", Where(path).after(text[: end.start()]))])
        if start < position or not text.startswith(lead, start):
            raise FindingsError([finding_of("merge.merge-edited", Where(path).after(text[: begin.start()]))])
        kept.append(text[position:start])
        position = stop
    source = "".join((*kept, text[position:]))
    if digests != {digest(source)}:
        raise FindingsError([finding_of("merge.merge-edited", Where(path).after(text[: marks[0].start()]))])
    return source


def _marker_problems(text: str, path: str, marks: Sequence[re.Match[str]]) -> list[Finding]:
    findings: list[Finding] = []
    opened: re.Match[str] | None = None
    for mark in marks:
        if len(findings) == ENOUGH:
            break
        whole = WHOLE.match(text, mark.start()) if mark[1] == "begin" else text.startswith(END, mark.start())
        if not whole:
            findings.append(_marker(text, path, mark, "foreign"))
        elif mark[1] == "begin":
            if opened is not None:
                findings.append(_marker(text, path, mark, "begin-inside"))
            opened = mark
        elif opened is None:
            findings.append(_marker(text, path, mark, "end-alone"))
        else:
            opened = None
    if opened is not None and not findings:
        findings.append(_marker(text, path, opened, "begin-alone"))
    return findings


def _marker(text: str, path: str, mark: re.Match[str], name: str) -> Finding:
    where, expected = Where(path).after(text[: mark.start()]), say("merge.pairs")
    return finding_of(f"merge.{name}", where, rule="merge-marker", expected=expected, edge=mark[1], end=END)
