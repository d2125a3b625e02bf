"""Check that each section holds exactly the equation numbers it owns."""

from collections.abc import Callable, Sequence

from proofweave.core import Finding, Outline, Section, finding_of, numbers_in, say
from proofweave.stages.validate.woven import Tag

ENOUGH = 10_000
"""Numbers of one section that are looked at; a longer range is a slip of the pen."""


def held(section: Section) -> int:
    """Return how many numbers a section's equations take, those reserved by unfilled slots among them."""
    return sum(numbers_in(block.parts()) for block in section.blocks)


def check_counts(outline: Outline) -> tuple[Finding, ...]:
    """Find sections that hold more or fewer numbered equations than their range has numbers."""
    findings = []
    for leaf in outline.leaves():
        count = held(leaf)
        holds = say("validate.holds-one" if count == 1 else "validate.holds", section=leaf.id, count=count)
        if leaf.tags is None and count:
            findings.append(finding_of("validate.no-tags", leaf.where, rule="tag-range", holds=holds))
        elif leaf.tags is not None and count != len(leaf.tags):  # a reversed range is empty, and false
            owned, tags = len(leaf.tags), str(leaf.tags)
            findings.append(finding_of("validate.tag-range", leaf.tags.where, holds=holds, owned=owned, range=tags))
    return tuple(findings)


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
    return tuple(
        finding_of("validate.tag-outside-range", tag.where, tag=tag.number, section=section.id, range=str(section.tags))
        for tag in found
        if tag.number and (section := owner(tag.where.line)) is not None and section.tags is not None
        if not section.tags.first <= tag.number <= section.tags.last
    )
