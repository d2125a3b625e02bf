"""Check equation numbers: whole numbers from 1, each once, in order, none missing, on every display."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from proofweave.core.types import Finding, Post, Severity, Span, Where
from proofweave.stages.validate.woven.reading import inside
from proofweave.text.markdown.post import displays
from proofweave.text.tex.definitions import without_definitions
from proofweave.text.tex.structure import environments, split_rows, tags_in
from proofweave.text.tex.tokens import ROW_ENVIRONMENTS

NUMBER = re.compile(r"[1-9][0-9]{0,8}")
LEFT_OUT = re.compile(r"\\(?:notag|nonumber)(?![A-Za-z])")


class Tag(NamedTuple):
    r"""A `\tag{…}`: its text, its place, and its number where the text is one (else 0)."""

    text: str
    where: Where
    number: int


def tags(post: Post) -> tuple[Tag, ...]:
    """Return the tags of a post's displays, in order."""
    return tuple(_tags(post))


def _tags(post: Post) -> Iterator[Tag]:
    for display in displays(post):
        place = inside(post, display)
        for mark in tags_in(display.tex):
            text = mark.text.strip()
            number = int(text) if NUMBER.fullmatch(text) else 0
            yield Tag(text, place(mark.offset), number)


def check_tags(post: Post, reserved: frozenset[int] = frozenset()) -> tuple[Finding, ...]:
    """Find tags that are no whole number, used twice, out of order or missing; `reserved` ones may be missing."""
    return check_numbers(tags(post), reserved)


def check_numbers(found: Sequence[Tag], reserved: frozenset[int] = frozenset()) -> tuple[Finding, ...]:
    """Find what `check_tags` finds, in tags already read."""
    numbers = [tag for tag in found if tag.number]
    return (*_not_integers(found), *_twice(numbers), *_out_of_order(numbers), *_missing(numbers, reserved))


def _not_integers(found: Sequence[Tag]) -> Iterator[Finding]:
    for tag in found:
        if not tag.number:
            what = f"tag '{tag.text}' is no whole number"
            yield Finding("tag-not-integer", Severity.ERROR, tag.where, what, r"\tag{n} with n = 1, 2, 3, …")


def _twice(numbers: list[Tag]) -> Iterator[Finding]:
    first: dict[int, Tag] = {}
    for tag in numbers:
        if tag.number in first:
            what = f"tag {tag.number} is used twice"
            line = first[tag.number].where.line
            yield Finding(
                "tag-twice", Severity.ERROR, tag.where, what, f"one display numbered {tag.number} (line {line})"
            )
        first.setdefault(tag.number, tag)


def _out_of_order(numbers: list[Tag]) -> Iterator[Finding]:
    for before, tag in pairwise(numbers):
        if tag.number < before.number:
            what = f"tag {tag.number} comes after tag {before.number}"
            expected = "numbers that rise through the text"
            fix = "renumber them; an outline's sections stand in the order of their anchors in the source"
            yield Finding("tag-order", Severity.ERROR, tag.where, what, expected, fix)


def _missing(numbers: list[Tag], reserved: frozenset[int]) -> Iterator[Finding]:
    """Yield each gap in the numbers, at the first tag after it."""
    present = sorted({tag.number for tag in numbers} | reserved)
    for before, after in zip([0, *present], present, strict=False):
        if after > before + 1:
            follower = next((tag for tag in numbers if tag.number > before), None)
            if follower is None:
                return
            one = after == before + 2
            gap = f"tag {before + 1} is" if one else f"tags {before + 1}–{after - 1} are"
            expected = "numbers without a gap, from 1"
            yield Finding("tag-missing", Severity.ERROR, follower.where, f"{gap} missing before this", expected)


def check_numbered(post: Post) -> tuple[Finding, ...]:
    r"""Find displays, and rows of aligned ones, without a number; a starred environment or `\notag` asks for none."""
    return tuple(finding for display in displays(post) if (finding := _unnumbered(post, display)) is not None)


def _unnumbered(post: Post, display: Span) -> Finding | None:
    if not display.closed:
        return None
    where = Where(post.path, display.line, display.column)
    expected = r"\tag{n}, or a starred environment for a display that is never referred to"
    outer = next(iter(environments(display.tex)), None)
    if outer is not None and outer.start == 0 and outer.name.removesuffix("*") in ROW_ENVIRONMENTS:
        if outer.name.endswith("*"):
            return None
        rows = split_rows(_body(display.tex, outer.name))
        bare = [row for row in rows if not tags_in(row) and not LEFT_OUT.search(row)]
        if not bare:
            return None
        what = f"{len(bare)} of {len(rows)} rows of this display have no number"
        return Finding("display-unnumbered", Severity.ERROR, where, what, r"\tag{n} or \notag in each row")
    starred = outer is not None and outer.start == 0 and outer.name.endswith("*")
    if starred or tags_in(display.tex) or LEFT_OUT.search(display.tex) or not without_definitions(display.tex).strip():
        return None
    return Finding("display-unnumbered", Severity.ERROR, where, "this display has no number", expected)


def _body(tex: str, name: str) -> str:
    r"""Return what stands between `\begin{name}` (with alignat's argument) and `\end{name}`."""
    start = tex.index("}") + 1
    if name.startswith("alignat"):
        start = tex.find("}", start) + 1 or start
    end = tex.rfind(r"\end")
    return tex[start : end if end >= start else len(tex)]
