"""The typed syntax tree of an equation, with the place of every node in the TeX."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type, unify
from proofweave.core import say


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation on its arguments; `data` holds what is no expression: a number, a symbol, an index, a name."""

    op: str
    args: "tuple[Node, ...]"
    type: Type
    at: int
    end: int
    data: Any = None

    def with_args(self, args: "tuple[Node, ...]") -> "Node":
        """Return the same operation on other arguments."""
        return replace(self, args=args)


LANDAU = frozenset(("bigo", "littleo"))
"""What stands for an error of some size: O(·) and o(·)."""


class Index:
    """A bound or free index: compared by identity; its range is read from its uses when not written.

    One that is `endless` stands for dots without end, of which its range is only the beginning.
    """

    __slots__ = ("endless", "hi", "lo", "name")

    def __init__(self, name: str, endless: bool = False) -> None:
        self.name, self.endless = name, endless
        self.lo: Node | None = None
        self.hi: Node | None = None


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.args))


def pairs(chain: Node) -> Iterator[tuple[Node, Node, str]]:
    """Yield the relations of a chain: left side, right side, sign."""
    return zip(chain.args, chain.args[1:], chain.data, strict=False)


def number(value: float, at: int = 0, end: int = 0) -> Node:
    """Return a number."""
    return Node("num", (), SCALAR, at, end, value)


def is_number(node: Node, value: float) -> bool:
    """Tell whether a node is that number as written."""
    return node.op == "num" and node.data == value


def endless(node: Node) -> bool:
    """Tell whether an end of a range is \\infty or -\\infty: the range is open there."""
    inside = node.args[0] if node.op == "neg" else node
    return inside.op == "constant" and math.isinf(inside.data)


def settle(node: Node, type_: Type, what: str = "") -> Node:
    """Return the node with its open sizes filled in: a bare 0, I or 1 takes the type of what it meets."""
    if node.op == "num" and node.data == 0 and type_.kind != "scalar":
        return Node("zero", (), type_, node.at, node.end)
    if node.type == type_:
        return node
    if node.op in LANDAU:
        return replace(node, type=type_)
    if node.op == "neg" and node.args[0].op in LANDAU:
        return replace(node, args=(settle(node.args[0], type_),), type=type_)
    joined = unify(node.type, type_, node.at, what or say("parse.both-sides"))
    if None not in node.type.dims:
        return node
    if node.op in ("identity", "ones", "zero", "unit"):
        return replace(node, type=joined)
    if node.op == "sum":
        return replace(node, args=(*node.args[:3], settle(node.args[3], joined)), type=joined)
    if node.op == "mul" and joined.kind == "matrix" and all(arg.type.kind != "matrix" for arg in node.args):
        ends = {"vector": Type("vector", joined.dims[:1]), "row": Type("row", joined.dims[1:])}
        args = tuple(settle(arg, ends.get(arg.type.kind, arg.type)) for arg in node.args)
        return replace(node, args=args, type=joined)
    if node.op in ("neg", "add"):
        return replace(node, args=tuple(settle(arg, joined) for arg in node.args), type=joined)
    if node.op == "transpose":
        flipped = Type(node.args[0].type.kind, tuple(reversed(joined.dims)))
        return replace(node, args=(settle(node.args[0], flipped),), type=joined)
    if node.op in ("mul", "div", "pow", "inverse"):
        args = tuple(settle(a, joined) if a.type.kind == joined.kind else a for a in node.args)
        return replace(node, args=args, type=joined)
    raise CheckError("parse.open-size", node.at)


def same(a: Node, b: Node) -> bool:
    """Tell whether two trees are written alike, sums and products up to order."""
    return shape(a) == shape(b)


def shape(node: Node) -> tuple[Any, ...]:
    """Return a comparable form of a tree: what operators bind by order of binding, sums of scalars sorted."""
    return _shape(node, {})


def _shape(node: Node, names: dict[Any, int]) -> tuple[Any, ...]:
    if node.op == "num" and node.data < 0:
        return ("neg", "None", ("num", repr(-node.data)))
    if node.op == "sym" and node.data.role in ("int", "size"):  # a size is written either way
        return ("dim", repr(_mark(Dim(((node.data.name, 1),), 0))))
    data = node.data
    if isinstance(data, Index) or (node.op == "integral" and data.role == "bound"):
        data = names.setdefault(data, len(names))
    elif node.op == "limit":
        data = (names.setdefault(data.symbol, len(names)), data.side, data.whole)
    elif node.op == "sym" and data in names:
        data = names[data]
    else:  # of a function only its name counts, not whether its argument stood in parentheses
        data = _mark(data[0] if node.op == "func" else data)
    parts = [_shape(arg, names) for arg in node.args]
    commutes = node.op == "add" or (node.op == "mul" and all(arg.type == SCALAR for arg in node.args))
    if commutes:
        parts.sort(key=repr)
    return (node.op, repr(data), *parts)


def _mark(data: Any) -> Any:
    """Return what tells one operation's data from another's: symbols by identity, the rest by value."""
    if isinstance(data, str | int | float | type(None)):
        return data
    if isinstance(data, tuple):
        return tuple(_mark(item) for item in data)
    if is_dataclass(data) and type(data).__hash__ is not object.__hash__ and not isinstance(data, Node):
        return (type(data).__name__, *(_mark(getattr(data, part.name)) for part in fields(data)))
    return id(data)


def substitute(node: Node, values: Mapping[Any, Node]) -> Node:
    """Return a tree with indices and parameters replaced."""
    if node.op in ("index", "sym") and node.data in values:
        return values[node.data]
    if not node.args:
        return node
    return replace(node, args=tuple(substitute(arg, values) for arg in node.args))
