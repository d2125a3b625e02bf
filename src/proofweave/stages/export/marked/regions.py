"""Find in a grown post what its blocks, proofs, steps and figures are, from where weave says their lines come from."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from proofweave.core import Block, BlockKind, Figure, Origin, Post, Section, Span, SpanKind, Step, Woven
from proofweave.text.markdown import BEGIN, END


@dataclass(frozen=True, slots=True)
class Region:
    """Some lines of the grown part that are one thing: `kind` is "block", "proof", "step", "figure" or "section"."""

    kind: str
    block: Block | None = None
    section: Section | None = None
    figure: str = ""

    @property
    def solves(self) -> bool:
        """Return whether it is the solution of an exercise, which is folded where a reader can unfold it."""
        return self.kind == "proof" and self.block is not None and self.block.kind is BlockKind.EXERCISE


class Mark(NamedTuple):
    """A region's edge, to be put before the 1-based line."""

    line: int
    order: int
    region: int
    opens: bool


class Passage(NamedTuple):
    """A stretch of a post: its text, whether it is grown, and the marks to put between its lines."""

    text: str
    grown: bool
    marks: tuple[Mark, ...] = ()


def passages(post: Post, woven: Woven | None) -> tuple[tuple[Passage, ...], tuple[Region, ...]]:
    """Return a grown post in stretches, and the regions that their marks number."""
    regions: list[Region] = []
    found: list[Passage] = []
    pieces = dict(woven.pieces) if woven else {}
    for grown, spans in groupby(post.spans, lambda span: span.kind is SpanKind.GROWN):
        for text in map(_inner, spans) if grown else ["".join(span.text for span in spans)]:
            marks = _marks(text, pieces, woven, regions) if grown and woven else ()
            found.append(Passage(text, grown, marks))
    return tuple(found), tuple(regions)


def _inner(grown: Span) -> str:
    """Return a grown part without its markers."""
    text = grown.text.replace("\r\n", "\n")
    start = text.index("-->", text.index(BEGIN)) + 3
    return text[start : text.rindex(END) if END in text else len(text)]


def _marks(text: str, pieces: dict[str, str], woven: Woven, regions: list[Region]) -> tuple[Mark, ...]:
    """Return the marks of the piece that a grown part holds; none where it is not what was woven."""
    for anchor, piece in pieces.items():
        offset = text.find(piece.strip("\n"))
        if offset >= 0 and piece.strip():
            del pieces[anchor]
            lead = len(piece) - len(piece.lstrip("\n"))
            first = text.count("\n", 0, offset) - piece.count("\n", 0, lead)
            return tuple(sorted(_found(woven.origins.get(anchor, ()), first, regions, piece)))
    return ()


def _found(origins: Sequence[Origin], first: int, regions: list[Region], piece: str) -> Iterator[Mark]:
    lines = piece.split("\n")

    def region(kind: str, start: int, end: int, depth: int, **values: Any) -> Iterator[Mark]:
        while end > start and not lines[end - 1].strip():
            end -= 1
        number = len(regions)
        regions.append(Region(kind, **values))
        yield Mark(start + first, depth, number, True)
        yield Mark(end + 1 + first, -depth, number, False)

    for origin in origins:
        if origin.section is not None and origin.block is None and origin.part is None:
            yield from region("section", origin.first, origin.last, 1, section=origin.section)
    parts_of: dict[int, list[Origin]] = defaultdict(list)
    whole: dict[int, tuple[Block, Origin]] = {}
    for origin in origins:
        if origin.block is not None and origin.part is None:
            whole[id(origin.block)] = origin.block, origin
        elif origin.block is not None:
            parts_of[id(origin.block)].append(origin)
    for block, origin in whole.values():
        yield from region("block", origin.first, origin.last, 1, block=block)
        if block.kind is BlockKind.ALGORITHM:
            continue
        parts = parts_of[id(block)]
        proof = [each for each in parts if any(each.part is part for part in block.proof)]
        if proof:
            yield from region("proof", proof[0].first, proof[-1].last, 2, block=block)
        for each in parts:
            if isinstance(each.part, Figure):
                yield from region("figure", each.first, each.last, 3, figure=each.part.id)
            elif isinstance(each.part, Step) and each.part.intuition:
                yield from region("step", each.first, each.last, 3)
