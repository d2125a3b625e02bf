"""Instances at which one side of a relation has a value and the other lies outside its domain, beyond rounding.

log(x y) = log x + log y is false as it stands, for negative x and y: it holds only where both sides are defined. One
point, such as the 0 of 0/0, is no such instance.
"""

from collections.abc import Iterator

import numpy as np

from proofweave.check.evaluate import SAFETY, Array, Env, each, ev
from proofweave.check.language import SCALAR, Node, pairs, words

INNER = words("sum prod matprod min max argmin argmax collect expect variance integral limit derive gradient hessian")
INNER |= words("optimum cases indicator call member rate stopped space conditional covariance information differential")
"""Operations whose parts are evaluated elsewhere, or not always."""


def lopsided(claim: Node, env: Env) -> tuple[str, int] | None:
    """Return which side of a relation alone has a value, left or right, and at which instance; or None."""
    if claim.op != "chain":
        return None
    for left, right, _ in pairs(claim):
        for side, other, name in ((left, right, "right"), (right, left, "left")):
            parts = list(_restricted(side))
            if not parts or other.type.rank:
                continue
            outside = np.zeros(env.batch, dtype=bool)
            for part in parts:
                outside |= each(_outside(part, env), env.batch).any(axis=1)
            there = outside & each(np.isnan(ev(side, env).v), env.batch).any(axis=1)
            there &= each(np.isfinite(ev(other, env).v), env.batch).all(axis=1)
            if there.any():
                return name, int(np.flatnonzero(there)[0])
    return None


def _restricted(tree: Node) -> Iterator[Node]:
    """Yield the parts of a tree that have no value for some arguments, definitions written out."""
    if tree.op in INNER:
        return
    named = tree.op == "func" and tree.data[0] in ("log", "arcsin", "arccos")
    if named or (tree.op == "root" and tree.args[1].op == "num") or (tree.op == "pow" and tree.type == SCALAR):
        yield tree
    if tree.op == "sym" and tree.data.role == "define" and not tree.data.holes:
        yield from _restricted(tree.data.data["body"])
    for arg in tree.args:
        yield from _restricted(arg)


def _outside(part: Node, env: Env) -> Array:
    """Tell where the argument of a part lies outside its domain for certain."""
    x = ev(part.args[0], env)
    below = np.asarray(x.v < -SAFETY * x.e)
    if part.op == "func":
        return below if part.data[0] == "log" else np.asarray(np.abs(x.v) > 1 + SAFETY * x.e)
    other = ev(part.args[1], env).v
    return np.asarray(below & (other % 2 == 0 if part.op == "root" else other != np.rint(other)))
