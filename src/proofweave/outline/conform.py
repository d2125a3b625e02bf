"""Compare nodes with shapes: unknown and missing keys, wrong kinds, empty values, values that do not fit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from proofweave.core.types import Finding, Severity, Where
from proofweave.outline.shapes import Free, Many, OneOf, Record, Scalar, Shape, Table
from proofweave.text.yaml.nodes import ListNode, MapNode, Node, ScalarNode

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
SINGLE = "put the text in single quotes"
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
            items = tuple(correct(item, shape.item, findings) for item in node.items)
            return node if _same(items, node.items) else replace(node, items=items)
        return correct(node, shape.item, findings) if shape.single else node
    if not isinstance(node, MapNode):
        return node
    if isinstance(shape, Table):
        entries = tuple((key, correct(value, shape.value, findings)) for key, value in node.items)
        return node if _same([v for _, v in entries], [v for _, v in node.items]) else replace(node, items=entries)
    if isinstance(shape, OneOf):
        if not shape.first:
            known = {key: None for record in shape.records.values() for key in record.keys}
            node = _respelt(node, list(known), shape.words, findings)
        elif chosen(node, shape) is None:
            node = _respelt(node, list(shape.records), shape.words, findings, most=1)
        record = chosen(node, shape)
        return node if record is None else correct(node, record, findings)
    if not isinstance(shape, Record):
        return node
    node = _respelt(node, list(shape.keys), shape.words, findings)
    entries = tuple(
        (key, correct(value, shape.keys[key.value].shape, findings) if key.value in shape.keys else value)
        for key, value in node.items
    )
    return node if _same([v for _, v in entries], [v for _, v in node.items]) else replace(node, items=entries)


def _same(new: Sequence[Node], old: Sequence[Node]) -> bool:
    return all(a is b for a, b in zip(new, old, strict=True))


def _respelt(node: MapNode, known: Sequence[str], words: str, findings: list[Finding], most: int = 1000) -> MapNode:
    """Return a mapping with its first `most` keys as they were meant."""
    there = {key.value for key, _ in node.items}
    if there.issubset(known):
        return node
    items = []
    for position, (key, value) in enumerate(node.items):
        meant = "" if key.value in known or position >= most else _closest(key.value, known)
        if meant and meant not in there:
            findings.append(_unknown(key, known, words))
            there.add(meant)
            key = replace(key, value=meant)
        items.append((key, value))
    return replace(node, items=tuple(items))


def problem(rule: str, where: Where, what: str, expected: str = "", fix: str = "") -> Finding:
    """Return an error of the outline."""
    return Finding(f"outline-{rule}", Severity.ERROR, where, what, expected, fix)


def _scalar(node: Node, shape: Scalar, name: str) -> Iterator[Finding]:
    if not isinstance(node, ScalarNode):
        yield _wrong_kind(node, shape.words, name)
        return
    value = node.value
    if not value.strip():
        if not shape.may_be_empty:
            yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)
    elif shape.choices:
        if value not in shape.choices:
            fix = _did_you_mean(value, shape.choices)
            yield problem("value", node.place(), f"{_the(name)} is '{_short(value)}'", _listed(shape.choices), fix)
    elif shape.pattern and not re.fullmatch(shape.pattern, value):
        yield problem("value", node.place(), f"{_the(name)} is '{_short(value)}'", shape.words)
    elif shape.one_line and "\n" in value.strip():
        yield problem("value", node.place(), f"{_the(name)} runs over several lines", shape.words)


def _record(node: Node, shape: Record, name: str) -> Iterator[Finding]:
    if not isinstance(node, MapNode):
        yield _wrong_kind(node, f"{shape.words} with keys {_listed(shape.keys, 6)}", name)
        return
    for key, value in node.items:
        known = shape.keys.get(key.value)
        if known is None:
            yield _unknown(key, shape.keys, shape.words)
        else:
            yield from conform(value, known.shape, key.value)
    there = {key.value for key, _ in node.items}
    for required, known in shape.keys.items():
        if known.required and required not in there:
            yield problem(
                "missing-key", node.where, f"{shape.words} has no '{required}'", f"{required}: …", known.about
            )


def _many(node: Node, shape: Many, name: str) -> Iterator[Finding]:
    if isinstance(node, ListNode):
        if not node.items:
            yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)
        for item in node.items:
            yield from conform(item, shape.item, _singular(name))
    elif isinstance(node, ScalarNode) and node.absent:
        yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)
    elif shape.single:
        yield from conform(node, shape.item, name)
    else:
        yield _wrong_kind(node, shape.words, name)


def _table(node: Node, shape: Table, name: str) -> Iterator[Finding]:
    if not isinstance(node, MapNode):
        yield _wrong_kind(node, shape.words, name)
        return
    if not node.items:
        yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)
    for key, value in node.items:
        yield from _scalar(key, shape.key, f"a key of {name}")
        yield from conform(value, shape.value, key.value)


def _one_of(node: Node, shape: OneOf, name: str) -> Iterator[Finding]:
    if isinstance(node, ScalarNode) and shape.text is not None:
        yield from _scalar(node, shape.text, name)
        yield from _glued_key(node, shape)
        return
    if not isinstance(node, MapNode):
        yield _wrong_kind(node, shape.words, name)
        return
    record = chosen(node, shape)
    if record is None:
        if not node.items:
            yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)
            return
        key, value = node.items[0]
        text = node.flow and isinstance(value, ScalarNode) and value.absent
        fix = f"if it is text, {SINGLE}: a text cannot start with {{" if text else ""
        yield _unknown(key, shape.records, shape.words, fix)
        return
    if shape.first and node.items[0][0].value not in shape.records:
        what = f"the first key of {shape.words} is '{node.items[0][0].value}'"
        yield problem("first-key", node.items[0][0].where, what, "its kind", f"put '{record.name}:' first")
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
        full = glued[2] == "："
        what = f"'{glued[0]}' is read as text: " + ("the colon is full-width" if full else "no space after the colon")
        rule = "yaml-full-width-colon" if full else "yaml-colon-space"
        fix = f"write '{glued[1]}: …', or quote it if it is text"
        yield Finding(rule, Severity.ERROR, node.place(glued.start(2)), what, "':' and a space", fix)


def _free(node: Node, shape: Free, name: str) -> Iterator[Finding]:
    if isinstance(node, ScalarNode):
        if not node.value.strip():
            yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)
    elif isinstance(node, ListNode):
        yield _wrong_kind(node, shape.words, name)
    elif not node.items:
        yield problem("empty", node.where, f"{_the(name)} is empty", shape.words)


def _wrong_kind(node: Node, expected: str, name: str) -> Finding:
    fix = ""
    if isinstance(node, ScalarNode):
        if node.absent:
            return problem("empty", node.where, f"{_the(name)} is empty", expected)
        found = f"the text '{_short(node.value)}'"
    elif isinstance(node, ListNode):
        found = "a list"
        if node.flow:
            found, fix = "a list in […]", f"if it is text, {SINGLE}: a text cannot start with ["
    else:
        found = "a mapping"
        if node.flow:
            found, fix = "a mapping in {…}", f"if it is text, {SINGLE}: a text cannot start with {{"
        elif node.items and not WORD.fullmatch(node.items[0][0].value):
            fix = f"if it is text, {SINGLE}: ': ' splits it"
    return problem("kind", node.where, f"{_the(name)} is {found}", expected, fix)


def _unknown(key: ScalarNode, known: Iterable[str], words: str, otherwise: str = "") -> Finding:
    name = key.value
    fix = _did_you_mean(name, known) or otherwise
    if not fix and "：" in name:
        fix = "write ':' and a space"
    elif not fix and ":" in name.rstrip(":"):
        fix = "write a space after the colon"
    elif not fix and not WORD.fullmatch(name):
        fix = f"if it is text, {SINGLE}: ': ' splits it and {{ makes keys"
    return problem("unknown-key", key.where, f"unknown key '{_short(name)}' in {words}", _listed(known), fix)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = _closest(name, known)
    return f"did you mean '{close}'?" if close else ""


def _closest(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name[:40].lower(), list(known), n=1, cutoff=CLOSE)), "")


def _listed(words: Iterable[str], most: int = 40) -> str:
    listed = list(words)
    return ", ".join(listed[:most]) + (", …" if len(listed) > most else "")


def _the(name: str) -> str:
    return f"'{_short(name)}'" if name else "the file"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") else name
