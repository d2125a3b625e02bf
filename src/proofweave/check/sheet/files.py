"""A file of just `symbols:` and `equations:`, read with positions; every problem is located, all at once."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from proofweave.core import Check, Equation, Finding, FindingsError, Severity, SymbolSpec, Where, finding_of, say
from proofweave.text.yaml import ListNode, MapNode, Node, ScalarNode, read_nodes

TOP = ("symbols", "instances", "equations")
KEYS = (
    "id", "tex", "defines", "assume", "skip", "given", "order", "tight", "strict", "symbols", "instances", "excuse",
    "rows", "tag",
)  # fmt: skip

Place = Callable[[int], Where]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's symbols and equations, and for each equation where an offset of its TeX stands in the file."""

    symbols: tuple[SymbolSpec, ...]
    equations: tuple[Equation, ...]
    places: tuple[Place, ...]
    instances: tuple[SymbolSpec, ...] = ()
    warnings: tuple[Finding, ...] = ()


class Reader:
    """Collects findings while a file is read."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def problem(self, where: Where, rule: str, key: str, fix: str = "", /, **values: str) -> None:
        """Record a problem, by its key in the table of words."""
        self.findings.append(finding_of(key, where, rule=rule, fix=fix, **values))

    def mapping(self, node: Node, what: str, keys: Sequence[str] = ()) -> dict[str, Node]:
        """Return a mapping's values by key; with `keys`, others are problems."""
        if not isinstance(node, MapNode):
            self.problem(node.where, "wrong-kind", "sheet.no-mapping", what=what)
            return {}
        for key, _ in node.items:
            if keys and key.value not in keys:
                near = difflib.get_close_matches(key.value, keys, 1)
                fix = say("sheet.did-you-mean", name=near[0]) if near else ""
                known = ", ".join(keys)
                self.problem(key.where, "unknown-key", "sheet.unknown-key", fix, key=key.value, known=known)
        return {key.value: value for key, value in node.items}

    def text(self, node: Node, what: str) -> str:
        """Return a scalar's text."""
        if isinstance(node, ScalarNode):
            return node.value
        self.problem(node.where, "wrong-kind", "sheet.no-text", what=what)
        return ""

    def items(self, node: Node, what: str) -> list[Node]:
        """Return a list's items; a single text counts as a list of one."""
        if isinstance(node, ListNode):
            return list(node.items)
        if isinstance(node, ScalarNode):
            return [node]
        self.problem(node.where, "wrong-kind", "sheet.no-list", what=what)
        return []

    def texts(self, node: Node, what: str) -> dict[str, str]:
        """Return a mapping of texts."""
        return {key: self.text(value, f"{what}.{key}") for key, value in self.mapping(node, what).items()}

    def flag(self, found: Mapping[str, Node], key: str) -> bool:
        """Return a truth value, false when left out."""
        if key not in found:
            return False
        text = self.text(found[key], key)
        if text not in ("true", "false"):
            self.problem(found[key].where, "wrong-kind", "sheet.no-flag", key=key, text=text)
        return text == "true"


def read_equations(text: str, path: str, line: int = 0, column: int = 0) -> Sheet:
    """Return the symbols and equations of a file; what cannot be read raises FindingsError with every problem.

    `line` and `column` say where the text starts in the file, for checks embedded in Markdown.
    """
    root, problems = read_nodes(text, path)
    reader = Reader()
    reader.findings += problems
    symbols: tuple[SymbolSpec, ...] = ()
    instances: tuple[SymbolSpec, ...] = ()
    equations: list[Equation] = []
    places: list[Place] = []
    if root is not None:
        top = reader.mapping(root, say("sheet.the-file"), TOP)
        if "symbols" in top:
            symbols = read_symbols(top["symbols"], reader)
        if "instances" in top:
            instances = read_symbols(top["instances"], reader, "instances")
        listed = reader.items(top["equations"], "equations") if "equations" in top else []
        for number, node in enumerate(listed):
            found = read_equation(node, reader, number + 1)
            if found is not None:
                equations.append(found[0])
                places.append(_shifted(found[1], line, column))
    seen: set[str] = set()
    for equation in equations:
        if equation.id in seen:
            reader.problem(equation.where, "duplicate-id", "sheet.duplicate-id", id=equation.id)
        seen.add(equation.id)
    if any(finding.severity is Severity.ERROR for finding in reader.findings):
        raise FindingsError([replace(f, where=moved(f.where, line, column)) for f in reader.findings])
    symbols, instances = (
        tuple(replace(spec, where=moved(spec.where, line, column)) for spec in specs) for specs in (symbols, instances)
    )
    equations = [replace(equation, where=moved(equation.where, line, column)) for equation in equations]
    return Sheet(symbols, tuple(equations), tuple(places), instances, tuple(reader.findings))


def moved(where: Where, line: int, column: int) -> Where:
    """Return a place of a text that itself starts at a line and column of its file."""
    return Where(where.file, where.line + line, where.column + column)


def _shifted(place: Place, line: int, column: int) -> Place:
    return lambda offset: moved(place(offset), line, column)


def read_symbols(node: Node, reader: Reader, key: str = "symbols") -> tuple[SymbolSpec, ...]:
    """Return the specifications of a `symbols:` or an `instances:`."""
    out = []
    for name, value in reader.mapping(node, key).items():
        if isinstance(value, ListNode):
            reader.problem(value.where, "wrong-kind", "sheet.type-is-list", name=name)
        else:
            plain = plain_value(value)
            assert isinstance(plain, str | Mapping)
            out.append(SymbolSpec.read(name, plain, value.where, "as" if key == "instances" else "type"))
    return tuple(out)


def plain_value(node: Node) -> object:
    """Return a node as texts, lists and mappings; the reader of nodes bounds its depth."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain_value(item) for item in node.items]
    return {key.value: plain_value(value) for key, value in node.items}


def read_equation(node: Node, reader: Reader, number: int) -> tuple[Equation, Place] | None:
    """Return one equation, and where its TeX stands."""
    if isinstance(node, ScalarNode):
        return Equation(f"equation-{number}", node.value, node.place(0)), node.place
    found = reader.mapping(node, say("sheet.an-equation"), KEYS)
    tex = found.get("tex")
    if not isinstance(tex, ScalarNode):
        if isinstance(node, MapNode):
            reader.problem(node.where, "missing-key", "sheet.no-tex")
        return None
    name = reader.text(found["id"], "id") if "id" in found else f"equation-{number}"
    symbols = read_symbols(found["symbols"], reader) if "symbols" in found else ()
    instances = read_symbols(found["instances"], reader, "instances") if "instances" in found else ()
    check = read_check(found, reader)
    return Equation(name, tex.value, tex.place(0), check, symbols, instances=instances), tex.place


def read_check(found: Mapping[str, Node], reader: Reader) -> Check:
    """Return what an equation's author says about its truth."""
    modes = [key for key in ("defines", "assume", "skip") if key in found]
    if len(modes) > 1:
        reader.problem(found[modes[1]].where, "two-modes", "sheet.two-modes", first=modes[0], second=modes[1])
    mode = {key: reader.text(found[key], key) for key in modes}
    given = reader.items(found["given"], "given") if "given" in found else []
    return Check(
        mode.get("defines"),
        mode.get("assume"),
        mode.get("skip"),
        tuple(reader.text(item, say("sheet.a-premise")) for item in given),
        reader.texts(found["order"], "order") if "order" in found else None,
        reader.flag(found, "tight"),
        reader.flag(found, "strict"),
        reader.texts(found["excuse"], "excuse") if "excuse" in found else {},
    )
