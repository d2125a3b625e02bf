"""Exact derivatives of trees: the tree of a directional derivative, to be evaluated like any other.

The direction is a symbol of the variable's own type, so that all partial derivatives come from one evaluation with the
direction running over the unit directions. What has kinks, jumps or no rule here is left to finite differences.
"""

from collections.abc import Callable, Sequence

from proofweave.check.language import SCALAR, Node, Registry, Symbol, closure, named_in, number

MOST = 4000

Rule = Callable[["Tangent", Node], "Node | None"]
RULES: Registry[Rule] = Registry()
"""How an operation's derivative is made, by its name; None stands for 0."""


class NoRule(Exception):
    """A part has no exact derivative here."""


class Tangent:
    """Derivatives by one symbol along one direction, each tree's made once; None stands for 0."""

    def __init__(self, symbol: Symbol, direction: Symbol) -> None:
        self.symbol, self.direction = symbol, direction
        self.known: dict[int, tuple[Node, Node | None]] = {}
        self.moving: dict[Symbol, bool] = {}
        self.sequences: dict[Symbol, Symbol] = {}

    def of(self, node: Node) -> Node | None:
        """Return the derivative of a tree."""
        found = self.known.get(id(node))
        if found is not None:
            return found[1]
        if len(self.known) > MOST:
            raise NoRule
        made = self._make(node)
        self.known[id(node)] = (node, made)
        return made

    def depends(self, symbol: Symbol) -> bool:
        """Tell whether a symbol's value depends on the variable."""
        if symbol not in self.moving:
            self.moving[symbol] = self.symbol in closure([symbol])
        return self.moving[symbol]

    def still(self, node: Node) -> bool:
        """Tell whether a tree does not depend on the variable."""
        return not any(self.depends(symbol) for symbol in named_in(node))

    def _make(self, node: Node) -> Node | None:
        if self.still(node):
            return None
        handler = RULES.get(node.op)
        if handler is None:
            raise NoRule
        return handler(self, node)


def tangent(body: Node, symbol: Symbol, direction: Symbol) -> Node | None:
    """Return the derivative of a tree by a symbol along a direction, None for 0; NoRule where there is none."""
    return Tangent(symbol, direction).of(body)


def plus(terms: Sequence[Node | None]) -> Node | None:
    """Return a sum of derivatives."""
    kept = [term for term in terms if term is not None]
    if not kept:
        return None
    return kept[0] if len(kept) == 1 else Node("add", tuple(kept), kept[0].type, kept[0].at, kept[0].end)


def times(factor: Node, node: Node | None) -> Node | None:
    """Return a scalar times a derivative."""
    if node is None:
        return None
    return Node("mul", (factor, node), node.type, node.at, node.end)


def minus(node: Node | None) -> Node | None:
    """Return the negative of a derivative."""
    return None if node is None else Node("neg", (node,), node.type, node.at, node.end)


def over(node: Node | None, below: Node) -> Node | None:
    """Return a derivative divided by a scalar."""
    return None if node is None else Node("div", (node, below), node.type, node.at, node.end)


def func(name: str, argument: Node) -> Node:
    """Return a named function's node."""
    return Node("func", (argument,), argument.type, argument.at, argument.end, (name, False))


def power(base: Node, exponent: Node) -> Node:
    """Return a power of a scalar, or the entrywise power of a vector."""
    op = "pow" if base.type == SCALAR else "elementpow"
    return Node(op, (base, exponent), base.type, base.at, base.end)


def entrywise(factor: Node, node: Node | None) -> Node | None:
    """Return the product of a slope with a derivative, entry by entry."""
    if node is None:
        return None
    if node.type == SCALAR:
        return times(factor, node)
    return Node("hadamard", (factor, node), node.type, node.at, node.end)


def one_plus(node: Node, sign: int = 1) -> Node:
    """Return 1 ± a tree, entrywise."""
    one = number(1) if node.type == SCALAR else Node("ones", (), node.type, node.at, node.end)
    term = node if sign > 0 else Node("neg", (node,), node.type, node.at, node.end)
    return Node("add", (one, term), node.type, node.at, node.end)
