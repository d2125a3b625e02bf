"""Exact derivatives of trees: the tree of a directional derivative, to be evaluated like any other.

The direction is a symbol of the variable's own type, so that all partial derivatives come from one evaluation with the
direction running over the unit directions. What has kinks, jumps or no rule here is left to finite differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from proofweave.check.language.kinds import SCALAR, Type
from proofweave.check.language.needs import closure, named_in
from proofweave.check.language.scope import Symbol
from proofweave.check.language.tree import Index, Node, number, substitute

MOST = 4000

Rule = Callable[["Tangent", Node], "Node | None"]
RULES: dict[str, Rule] = {}
BILINEAR = frozenset(("inner", "hadamard", "outer"))
LINEAR = frozenset(("neg", "transpose", "diag", "diagonal"))


class NoRule(Exception):
    """A part has no exact derivative here."""


def rule(*ops: str) -> Callable[[Rule], Rule]:
    """Register the derivative of some operations."""

    def keep(function: Rule) -> Rule:
        for op in ops:
            RULES[op] = function
        return function

    return keep


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

    def sequence(self, symbol: Symbol) -> Symbol:
        """Return the sequence of derivatives of a sequence, which steps along with it."""
        known = self.sequences.get(symbol)
        if known is None:
            known = Symbol(f"d{symbol.name}", symbol.where, symbol.type, "sequence", symbol.holes)
            self.sequences[symbol] = known
            zero = number(0) if symbol.type == SCALAR else Node("zero", (), symbol.type, 0, 0)
            start = self.of(symbol.data["start"]) or zero
            step = self.of(symbol.data["next"]) or zero
            known.data.update(start=start, next=step, index=symbol.data["index"])
            known.needs = (symbol, self.direction, *symbol.needs)
        return known

    def still(self, node: Node) -> bool:
        """Tell whether a tree does not depend on the variable."""
        return not any(self.depends(symbol) for symbol in named_in(node))

    def _make(self, node: Node) -> Node | None:
        if self.still(node):
            return None
        if node.op in LINEAR:
            inner = self.of(node.args[0])
            return None if inner is None else node.with_args((inner,))
        handler = RULES.get(node.op)
        if handler is None:
            raise NoRule
        return handler(self, node)


def tangent(body: Node, symbol: Symbol, direction: Symbol) -> Node | None:
    """Return the derivative of a tree by a symbol along a direction, None for 0; NoRule where there is none."""
    return Tangent(symbol, direction).of(body)


# -- building


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


# -- names


@rule("sym")
def _symbol(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    if symbol is t.symbol:
        return replace(node, data=t.direction)
    if symbol.role == "define" and not symbol.holes:
        return t.of(symbol.data["body"])
    raise NoRule


@rule("member")
def _member(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    if symbol is t.symbol:
        return replace(node, data=t.direction)
    if symbol.role == "sequence":
        return replace(node, data=t.sequence(symbol))
    if symbol.role != "define":
        raise NoRule
    places = {
        index: arg.args[0] if arg.op == "at" else arg
        for index, arg in zip(symbol.data["indices"], node.args, strict=True)
    }
    return t.of(substitute(symbol.data["body"], places))


@rule("entry")
def _entry(t: Tangent, node: Node) -> Node | None:
    base = t.of(node.args[0])
    return None if base is None else node.with_args((base, *node.args[1:]))


@rule("call")
def _call(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    arity = len(symbol.type.args)
    if symbol.role == "function":
        moved = t.of(node.args[0])
        if moved is None:
            raise NoRule
        type_ = symbol.type.args[0]
        from proofweave.check.language.operators import FunctionAt

        slope = Node("gradient", node.args, type_, node.at, node.end, FunctionAt(symbol, 0))
        op = "mul" if type_ == SCALAR else "inner"
        return Node(op, (slope, moved), SCALAR, node.at, node.end)
    if symbol.role == "flow":
        from proofweave.check.calculus.flows import Rate

        if t.depends(symbol):
            raise NoRule
        moved = t.of(node.args[0])
        slope = Node("rate", node.args, node.type, node.at, node.end, Rate(symbol, 1))
        return None if moved is None else Node("mul", (moved, slope), node.type, node.at, node.end)
    if symbol.role != "define":
        raise NoRule
    values: dict[Index | Symbol, Node] = dict(zip(symbol.params, node.args[:arity], strict=True))
    for index, arg in zip(symbol.data["indices"], node.args[arity:], strict=True):
        values[index] = arg.args[0] if arg.op == "at" else arg
    return t.of(substitute(symbol.data["body"], values))


@rule("gradient")
def _gradient(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data.symbol
    if symbol.role != "function":
        raise NoRule
    moved = t.of(node.args[0])
    type_ = symbol.type.args[0]
    square = SCALAR if type_ == SCALAR else Type("matrix", (type_.dims[0], type_.dims[0]))
    bend = Node("hessian", node.args, square, node.at, node.end, node.data)
    return None if moved is None else Node("mul", (bend, moved), node.type, node.at, node.end)


@rule("rate")
def _rate(t: Tangent, node: Node) -> Node | None:
    from proofweave.check.calculus.flows import rate_tree

    return t.of(rate_tree(node))


@rule("derive")
def _derive(t: Tangent, node: Node) -> Node | None:
    inner = t.of(node.args[0])
    return None if inner is None else node.with_args((inner, *node.args[1:]))


__all__ = ["NoRule", "tangent"]
