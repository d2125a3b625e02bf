"""Make parts, equations and symbols of nodes, and note what their texts refer to; shared by outlines and replies."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proofweave.core import (
    VALUE,
    Check,
    Code,
    Equation,
    Figure,
    Finding,
    Part,
    Severity,
    Slot,
    Step,
    SymbolSpec,
    Text,
    Where,
    finding_of,
    references_in,
)
from proofweave.outline.conformity import chosen, problem
from proofweave.outline.format import PART
from proofweave.outline.prose import Fault, prose_faults, tex_faults
from proofweave.text.tex import split_rows
from proofweave.text.yaml import ListNode, MapNode, Node, ScalarNode

EXCLUSIVE = ("defines", "assume", "skip")
CHECKED_ONLY = ("given", "order", "tight", "strict", "excuse")


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference by id in a text; in an instruction to a model it may name what the reply is to define."""

    kind: str
    id: str
    row: int | None
    where: Where
    instruction: bool = False


class PartReader:
    """Makes parts of nodes that were compared with their shapes; what does not fit is left out without a word."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.mentions: list[Mention] = []
        self.named: list[tuple[str, str, Where]] = []
        self.dropped = 0
        """How many things were left out because they do not fit; equations cannot be counted around them."""

    def name(self, kind: str, node: Node | None) -> str:
        """Return an id its author gave, and remember what it names and where."""
        if isinstance(node, ScalarNode) and text_of(node):
            self.named.append((kind, node.value, node.place()))
        return text_of(node)

    def parts(self, node: Node | None, name: str) -> tuple[Part, ...]:
        """Return the parts of a key; its slots are called `name`, `name-2`, …"""
        if node is None:
            return ()
        nodes = node.items if isinstance(node, ListNode) else (node,)
        found: list[Part] = []
        slots = 0
        for item in nodes:
            part = self.part(item, name if not slots else f"{name}-{slots + 1}")
            if part is None:
                self.dropped += 1
                continue
            found.append(part)
            slots += isinstance(part, Slot)
        return tuple(found)

    def part(self, node: Node, slot_name: str) -> Part | None:
        """Return one part, None where it is none; a slot gets the name."""
        if isinstance(node, ScalarNode):
            return Text(self.prose(node), node.place()) if _has_text(node) else None
        if not isinstance(node, MapNode):
            return None
        record = chosen(node, PART)
        if record is None:
            return None
        if record.name == "slot":
            return self.slot(node, slot_name)
        if record.name == "code":
            return self.code(node)
        if record.name == "figure":
            id = self.name("figure", node.get("figure"))
            return Figure(id, self.prose(node.get("caption")), node.where)
        equation = self.equation(node.get("equation"))
        if record.name == "display":
            return equation
        because = node.get("because")
        where = because.place() if isinstance(because, ScalarNode) else node.where
        return Step(self.prose(because), equation, self.prose(node.get("intuition")), where)

    def slot(self, node: MapNode, name: str) -> Slot:
        """Return a slot."""
        write, count = node.get("write"), node.get("equations")
        self.dropped += count is not None and number_of(count) is None
        where = write.place() if isinstance(write, ScalarNode) else node.where
        self.mention(write, instruction=True)
        return Slot(name, text_of(write).strip(), number_of(count) or 0, where)

    def code(self, node: MapNode) -> Code:
        """Return a listing."""
        code = node.get("code")
        where = code.place() if isinstance(code, ScalarNode) else node.where
        language, quoted = text_of(node.get("language")).strip(), node.get("values")
        found = quoted.items if isinstance(quoted, MapNode) else ()
        values = {name.value: text_of(value) for name, value in found}
        return Code(text_of(code).rstrip("\n") + "\n", language, where, self.name("listing", node.get("run")), values)

    def prose(self, node: Node | None) -> str:
        """Return a text of Markdown, its faults noted."""
        if not isinstance(node, ScalarNode) or node.broken:
            return ""
        self.refuse(prose_faults(node.value), node)
        self.mention(node)
        return node.value.strip("\n")

    def refuse(self, faults: Iterable[Fault], node: ScalarNode, shift: int = 0) -> None:
        """Report what a text may not hold; `shift` is where in the scalar the text starts."""
        self.findings += (
            Finding(fault.rule, Severity.ERROR, node.place(fault.offset + shift), fault.what, fix=fault.fix)
            for fault in faults
        )

    def mention(self, node: Node | None, instruction: bool = False) -> None:
        """Note the references of a text."""
        if isinstance(node, ScalarNode) and "@" in node.value:
            for cross in (cross for cross in references_in(node.value) if not cross.post):
                place = node.place(cross.offset)
                self.mentions.append(Mention(cross.kind, cross.id, cross.row, place, instruction))
            for value in VALUE.finditer(node.value):
                self.mentions.append(Mention("run", value[1], None, node.place(value.start()), instruction))

    def equation(self, node: Node | None) -> Equation | None:
        """Return an equation, without an id where its author gave none."""
        if node is None:
            return None
        tex_node = node.get("tex") if isinstance(node, MapNode) else None
        if not isinstance(node, MapNode) or not isinstance(tex_node, ScalarNode) or not _has_text(tex_node):
            self.dropped += 1
            return None
        tex = tex_node.value.strip("\n")
        shift = len(tex_node.value) - len(tex_node.value.lstrip("\n"))
        self.refuse(tex_faults(tex), tex_node, shift)
        rows = 1 if text_of(node.get("rows")) == "one" else len(split_rows(tex))
        return Equation(
            id=self.name("equation", node.get("id")),
            tex=tex,
            where=tex_node.place(shift),
            check=self.check(node),
            symbols=self.symbols(node.get("symbols")),
            instances=self.symbols(node.get("instances"), "as"),
            numbered=text_of(node.get("tag")) != "none",
            rows=rows,
        )

    def check(self, node: MapNode) -> Check:
        """Return what the author says about the truth of an equation."""
        modes = [key for key in EXCLUSIVE if node.get(key) is not None]
        for extra in modes[1:]:
            self.report_key(node, extra, "exclusive", modes[0])
        for idle in CHECKED_ONLY if modes else ():
            if node.get(idle) is not None:
                self.report_key(node, idle, "idle", modes[0], Severity.WARNING)
        mode = {modes[0]: text_of(node.get(modes[0])).strip()} if modes else {}
        given = node.get("given")
        order = node.get("order")
        return Check(
            defines=mode.get("defines"),
            assume=mode.get("assume"),
            skip=mode.get("skip"),
            given=tuple(text_of(item) for item in (given.items if isinstance(given, ListNode) else (given,)) if item),
            order=_texts(order) if isinstance(order, MapNode) else None,
            tight=text_of(node.get("tight")) == "true",
            strict=text_of(node.get("strict")) == "true",
            excuse=_texts(node.get("excuse")),
        )

    def report_key(self, node: MapNode, key: str, name: str, mode: str, severity: Severity = Severity.ERROR) -> None:
        """Report a key of an equation that contradicts the key of its mode."""
        where = (node.key(key) or node).where
        found = finding_of(f"outline.{name}", where, severity, rule="equation-check", key=key, mode=mode)
        self.findings.append(found)

    def symbols(self, node: Node | None, key: str = "type") -> tuple[SymbolSpec, ...]:
        """Return the entries of a `symbols:` or, whose types stand under `as:`, of an `instances:`."""
        if not isinstance(node, MapNode):
            return ()
        return tuple(SymbolSpec.read(name.value, value, name.where, key) for name, value in _plain_items(node))


def text_of(node: Node | None) -> str:
    """Return a scalar's text, or an empty one."""
    return node.value if isinstance(node, ScalarNode) and not node.broken else ""


def number_of(node: Node | None) -> int | None:
    """Return a scalar's whole number, or None."""
    return number_in(text_of(node))


def number_in(text: str) -> int | None:
    """Return the whole number of at most nine digits that a text is, or None."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def misfit(node: Node, name: str, expected: str = "", **fields: Any) -> Finding:
    """Return the finding for a value that cannot be meant."""
    where = node.place() if isinstance(node, ScalarNode) else node.where
    return problem("value", where, name, expected, "", **fields)


def _has_text(node: ScalarNode) -> bool:
    return bool(node.value.strip()) and not node.broken


def _texts(node: Node | None) -> dict[str, str]:
    return {key.value: text_of(value) for key, value in node.items} if isinstance(node, MapNode) else {}


def _plain_items(node: MapNode) -> Iterator[tuple[ScalarNode, str | Mapping[str, object]]]:
    for key, value in node.items:
        if isinstance(value, ScalarNode) and _has_text(value):
            yield key, value.value.strip()
        elif isinstance(value, MapNode) and value.items:
            yield key, {name.value: plain(inner) for name, inner in value.items}


def plain(node: Node) -> str | tuple[object, ...] | dict[str, object]:
    """Return a node as texts, tuples and mappings."""
    if isinstance(node, ScalarNode):
        return text_of(node)
    if isinstance(node, ListNode):
        return tuple(plain(item) for item in node.items)
    return {key.value: plain(value) for key, value in node.items}
