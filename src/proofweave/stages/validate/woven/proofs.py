"""Check that every theorem is proved or cited, that proofs end in □ and say enough, and that their steps have words."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from proofweave.core import THEOREM_LIKE, Finding, Outline, Post, SpanKind, Step, beside, finding_of
from proofweave.stages.validate.woven.reading import DISPLAY, Reading, has_words, heading_offsets, placed, read
from proofweave.stages.validate.woven.theorems import NAMES, Box, boxes
from proofweave.text.markdown import read_post

PATTERNS = {name: re.compile(pattern.replace("NAMES", NAMES)) for name, pattern in beside(__name__).items()}
PROOF, SOURCED, CITED, LABEL = (PATTERNS[name] for name in ("proof", "sourced", "cited", "label"))
OPENING, MARK, MARK_TEX, CLOSING = (PATTERNS[name] for name in ("opening", "mark", "mark_tex", "closing"))
STEP, QUOTE = PATTERNS["step"], PATTERNS["quote"]
LINE = 120
"""Columns of a line, a Chinese character taking two; a proof is longer, or holds a display."""


class Proof(NamedTuple):
    """A proof: the offset of its opening word, of its text's start and end, and whether an end mark closes it."""

    offset: int
    start: int
    end: int
    ended: bool
    title: str


def proofs(reading: Reading) -> tuple[Proof, ...]:
    """Return the proofs of a post; one ends at its mark, or else where another proof, box or heading begins."""
    openings = list(PROOF.finditer(reading.prose))
    stops = sorted(
        [opening.start() for opening in openings]
        + [box.offset for box in boxes(reading)]
        + [offset for offset, _ in heading_offsets(reading)]
    )
    marks = _marks(reading)
    found = []
    for opening in openings:
        limit = _next(stops, opening.end(), len(reading.prose))
        mark = _next(marks, opening.end(), limit)
        end = min(mark, limit)
        word = opening.start() + len(opening.group()) - len(opening.group().lstrip(" \t>#*"))
        found.append(Proof(word, opening.end(), end, mark < limit, opening.group()))
    return tuple(found)


def _next(offsets: Sequence[int], position: int, otherwise: int) -> int:
    """Return the first of sorted offsets from a position on."""
    index = bisect_left(offsets, position)
    return offsets[index] if index < len(offsets) else otherwise


def _marks(reading: Reading) -> list[int]:
    """Return the offsets at which a proof could end: □ and its like, also written in TeX."""
    found = [mark.start() for mark in MARK.finditer(reading.prose)]
    for offset, span in placed(reading.post):
        if span.kind in {SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH} and MARK_TEX.search(span.tex):
            # in a display the formula still belongs to the proof
            found.append(offset + (len(span.text) if span.kind is SpanKind.DISPLAY_MATH else 0))
    return sorted(found)


def check_proofs(post: Post) -> tuple[Finding, ...]:
    """Find theorem-like boxes neither proved nor cited, and proofs without an end mark or no longer than a line."""
    reading = read(post)
    found = proofs(reading)
    findings = [*_unproved(reading, boxes(reading), found)]
    for proof in found:
        where = reading.where(proof.offset)
        if not proof.ended:
            findings.append(finding_of("validate.proof-end", where))
        if _short(reading, proof):
            findings.append(finding_of("validate.proof-short", where, columns=LINE))
    return tuple(findings)


def _unproved(reading: Reading, found: Sequence[Box], proved: Sequence[Proof]) -> Iterator[Finding]:
    claims = [box for box in found if box.kind in THEOREM_LIKE]
    headings = [offset for offset, _ in heading_offsets(reading)]
    openings = [proof.offset for proof in proved]
    named = {"".join(label.group().split()) for proof in proved for label in LABEL.finditer(proof.title)}
    ends = [*(box.offset for box in claims), len(reading.prose)][1:]
    for box, end in zip(claims, ends, strict=True):
        if _next(openings, box.offset, end) < end or f"{box.name}{box.number}" in named:
            continue
        stop = _next(headings, box.offset, end)
        following = OPENING.search(reading.prose, box.offset, min(stop, end))
        said = following.start() if following else min(stop, end)
        sourced = SOURCED.search(reading.prose, box.offset, min(stop, end))
        if sourced or CITED.search(reading.prose, box.offset, said):
            continue
        yield finding_of("validate.proof-missing", reading.where(box.offset), theorem=box.label)


def _short(reading: Reading, proof: Proof) -> bool:
    if DISPLAY in reading.prose[proof.start : proof.end]:
        return False
    said = CLOSING.sub("", reading.text[proof.start : proof.end])
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in said) <= LINE


def check_steps(post: Post) -> tuple[Finding, ...]:
    """Find displays of a proof that follow the one before, or the word 证明, without a word of reason."""
    return tuple(_wordless(read(post)))


def _wordless(reading: Reading) -> Iterator[Finding]:
    displays = [(start, span) for start, span in placed(reading.post) if span.kind is SpanKind.DISPLAY_MATH]
    starts = [start for start, _ in displays]
    for proof in proofs(reading):
        position = proof.start
        for start, span in displays[bisect_left(starts, proof.start) : bisect_left(starts, proof.end)]:
            before = reading.prose[position:start]
            before = before if position == proof.start else QUOTE.sub("", before)
            if not has_words(STEP.sub("", before)):
                yield finding_of("validate.step-wordless", reading.where(start))
            position = start + len(span.text)


def check_reasons(outline: Outline) -> tuple[Finding, ...]:
    """Find steps of an outline whose `because` is empty, or holds only formulas and punctuation."""
    return tuple(
        finding_of("validate.because-wordless", part.where, rule="step-wordless")
        for block in outline.blocks()
        for part in block.parts()
        if isinstance(part, Step) and not says_something(part.because)
    )


def says_something(text: str) -> bool:
    """Return whether a Markdown text holds words outside its formulas and step number."""
    return has_words(STEP.sub("", read(read_post(text, "")).prose))
