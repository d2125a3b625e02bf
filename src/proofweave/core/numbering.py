"""Number equations, theorems, sections and citations of an outline, in document order."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from proofweave.core.types import (
    NUMBERED,
    THEOREM_LIKE,
    Block,
    BlockKind,
    Equation,
    Figure,
    Numbering,
    Outline,
    Part,
    Section,
    Slot,
    Step,
)
from proofweave.core.words import labels


def number(outline: Outline, citations: Sequence[str] = ()) -> Numbering:
    """Return every number that templates print; a leaf's equations count up from the start of its tag range.

    A slot that nobody filled reserves the numbers it declares, so its neighbours keep theirs. `citations` are the
    reference ids in the order the text first cites them; works never cited come after them, in the outline's order.
    """
    parts = (part for block in outline.blocks() for part in block.parts())
    figures = (part.id for part in parts if isinstance(part, Figure))
    return Numbering(
        tags=_tags(outline),
        labels=_labels(outline),
        sections=_section_numbers(outline),
        citations=_citation_numbers(outline, citations),
        figures={id: position for position, id in enumerate(figures, start=1)},
    )


def equations_of(parts: Sequence[Part]) -> Iterator[Equation | Slot]:
    """Yield the equations of some parts in order, and the unfilled slots between them."""
    for part in parts:
        if isinstance(part, Equation | Slot):
            yield part
        elif isinstance(part, Step) and part.equation is not None:
            yield part.equation


def displays_of(parts: Sequence[Part]) -> Iterator[Equation]:
    """Yield the equations of some parts in order."""
    return (item for item in equations_of(parts) if isinstance(item, Equation))


def with_displays(parts: Sequence[Part], change: Callable[[Equation], Equation]) -> tuple[Part, ...]:
    """Return some parts with each of their equations changed, in order."""

    def changed(part: Part) -> Part:
        if isinstance(part, Equation):
            return change(part)
        return replace(part, equation=change(part.equation)) if isinstance(part, Step) and part.equation else part

    return tuple(map(changed, parts))


def numbers_in(parts: Sequence[Part]) -> int:
    """Return how many numbers the equations of some parts take, those a slot declares included."""
    items = equations_of(parts)
    return sum(item.equations if isinstance(item, Slot) else item.rows * item.numbered for item in items)


def _tags(outline: Outline) -> Mapping[str, tuple[int, ...]]:
    tags: dict[str, tuple[int, ...]] = {}
    following = 1
    for leaf in outline.leaves():
        if leaf.tags is not None:
            following = leaf.tags.first
        for block in leaf.blocks:
            for item in equations_of(block.parts()):
                if isinstance(item, Slot):
                    following += item.equations
                elif item.numbered:
                    tags[item.id] = tuple(range(following, following + item.rows))
                    following += item.rows
    return tags


def _labels(outline: Outline) -> Mapping[str, str]:
    words = labels("post", outline.language)
    found: dict[str, str] = {}
    for chapter, section in enumerate(outline.sections, start=1):
        counters: dict[str, int] = defaultdict(int)
        for block in _blocks(section):
            if block.kind in NUMBERED:
                counter = _counter(block.kind, outline.counters)
                counters[counter] += 1
                found[block.id] = words[block.kind.value].format(number=f"{chapter}.{counters[counter]}")
    return found


def _blocks(section: Section) -> Iterator[Block]:
    for leaf in section.sections or (section,):
        yield from leaf.blocks


def _counter(kind: BlockKind, counters: str) -> str:
    """Return the name of the counter that numbers `kind`: one for all, one per kind, or one for all theorem-likes."""
    if counters == "shared":
        return "all"
    if counters == "separate" or kind not in THEOREM_LIKE:
        return kind.value
    return "theorem-like"


def _section_numbers(outline: Outline) -> Mapping[str, str]:
    numbers: dict[str, str] = {}
    for chapter, section in enumerate(outline.sections, start=1):
        numbers[section.id] = str(chapter)
        for position, child in enumerate(section.sections, start=1):
            numbers[child.id] = f"{chapter}.{position}"
    return numbers


def _citation_numbers(outline: Outline, citations: Sequence[str]) -> Mapping[str, int]:
    known = {reference.id for reference in outline.references}
    order = dict.fromkeys([cited for cited in citations if cited in known])
    order |= dict.fromkeys(reference.id for reference in outline.references)
    return {reference: position for position, reference in enumerate(order, start=1)}


def numeral(value: int, language: str) -> str:
    """Return a chapter's number as headings write it: from 1 to 99 in Chinese numerals where the language has them."""
    digits = labels("post", language)["numerals"]
    if not digits:
        return str(value)
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("" if tens == 1 else digits[tens]) + digits[10]
    return head + (digits[ones] if ones else "")
