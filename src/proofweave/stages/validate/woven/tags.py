"""Check equation numbers: whole numbers from 1, each once, in order, none missing, on every display."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from proofweave.core import Finding, Post, Span, Where, finding_of
from proofweave.stages.validate.woven.reading import inside, line_said
from proofweave.text.markdown import displays
from proofweave.text.tex import ROW_ENVIRONMENTS, environments, split_rows, tags_in, without_definitions

NUMBER = re.compile(r"[1-9][0-9]{0,8}")
LEFT_OUT = re.compile(r"\\(?:notag|nonumber)(?![A-Za-z])")


class Tag(NamedTuple):
    r"""A `\tag{…}`: its text, its place, and its number where the text is one (else 0)."""

    text: str
    where: Where
    number: int


def tags(post: Post) -> tuple[Tag, ...]:
    """Return the tags of a post's displays, in order."""
    found = []
    for display in displays(post):
        place = inside(post, display)
        for mark in tags_in(display.tex):
            text = mark.text.strip()
            found.append(Tag(text, place(mark.offset), int(text) if NUMBER.fullmatch(text) else 0))
    return tuple(found)


def check_tags(post: Post, reserved: frozenset[int] = frozenset()) -> tuple[Finding, ...]:
    """Find tags that are no whole number, used twice, out of order or missing; `reserved` ones may be missing."""
    return check_numbers(tags(post), reserved)


def check_numbers(found: Sequence[Tag], reserved: frozenset[int] = frozenset()) -> tuple[Finding, ...]:
    """Find what `check_tags` finds, in tags already read."""
    numbers = [tag for tag in found if tag.number]
    turned = ((before, tag) for before, tag in pairwise(numbers) if tag.number < before.number)
    return (
        *(finding_of("validate.tag-not-integer", tag.where, tag=tag.text) for tag in found if not tag.number),
        *_twice(numbers),
        *(finding_of("validate.tag-order", tag.where, tag=tag.number, before=before.number) for before, tag in turned),
        *_missing(numbers, reserved),
    )


def _twice(numbers: list[Tag]) -> Iterator[Finding]:
    first: dict[int, Tag] = {}
    for tag in numbers:
        if tag.number in first:
            line = line_said(first[tag.number].where.line)
            yield finding_of("validate.tag-twice", tag.where, tag=tag.number, line=line)
        first.setdefault(tag.number, tag)


def _missing(numbers: list[Tag], reserved: frozenset[int]) -> Iterator[Finding]:
    """Yield each gap in the numbers, at the first tag after it."""
    present = sorted({tag.number for tag in numbers} | reserved)
    for before, after in zip([0, *present], present, strict=False):
        if after > before + 1:
            follower = next((tag for tag in numbers if tag.number > before), None)
            if follower is None:
                return
            key = "validate.tag-missing" if after == before + 2 else "validate.tags-missing"
            yield finding_of(key, follower.where, rule="tag-missing", first=before + 1, last=after - 1)


def check_numbered(post: Post) -> tuple[Finding, ...]:
    r"""Find displays, and rows of aligned ones, without a number; a starred environment or `\notag` asks for none."""
    return tuple(finding for display in displays(post) if (finding := _unnumbered(post, display)) is not None)


def _unnumbered(post: Post, display: Span) -> Finding | None:
    if not display.closed:
        return None
    where = Where(post.path, display.line, display.column)
    outer = next(iter(environments(display.tex)), None)
    if outer is not None and outer.start == 0 and outer.name.removesuffix("*") in ROW_ENVIRONMENTS:
        if outer.name.endswith("*"):
            return None
        rows = split_rows(_body(display.tex, outer.name))
        bare = [row for row in rows if not tags_in(row) and not LEFT_OUT.search(row)]
        if not bare:
            return None
        key, rule = "validate.rows-unnumbered", "display-unnumbered"
        return finding_of(key, where, rule=rule, bare=len(bare), rows=len(rows))
    starred = outer is not None and outer.start == 0 and outer.name.endswith("*")
    if starred or tags_in(display.tex) or LEFT_OUT.search(display.tex) or not without_definitions(display.tex).strip():
        return None
    return finding_of("validate.display-unnumbered", where)


def _body(tex: str, name: str) -> str:
    r"""Return what stands between `\begin{name}` (with alignat's argument) and `\end{name}`."""
    start = tex.index("}") + 1
    if name.startswith("alignat"):
        start = tex.find("}", start) + 1 or start
    end = tex.rfind(r"\end")
    return tex[start : end if end >= start else len(tex)]
