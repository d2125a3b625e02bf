"""The format an outline or a recording says it is written in, and its text moved from the last one to this one."""

from dataclasses import dataclass

from proofweave.core import OUTLINE, RECORDING, Finding, Where, errors_in, finding_of
from proofweave.outline.parts import number_of, plain
from proofweave.text.yaml import MapNode, Node, ScalarNode, read_json_nodes, read_nodes

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
    return (finding_of("version.newer", written.place(), rule=rule, found=found, known=known),)


def migrated(text: str, path: str) -> Migrated:
    """Return an outline, or a recording (`.json`), in the present format: a number is added, every other byte kept."""
    json = path.endswith(".json")
    known, rule = (RECORDING, "reply-format") if json else (OUTLINE, "outline-format")
    read = read_json_nodes if json else read_nodes
    root, findings = read(text, path)
    if not isinstance(root, MapNode) or not root.items:
        none = finding_of("version.unreadable", Where(path), rule=rule, known=known)
        return Migrated(text, 1, known, errors_in(findings) or (none,))
    written = root.get(KEY)
    before = 1 if written is None else number_of(written)
    newer = too_new(root, known, rule)
    if newer or before == known:
        return Migrated(text, before or 1, known, newer)
    first = root.items[0][0]
    if isinstance(written, ScalarNode):
        moved = text[: written.start] + str(known) + text[written.end :]
    else:
        moved = text[: first.start] + _added(text, root, first.start, known, json) + text[first.start :]
    again, _ = read(moved, path)
    others = {key.value: plain(value) for key, value in root.items if key.value != KEY}
    if before == known - 1 and again is not None and plain(again) == {KEY: str(known), **others}:
        return Migrated(moved, before, known)
    return Migrated(text, before or 1, known, (finding_of("version.unsafe", first.where, rule=rule, known=known),))


def _added(text: str, root: MapNode, start: int, known: int, json: bool) -> str:
    """Return the new first key, with what separates it from the one that was first, at the offset `start`."""
    name = f'"{KEY}"' if json else KEY
    before = text[:start]
    if root.flow:
        return f"{name}: {known},{before[len(before.rstrip()) :] or ' '}"
    indent = before[before.rfind("\n") + 1 :].lstrip("\ufeff")
    line_end = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    return f"{name}: {known}{line_end}{indent if indent.isspace() else ''}"
