"""A file of just `symbols:` and `equations:`, read with positions; every problem is located, all at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import yaml

from proofweave.errors import FindingsError
from proofweave.types import Check, Equation, Finding, Severity, SymbolSpec, Where

TOP = ("symbols", "equations")
KEYS = (
    "id", "tex", "defines", "assume", "skip", "given", "order", "tight", "strict", "symbols", "excuse", "rows", "tag",
)  # fmt: skip
BIGGEST = 2_000_000

_Node = yaml.Node


class Reader:
    """Collects findings while a file is read."""

    def __init__(self, path: str, line: int = 0, column: int = 0) -> None:
        self.path = path
        self.line, self.column = line, column
        self.findings: list[Finding] = []

    def where(self, node: _Node) -> Where:
        """Return where a node starts."""
        mark = node.start_mark
        return Where(self.path, mark.line + 1 + self.line, mark.column + 1 + self.column)

    def content(self, node: yaml.ScalarNode) -> Where:
        """Return where a scalar's first character stands: after its quote, or on the line after its |."""
        where = self.where(node)
        if node.style in ("'", '"'):
            return Where(where.file, where.line, where.column + 1)
        if node.style in ("|", ">"):
            lines = node.start_mark.buffer.split("\n") if node.start_mark.buffer else []
            line = node.start_mark.line + 1
            text = lines[line] if line < len(lines) else ""
            return Where(where.file, where.line + 1, len(text) - len(text.lstrip(" ")) + 1 + self.column)
        return where

    def problem(self, node: _Node, rule: str, what: str, expected: str = "", fix: str = "") -> None:
        """Record a problem."""
        self.findings.append(Finding(rule, Severity.ERROR, self.where(node), what, expected, fix))

    def mapping(self, node: _Node, keys: Sequence[str], what: str) -> dict[str, _Node]:
        """Return a mapping's values by key; unknown and doubled keys are problems."""
        found = self.pairs(node, what)
        for key, (key_node, _) in found.items():
            if keys and key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                fix = f"did you mean '{near[0]}'?" if near else ""
                self.problem(key_node, "unknown-key", f"unknown key '{key}'", f"one of {', '.join(keys)}", fix)
        return {key: value for key, (_, value) in found.items()}

    def pairs(self, node: _Node, what: str) -> dict[str, tuple[_Node, _Node]]:
        """Return a mapping's keys and values with their nodes."""
        found: dict[str, tuple[_Node, _Node]] = {}
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, "wrong-kind", f"{what} is not a mapping", "key: value lines")
            return found
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, "wrong-kind", "a key is not a text", "a plain name")
            elif key_node.value in found:
                self.problem(key_node, "duplicate-key", f"the key '{key_node.value}' stands twice")
            else:
                found[key_node.value] = (key_node, value)
        return found

    def text(self, node: _Node, what: str) -> str:
        """Return a scalar's text."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.problem(node, "wrong-kind", f"{what} is not a text", "a quoted text")
        return ""

    def items(self, node: _Node, what: str) -> list[_Node]:
        """Return a list's items; a single text counts as a list of one."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if isinstance(node, yaml.ScalarNode):
            return [node]
        self.problem(node, "wrong-kind", f"{what} is not a list", "a list")
        return []

    def plain(self, node: _Node, depth: int = 0) -> object:
        """Return a node as texts, lists and mappings."""
        if depth > 20:
            self.problem(node, "too-deep", "this nests too deeply")
            return ""
        if isinstance(node, yaml.MappingNode):
            return {key: self.plain(value, depth + 1) for key, (_, value) in self.pairs(node, "this").items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, depth + 1) for item in node.value]
        return self.text(node, "this")


def read_equations(text: str, path: str, line: int = 0, column: int = 0) -> tuple[tuple[SymbolSpec, ...], tuple[Equation, ...]]:
    """Return the symbols and equations of a file; what cannot be read raises FindingsError with every problem."""
    reader = Reader(path, line, column)
    root = compose(text, reader)
    symbols: tuple[SymbolSpec, ...] = ()
    equations: list[Equation] = []
    if root is not None:
        top = reader.mapping(root, TOP, "the file")
        if "symbols" in top:
            symbols = read_symbols(top["symbols"], reader)
        if "equations" in top:
            for number, node in enumerate(reader.items(top["equations"], "equations")):
                equation = read_equation(node, reader, number + 1)
                if equation is not None:
                    equations.append(equation)
    seen: dict[str, Where] = {}
    for equation in equations:
        if equation.id in seen:
            what = f"the id '{equation.id}' stands twice"
            reader.findings.append(Finding("duplicate-id", Severity.ERROR, equation.where, what))
        seen[equation.id] = equation.where
    if reader.findings:
        raise FindingsError(reader.findings)
    return symbols, tuple(equations)


def compose(text: str, reader: Reader) -> _Node | None:
    """Return the YAML tree; aliases and broken YAML are problems."""
    where = Where(reader.path, 1 + reader.line, 1 + reader.column)
    if len(text) > BIGGEST:
        reader.findings.append(Finding("too-large", Severity.ERROR, where, f"the file has {len(text)} characters"))
        return None
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                place = event.start_mark
                at = Where(reader.path, place.line + 1 + reader.line, place.column + 1 + reader.column)
                reader.findings.append(Finding("alias", Severity.ERROR, at, "aliases are not allowed", "the text itself"))
                return None
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            where = Where(reader.path, mark.line + 1 + reader.line, mark.column + 1 + reader.column)
        what = getattr(error, "problem", None) or "this is no YAML"
        fix = "quote TeX with single quotes"
        reader.findings.append(Finding("yaml", Severity.ERROR, where, f"this is no YAML: {what}", "", fix))
        return None
    except RecursionError:
        reader.findings.append(Finding("too-deep", Severity.ERROR, where, "this nests too deeply"))
        return None


def read_symbols(node: _Node, reader: Reader) -> tuple[SymbolSpec, ...]:
    """Return the specifications of a `symbols:`."""
    out = []
    for name, (_, value) in reader.pairs(node, "symbols").items():
        plain = reader.plain(value)
        if isinstance(plain, str | Mapping):
            out.append(SymbolSpec(name, plain, reader.where(value)))
        else:
            reader.problem(value, "wrong-kind", f"the type of {name} is a list", "a type or a mapping")
    return tuple(out)


def read_equation(node: _Node, reader: Reader, number: int) -> Equation | None:
    """Return one equation."""
    if isinstance(node, yaml.ScalarNode):
        return Equation(f"equation-{number}", reader.text(node, "an equation"), reader.content(node))
    found = reader.mapping(node, KEYS, "an equation")
    if "tex" not in found:
        if isinstance(node, yaml.MappingNode):
            reader.problem(node, "missing-key", "an equation has no tex", "tex: '…'")
        return None
    tex_node = found["tex"]
    tex = reader.text(tex_node, "tex")
    name = reader.text(found["id"], "id") if "id" in found else f"equation-{number}"
    where = reader.content(tex_node) if isinstance(tex_node, yaml.ScalarNode) else reader.where(tex_node)
    symbols = read_symbols(found["symbols"], reader) if "symbols" in found else ()
    return Equation(name, tex, where, read_check(found, reader), symbols)


def read_check(found: Mapping[str, _Node], reader: Reader) -> Check:
    """Return what an equation's author says about its truth."""
    modes = [key for key in ("defines", "assume", "skip") if key in found]
    if len(modes) > 1:
        reader.problem(found[modes[1]], "two-modes", f"{modes[0]} and {modes[1]} exclude each other", "one of them")
    texts = {key: reader.text(found[key], key) for key in modes}
    given = tuple(reader.text(item, "a premise") for item in reader.items(found["given"], "given")) if "given" in found else ()
    order = _texts(found["order"], reader, "order") if "order" in found else None
    excuse = _texts(found["excuse"], reader, "excuse") if "excuse" in found else {}
    return Check(
        texts.get("defines"),
        texts.get("assume"),
        texts.get("skip"),
        given,
        order,
        _flag(found, "tight", reader),
        _flag(found, "strict", reader),
        excuse,
    )


def _texts(node: _Node, reader: Reader, what: str) -> dict[str, str]:
    return {key: reader.text(value, what) for key, (_, value) in reader.pairs(node, what).items()}


def _flag(found: Mapping[str, _Node], key: str, reader: Reader) -> bool:
    if key not in found:
        return False
    text = reader.text(found[key], key)
    if text not in ("true", "false"):
        reader.problem(found[key], "wrong-kind", f"{key} is '{text}'", "true or false")
    return text == "true"
