"""Exact derivatives of trees: the tree of a directional derivative, to be evaluated like any other.

The direction is a symbol of the variable's own type, so that all partial derivatives come from one evaluation with the
direction running over the unit directions. What has kinks, jumps or no rule here is left to finite differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from proofweave.check.kinds import SCALAR, Type
from proofweave.check.program import closure, named_in, unbound_random
from proofweave.check.scope import Symbol
from proofweave.check.stable import is_exponential, positive_form
from proofweave.check.tree import Index, Node, number, substitute

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
        from proofweave.check.parse_calculus import FunctionAt

        slope = Node("gradient", node.args, type_, node.at, node.end, FunctionAt(symbol, 0))
        op = "mul" if type_ == SCALAR else "inner"
        return Node(op, (slope, moved), SCALAR, node.at, node.end)
    if symbol.role == "flow":
        from proofweave.check.flows import Rate

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
    from proofweave.check.flows import rate_tree

    return t.of(rate_tree(node))


@rule("derive")
def _derive(t: Tangent, node: Node) -> Node | None:
    inner = t.of(node.args[0])
    return None if inner is None else node.with_args((inner, *node.args[1:]))


# -- arithmetic


@rule("add")
def _add(t: Tangent, node: Node) -> Node | None:
    return plus([t.of(arg) for arg in node.args])


@rule("mul", *BILINEAR)
def _product(t: Tangent, node: Node) -> Node | None:
    terms: list[Node | None] = []
    for place, arg in enumerate(node.args):
        moved = t.of(arg)
        if moved is not None:
            terms.append(node.with_args((*node.args[:place], moved, *node.args[place + 1 :])))
    return plus(terms)


@rule("div")
def _quotient(t: Tangent, node: Node) -> Node | None:
    above, below = node.args
    if node.type == SCALAR and positive_form(above) and positive_form(below) and is_exponential(below):
        return times(node, plus([_log_slope(t, above), minus(_log_slope(t, below))]))
    moved = over(t.of(above), below)
    bottom = t.of(below)
    if bottom is None:
        return moved
    square = Node("mul", (below, below), SCALAR, below.at, below.end)
    scaled = Node("mul", (bottom, above), node.type, node.at, node.end)
    return plus([moved, minus(over(scaled, square))])


@rule("pow", "elementpow")
def _power(t: Tangent, node: Node) -> Node | None:
    base, exponent = node.args
    if base.type.kind == "matrix":
        if node.op == "pow" and exponent.op == "num" and exponent.data in (2, 3):
            return t.of(Node("mul", (base,) * exponent.data, node.type, node.at, node.end))
        raise NoRule
    moved, raised = t.of(base), t.of(exponent)
    terms: list[Node | None] = []
    if moved is not None:
        root = _squared(base)
        if root is not None and exponent.op == "num" and exponent.data == 2:
            along = t.of(root)
            assert along is not None
            return times(number(2), Node("inner", (root, along), SCALAR, node.at, node.end))
        if exponent.op == "num" and exponent.data == 2:
            slope: Node | None = times(number(2), base)
        else:
            less = Node("add", (exponent, number(-1)), SCALAR, exponent.at, exponent.end)
            slope = times(exponent, power(base, less))
        assert slope is not None
        terms.append(entrywise(slope, moved))
    if raised is not None:
        if base.type != SCALAR:
            raise NoRule
        natural = base.op == "constant" and base.data == math.e
        grown = node if natural else Node("mul", (node, func("log", base)), SCALAR, node.at, node.end)
        terms.append(times(grown, raised))
    return plus(terms)


def _squared(base: Node) -> Node | None:
    """Return what stands under a norm or bars, whose square is smooth at 0 where it is not."""
    if base.op == "norm" and base.data in ("2", "F"):
        return base.args[0]
    return base.args[0] if base.op == "func" and base.data[0] == "abs" and base.type == SCALAR else None


@rule("root")
def _root(t: Tangent, node: Node) -> Node | None:
    body, degree = node.args
    if not t.still(degree):
        raise NoRule
    moved = t.of(body)
    if degree.op == "num" and degree.data == 2:
        twice = Node("mul", (number(2), node), SCALAR, node.at, node.end)
        return over(moved, twice)
    return times(Node("div", (node, Node("mul", (degree, body), SCALAR, 0, 0)), SCALAR, node.at, node.end), moved)


@rule("array")
def _array(t: Tangent, node: Node) -> Node | None:
    return node.with_args(tuple(t.of(arg) or number(0) for arg in node.args))


# -- operators


def _fixed(t: Tangent, nodes: Sequence[Node]) -> None:
    if not all(t.still(node) for node in nodes):
        raise NoRule


@rule("sum")
def _sum(t: Tangent, node: Node) -> Node | None:
    _fixed(t, node.args[:3])
    moved = t.of(node.args[3])
    return None if moved is None else replace(node, args=(*node.args[:3], moved), type=moved.type)


@rule("expect")
def _expect(t: Tangent, node: Node) -> Node | None:
    random = node.data if node.data is not None else unbound_random([node.args[0]])
    if any(t.depends(symbol) for symbol in random):
        raise NoRule
    moved = t.of(node.args[0])
    return None if moved is None else replace(node, args=(moved,), data=tuple(random))


@rule("integral")
def _integral(t: Tangent, node: Node) -> Node | None:
    lo, hi, body = node.args
    moved = t.of(body)
    terms = [None if moved is None else node.with_args((lo, hi, moved))]
    for end, sign in ((hi, 1), (lo, -1)):
        slope = t.of(end)
        if slope is not None:
            at = substitute(body, {node.data: end})
            term = times(slope, at) if body.type == SCALAR else Node("mul", (slope, at), body.type, node.at, node.end)
            terms.append(term if sign > 0 else minus(term))
    return plus(terms)


# -- functions


@rule("func")
def _function(t: Tangent, node: Node) -> Node | None:
    name, x = node.data[0], node.args[0]
    if name == "log" and x.type == SCALAR and is_exponential(x) and positive_form(x):
        return _log_slope(t, x)
    moved = t.of(x)
    if name == "log":
        return over(moved, x) if x.type == SCALAR else entrywise(power(x, number(-1)), moved)
    slope = _slope(name, node, x)
    return entrywise(slope, moved)


def _slope(name: str, node: Node, x: Node) -> Node:
    if name == "exp":
        return node
    if name in ("sin", "sinh", "cosh"):
        return func({"sin": "cos", "sinh": "cosh", "cosh": "sinh"}[name], x)
    if name == "cos":
        return Node("neg", (func("sin", x),), x.type, x.at, x.end)
    if name in ("tan", "tanh"):
        return one_plus(power(node, number(2)), 1 if name == "tan" else -1)
    if name == "arctan":
        return power(one_plus(power(x, number(2))), number(-1))
    if name == "softplus":
        return func("sigmoid", x)
    if name == "sigmoid":
        other = one_plus(node, -1)
        found = entrywise(node, other)
        assert found is not None
        return found
    if name in ("erf", "erfc"):
        inside = Node("neg", (power(x, number(2)),), x.type, x.at, x.end)
        bell = entrywise(number(2 / math.sqrt(math.pi) * (1 if name == "erf" else -1)), func("exp", inside))
        if x.type == SCALAR and bell is not None:
            return bell
    if name in ("abs", "ReLU") and x.type == SCALAR:
        # 0/0 at the kink, where there is no derivative
        return Node("div", (node, x), SCALAR, node.at, node.end)
    raise NoRule


def _log_slope(t: Tangent, node: Node) -> Node | None:
    """Return the derivative of log of a positive form, through the shares of its terms."""
    if node.op == "func" and node.data[0] == "exp":
        return t.of(node.args[0])
    if node.op == "pow" and is_exponential(node) and node.args[0].op == "constant":
        return t.of(node.args[1])
    if node.op == "mul":
        return plus([_log_slope(t, arg) for arg in node.args])
    if node.op == "add":
        return plus([times(_share(arg, node), _log_slope(t, arg)) for arg in node.args])
    if node.op == "sum":
        _fixed(t, node.args[:3])
        inner = times(_share(node.args[3], node), _log_slope(t, node.args[3]))
        return None if inner is None else replace(node, args=(*node.args[:3], inner))
    return over(t.of(node), node)


def _share(part: Node, whole: Node) -> Node:
    return Node("div", (part, whole), SCALAR, part.at, part.end)


@rule("softmax")
def _softmax(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if moved is None:
        return None
    mean = Node("inner", (node, moved), SCALAR, node.at, node.end)
    first = Node("hadamard", (node, moved), node.type, node.at, node.end)
    second = Node("mul", (mean, node), node.type, node.at, node.end)
    return plus([first, minus(second)])


@rule("norm")
def _norm(t: Tangent, node: Node) -> Node | None:
    x = node.args[0]
    moved = t.of(x)
    if x.type == SCALAR:
        return times(Node("div", (node, x), SCALAR, node.at, node.end), moved)
    if node.data == "op" and moved is not None:
        return Node("inner", (Node("dyad", (x,), x.type, node.at, node.end, "singular"), moved), SCALAR, 0, 0)
    if node.data not in ("2", "F") or moved is None:
        raise NoRule
    return over(Node("inner", (x, moved), SCALAR, node.at, node.end), node)


@rule("eigenvalue")
def _eigenvalue(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if node.data not in ("max", "min") or moved is None:
        raise NoRule
    dyad = Node("dyad", node.args, node.args[0].type, node.at, node.end, node.data)
    return Node("inner", (dyad, moved), SCALAR, node.at, node.end)


@rule("inverse")
def _inverse(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    return None if moved is None else minus(Node("mul", (node, moved, node), node.type, node.at, node.end))


@rule("matfunc")
def _matrix_function(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if node.data == "tr":
        return None if moved is None else node.with_args((moved,))
    if node.data != "det" or moved is None:
        raise NoRule
    inverse = Node("inverse", node.args, node.args[0].type, node.at, node.end)
    product = Node("mul", (inverse, moved), node.args[0].type, node.at, node.end)
    return times(node, Node("matfunc", (product,), SCALAR, node.at, node.end, "tr"))


__all__ = ["NoRule", "tangent"]
