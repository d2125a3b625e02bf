"""Find the numbered boxes of a post (定理1.1, Lemma 4.1, …) and check their numbers."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from proofweave.core import LANGUAGES, NUMBERED, THEOREM_LIKE, BlockKind, Finding, Post, finding_of, labels
from proofweave.stages.validate.woven.reading import Reading, numbered_headings, read

KINDS = {
    labels("post", language)[kind.value].format(number="").strip(): kind
    for language in LANGUAGES
    for kind in sorted(NUMBERED)
}
"""What a box is called, and its kind."""

NAMES = "|".join(KINDS)
BOX = re.compile(
    rf"""
    ^(?:[ \t]*>)*[ \t]*(?:(?P<marks>\#{{1,6}})[ \t]+)?(?P<bold>\*\*)?
    [【\[]?(?P<name>{NAMES})[ \t]*(?P<number>\d++(?:\.\d++)*+)?+(?=[】\]*：:.\s(（]|\Z)
    """,
    re.MULTILINE | re.VERBOSE,
)
MODES = ("theorems", "shared", "separate")


class Box(NamedTuple):
    """A numbered statement: its kind, the word for it, its number ("" without one), its offset in the text."""

    kind: BlockKind
    name: str
    number: str
    offset: int

    @property
    def label(self) -> str:
        """Return what a reference to it says."""
        return f"{self.name} {self.number}".strip() if self.name.isascii() else f"{self.name}{self.number}"


def boxes(reading: Reading) -> tuple[Box, ...]:
    """Return the statements of a post: bold openings of a line, and headings that bear a number."""
    return tuple(
        Box(KINDS[match["name"]], match["name"], match["number"] or "", match.start("name"))
        for match in BOX.finditer(reading.prose)
        if match["bold"] or (match["marks"] and match["number"])
    )


def check_theorems(post: Post, counters: str = "") -> tuple[Finding, ...]:
    """Find boxes without a number, with one used twice, out of turn or of another section.

    `counters` is the outline's (theorems, shared, separate); without it, the way of counting that fits best is taken.
    """
    reading = read(post)
    found = boxes(reading)
    bare, numbered = [box for box in found if not box.number], [box for box in found if box.number]
    modes = (counters,) if counters else MODES
    return (
        *(finding_of("validate.theorem-unnumbered", reading.where(box.offset), name=box.name) for box in bare),
        *_twice(reading, numbered),
        *min((list(_out_of_turn(reading, numbered, mode)) for mode in modes), key=len),
        *_elsewhere(reading, numbered),
    )


def _twice(reading: Reading, numbered: Sequence[Box]) -> Iterator[Finding]:
    first: dict[tuple[BlockKind, str], Box] = {}
    for box in numbered:
        before = first.setdefault((box.kind, box.number), box)
        if before is not box:
            where, line = reading.where(box.offset), reading.line(before.offset)
            yield finding_of("validate.theorem-twice", where, theorem=box.label, line=line)


def _out_of_turn(reading: Reading, numbered: Sequence[Box], mode: str) -> Iterator[Finding]:
    last: dict[tuple[str, str], int] = defaultdict(int)
    seen: set[tuple[BlockKind, str]] = set()
    for box in numbered:
        if (box.kind, box.number) in seen:
            continue
        seen.add((box.kind, box.number))
        chapter, _, position = box.number.rpartition(".")
        counter = (chapter, _counter(box.kind, mode))
        expected = last[counter] + 1
        last[counter] = int(position)
        if int(position) != expected:
            turn = f"{chapter}.{expected}" if chapter else str(expected)
            yield finding_of("validate.theorem-number", reading.where(box.offset), theorem=box.label, turn=turn)


def _counter(kind: BlockKind, mode: str) -> str:
    if mode == "shared":
        return "all"
    return "theorem-like" if mode != "separate" and kind in THEOREM_LIKE else kind.value


def _elsewhere(reading: Reading, numbered: Sequence[Box]) -> Iterator[Finding]:
    chapters = [(offset, number) for offset, number in numbered_headings(reading) if "." not in number]
    starts = [offset for offset, _ in chapters]
    for box in numbered:
        chapter, dot, _ = box.number.partition(".")
        index = bisect_right(starts, box.offset)
        if dot and index and chapters[index - 1][1] != chapter:
            where, around = reading.where(box.offset), chapters[index - 1][1]
            yield finding_of("validate.theorem-section", where, theorem=box.label, section=around)
