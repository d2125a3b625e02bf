"""Check how long a grown post is, and how its characters are shared among the layers.

A layer's share is its characters over those of all blocks that have a layer, in percent. Characters are what is not
white space in the lines that a block wove, formulas included; headings and the bibliography belong to no layer. A
block's layer is its own; else intuition for `intuition` and `geometry`, practice for `practice`; else its section's.
"""

from collections.abc import Mapping
from typing import Any

from proofweave.core import (
    Block,
    BlockKind,
    Finding,
    Layer,
    LineTarget,
    Outline,
    Section,
    Severity,
    Where,
    finding_of,
    say,
)

BUDGET: Mapping[Layer, tuple[int, int]] = {
    Layer.FOUNDATIONS: (20, 30),
    Layer.DERIVATION: (40, 50),
    Layer.CONVERGENCE: (15, 20),
    Layer.INTUITION: (10, 15),
    Layer.PRACTICE: (10, 15),
}
"""Each layer's share of the characters, in percent; an outline's `budget:` overrides it."""

SLACK = 10
"""Percentage points beyond its budget at which a share is worth a warning."""

BY_KIND = {
    BlockKind.INTUITION: Layer.INTUITION,
    BlockKind.GEOMETRY: Layer.INTUITION,
    BlockKind.PRACTICE: Layer.PRACTICE,
}


def line_count(text: str) -> int:
    """Return the lines of a text; a last one without a line end counts."""
    return text.count("\n") + (bool(text) and not text.endswith("\n"))


def check_lines(target: LineTarget | None, grown: str) -> tuple[Finding, ...]:
    """Find a grown post with fewer or more lines than its outline asks for."""
    if target is None:
        return ()
    lines = line_count(grown)
    if lines >= target.least and (target.most is None or lines <= target.most):
        return ()
    key = "validate.lines-least" if target.most is None else "validate.lines-between"
    asked = say(key, least=target.least, most=target.most)
    return (finding_of("validate.line-target", target.where, Severity.WARNING, lines=lines, expected=asked),)


def layers(outline: Outline) -> Mapping[str, Layer | None]:
    """Return each block's layer by block id."""
    return {block.id: layer_of(block, leaf, section) for section, leaf, block in outline.placed()}


def layer_of(block: Block, leaf: Section, section: Section) -> Layer | None:
    """Return a block's layer: its own, else its kind's, else its section's."""
    return block.layer or BY_KIND.get(block.kind) or leaf.layer or section.layer


def shares(characters: Mapping[Layer, int]) -> Mapping[Layer, float]:
    """Return each layer's share of the characters, in percent."""
    total = sum(characters.values())
    return {layer: 100 * characters.get(layer, 0) / total for layer in Layer} if total else {}


def check_layers(
    characters: Mapping[Layer, int], budget: Mapping[Layer, tuple[int, int]], where: Where
) -> tuple[Finding, ...]:
    """Find layers whose share lies more than SLACK points outside their budget; `budget` overrides BUDGET."""
    total, findings = sum(characters.values()), []
    for layer, share in shares(characters).items():
        least, most = budget.get(layer, BUDGET[layer])
        if not least - SLACK <= share <= most + SLACK:
            asked = say("validate.layer-budget", least=least, most=most, slack=SLACK)
            told: dict[str, Any] = {"layer": layer.value, "own": characters.get(layer, 0), "share": share}
            findings.append(
                finding_of("validate.layer-share", where, Severity.WARNING, total=total, expected=asked, **told)
            )
    return tuple(findings)
