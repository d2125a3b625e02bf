"""Rewrite the `tags:` of an outline so that they run on from 1 and fit its equations; nothing else changes a byte."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from proofweave.core import Finding, Outline, Section, Severity, TagRange, Where, finding_of
from proofweave.outline.checks import count_numbered
from proofweave.outline.reading import reading_of
from proofweave.text.yaml import MapNode, ScalarNode

HARMLESS = re.compile(
    r"outline-(?:tags-.*|reference-unknown|id-taken)|reference-unknown|prose-.*|tex-.*|equation-check"
)
"""Rules of errors that leave every equation countable."""

COLON = re.compile(r"[ \t]*:")


@dataclass(frozen=True, slots=True)
class Change:
    """What a section owned and what it owns now, as written ("" for no `tags:`), and where that stands."""

    section: str
    before: str
    after: str
    where: Where

    def __str__(self) -> str:
        return f"{self.where}: section '{self.section}': tags {self.before or 'none'} -> {self.after or 'none'}"


@dataclass(frozen=True, slots=True)
class Retagged:
    """An outline's text with its ranges set, what changed, and why nothing could be set where `findings` says so."""

    text: str
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


Edit = tuple[int, int, str]
"""From where to where in the file another text is to stand, and that text."""


def retag(text: str, path: str) -> Retagged:
    """Return an outline with each section's range set; one whose equations cannot all be counted is left alone."""
    reading = reading_of(text, path)
    own = {_place(node) for node in reading.leaf_nodes if _place(node)}
    blocking = [
        finding
        for finding in reading.findings
        if finding.severity is Severity.ERROR and not HARMLESS.fullmatch(finding.rule) and finding.where not in own
    ]
    if blocking or reading.outline is None:
        return Retagged(text, findings=tuple(blocking) or reading.findings)
    edits: list[Edit] = []
    changes: list[Change] = []
    following = 1
    for leaf, node in zip(reading.outline.leaves(), reading.leaf_nodes, strict=True):
        count = count_numbered(leaf)
        fitting = TagRange(following, following + count - 1, leaf.where)
        wanted = str(fitting) if count else ""
        following += count
        written = node.get("tags")
        if _same(leaf.tags, fitting) if count else written is None:
            continue
        before = written.value if isinstance(written, ScalarNode) else ""
        changes.append(Change(leaf.id, before, wanted, written.where if written else leaf.where))
        edits += _edits(text, node, wanted)
    new = _edited(text, edits)
    if _sound(new, text):
        return Retagged(new, tuple(changes))
    return Retagged(text, findings=(finding_of("outline.retag-unsafe", Where(path), rule="retag"),))


def _same(tags: TagRange | None, fitting: TagRange) -> bool:
    """Tell whether a range holds the same numbers, however its author wrote it."""
    return tags is not None and (tags.first, tags.last) == (fitting.first, fitting.last)


def _place(node: MapNode) -> Where | None:
    """Return where a section's range stands, and so what is wrong with it."""
    tags = node.get("tags")
    return (tags.where if tags.absent else tags.place()) if isinstance(tags, ScalarNode) else None


def _edits(text: str, node: MapNode, wanted: str) -> Iterator[Edit]:
    names = [key.value for key, _ in node.items]
    if "tags" not in names:
        yield _added(text, node, names, wanted)
        return
    position = names.index("tags")
    key, value = node.items[position]
    if not isinstance(value, ScalarNode):
        return
    if wanted and value.absent:
        colon = COLON.match(text, key.end)
        end = colon.end() if colon else key.end
        yield (end, end, f" {wanted}")
    elif wanted:
        yield (value.start, _end(text, value), wanted)
    else:
        yield _removed(text, node, position)


def _end(text: str, value: ScalarNode) -> int:
    """Return where a scalar ends, without the line ends that belong to a block."""
    return value.start + len(text[value.start : value.end].rstrip())


def _added(text: str, node: MapNode, names: list[str], wanted: str) -> Edit:
    """Return the new line before `blocks:`, or before the second key where that is the first."""
    position = max(1, names.index("blocks") if "blocks" in names else len(names) - 1)
    key = node.items[position][0]
    if node.flow:
        return (key.start, key.start, f"tags: {wanted}, ")
    start = text.rfind("\n", 0, key.start) + 1
    return (key.start, key.start, f"tags: {wanted}{_line_end(text, start)}{text[start : key.start]}")


def _removed(text: str, node: MapNode, position: int) -> Edit:
    """Return the cut of a `tags:` with its line; one that shares its line leaves the rest of the line."""
    key, value = node.items[position]
    assert isinstance(value, ScalarNode)
    following = node.items[position + 1][0].start if position + 1 < len(node.items) else None
    if node.flow:
        if following is not None:
            return (key.start, following, "")
        before = text[: key.start].rstrip()
        return (len(before) - before.endswith(","), _end(text, value), "")
    start = text.rfind("\n", 0, key.start) + 1
    colon = COLON.match(text, key.end)
    end = max(_end(text, value), colon.end() if colon else key.end)
    if not text[start : key.start].strip():
        return (start, text.find("\n", end) + 1 or len(text), "")
    if following is not None and not text[end:following].strip():
        return (key.start, following, "")
    return (key.start, end, "")


def _line_end(text: str, start: int) -> str:
    """Return how the line before an offset ends."""
    return "\r\n" if text[:start].endswith("\r\n") else "\n"


def _edited(text: str, edits: list[Edit]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, new in edits:
        parts += (text[position:start], new)
        position = end
    return "".join((*parts, text[position:]))


def _sound(retagged: str, text: str) -> bool:
    """Tell whether a retagged text is the outline it was, with ranges that fit."""
    after, before = reading_of(retagged, ""), reading_of(text, "")
    if not after.outline or not before.outline:
        return False
    fits = not any(finding.rule.startswith("outline-tags-") for finding in after.findings)
    return fits and _bare(after.outline) == _bare(before.outline)


def _bare(outline: Outline) -> tuple[object, ...]:
    """Return an outline's sections with their contents as text, without ranges and places."""

    def bare(section: Section) -> object:
        held = [replace(block, where=outline.where) for block in section.blocks]
        unplaced = re.sub(r"Where\([^)]*\)", "", repr(held))
        return section.id, section.title, section.layer, section.anchor, unplaced, *map(bare, section.sections)

    return outline.title, outline.source, outline.lines is None, tuple(map(bare, outline.sections))
