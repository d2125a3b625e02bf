"""Exact derivatives of named functions, norms and matrix functions."""

import math

from proofweave.check.calculus.tangent import (
    RULES,
    NoRule,
    Tangent,
    entrywise,
    func,
    minus,
    one_plus,
    over,
    plus,
    power,
    times,
)
from proofweave.check.calculus.tangent_rules import log_slope
from proofweave.check.language import SCALAR, Node, is_complex, number
from proofweave.check.operations import is_exponential, positive_form


@RULES("func")
def _function(t: Tangent, node: Node) -> Node | None:
    name, x = node.data[0], node.args[0]
    if name == "log" and x.type == SCALAR and is_exponential(x) and positive_form(x):
        return log_slope(t, x)
    moved = t.of(x)
    if name == "log":
        return over(moved, x) if x.type == SCALAR else entrywise(power(x, number(-1)), moved)
    if name in ("re", "im", "conj"):
        return None if moved is None else node.with_args((moved,))
    if name in ("abs", "arg") and is_complex(x):
        raise NoRule
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


@RULES("softmax")
def _softmax(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if moved is None:
        return None
    if node.type.kind == "matrix":
        raise NoRule
    mean = Node("inner", (node, moved), SCALAR, node.at, node.end)
    first = Node("hadamard", (node, moved), node.type, node.at, node.end)
    second = Node("mul", (mean, node), node.type, node.at, node.end)
    return plus([first, minus(second)])


@RULES("norm")
def _norm(t: Tangent, node: Node) -> Node | None:
    x = node.args[0]
    moved = t.of(x)
    if is_complex(x):
        raise NoRule
    if x.type == SCALAR:
        return times(Node("div", (node, x), SCALAR, node.at, node.end), moved)
    if node.data == "op" and moved is not None:
        return Node("inner", (Node("dyad", (x,), x.type, node.at, node.end, "singular"), moved), SCALAR, 0, 0)
    if node.data not in ("2", "F") or moved is None:
        raise NoRule
    return over(Node("inner", (x, moved), SCALAR, node.at, node.end), node)


@RULES("eigenvalue")
def _eigenvalue(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if node.data not in ("max", "min") or moved is None:
        raise NoRule
    dyad = Node("dyad", node.args, node.args[0].type, node.at, node.end, node.data)
    return Node("inner", (dyad, moved), SCALAR, node.at, node.end)


@RULES("inverse")
def _inverse(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    return None if moved is None else minus(Node("mul", (node, moved, node), node.type, node.at, node.end))


@RULES("matfunc")
def _matrix_function(t: Tangent, node: Node) -> Node | None:
    moved = t.of(node.args[0])
    if node.data == "tr":
        return None if moved is None else node.with_args((moved,))
    if node.data != "det" or moved is None:
        raise NoRule
    inverse = Node("inverse", node.args, node.args[0].type, node.at, node.end)
    product = Node("mul", (inverse, moved), node.args[0].type, node.at, node.end)
    return times(node, Node("matfunc", (product,), SCALAR, node.at, node.end, "tr"))
