"""Find sections and paragraphs that stand twice in a text, or again what its source says."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from proofweave.core import Finding, Post, Severity, finding_of
from proofweave.stages.validate.woven.reading import CODE, DISPLAY, Reading, heading_offsets, read

SHORT = 30
"""Letters a paragraph needs to be compared at all: short ones ("代入得") may well stand twice."""

LONG = 50
"""Letters a paragraph needs to be compared with the source's and for likeness."""

ALIKE = 0.85
"""Share of common letter groups above which two paragraphs are nearly the same."""

GROUP = 4
"""Letters of a group."""

COMMON = 200
"""Paragraphs that a group is looked for in; what so many share is a turn of speech."""

BREAK = re.compile(r"\n[ \t>]*(?=\n)")
NUMBERING = re.compile(r"^\s*(?:第?[\d.]+|第?[一二三四五六七八九十]+)?[、.．:：节章部\s]*")
LETTERS = re.compile(r"\w|\\[a-zA-Z]+|[=<>+\-/^]")
QUOTES = re.compile(r"^[ \t]*>[ \t>]*", re.MULTILINE)


class Paragraph(NamedTuple):
    """A paragraph, its formulas included: its offset and its letters, without space, marks and width."""

    offset: int
    letters: str


def paragraphs(reading: Reading) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a post outside headings and code; a display alone is not one."""
    found: list[Paragraph] = []
    start = 0
    text, prose = reading.text, reading.prose
    for end in [*(match.start() for match in BREAK.finditer(prose)), len(prose)]:
        masked = prose[start:end].strip()
        if masked and not masked.startswith(("#", CODE)) and masked.strip(f"{DISPLAY}\n> "):
            offset = start + len(prose[start:end]) - len(prose[start:end].lstrip(" \t\r\n>"))
            found.append(Paragraph(offset, normal(text[start:end])))
        start = end
    return tuple(found)


def normal(text: str) -> str:
    """Return the letters, digits, commands and operators of a text, in one width and case."""
    return "".join(LETTERS.findall(unicodedata.normalize("NFKC", QUOTES.sub("", text)).casefold()))


def check_sections(post: Post) -> tuple[Finding, ...]:
    """Find headings that stand twice below the same heading, numbers aside."""
    reading = read(post)
    return tuple(_again(reading, _titles(reading), "validate.section-twice"))


def _titles(reading: Reading) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield each heading's title, below those of the headings it stands under, and its offset."""
    path: list[str] = []
    for offset, level in heading_offsets(reading):
        end = reading.prose.find("\n", offset)
        title = normal(NUMBERING.sub("", reading.text[offset : end if end >= 0 else None].lstrip("# ")))
        path = [*path[: level - 1], *[""] * (level - 1 - len(path)), title]
        if title:
            yield tuple(path), offset


def check_paragraphs(post: Post) -> tuple[Finding, ...]:
    """Find paragraphs that stand twice; shorter ones than SHORT letters may."""
    reading = read(post)
    found = ((each.letters, each.offset) for each in paragraphs(reading) if len(each.letters) >= SHORT)
    return tuple(_again(reading, found, "validate.paragraph-twice"))


def _again(reading: Reading, found: Iterable[tuple[Hashable, int]], key: str) -> Iterator[Finding]:
    """Yield what says the same as something before it."""
    first: dict[Hashable, int] = {}
    for said, offset in found:
        before = first.setdefault(said, offset)
        if before != offset:
            yield finding_of(key, reading.where(offset), line=reading.line(before))


def check_alike(post: Post) -> tuple[Finding, ...]:
    """Find long paragraphs that say nearly the same as one before."""
    reading = read(post)
    long = _long(reading)
    findings = []
    for earlier, later, share in _alike(long, long):
        if earlier.letters != later.letters:
            where, line = reading.where(later.offset), reading.line(earlier.offset)
            findings.append(finding_of("validate.paragraph-alike", where, Severity.WARNING, share=share, line=line))
    return tuple(findings)


def check_quoted(post: Post, source: Post) -> tuple[Finding, ...]:
    """Find long paragraphs of a grown part that its source has already, or nearly so."""
    reading, given = read(post), read(source)
    findings = []
    for earlier, later, share in _alike(_long(given), _long(reading)):
        where, there = reading.where(later.offset), given.where(earlier.offset)
        place = f"{there.file}:{there.line}"
        findings.append(finding_of("validate.paragraph-of-source", where, Severity.WARNING, share=share, place=place))
    return tuple(findings)


def _long(reading: Reading) -> list[Paragraph]:
    return [paragraph for paragraph in paragraphs(reading) if len(paragraph.letters) >= LONG]


def _alike(earlier: Sequence[Paragraph], later: Sequence[Paragraph]) -> Iterator[tuple[Paragraph, Paragraph, float]]:
    """Yield for each later paragraph the earlier one most like it, where they share ALIKE of their letter groups.

    Of one text (`earlier` is `later`) the groups of both count, so a longer paragraph may use a shorter one; of two
    texts, those of the shorter one.
    """
    same = earlier is later
    groups = [_groups(paragraph.letters) for paragraph in earlier]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, held in enumerate(groups):
        for group in held:
            if len(holders[group]) < COMMON:
                holders[group].append(index)
    for position, paragraph in enumerate(later):
        own = groups[position] if same else _groups(paragraph.letters)
        common: Counter[int] = Counter()
        for group in own:
            common.update(holders.get(group, ()))
        best = (0.0, -1)
        for index, shared in common.items():
            if not same or index < position:
                sizes = len(own), len(groups[index])
                best = max(best, (shared / (sum(sizes) - shared if same else min(sizes)), index))
        share, index = best
        if share >= ALIKE:
            yield earlier[index], paragraph, share


def _groups(letters: str) -> frozenset[str]:
    return frozenset(letters[start : start + GROUP] for start in range(len(letters) - GROUP + 1))
