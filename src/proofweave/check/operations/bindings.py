"""Values of symbols that follow from others: definitions, least constants, and sequences."""

import numpy as np

from proofweave.check.evaluate import MEMBERS, VALUES, Array, Env, Val, ev
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, Symbol, complex_symbol, refuse_if

LOOKED_AT = 3
"""The steps of a sequence whose work tells how much the others take."""


@VALUES("define")
def _define(symbol: Symbol, env: Env) -> Val:
    inner = env
    lengths: list[int] = []
    for hole, index in zip(symbol.holes, symbol.data["indices"], strict=True):
        lo, hi = env.size(hole.lo), env.size(hole.hi)
        refuse_if(hi < lo, "evaluate.no-members", name=symbol.name)
        inner = inner.child((id(symbol), hole.token), hi - lo + 1)
        inner.bind(index, inner.index_axis(np.arange(lo, hi + 1)))
        lengths.append(hi - lo + 1)
    value = ev(symbol.data["body"], inner)
    if not lengths:
        return value
    shape = list(value.v.shape)
    shape[1 + env.depth : 1 + inner.depth] = lengths
    va.afford(*shape)
    return va.spread(value, shape)


@MEMBERS("define")
def _member(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    inner = env.child(id(node))
    for index, arg in zip(symbol.data["indices"], node.args, strict=True):
        inner.bind(index, ev(arg, env))
    return ev(symbol.data["body"], inner)


@VALUES("sequence")
def _sequence(symbol: Symbol, env: Env) -> Val:
    hole = symbol.holes[0]
    lo, hi = env.size(hole.lo), env.size(hole.hi)
    start = ev(symbol.data["start"], env)
    depth = env.depth
    shape = np.broadcast_shapes(start.v.shape, (env.batch, *env.axes, *(1,) * symbol.type.rank))
    steps = hi - lo + 1
    refuse_if(steps < 1 or steps > 2000, "evaluate.members", name=symbol.name, count=steps)
    lead = 1 + depth
    va.afford(*shape, steps)
    v = np.full((*shape[:lead], steps, *shape[lead:]), np.nan, dtype=complex if complex_symbol(symbol) else float)
    e = np.zeros(v.shape)
    np.moveaxis(v, lead, 0)[0], np.moveaxis(e, lead, 0)[0] = start
    before, least = env.clock.spent, np.inf
    for t in range(steps - 1):
        spent = env.clock.spent - before
        before += spent
        if 1 < t <= LOOKED_AT:  # the first step may have made what all of them need
            least = min(least, spent)
            env.clock.foresee(least * (steps - 1 - t))
        inner = env.child((id(symbol), t))
        inner.bind(symbol, Val(v, e))
        inner.bind(symbol.data["index"], env.constant(lo + t))
        np.moveaxis(v, lead, 0)[t + 1], np.moveaxis(e, lead, 0)[t + 1] = ev(symbol.data["next"], inner)
    return Val(v, e)


@VALUES("least")
def _least(symbol: Symbol, env: Env) -> Val:
    """Return the smallest G with left ≤ right(G) at every point; right must be affine in G or in G²."""
    premise: Node = symbol.data["premise"]
    inner = env
    for index in symbol.data["free"]:
        lo, hi = ev(index.lo, env).v, ev(index.hi, env).v
        first, last = int(lo.min()), int(hi.max())
        inner = inner.child((id(premise), index.name), max(last - first + 1, 1))
        inner.bind(index, inner.index_axis(np.arange(first, last + 1)))
    found = _threshold(symbol, inner)
    for axis in range(inner.depth, env.depth, -1):
        found = va.extreme(found, axis, "max")
    return found


def _threshold(symbol: Symbol, env: Env) -> Val:
    left = ev(symbol.data["premise"].args[0], env)
    sides = [_right(symbol, env, value) for value in (0.0, 1.0, 2.0)]
    base, one, two = (side.v for side in sides)
    slope = one - base
    linear = np.abs(two - base - 2 * slope) <= 1e-9 * (np.abs(two) + np.abs(base))
    square = np.abs(two - base - 4 * slope) <= 1e-9 * (np.abs(two) + np.abs(base))
    refuse_if(not (linear | square).all(), "evaluate.not-affine", name=symbol.name)
    gap = np.maximum(left.v - base, 0.0)
    ratio: Array = np.where(gap == 0, 0.0, gap / np.where(slope > 0, slope, np.nan))
    v = np.where(linear, ratio, np.sqrt(ratio))
    error = (left.e + sides[1].e) / np.maximum(np.abs(slope), np.finfo(float).tiny)
    e = np.where(linear, error, np.minimum(error / np.maximum(2 * v, np.finfo(float).tiny), np.sqrt(error)))
    return Val(np.where(np.isnan(v), 0.0, v) if np.all(slope == 0) else v, e + va.EPS * np.abs(v))


def _right(symbol: Symbol, env: Env, value: float) -> Val:
    inner = env.child((id(symbol), value))
    inner.bind(symbol.data["placeholder"], env.constant(value))
    return ev(symbol.data["premise"].args[1], inner)
