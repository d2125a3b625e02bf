"""Exact derivatives of arithmetic, sums, expectations and integrals."""

import math
from collections.abc import Sequence
from dataclasses import replace

from proofweave.check.calculus.tangent import RULES, NoRule, Tangent, entrywise, func, minus, over, plus, power, times
from proofweave.check.language import SCALAR, Node, number, substitute, unbound_random
from proofweave.check.operations import is_exponential, positive_form


@RULES("add")
def _add(t: Tangent, node: Node) -> Node | None:
    return plus([t.of(arg) for arg in node.args])


@RULES("mul", "inner", "hadamard", "outer", "kron")
def _product(t: Tangent, node: Node) -> Node | None:
    terms: list[Node | None] = []
    for place, arg in enumerate(node.args):
        moved = t.of(arg)
        if moved is not None:
            terms.append(node.with_args((*node.args[:place], moved, *node.args[place + 1 :])))
    return plus(terms)


@RULES("neg", "transpose", "diag", "diagonal", "vec")
def _linear(t: Tangent, node: Node) -> Node | None:
    inner = t.of(node.args[0])
    return None if inner is None else node.with_args((inner,))


@RULES("div")
def _quotient(t: Tangent, node: Node) -> Node | None:
    above, below = node.args
    if node.type == SCALAR and positive_form(above) and positive_form(below) and is_exponential(below):
        return times(node, plus([log_slope(t, above), minus(log_slope(t, below))]))
    moved = over(t.of(above), below)
    bottom = t.of(below)
    if bottom is None:
        return moved
    square = Node("mul", (below, below), SCALAR, below.at, below.end)
    scaled = Node("mul", (bottom, above), node.type, node.at, node.end)
    return plus([moved, minus(over(scaled, square))])


@RULES("pow", "elementpow")
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


@RULES("root")
def _root(t: Tangent, node: Node) -> Node | None:
    body, degree = node.args
    if not t.still(degree):
        raise NoRule
    moved = t.of(body)
    if degree.op == "num" and degree.data == 2:
        twice = Node("mul", (number(2), node), SCALAR, node.at, node.end)
        return over(moved, twice)
    return times(Node("div", (node, Node("mul", (degree, body), SCALAR, 0, 0)), SCALAR, node.at, node.end), moved)


@RULES("array")
def _array(t: Tangent, node: Node) -> Node | None:
    return node.with_args(tuple(t.of(arg) or number(0) for arg in node.args))


@RULES("block")
def _block(t: Tangent, node: Node) -> Node | None:
    zeros = (number(0) if arg.type == SCALAR else Node("zero", (), arg.type, arg.at, arg.end) for arg in node.args)
    return node.with_args(tuple(t.of(arg) or zero for arg, zero in zip(node.args, zeros, strict=True)))


@RULES("column", "line")
def _slice(t: Tangent, node: Node) -> Node | None:
    base = t.of(node.args[0])
    return None if base is None else node.with_args((base, *node.args[1:]))


@RULES("expm")
def _exponential(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if moved is None:
        return None
    return Node("expslope", (node.args[0], moved), node.type, node.at, node.end)


# -- operators


def fixed(t: Tangent, nodes: Sequence[Node]) -> None:
    """Refuse what depends on the variable where only what does not is understood."""
    if not all(t.still(node) for node in nodes):
        raise NoRule


@RULES("sum", "collect")
def _sum(t: Tangent, node: Node) -> Node | None:
    fixed(t, node.args[:3])
    moved = t.of(node.args[3])
    type_ = moved.type if moved is not None and node.op == "sum" else node.type
    return None if moved is None else replace(node, args=(*node.args[:3], moved), type=type_)


@RULES("expect")
def _expect(t: Tangent, node: Node) -> Node | None:
    random = node.data if node.data is not None else unbound_random([node.args[0]])
    if any(t.depends(symbol) for symbol in random):
        raise NoRule
    moved = t.of(node.args[0])
    return None if moved is None else replace(node, args=(moved,), data=tuple(random))


@RULES("space")
def _space(t: Tangent, node: Node) -> Node | None:
    if any(t.depends(symbol) for symbol in node.data):
        raise NoRule
    moved = t.of(node.args[0])
    return None if moved is None else replace(node, args=(moved,), type=moved.type)


@RULES("integral")
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


def log_slope(t: Tangent, node: Node) -> Node | None:
    """Return the derivative of log of a positive form, through the shares of its terms."""
    if node.op == "func" and node.data[0] == "exp":
        return t.of(node.args[0])
    if node.op == "pow" and is_exponential(node) and node.args[0].op == "constant":
        return t.of(node.args[1])
    if node.op == "mul":
        return plus([log_slope(t, arg) for arg in node.args])
    if node.op == "add":
        return plus([times(share(arg, node), log_slope(t, arg)) for arg in node.args])
    if node.op == "sum":
        fixed(t, node.args[:3])
        inner = times(share(node.args[3], node), log_slope(t, node.args[3]))
        return None if inner is None else replace(node, args=(*node.args[:3], inner))
    return over(t.of(node), node)


def share(part: Node, whole: Node) -> Node:
    """Return a term's share of a sum."""
    return Node("div", (part, whole), SCALAR, part.at, part.end)
