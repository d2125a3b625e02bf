"""Check that each section holds exactly the equation numbers it owns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from proofweave.core.types import Equation, Finding, Outline, Section, Severity, Slot, Step
from proofweave.stages.validate.woven.tags import Tag

ENOUGH = 10_000
"""Numbers of one section that are looked at; a longer range is a slip of the pen."""


def held(section: Section) -> int:
    """Return how many numbers a section's equations take, those reserved by unfilled slots among them."""
    return sum(_numbers(section))


def _numbers(section: Section) -> Iterator[int]:
    for block in section.blocks:
        for part in block.parts():
            if isinstance(part, Slot):
                yield part.equations
            else:
                equation = part.equation if isinstance(part, Step) else part
                if isinstance(equation, Equation) and equation.numbered:
                    yield equation.rows


def check_counts(outline: Outline) -> tuple[Finding, ...]:
    """Find sections that hold more or fewer numbered equations than their range has numbers."""
    return tuple(finding for leaf in outline.leaves() if (finding := _count(leaf)) is not None)


def _count(leaf: Section) -> Finding | None:
    count, owned = held(leaf), 0 if leaf.tags is None else len(leaf.tags)
    if count == owned:
        return None
    where = leaf.where if leaf.tags is None else leaf.tags.where  # a reversed range is empty, and false
    holds = f"section '{leaf.id}' holds {count} numbered equation{'' if count == 1 else 's'}"
    if leaf.tags is None:
        return Finding("tag-range", Severity.ERROR, where, f"{holds} and owns no tags", "`tags:` of as many numbers")
    expected = f"{owned}, as many as its range {leaf.tags} has numbers"
    fix = "add or remove equations, or run `proofweave retag` to rewrite the ranges"
    return Finding("tag-range", Severity.ERROR, where, holds, expected, fix)


def explained(outline: Outline) -> frozenset[int]:
    """Return the numbers that are missing or doubled because a section holds too few or too many equations."""
    numbers: set[int] = set()
    following = 1
    for leaf in outline.leaves():
        first = leaf.tags.first if leaf.tags else following
        following = first + held(leaf)
        last = leaf.tags.last + 1 if leaf.tags else first
        numbers.update(_between(min(following, last), max(following, last)))
    return frozenset(numbers)


def reserved(outline: Outline, used: frozenset[int]) -> frozenset[int]:
    """Return the numbers that unfilled slots keep free: of a section with such a slot, all that are not `used`."""
    numbers: set[int] = set()
    for leaf in outline.leaves():
        if leaf.tags is not None and any(block.slots() for block in leaf.blocks):
            numbers.update(_between(leaf.tags.first, leaf.tags.last + 1))
    return frozenset(numbers - used)


def _between(first: int, end: int) -> range:
    return range(first, min(end, first + ENOUGH))


def check_owners(found: Sequence[Tag], owner: Callable[[int], Section | None]) -> tuple[Finding, ...]:
    """Find tags outside the range of the section they stand in; `owner` tells the section of a line."""
    findings = []
    for tag in found:
        section = owner(tag.where.line)
        if tag.number and section is not None and section.tags is not None:
            first, last = section.tags.first, section.tags.last
            if not first <= tag.number <= last:
                what = f"tag {tag.number} stands in section '{section.id}'"
                expected = f"a number of its range {section.tags}"
                findings.append(Finding("tag-outside-range", Severity.ERROR, tag.where, what, expected))
    return tuple(findings)
