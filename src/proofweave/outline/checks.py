"""Check an outline across its blocks: ids used once, tag ranges that add up, references that lead somewhere."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from proofweave.core.types import (
    NUMBERED,
    Block,
    Equation,
    Figure,
    Finding,
    Outline,
    Part,
    Section,
    Severity,
    Slot,
    Step,
    Where,
)
from proofweave.outline.conform import problem
from proofweave.outline.parts import Mention

RETAG = "`proofweave retag` sets every range"


def check_ids(named: Iterable[tuple[str, str, Where]]) -> Iterator[Finding]:
    """Yield each id that something before it has already."""
    taken: dict[str, tuple[str, Where]] = {}
    for kind, id, where in named:
        if id in taken:
            other, first = taken[id]
            what = f"{kind} id '{id}' is taken by the {other} in line {first.line}"
            yield problem("id-taken", where, what, "each id once in the file", "choose another id")
        else:
            taken[id] = kind, where


def numbered_in(parts: Sequence[Part]) -> int:
    """Return how many numbers the equations of some parts take, those a slot declares included."""
    count = 0
    for part in parts:
        item = part.equation if isinstance(part, Step) else part
        if isinstance(item, Slot):
            count += item.equations
        elif isinstance(item, Equation) and item.numbered:
            count += item.rows
    return count


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
                start = following or 1
                shown = f"tags: {_range(start, count)}"
                what = f"section '{leaf.id}' has no tags for its {_counted(count)}"
                yield problem("tags-missing", leaf.where, what, shown if following else "tags: …", RETAG)
            following = following + count if following else None
            continue
        yield from _one_range(leaf, count, following)
        following = max(leaf.tags.last, leaf.tags.first) + 1


def _one_range(leaf: Section, count: int, following: int | None) -> Iterator[Finding]:
    tags = leaf.tags
    assert tags is not None
    if tags.last < tags.first:
        what = f"tags {tags} run backwards"
        yield problem("tags-reversed", tags.where, what, f"{tags.last}-{tags.first}", RETAG)
        return
    if following is not None and tags.first != following:
        rule, how = (
            ("tags-overlap", "overlap the numbers before") if tags.first < following else ("tags-gap", "leave a gap")
        )
        if following == 1:
            rule, how = "tags-start", "do not start at 1"
        expected = _range(following, count) if count else "no tags"
        yield problem(rule, tags.where, f"tags {tags} {how}", expected, RETAG)
    if len(tags) != count:
        what = f"tags {tags} are {len(tags)} numbers, and section '{leaf.id}' holds {_counted(count)}"
        expected = _range(following or tags.first, count) if count else "no tags"
        yield problem("tags-count", tags.where, what, expected, RETAG)


def _counted(count: int) -> str:
    return f"{count} numbered equation{'' if count == 1 else 's'}"


def _range(first: int, count: int) -> str:
    return f"{first}" if count == 1 else f"{first}-{first + count - 1}"


def check_mentions(outline: Outline, mentions: Iterable[Mention]) -> Iterator[Finding]:
    """Yield each reference to something that does not exist or has no number.

    An equation may stand in a reply; where slots hold equations, what nobody defines is found in the woven text.
    """
    to_come = any(slot.equations for block in outline.blocks() for slot in block.slots())
    equations = {equation.id: equation for block in outline.blocks() for equation in _equations(block)}
    blocks = {block.id: block for block in outline.blocks()}
    sections = [section for top in outline.sections for section in (top, *top.sections)]
    ids: dict[str, Iterable[str]] = {
        "eq": equations,
        "thm": [block.id for block in blocks.values() if block.kind in NUMBERED],
        "sec": [section.id for section in sections],
        "ref": [reference.id for reference in outline.references],
        "fig": [part.id for block in blocks.values() for part in block.parts() if isinstance(part, Figure)],
    }
    words = {"eq": "equation", "thm": "numbered block", "sec": "section", "ref": "reference", "fig": "figure"}
    everything = {id: kind for kind in ids for id in ids[kind]}
    for mention in mentions:
        fault = _fault(mention, equations, blocks)
        if fault is None and (mention.id in ids[mention.kind] or (to_come and mention.kind == "eq")):
            continue
        what, expected = fault or (f"there is no {words[mention.kind]} '{mention.id}'", words[mention.kind] + " ids")
        if fault is None:
            close = difflib.get_close_matches(mention.id, list(ids[mention.kind]), n=1)
            fix = f"did you mean '@{mention.kind}:{close[0]}'?" if close else ""
            if mention.id in everything:
                fix = f"'{mention.id}' is a {words[everything[mention.id]]}: @{everything[mention.id]}:{mention.id}"
            expected = f"the id of a {words[mention.kind]} in this file"
        else:
            fix = ""
        severity = Severity.WARNING if mention.instruction else Severity.ERROR
        yield Finding("reference-unknown", severity, mention.where, what, expected, fix)


def _fault(mention: Mention, equations: Mapping[str, Equation], blocks: Mapping[str, Block]) -> tuple[str, str] | None:
    """Return what is wrong with a reference to something that exists, and what was expected."""
    if mention.kind == "thm" and (block := blocks.get(mention.id)) and block.kind not in NUMBERED:
        return f"'{mention.id}' is a {block.kind.value}, which has no number", "a definition, a theorem or an algorithm"
    equation = equations.get(mention.id) if mention.kind == "eq" else None
    if equation is None:
        return None
    if not equation.numbered:
        return f"equation '{mention.id}' has no number", "an equation without `tag: none`"
    if mention.row is not None and not 1 <= mention.row <= equation.rows:
        return f"equation '{mention.id}' has no row {mention.row}", f"rows 1 to {equation.rows}"
    return None


def _equations(block: Block) -> Iterator[Equation]:
    for part in block.parts():
        item = part.equation if isinstance(part, Step) else part
        if isinstance(item, Equation):
            yield item
