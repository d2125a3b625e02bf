"""Build nodes from YAML events: no objects, no aliases."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import yaml

from proofweave.core import Finding, FindingsError, Where, finding_of
from proofweave.text.yaml.nodes import BROKEN, UNPRINTABLE, ListNode, MapNode, Node, ScalarNode
from proofweave.text.yaml.syntax import diagnose
from proofweave.text.yaml.traps import comma_groups, scalar_traps

NODES = (yaml.ScalarEvent, yaml.AliasEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent)
"""The events that begin a node."""

MAX_DEPTH = 40
MAX_CHARACTERS = 4_000_000
MAX_REPAIRS = 30
"""Syntax errors named in one reading; each costs another pass over the text."""


def compose(text: str, file: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """Return the root of a YAML document and the problems of its YAML, in order."""
    if len(text) > MAX_CHARACTERS:
        return None, (finding_of("text.yaml-size", Where(file), characters=len(text), most=MAX_CHARACTERS),)
    text, findings = _printable(text, file)
    repairs: list[Finding] = []
    while True:
        try:
            composer = _Composer(text, file)
            root = composer.read()
        except yaml.YAMLError as error:
            finding, repaired = diagnose(text, file, error)
            again = any(earlier.where == finding.where for earlier in repairs)
            if not again:
                repairs.append(finding)
            if again or repaired is None or len(repairs) == MAX_REPAIRS:
                return None, tuple(_by_place([*findings, *repairs]))
            text = repaired
        else:
            return root, tuple(_by_place([*findings, *repairs, *composer.findings]))


def _printable(text: str, file: str) -> tuple[str, list[Finding]]:
    """Return the text with a question mark in place of each character YAML refuses, and a finding for each."""
    findings = []
    for match in UNPRINTABLE.finditer(text, 1 if text.startswith("\ufeff") else 0):
        where, code = Where(file).after(text[: match.start()]), f"{ord(match[0]):04X}"
        findings.append(finding_of("text.yaml-control-character", where, code=code))
        if len(findings) == MAX_REPAIRS:
            break
    return (text[:1] + UNPRINTABLE.sub("?", text[1:]) if findings else text), findings


class _Composer:
    """Reads one document; problems that leave the YAML valid go to `findings`."""

    def __init__(self, text: str, file: str) -> None:
        self.bom = text.startswith("\ufeff")
        self.text = text[1:] if self.bom else text
        self.file = file
        self.findings: list[Finding] = []
        self.events = _events(self.text)

    def read(self) -> Node | None:
        root = None
        documents = 0
        for event in self.events:
            kind = type(event)
            if kind in NODES:
                try:
                    root = self.node(event, 0)
                except FindingsError as error:
                    self.findings += error.findings
                    return None
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.report("yaml-documents", event)
                    break
        return root

    def node(self, event: Any, depth: int) -> Node:
        """Return the node that an event begins, `depth` lists and mappings deep."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self.scalar(event)
        where = self.where(event)
        if kind is yaml.AliasEvent:
            self.report("yaml-alias", event, written=f"*{event.anchor}")
            return ScalarNode(BROKEN, where)
        self.refuse_marks(event)
        if depth == MAX_DEPTH:
            raise FindingsError([finding_of("text.yaml-depth", where, most=MAX_DEPTH)])
        flow = bool(event.flow_style)
        if kind is yaml.SequenceStartEvent:
            inner = self.until(yaml.SequenceEndEvent)
            return self.sequence([self.node(each, depth + 1) for each in inner], where, flow)
        items = []
        for each in self.until(yaml.MappingEndEvent):
            key = self.as_key(self.node(each, depth + 1))
            items.append((key, self.node(next(self.events), depth + 1)))
        return self.mapping(items, where, flow)

    def until(self, end: type) -> Iterator[Any]:
        """Yield the events that begin what a list or mapping holds, and step over its end."""
        return takewhile(lambda event: type(event) is not end, self.events)

    def where(self, event: Any) -> Where:
        mark = event.start_mark
        return Where(self.file, mark.line + 1, mark.column + 1)

    def report(self, name: str, event: Any, rule: str = "", **fields: Any) -> None:
        self.findings.append(finding_of(f"text.{name}", self.where(event), rule=rule, **fields))

    def refuse_marks(self, event: Any) -> None:
        if event.anchor is not None:
            self.report("yaml-anchor", event, "yaml-alias", written=f"&{event.anchor}")
        if event.tag is not None:
            written = re.split(r"[\s,\]}]", self.text[event.start_mark.index :][:60], maxsplit=1)[0]
            self.report("yaml-tag", event, written=written)

    def scalar(self, event: Any) -> ScalarNode:
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event)
        start, end, style = event.start_mark, event.end_mark, event.style or ""
        where = self.where(event)
        if style != "|" and style != ">":
            self.findings += scalar_traps(self.text, start.index, end.index, style, where)
        source = self.text[start.index : end.index] if end.line > start.line else ""
        return ScalarNode(event.value, where, style, start.index + self.bom, end.index + self.bom, source)

    def as_key(self, node: Node) -> ScalarNode:
        if isinstance(node, ScalarNode):
            return node
        self.findings.append(finding_of("text.yaml-key", node.where, mark="{" if isinstance(node, MapNode) else "["))
        return ScalarNode(BROKEN, node.where)

    def sequence(self, items: list[Node], where: Where, flow: bool) -> ListNode:
        if flow:
            for first, last in reversed(comma_groups([_plain(item) for item in items])):
                items[first : last + 1] = [self.joined(items[first], items[last])]
        return ListNode(tuple(items), where, flow)

    def mapping(self, items: list[tuple[ScalarNode, Node]], where: Where, flow: bool) -> MapNode:
        if flow:
            items = self.rejoined(items)
        seen: dict[str, ScalarNode] = {}
        kept = []
        for key, value in items:
            first = seen.setdefault(key.value, key)
            if key.broken:
                continue
            if first is key:
                kept.append((key, value))
                continue
            self.findings.append(finding_of("text.yaml-duplicate-key", key.where, key=key.value, line=first.where.line))
        return MapNode(tuple(kept), where, flow)

    def rejoined(self, items: list[tuple[ScalarNode, Node]]) -> list[tuple[ScalarNode, Node]]:
        """Undo a comma that cut a value in braces: `{family: matrix(m, n)}` reads as a key `n)` without a value."""
        kept: list[tuple[ScalarNode, Node]] = []
        position = 0
        while position < len(items):
            key, value = items[position]
            cut = [_plain(value)]
            for name, nothing in items[position + 1 :]:
                if not (isinstance(nothing, ScalarNode) and nothing.absent and not name.style):
                    break
                cut.append(name.value)
            groups = comma_groups(cut)
            if groups and groups[0][0] == 0:
                last = groups[0][1]
                value = self.joined(value, items[position + last][0], f"{key.value}: ")
                position += last
            kept.append((key, value))
            position += 1
        return kept

    def joined(self, first: Node, last: Node, key: str = "") -> ScalarNode:
        assert isinstance(first, ScalarNode) and isinstance(last, ScalarNode)
        written = self.text[first.start - self.bom : last.end - self.bom]
        value = " ".join(written.split())
        self.findings.append(finding_of("text.yaml-comma-cuts", first.where, text=value, quoted=f"{key}'{value}'"))
        return ScalarNode(value, first.where, "", first.start, last.end)


def _events(text: str) -> Iterator[Any]:
    """Yield YAML events from libyaml where PyYAML has it, a tenth of the time, else from its Python parser."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=loader))


def _plain(node: Node) -> str | None:
    return node.value if isinstance(node, ScalarNode) and not node.style else None


def _by_place(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.where)
