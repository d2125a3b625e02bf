"""A tree as indented lines: what each operation is, its type, and the TeX it was read from."""

from collections.abc import Iterator
from dataclasses import dataclass

from proofweave.check.explain.printed import named, printed
from proofweave.check.language import Index, Node, is_number
from proofweave.core import say, together

NAMED = frozenset(("sym", "member", "call"))
BINDERS = frozenset(("sum", "prod", "min", "max", "argmin", "argmax"))


@dataclass(frozen=True, slots=True)
class Line:
    """One node of a tree: how deep it stands, what it is, its type, and the place of its TeX, which may be none."""

    depth: int
    what: str
    type: str
    at: int
    end: int


def lines(node: Node, depth: int = 0) -> Iterator[Line]:
    """Yield the lines of a tree, an operation before its arguments."""
    node = node.args[0] if node.op == "at" else node
    yield Line(depth, label(node), str(node.type), node.at, node.end)
    for child in _shown(node):
        yield from lines(child, depth + 1)


def _shown(node: Node) -> list[Node]:
    """Return the arguments that a line of their own says something of."""
    if node.op in BINDERS:
        return [*([] if is_number(node.args[2], 1) else [node.args[2]]), node.args[3]]
    if node.op == "integral":
        return [node.args[2]]
    if node.op == "root" and is_number(node.args[1], 2):
        return [node.args[0]]
    return list(node.args)


def label(node: Node) -> str:
    """Return what a node is, in words."""
    what = say(f"explain.op-{node.op}")
    detail = _detail(node)
    return say("explain.detail", what=what, detail=detail) if detail else what


def _detail(node: Node) -> str:
    op, data = node.op, node.data
    if op in ("num", "constant", "dim", "index"):
        return printed(node)
    if op in NAMED:
        return named(data, node.args[len(data.type.args) :])
    if op in BINDERS:
        index: Index = data
        return say("explain.over", name=index.name, lo=printed(node.args[0]), hi=printed(node.args[1]))
    if op == "integral":
        return say("explain.over", name=data.name, lo=printed(node.args[0]), hi=printed(node.args[1]))
    if op == "func":
        return str(data[0])
    if op == "norm":
        return say(f"explain.norm-{data}")
    if op == "chain":
        return " ".join(data)
    if op in ("eigenvalue", "singular"):
        return printed(node.args[1]) if data == "at" else str(data)
    if op in ("matfunc", "list", "entries"):
        return str(data)
    if op in ("gradient", "hessian", "rate"):
        return str(data.symbol.name)
    if op == "optimum":
        return say("explain.by", what=r"\min" if data.sense > 0 else r"\max", name=data.symbol.name)
    if op in ("expect", "variance", "covariance", "conditional", "lawof"):
        return ", ".join(dict.fromkeys(symbol.name for symbol in data or ()))
    if op == "derive":
        return together([symbol.name for symbol, _, _ in data.steps], "judge.comma")
    if op in ("differential", "exists"):
        return together([symbol.name for symbol in data], "judge.comma")
    return ""
