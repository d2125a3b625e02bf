"""Read a post for checking: its prose with everything else masked, so that offsets stay those of the text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from proofweave.core import Post, Said, Span, SpanKind, Where, say

INLINE, DISPLAY, CODE = "\ue000", "\ue001", "\ue002"
"""What stands in the prose for each character of inline math, of a display and of code."""

MASKS = {
    SpanKind.INLINE_MATH: INLINE,
    SpanKind.DISPLAY_MATH: DISPLAY,
    SpanKind.CODE: CODE,
    SpanKind.INLINE_CODE: CODE,
}
WORDS = frozenset({SpanKind.TEXT, SpanKind.HEADING})
NOT_NEWLINE = re.compile(r"[^\n]")
NEWLINE = re.compile(r"\n")
WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\d_\u3400-\u9fff\uf900-\ufaff]{2,}")
NOT_PROSE = re.compile(r"[\ue000-\ue002]+|\\[A-Za-z]+|https?://\S+|[*#>`|_]")
NUMBERED_HEADING = re.compile(
    r"""
    ^[ ]{0,3}\#{1,6}[ \t]+(?:第[ ]?)?(?P<number>\d+(?:\.\d+)*|[一二三四五六七八九十]+)(?=[、.．:：\s节章]|\Z)
    """,
    re.MULTILINE | re.VERBOSE,
)
HEADING_LINE = re.compile(r"^[ ]{0,3}(\#{1,6})[ \t]+[^\n]*", re.MULTILINE)
LINE = "validate.line"
CHINESE = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Reading:
    """A post, its text, its prose (as long as the text), and the offset at which each of its lines starts."""

    post: Post
    text: str
    prose: str
    starts: tuple[int, ...]

    def where(self, offset: int) -> Where:
        """Return the place of an offset of the text; a byte-order mark has no width."""
        line = bisect_right(self.starts, offset)
        return Where(self.post.path, line, max(1, offset - self.starts[line - 1] + 1))

    def line(self, offset: int) -> Said:
        """Return the words for the line of an offset."""
        return line_said(self.where(offset).line)


def line_said(line: int) -> Said:
    """Return the words for a line of a woven text, which `moved` makes those for a place."""
    return say(LINE, line=line)


def read(post: Post) -> Reading:
    """Return a post's prose: headings and paragraphs as they stand, the rest masked, line ends kept."""
    prose: list[str] = []
    for span in post.spans:
        if span.kind in WORDS:
            prose.append(span.text)
        else:
            prose.append(NOT_NEWLINE.sub(MASKS.get(span.kind, " "), span.text))
    text = post.text
    first = 1 if text.startswith("\ufeff") else 0
    return Reading(post, text, "".join(prose), (first, *(newline.end() for newline in NEWLINE.finditer(text))))


def placed(post: Post) -> Iterator[tuple[int, Span]]:
    """Yield each span with its offset in the text."""
    offset = 0
    for span in post.spans:
        yield offset, span
        offset += len(span.text)


def inside(post: Post, formula: Span) -> Callable[[int], Where]:
    """Return what tells the place of an offset of a formula's TeX.

    Where the file spells the TeX in another way, that is the formula's start.
    """
    start = formula.text.find(formula.tex) if formula.tex and not formula.escaped else -1
    starts = [newline.end() for newline in NEWLINE.finditer(formula.text)]

    def where(offset: int) -> Where:
        if start < 0:
            return Where(post.path, formula.line, formula.column)
        position = start + min(offset, len(formula.tex))
        lines = bisect_right(starts, position)
        column = position - starts[lines - 1] + 1 if lines else formula.column + position
        return Where(post.path, formula.line + lines, column)

    return where


def has_words(prose: str) -> bool:
    """Return whether a masked text says anything in words: one Chinese character or a word of two letters."""
    return WORD.search(NOT_PROSE.sub(" ", prose)) is not None


def count_words(prose: str) -> int:
    """Return how many words a masked text holds: Chinese characters, and words of other letters."""
    return sum(1 for _ in WORD.finditer(NOT_PROSE.sub(" ", prose)))


def heading_offsets(reading: Reading) -> tuple[tuple[int, int], ...]:
    """Return (offset, level) of each heading."""
    return tuple((match.start(), len(match[1])) for match in HEADING_LINE.finditer(reading.prose))


def numbered_headings(reading: Reading) -> tuple[tuple[int, str], ...]:
    """Return (offset, number) of each heading that bears a number, Chinese numerals as digits."""
    return tuple((match.start(), digits(match["number"])) for match in NUMBERED_HEADING.finditer(reading.prose))


def digits(number: str) -> str:
    """Return a heading's number in digits: `十二` is `12`, `3.1` itself."""
    if number[0].isdigit():
        return number
    tens, ten, ones = number.rpartition("十")
    value = 10 * (CHINESE.index(tens) if tens in CHINESE[1:] and tens else 1) if ten else 0
    return str(value + (CHINESE.index(ones) if ones in CHINESE[1:] and ones else 0))
