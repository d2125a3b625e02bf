"""Count what a grown post holds, for the report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from proofweave.core import Block, BlockKind, Equation, Layer, Outline, Part, Post, Section, Step, Text, displays_of
from proofweave.stages.validate.length import layers, line_count
from proofweave.stages.validate.pieces import Joined
from proofweave.stages.validate.woven import count_words, read, says_something


class Extent(NamedTuple):
    """How much a block wove."""

    words: int
    characters: int


def extents(joined: Joined) -> Mapping[str, Extent]:
    """Return how much each block wove, by block id."""
    prose = read(joined.post).prose.split("\n")
    words: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for number, line in enumerate(joined.post.text.split("\n"), start=1):
        origin = joined.owners.get(number)
        if origin is not None and origin.block is not None:
            words[origin.block.id] += count_words(prose[number - 1])
            characters[origin.block.id] += len("".join(line.split()))
    return {block: Extent(words[block], characters[block]) for block in characters}


def layer_characters(outline: Outline, woven: Mapping[str, Extent]) -> Mapping[Layer, int]:
    """Return the characters of each layer; blocks without a layer are left out."""
    found: Counter[Layer] = Counter()
    for block, layer in layers(outline).items():
        if layer is not None and block in woven:
            found[layer] += woven[block].characters
    return found


def count(outline: Outline, numbers: Mapping[str, str], joined: Joined, source: Post, grown: str) -> dict[str, Any]:
    """Return the counts of an outline filled with its replies; `numbers` are its sections' by id.

    `numbered` counts tags, so an align of three rows has three of them; words are Chinese characters and words of
    other letters. A step is a `because` part, or a bare equation of a proof or derivation, whose reason is the text
    before it.
    """
    woven = extents(joined)
    blocks = outline.blocks()
    steps = [step for block in blocks for step in _steps(block)]
    source_lines, lines = line_count(source.text), line_count(grown)
    kinds = Counter(block.kind for block in blocks)
    return {
        **_sums(blocks, woven),
        "source_lines": source_lines,
        "lines": lines,
        "added_lines": lines - source_lines,
        "kinds": {kind.value: kinds[kind] for kind in BlockKind if kinds[kind]},
        "cited": sum(bool(block.cite) for block in blocks),
        "steps": len(steps),
        "steps_with_reason": sum(reason for reason, _ in steps),
        "steps_with_intuition": sum(intuition for _, intuition in steps),
        "unfilled": sum(len(block.slots()) for block in blocks),
        "layers": {layer.value: characters for layer, characters in sorted(layer_characters(outline, woven).items())},
        "sections": [_section(leaf, numbers.get(leaf.id, ""), woven) for leaf in outline.leaves()],
    }


def _section(leaf: Section, number: str, woven: Mapping[str, Extent]) -> dict[str, Any]:
    """Return the counts of a section that holds blocks."""
    tags = str(leaf.tags) if leaf.tags else ""
    return {"id": leaf.id, "title": leaf.title, "number": number, "tags": tags, **_sums(leaf.blocks, woven)}


def _sums(blocks: Sequence[Block], woven: Mapping[str, Extent]) -> dict[str, int]:
    """Return what is counted of a section and of all of them."""
    equations = [equation for block in blocks for equation in displays_of(block.parts())]
    extents = [woven[block.id] for block in blocks if block.id in woven]
    return {
        "equations": len(equations),
        "numbered": sum(equation.rows for equation in equations if equation.numbered),
        "proofs": sum(bool(block.proof) for block in blocks),
        "words": sum(extent.words for extent in extents),
        "characters": sum(extent.characters for extent in extents),
    }


def _steps(block: Block) -> Iterator[tuple[bool, bool]]:
    """Yield (has a reason, has an intuition) of each step of a block's proof or derivation."""
    for parts in (block.statement, block.proof, block.body):
        argues = parts is block.proof or block.kind is BlockKind.DERIVATION
        before: Part | None = None
        for part in parts:
            if isinstance(part, Step):
                yield says_something(part.because), says_something(part.intuition)
            elif isinstance(part, Equation) and argues:
                yield isinstance(before, Text) and says_something(before.text), False
            before = part
