"""Check an outline across its blocks: ids used once, tag ranges that add up, references that lead somewhere."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from proofweave.core import (
    NUMBERED,
    Block,
    Equation,
    Figure,
    Finding,
    Outline,
    Part,
    Said,
    Section,
    Severity,
    Slot,
    Where,
    displays_of,
    equations_of,
    say,
)
from proofweave.outline.conformity import problem
from proofweave.outline.parts import Mention

POINTED = {
    "eq": "equation",
    "thm": "numbered-block",
    "sec": "section",
    "ref": "reference",
    "fig": "figure",
    "run": "value",
}
"""What each kind of reference points at."""


def check_ids(named: Iterable[tuple[str, str, Where]]) -> Iterator[Finding]:
    """Yield each id that something before it has already."""
    taken: dict[str, tuple[str, Where]] = {}
    for kind, id, where in named:
        if id in taken:
            other, first = taken[id]
            kinds = {"kind": say(f"kind.{kind}"), "other": say(f"kind.{other}")}
            yield problem("id-taken", where, id=id, line=first.line, **kinds)
        else:
            taken[id] = kind, where


def numbered_in(parts: Sequence[Part]) -> int:
    """Return how many numbers the equations of some parts take, those a slot declares included."""
    items = equations_of(parts)
    return sum(item.equations if isinstance(item, Slot) else item.rows * item.numbered for item in items)


def count_numbered(leaf: Section) -> int:
    """Return how many numbers a section's blocks take."""
    return sum(numbered_in(block.parts()) for block in leaf.blocks)


def check_tags(outline: Outline, uncounted: Set[str], malformed: Set[str]) -> Iterator[Finding]:
    """Yield where ranges do not run on from 1 without gaps, or do not fit the equations.

    The sections (by id) whose equations could not all be read are `uncounted`; their ranges are taken as right. The
    ones whose range could not be read are `malformed`; nothing is said about where the next one starts.
    """
    following: int | None = 1
    for leaf in outline.leaves():
        if leaf.id in malformed or (leaf.tags is None and leaf.id in uncounted):
            following = None
            continue
        count = len(leaf.tags) if leaf.tags and leaf.id in uncounted else count_numbered(leaf)
        if leaf.tags is None:
            if count:
                expected = f"tags: {_range(following, count) if following else '…'}"
                yield _unfit("tags-missing", leaf.where, expected, section=leaf.id, equations=_counted(count))
            following = following + count if following else None
            continue
        yield from _one_range(leaf, count, following)
        following = max(leaf.tags.last, leaf.tags.first) + 1


def _one_range(leaf: Section, count: int, following: int | None) -> Iterator[Finding]:
    tags = leaf.tags
    assert tags is not None
    if tags.last < tags.first:
        yield _unfit("tags-reversed", tags.where, f"{tags.last}-{tags.first}", tags=str(tags))
        return
    expected = _range(following or tags.first, count) if count else say("outline.no-tags")
    if following is not None and tags.first != following:
        rule = "tags-start" if following == 1 else "tags-overlap" if tags.first < following else "tags-gap"
        yield _unfit(rule, tags.where, expected, tags=str(tags))
    if len(tags) != count:
        sizes = {"numbers": len(tags), "section": leaf.id, "equations": _counted(count)}
        yield _unfit("tags-count", tags.where, expected, tags=str(tags), **sizes)


def _unfit(rule: str, where: Where, expected: str, **fields: Any) -> Finding:
    return problem(rule, where, "", expected, say("outline.retag"), **fields)


def _counted(count: int) -> Said:
    return say("outline.equation-counted" if count == 1 else "outline.equations-counted", count=count)


def _range(first: int, count: int) -> str:
    return f"{first}" if count == 1 else f"{first}-{first + count - 1}"


def check_mentions(outline: Outline, mentions: Iterable[Mention]) -> Iterator[Finding]:
    """Yield each reference to something that does not exist or has no number.

    An equation may stand in a reply; where slots hold equations, what nobody defines is found in the woven text.
    """
    to_come = any(slot.equations for block in outline.blocks() for slot in block.slots())
    equations = {equation.id: equation for block in outline.blocks() for equation in displays_of(block.parts())}
    blocks = {block.id: block for block in outline.blocks()}
    sections = [section for top in outline.sections for section in (top, *top.sections)]
    ids: dict[str, Iterable[str]] = {
        "eq": equations,
        "thm": [block.id for block in blocks.values() if block.kind in NUMBERED],
        "sec": [section.id for section in sections],
        "ref": [reference.id for reference in outline.references],
        "fig": [part.id for block in blocks.values() for part in block.parts() if isinstance(part, Figure)],
        "run": [f"{part.run}.{name}" for part in outline.runs() for name in part.values],
    }
    everything = {id: kind for kind in ids for id in ids[kind]}
    for mention in mentions:
        fault = _fault(mention, equations, blocks)
        if fault is None and (mention.id in ids[mention.kind] or (to_come and mention.kind == "eq")):
            continue
        fix: str = ""
        if fault is None:
            kind = say(f"kind.{POINTED[mention.kind]}")
            fault = say("outline.no-such", kind=kind, id=mention.id), say("outline.id-of", kind=kind)
            if other := everything.get(mention.id):
                pointed = say(f"kind.{POINTED[other]}")
                fix = say("outline.is-a", id=mention.id, kind=pointed, reference=f"@{other}:{mention.id}")
            elif close := difflib.get_close_matches(mention.id, list(ids[mention.kind]), n=1):
                fix = say("outline.did-you-mean", name=f"@{mention.kind}:{close[0]}")
        severity = Severity.WARNING if mention.instruction else Severity.ERROR
        yield Finding("reference-unknown", severity, mention.where, *fault, fix)


def _fault(
    mention: Mention, equations: Mapping[str, Equation], blocks: Mapping[str, Block]
) -> tuple[Said, Said] | None:
    """Return what is wrong with a reference to something that exists, and what was expected."""
    id = mention.id
    if mention.kind == "thm" and (block := blocks.get(id)) and block.kind not in NUMBERED:
        return say("outline.numberless", id=id, kind=say(f"kind.{block.kind}")), say("outline.numbered-kinds")
    equation = equations.get(id) if mention.kind == "eq" else None
    if equation is None:
        return None
    if not equation.numbered:
        return say("outline.equation-numberless", id=id), say("outline.without-tag-none")
    if mention.row is not None and not 1 <= mention.row <= equation.rows:
        return say("outline.no-row", id=id, row=mention.row), say("outline.rows", rows=equation.rows)
    return None
