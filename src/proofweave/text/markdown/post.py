"""Read a post without loss: its text as spans, its headings, formulas and macros."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from proofweave.core import Post, Span, SpanKind
from proofweave.text.markdown.blocks import HEADING, Blocks
from proofweave.text.markdown.escape import plain_tex
from proofweave.text.markdown.inline import Inline, Piece
from proofweave.text.tex import definitions

MATH = frozenset({SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH})
QUOTE = re.compile(r"(?:[ \t]*>)+")
KEY = re.compile(r"([\w-]+)[ \t]*:[ \t]*(.*)")
LINE_BREAK = re.compile(r"(?:(?<![ \t])[ \t]++)?\r?\n")
CONTROL_SPACE = re.compile(r"(?<!\\)(?:\\\\)*+\\\Z")
CLOSING_MARKS = re.compile(r"(?:(?<=[ \t])|^)#+\Z")
CHINESE = re.compile(r"[\u3400-\u9fff]")
CHINESE_SHARE = 50
"""A post is Chinese from one character in so many; an English one may quote a name."""


class Heading(NamedTuple):
    """A heading: its level (1–6), its title without marks, its line, and the offset in the text where it starts."""

    level: int
    title: str
    line: int
    offset: int


def read_post(text: str, path: str) -> Post:
    """Return a post whose spans' texts joined are `text`, for any text; `path` is how findings will name it.

    A formula's `tex` is what stands between its delimiters, or the whole of a raw environment, as its author wrote it:
    html2text's backslashes undone and the marks of a quotation around it left out.
    """
    spans = tuple(_spans(text, Blocks(text).read()))
    front = spans[0].text if spans and spans[0].kind is SpanKind.FRONT_MATTER else ""
    return Post(path, spans, dict(_keys(front)))


def language_of(post: Post) -> str:
    """Return the language a post is written in, by its characters."""
    return "zh" if len(CHINESE.findall(post.text)) * CHINESE_SHARE > len(post.text) else "en"


def _keys(front: str) -> Iterator[tuple[str, str]]:
    """Yield the plain keys of a front matter; lists and nested keys are nobody's business here."""
    for line in front.split("\n"):
        if key := KEY.match(line):
            value = key[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            yield key[1], value[1:-1] if quoted else value


def _spans(text: str, pieces: list[Piece]) -> Iterator[Span]:
    place = _Place(text)
    position = 0
    for piece in pieces:
        if piece.start > position:
            yield place.span(SpanKind.TEXT, position, piece.start)
        span = place.span(piece.kind, piece.start, piece.end, piece.closed)
        if piece.kind in MATH:
            tex, escaped = plain_tex(_unquoted(text, piece))
            span = replace(span, tex=_trimmed(tex), escaped=escaped)
        yield span
        position = piece.end
    if position < len(text):
        yield place.span(SpanKind.TEXT, position, len(text))


class _Place:
    """Counts lines and columns forward; a byte-order mark has no width."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line = 1
        self.line_start = 1 if text.startswith("\ufeff") else 0

    def span(self, kind: SpanKind, start: int, end: int, closed: bool = True) -> Span:
        text = self.text[start:end]
        span = Span(kind, text, self.line, max(1, start - self.line_start + 1), closed=closed)
        newlines = text.count("\n")
        if newlines:
            self.line += newlines
            self.line_start = start + text.rindex("\n") + 1
        return span


def _unquoted(text: str, piece: Piece) -> str:
    """Return what stands between a formula's delimiters, with its quote marks left out."""
    inner = text[piece.inner : piece.inner_end]
    if "\n" not in inner:
        return inner
    first = text.rfind("\n", 0, piece.start) + 1
    quote = QUOTE.match(text, first, piece.start)
    if quote is not None:
        depth = quote.group().count(">")
        inner = re.sub(rf"\n(?:[ \t]*>){{1,{depth}}}", "\n", inner)
    return LINE_BREAK.sub("\n", inner)


def _trimmed(tex: str) -> str:
    """Return the TeX without white space around it, keeping that of a control space at its end."""
    stripped = tex.strip()
    return stripped + " " if len(stripped) < len(tex) and CONTROL_SPACE.search(stripped) else stripped


def headings(post: Post) -> tuple[Heading, ...]:
    """Return the headings of a post outside its grown part, in order."""
    found: list[Heading] = []
    offset = 0
    for span in post.spans:
        if span.kind is SpanKind.HEADING and (match := HEADING.match(span.text)):
            title = CLOSING_MARKS.sub("", match[2].strip()).strip()
            found.append(Heading(len(match[1]), title, span.line, offset))
        offset += len(span.text)
    return tuple(found)


def displays(post: Post) -> tuple[Span, ...]:
    """Return the displayed formulas of a post outside its grown part, in order."""
    return tuple(span for span in post.spans if span.kind is SpanKind.DISPLAY_MATH)


def formulas(post: Post) -> tuple[Span, ...]:
    """Return every formula of a post outside its grown part, in order, those inside headings too."""
    found: list[Span] = []
    for span in post.spans:
        if span.kind in MATH:
            found.append(span)
        elif span.kind is SpanKind.HEADING and "$" in span.text:
            inline = Inline(span.text)
            inline.paragraph(0, len(span.text))
            inner = _spans(span.text, inline.pieces)
            found += [
                replace(part, line=span.line, column=span.column + part.column - 1)
                for part in inner
                if part.kind in MATH
            ]
    return tuple(found)


def macros(post: Post) -> dict[str, str]:
    r"""Return the macros a post's formulas define, name (`\msign`) to body; the last definition of a name wins."""
    return {macro.name: macro.body for span in formulas(post) for macro in definitions(span.tex)}
