"""The format an outline or a recording says it is written in, and its text moved from the last one to this one."""

from __future__ import annotations

from dataclasses import dataclass

from proofweave.core.formats import OUTLINE, RECORDING, refusal
from proofweave.core.types import Finding, Severity, Where
from proofweave.core.words.table import Said, say
from proofweave.outline.parts import number_of, plain
from proofweave.text.yaml.nodes import MapNode, Node, ScalarNode
from proofweave.text.yaml.reading import read_nodes
from proofweave.text.yaml.strict_json import read_json_nodes

KEY = "format"


@dataclass(frozen=True, slots=True)
class Migrated:
    """A file's text in the present format, and the format it was of; `findings` say why it could not be moved."""

    text: str
    before: int
    after: int
    findings: tuple[Finding, ...] = ()


def too_new(root: Node, known: int, rule: str) -> tuple[Finding, ...]:
    """Return the one finding for a text of a format after `known`; none where it can be read."""
    written = root.get(KEY) if isinstance(root, MapNode) else None
    found = number_of(written) or 0
    if not isinstance(written, ScalarNode) or found <= known:
        return ()
    what, fix = refusal(found, known)
    return (Finding(rule, Severity.ERROR, written.place(), what, fix=fix),)


def migrated(text: str, path: str) -> Migrated:
    """Return an outline, or a recording (`.json`), in the present format: a number is added, every other byte kept."""
    json = path.endswith(".json")
    known, read, rule = (
        (RECORDING, read_json_nodes, "reply-format") if json else (OUTLINE, read_nodes, "outline-format")
    )
    root, findings = read(text, path)
    if not isinstance(root, MapNode) or not root.items:
        found = [finding for finding in findings if finding.severity is Severity.ERROR]
        return Migrated(
            text, 1, known, tuple(found) or _stopped(rule, Where(path), say("formats.unreadable", known=known))
        )
    written = root.get(KEY)
    before = 1 if written is None else number_of(written)
    newer = too_new(root, known, rule)
    if newer or before == known:
        return Migrated(text, before or 1, known, newer)
    moved = text
    if isinstance(written, ScalarNode):
        moved = text[: written.start] + str(known) + text[written.end :]
    else:
        start = root.items[0][0].start
        moved = text[:start] + _added(text, root, start, known, json) + text[start:]
    again, _ = read(moved, path)
    if before != known - 1 or again is None or plain(again) != {KEY: str(known), **_others(root)}:
        unsafe = _stopped(rule, root.items[0][0].where, say("formats.unsafe", known=known), say("formats.unsafe_fix"))
        return Migrated(text, before or 1, known, unsafe)
    return Migrated(moved, before, known)


def _added(text: str, root: MapNode, start: int, known: int, json: bool) -> str:
    """Return the new first key, with what separates it from the one that was first, at the offset `start`."""
    name = f'"{KEY}"' if json else KEY
    before = text[:start]
    if root.flow:
        return f"{name}: {known},{before[len(before.rstrip()) :] or ' '}"
    indent = before[before.rfind("\n") + 1 :].lstrip("\ufeff")
    line_end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    return f"{name}: {known}{line_end}{indent if indent.isspace() else ''}"


def _others(root: MapNode) -> dict[str, object]:
    return {key.value: plain(value) for key, value in root.items if key.value != KEY}


def _stopped(rule: str, where: Where, what: Said, fix: str = "") -> tuple[Finding, ...]:
    return (Finding(rule, Severity.ERROR, where, what, fix=fix),)
