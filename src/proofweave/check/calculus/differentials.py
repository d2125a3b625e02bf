"""Differentials: exact where there are rules, else by differences along the way that everything moves."""

import numpy as np

from proofweave.check.calculus.derivatives import along_line, exact_slope
from proofweave.check.evaluate import Env, Val, ev, rule, table
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, Symbol


@rule("differential")
def _differential(node: Node, env: Env) -> Val:
    """Return the sum of what each symbol that moves contributes."""
    parts = [_by_one(node, symbol, way, env) for symbol, way in zip(node.data, node.args[1:], strict=True)]
    kept = [part for part in parts if part is not None]
    if kept:
        return va.add(kept)
    shape = (1,) * (1 + env.depth) + env.shape(node.type)
    return va.exact(np.zeros(shape))


def _by_one(node: Node, symbol: Symbol, way: Node, env: Env) -> Val | None:
    """Return the derivative by one symbol along its direction; None for 0."""
    body = node.args[0]
    exact = exact_slope(body, symbol)
    if exact is None:
        return along_line(body, symbol, table(way.data, env), env, node)
    direction, tree = exact
    if tree is None:
        return None
    inner = env.child((id(node), symbol.name))
    inner.bind(direction, table(way.data, env))
    return ev(tree, inner)
