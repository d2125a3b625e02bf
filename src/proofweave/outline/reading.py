"""Read outlines: what a grown post contains, with every problem located (the format: docs/outline.md)."""

from dataclasses import dataclass
from functools import lru_cache

from proofweave.core import Finding, Outline, Severity, Where, formats
from proofweave.outline.build import Builder
from proofweave.outline.checks import check_ids, check_mentions, check_tags
from proofweave.outline.conformity import conform, correct, in_order, problem
from proofweave.outline.format import OUTLINE
from proofweave.outline.shapes import words_of
from proofweave.outline.version import too_new
from proofweave.text.yaml import MapNode, ScalarNode, read_nodes

LOSING_NOTHING = frozenset(
    {
        "yaml-escape",
        "yaml-comma-cuts",
        "yaml-control-character",
        "yaml-full-width-colon",
        "yaml-colon-space",
        "yaml-tag",
    }
)
"""Problems of the YAML after which all of the outline is still there."""

LOSING = frozenset({"yaml-duplicate-key", "yaml-documents", "yaml-no-key", "yaml-comment-cuts", "yaml-key"})
"""Problems of the YAML after which something is missing that no broken scalar stands for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An outline as read, its problems, and the node of each of its leaves, in document order."""

    outline: Outline | None
    findings: tuple[Finding, ...]
    leaf_nodes: tuple[MapNode, ...] = ()


@lru_cache(maxsize=16)
def read_outline(text: str, path: str) -> tuple[Outline | None, tuple[Finding, ...]]:
    """Return the outline of a YAML text and all its problems in order; `path` names it and gives the post's name.

    The outline is as good as the text allows; None where nothing can be made of it: no mapping, no source, no section.
    """
    reading = reading_of(text, path)
    return reading.outline, reading.findings


def reading_of(text: str, path: str) -> Reading:
    """Return the outline of a YAML text with the nodes it was made of."""
    root, findings = read_nodes(text, path)
    rules = {finding.rule for finding in findings if finding.severity is Severity.ERROR}
    if root is None or (isinstance(root, ScalarNode) and root.absent):
        empty = problem("empty", Where(path), "file-empty", words_of(OUTLINE))
        return Reading(None, findings if rules else (*findings, empty))
    newer = too_new(root, formats.OUTLINE, "outline-format")
    if newer:
        return Reading(None, newer)
    misspelt: list[Finding] = []
    root = correct(root, OUTLINE, misspelt)
    misfits = [*misspelt, *conform(root, OUTLINE)]
    if not isinstance(root, MapNode):
        return Reading(None, in_order([*findings, *misfits]))
    builder = Builder(path)
    outline = builder.outline(root)
    across = list(check_ids(builder.named))
    # What could not be read would make ranges and references look wrong that are right.
    if not builder.sections_dropped and not rules & LOSING:
        across += check_tags(outline, builder.uncounted, builder.malformed)
    if rules <= LOSING_NOTHING and not builder.dropped:
        across += check_mentions(outline, builder.mentions)
    everything = in_order([*findings, *misfits, *builder.findings, *across])
    hopeless = not outline.source or not outline.sections
    return Reading(None if hopeless else outline, everything, tuple(builder.leaf_nodes))
