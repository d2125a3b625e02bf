"""Compare nodes with shapes: unknown and missing keys, wrong kinds, empty values, values that do not fit."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from proofweave.core import Finding, Said, Where, finding_of, say
from proofweave.outline.shapes import Free, Many, OneOf, Record, Scalar, Shape, Table, about, words_of
from proofweave.text.yaml import ListNode, MapNode, Node, ScalarNode

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
CLOSE = 0.6
"""How alike (0 to 1) a misspelt key must be to its suggestion."""


def conform(node: Node, shape: Shape, name: str = "") -> Iterator[Finding]:
    """Yield where a node is not what a shape says; `name` is the key it is the value of."""
    if isinstance(node, ScalarNode) and node.broken:
        return
    if isinstance(shape, Scalar):
        yield from _scalar(node, shape, name)
    elif isinstance(shape, Record):
        yield from _record(node, shape, name)
    elif isinstance(shape, Many):
        yield from _many(node, shape, name)
    elif isinstance(shape, Table):
        yield from _table(node, shape, name)
    elif isinstance(shape, OneOf):
        yield from _one_of(node, shape, name)
    else:
        yield from _free(node, shape, name)


def correct(node: Node, shape: Shape, findings: list[Finding]) -> Node:
    """Return the node with misspelt keys as they were meant; each adds a finding, and what they hold is still read."""
    if isinstance(shape, Many):
        if isinstance(node, ListNode):
            return replace(node, items=tuple(correct(item, shape.item, findings) for item in node.items))
        return correct(node, shape.item, findings) if shape.single else node
    if not isinstance(node, MapNode):
        return node
    if isinstance(shape, Table):
        return _with(node, [correct(value, shape.value, findings) for _, value in node.items])
    if isinstance(shape, OneOf):
        if not shape.first:
            known = {key: None for record in shape.records.values() for key in record.keys}
            node = _respelt(node, list(known), shape, findings)
        elif chosen(node, shape) is None:
            node = _respelt(node, list(shape.records), shape, findings, most=1)
        record = chosen(node, shape)
        return node if record is None else correct(node, record, findings)
    if not isinstance(shape, Record):
        return node
    node = _respelt(node, list(shape.keys), shape, findings)
    known_keys = ((shape.keys.get(key.value), value) for key, value in node.items)
    return _with(node, [correct(value, key.shape, findings) if key else value for key, value in known_keys])


def _with(node: MapNode, values: Sequence[Node]) -> MapNode:
    """Return a mapping with these values under its keys; the same one where they are its own."""
    if all(new is old for new, (_, old) in zip(values, node.items, strict=True)):
        return node
    return replace(node, items=tuple((key, value) for (key, _), value in zip(node.items, values, strict=True)))


def _respelt(node: MapNode, known: Sequence[str], shape: Shape, findings: list[Finding], most: int = 1000) -> MapNode:
    """Return a mapping with its first `most` keys as they were meant."""
    there = {key.value for key, _ in node.items}
    if there.issubset(known):
        return node
    items = []
    for position, (key, value) in enumerate(node.items):
        meant = "" if key.value in known or position >= most else _closest(key.value, known)
        if meant and meant not in there:
            findings.append(_unknown(key, known, shape))
            there.add(meant)
            key = replace(key, value=meant)
        items.append((key, value))
    return replace(node, items=tuple(items))


def problem(rule: str, where: Where, name: str = "", expected: str = "", fix: str = "", **fields: Any) -> Finding:
    """Return an error of the outline; its texts have a name, the rule's where none is given, or are given."""
    key = f"outline.{name or rule}"
    return finding_of(key, where, rule=f"outline-{rule}", expected=expected, fix=fix, **fields)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings sorted by place, each only once."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.where))


def _the(name: str) -> Said:
    return say("outline.the-key", name=_short(name)) if name else say("outline.the-file")


def _key_of(name: str) -> Said:
    return say("outline.key-of", name=_short(name, 31)) if name else say("outline.key-of-file")


def _empty(node: Node, expected: Said, the: Said) -> Finding:
    return problem("empty", node.where, "", expected, the=the)


def _scalar(node: Node, shape: Scalar, name: str, the: Callable[[str], Said] = _the) -> Iterator[Finding]:
    if not isinstance(node, ScalarNode):
        yield _wrong_kind(node, words_of(shape), name)
        return
    value = node.value
    if not value.strip():
        if not shape.may_be_empty:
            yield _empty(node, words_of(shape), the(name))
    elif shape.choices:
        if value not in shape.choices:
            fix = _did_you_mean(value, shape.choices)
            yield problem("value", node.place(), "", _listed(shape.choices), fix, the=the(name), value=_short(value))
    elif shape.pattern and not re.fullmatch(shape.pattern, value):
        yield problem("value", node.place(), "", words_of(shape), the=the(name), value=_short(value))
    elif shape.one_line and "\n" in value.strip():
        yield problem("value", node.place(), "several-lines", words_of(shape), the=the(name))


def _record(node: Node, shape: Record, name: str) -> Iterator[Finding]:
    if not isinstance(node, MapNode):
        expected = say("outline.with-keys", words=words_of(shape), keys=_listed(shape.keys, 6))
        yield _wrong_kind(node, expected, name)
        return
    for key, value in node.items:
        known = shape.keys.get(key.value)
        if known is None:
            yield _unknown(key, shape.keys, shape)
        else:
            yield from conform(value, known.shape, key.value)
    there = {key.value for key, _ in node.items}
    for required, known in shape.keys.items():
        if known.required and required not in there:
            words, fix = words_of(shape), about(known, required)
            yield problem("missing-key", node.where, "", f"{required}: …", fix, words=words, key=required)


def _many(node: Node, shape: Many, name: str) -> Iterator[Finding]:
    if isinstance(node, ListNode):
        if not node.items:
            yield _empty(node, words_of(shape), _the(name))
        for item in node.items:
            yield from conform(item, shape.item, name.removesuffix("s"))
    elif shape.single and not (isinstance(node, ScalarNode) and node.absent):
        yield from conform(node, shape.item, name)
    else:
        yield _wrong_kind(node, words_of(shape), name)


def _table(node: Node, shape: Table, name: str) -> Iterator[Finding]:
    if not isinstance(node, MapNode):
        yield _wrong_kind(node, words_of(shape), name)
        return
    if not node.items:
        yield _empty(node, words_of(shape), _the(name))
    for key, value in node.items:
        yield from _scalar(key, shape.key, name, _key_of)
        yield from conform(value, shape.value, key.value)


def _one_of(node: Node, shape: OneOf, name: str) -> Iterator[Finding]:
    if isinstance(node, ScalarNode) and shape.text is not None:
        yield from _scalar(node, shape.text, name)
        yield from _glued_key(node, shape)
        return
    if not isinstance(node, MapNode):
        yield _wrong_kind(node, words_of(shape), name)
        return
    record = chosen(node, shape)
    if record is None:
        if not node.items:
            yield _empty(node, words_of(shape), _the(name))
            return
        key, value = node.items[0]
        text = node.flow and isinstance(value, ScalarNode) and value.absent
        yield _unknown(key, shape.records, shape, say("outline.if-text-start", mark="{") if text else "")
        return
    first = node.items[0][0]
    if shape.first and first.value not in shape.records:
        yield problem("first-key", first.where, words=words_of(shape), key=first.value, kind=record.name)
    yield from _record(node, record, name)


def chosen(node: MapNode, shape: OneOf) -> Record | None:
    """Return the record a mapping is: by its first key where it can, else by the first of the shape's keys it has."""
    if shape.first and node.items and node.items[0][0].value in shape.records:
        return shape.records[node.items[0][0].value]
    there = {key.value for key, _ in node.items}
    return next((record for key, record in shape.records.items() if key in there), None)


def _glued_key(node: ScalarNode, shape: OneOf) -> Iterator[Finding]:
    """Find `because：…` and `because:…` as an item of a list, which YAML reads as text."""
    glued = re.match(r"([a-z_]+)[ \t]*([:：])", node.value) if not node.style else None
    if glued and glued[1] in shape.records:
        rule = "yaml-full-width-colon" if glued[2] == "：" else "yaml-colon-space"
        place = node.place(glued.start(2))
        yield finding_of(f"outline.glued-{rule}", place, rule=rule, written=glued[0], key=glued[1])


def _free(node: Node, shape: Free, name: str) -> Iterator[Finding]:
    if isinstance(node, ListNode):
        yield _wrong_kind(node, words_of(shape), name)
    elif not (node.items if isinstance(node, MapNode) else node.value.strip()):
        yield _empty(node, words_of(shape), _the(name))


def _wrong_kind(node: Node, expected: Said, name: str) -> Finding:
    fix: str = ""
    if isinstance(node, ScalarNode):
        if node.absent:
            return _empty(node, expected, _the(name))
        found = say("outline.found-text", text=_short(node.value))
    else:
        kind, mark = ("list", "[") if isinstance(node, ListNode) else ("mapping", "{")
        found = say(f"outline.found-{'flow-' if node.flow else ''}{kind}")
        if node.flow:
            fix = say("outline.if-text-start", mark=mark)
        elif isinstance(node, MapNode) and node.items and not WORD.fullmatch(node.items[0][0].value):
            fix = say("outline.if-text-splits")
    return problem("kind", node.where, "", expected, fix, the=_the(name), found=found)


def _unknown(key: ScalarNode, known: Iterable[str], shape: Shape, otherwise: str = "") -> Finding:
    name = key.value
    fix = _did_you_mean(name, known) or otherwise
    if not fix and "：" in name:
        fix = say("outline.write-colon-space")
    elif not fix and ":" in name.rstrip(":"):
        fix = say("outline.write-space")
    elif not fix and not WORD.fullmatch(name):
        fix = say("outline.if-text-keys")
    return problem("unknown-key", key.where, "", _listed(known), fix, key=_short(name), words=words_of(shape))


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = _closest(name, known)
    return say("outline.did-you-mean", name=close) if close else ""


def _closest(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name[:40].lower(), list(known), n=1, cutoff=CLOSE)), "")


def _listed(words: Iterable[str], most: int = 40) -> str:
    listed = list(words)
    return ", ".join(listed[:most]) + (", …" if len(listed) > most else "")


def _short(text: str, most: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
