"""Moments: sums over finite supports, and over standard points where normal values stand in polynomials."""

from collections.abc import Sequence
from math import prod

import numpy as np

from proofweave.check.evaluate import Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, Symbol, degree, refuse_if, required, unbound_random
from proofweave.check.operations import normals
from proofweave.check.operations.binders import bind_support
from proofweave.check.operations.linear import inverse


def random_in(node: Node) -> tuple[Symbol, ...]:
    """Return the random symbols that a moment is over."""
    over: tuple[Symbol, ...] | None = node.data
    return unbound_random(node.args) if over is None else over


def opened(node: Node, bodies: Sequence[Node], power: int, env: Env) -> tuple[Env, Val]:
    """Return the state in which the random symbols of a moment run over their outcomes, and the joint weights.

    `power` is how many of the bodies are multiplied at most.
    """
    inner, weights = env, list[tuple[Val, int]]()
    normal: list[Symbol] = []
    for symbol in random_in(node):
        if normals.is_normal(symbol):
            normal.append(symbol)
            continue
        inner, weight = bind_support(symbol, inner, ("support", id(symbol)))  # whatever is averaged
        weights.append((weight, inner.depth))
    if normal:
        most = max(required(_degree(body, normal), "parse.law-polynomial", body.at) for body in bodies)
        count = sum(prod(normals.shape_of(symbol, env)) for symbol in normal)
        z, shares = normals.standard(count, most * power)
        inner = normals.bound(normal, z, inner, ("normal", most * power, *map(id, normal)))
        weights.append((va.rounded(shares.reshape((1,) * inner.depth + (-1,))), inner.depth))
    joint = inner.constant(1)
    for weight, depth in weights:
        joint = va.mul(joint, inner.lift(weight, depth))
    return inner, joint


def _degree(body: Node, symbols: Sequence[Symbol]) -> int | None:
    """Return a body's degree in symbols, found once for each."""
    wanted = frozenset(symbols)
    known: dict[object, tuple[Node, int | None]] = symbols[0].data.setdefault("degrees", {})
    key = (id(body), wanted)
    if key not in known or known[key][0] is not body:
        known[key] = (body, degree(body, wanted))
    return known[key][1]


@rule("expect", "variance")
def _moment(node: Node, env: Env) -> Val:
    body = node.args[0]
    inner, joint = opened(node, [body], 1 if node.op == "expect" else 2, env)
    rank = body.type.rank
    value = full(ev(body, inner), inner, env.depth, rank)
    mean = _average(value, joint, env.depth, inner.depth, rank)
    if node.op == "expect":
        return mean
    gap = _less(value, mean, env, inner)
    squares = va.mul(gap, gap)
    for _ in range(rank):
        squares = va.total(squares, -1)
    return _average(squares, joint, env.depth, inner.depth, 0)


@rule("covariance")
def _covariance(node: Node, env: Env) -> Val:
    """Return E[(a − E a)(b − E b)] of numbers, or the matrix of these for the entries of two vectors."""
    inner, joint = opened(node, node.args, 2, env)
    one, two = (full(ev(arg, inner), inner, env.depth, arg.type.rank) for arg in node.args)
    found = crossed(one, two, joint, env, inner, [arg.type.rank for arg in node.args])
    shape = (*found.v.shape[: 1 + env.depth], *found.v.shape[3 + env.depth - node.type.rank :])
    return found if node.type.rank == 2 else Val(found.v.reshape(shape), found.e.reshape(shape))


def crossed(one: Val, two: Val, joint: Val, env: Env, inner: Env, ranks: Sequence[int]) -> Val:
    """Return the covariance matrix of two values over their outcomes, numbers as vectors of one entry."""
    gaps = []
    for value, rank in zip((one, two), ranks, strict=True):
        gap = _less(value, _average(value, joint, env.depth, inner.depth, rank), env, inner)
        gaps.append(gap if rank else va.widen(gap, 1))
    left = Val(gaps[0].v[..., :, None], gaps[0].e[..., :, None])
    right = Val(gaps[1].v[..., None, :], gaps[1].e[..., None, :])
    return _average(va.mul(left, right), joint, env.depth, inner.depth, 2)


@rule("lawof")
def _law(node: Node, env: Env) -> Val:
    """Return the mean and covariance of a value that is affine in normal ones, side by side."""
    body = node.args[0]
    inner, joint = opened(node, [body], 2, env)
    rank = body.type.rank
    value = full(ev(body, inner), inner, env.depth, rank)
    mean = _average(value, joint, env.depth, inner.depth, rank)
    return _beside(mean if rank else va.widen(mean, 1), crossed(value, value, joint, env, inner, (rank, rank)))


@rule("normal")
def _normal(node: Node, env: Env) -> Val:
    mean, covariance = (ev(arg, env) for arg in node.args)
    if node.args[0].type.rank:
        return _beside(mean, covariance)
    return _beside(va.widen(mean, 1), va.widen(covariance, 2))


def _beside(mean: Val, covariance: Val) -> Val:
    column = Val(mean.v[..., None], np.broadcast_to(mean.e, mean.v.shape)[..., None])
    lead = np.broadcast_shapes(column.v.shape[:-1], covariance.v.shape[:-1])
    column, wide = va.spread(column, (*lead, 1)), va.spread(covariance, (*lead, covariance.v.shape[-1]))
    return Val(np.concatenate([column.v, wide.v], axis=-1), np.concatenate([column.e, wide.e], axis=-1))


@rule("conditional")
def _conditional(node: Node, env: Env) -> Val:
    """Return the mean of a polynomial in normal values given others that are affine in them, at their outcome.

    Given g(n) = c, the noise n has the law of n + Cov(n, g) Cov(g)⁻¹ (c − g(n)).
    """
    body, *given = node.args
    over = random_in(node)
    refuse_if(not all(map(normals.is_normal, over)), "evaluate.conditional", node.at)
    refuse_if(any((_degree(one, over) or 0) != 1 for one in given), "parse.conditional-affine", node.at)
    inner, joint = opened(node, [body, *given], 2, env)
    seen = [flat(full(ev(one, inner), inner, env.depth, one.type.rank), inner) for one in given]
    held = [flat(inner.lift(ev(one, env), env.depth), inner) for one in given]
    g, c = joined(seen), joined(held)
    spread_ = inverse(crossed(g, g, joint, env, inner, (1, 1)))
    gap = va.add([c, va.neg(g)])
    moved = inner.child((id(node), "given"))
    for symbol in over:
        value = inner.binds[symbol][0]
        noise = flat(full(value, inner, env.depth, value.v.ndim - 1 - inner.depth), inner)
        gain = va.matmul(crossed(noise, g, joint, env, inner, (1, 1)), spread_)
        wide = Val(*(np.expand_dims(part, 1 + env.depth) for part in gain))
        step = va.matmul(wide, Val(gap.v[..., None], gap.e[..., None]))
        new = va.add([noise, Val(step.v[..., 0], step.e[..., 0])])
        shape = (*new.v.shape[:-1], *value.v.shape[1 + inner.depth :])
        moved.bind(symbol, Val(new.v.reshape(shape), np.broadcast_to(new.e, new.v.shape).reshape(shape)))
    rank = body.type.rank
    return _average(full(ev(body, moved), moved, env.depth, rank), joint, env.depth, inner.depth, rank)


def flat(value: Val, env: Env) -> Val:
    """Return a value's own axes as one."""
    lead = value.v.shape[: 1 + env.depth]
    count = int(np.prod(value.v.shape[1 + env.depth :], dtype=int))
    return Val(value.v.reshape(*lead, count), np.broadcast_to(value.e, value.v.shape).reshape(*lead, count))


def joined(values: Sequence[Val]) -> Val:
    """Return values of one axis side by side."""
    lead = np.broadcast_shapes(*(value.v.shape[:-1] for value in values))
    whole = [va.spread(value, (*lead, value.v.shape[-1])) for value in values]
    return Val(np.concatenate([w.v for w in whole], axis=-1), np.concatenate([w.e for w in whole], axis=-1))


@rule("lawgap")
def _distance(node: Node, env: Env) -> Val:
    """Return how far the laws of two finite values are apart: 0 exactly where they are the same."""
    (x, p), (y, q) = (_atoms(arg, node, env) for arg in node.args)
    shape = np.broadcast_shapes(x.v.shape[:-2], y.v.shape[:-2])
    va.afford(*shape, x.v.shape[-2] + y.v.shape[-2], x.v.shape[-2] + y.v.shape[-2], x.v.shape[-1])
    total = va.exact(np.zeros(shape))
    for points, weights in ((x, p), (y, q)):
        off = mass(points, x, p)
        gap = va.add([off, va.neg(mass(points, y, q))])
        total = va.add([total, va.total(va.mul(weights, Val(np.abs(gap.v), gap.e)), -1)])
    return total


def mass(at: Val, points: Val, weights: Val) -> Val:
    """Return the mass of a finite law at some points, as far as rounding lets points be told apart."""
    gap = va.add(
        [
            Val(at.v[..., :, None, :], at.e[..., :, None, :]),
            va.neg(Val(points.v[..., None, :, :], points.e[..., None, :, :])),
        ]
    )
    same = (np.abs(gap.v) <= 8 * gap.e + np.finfo(float).tiny).all(axis=-1)
    return va.total(Val(same * weights.v[..., None, :], same * weights.e[..., None, :]), -1)


def _atoms(arg: Node, node: Node, env: Env) -> tuple[Val, Val]:
    """Return the outcomes (lead…, J, entries) and weights (lead…, J) of a finite value, or of a law by name."""
    over = unbound_random([arg])
    owner = Node("lawof", (arg,), arg.type, node.at, node.end, over)
    inner, joint = opened(owner, [arg], 1, env)
    value = flat(full(ev(arg, inner), inner, env.depth, arg.type.rank), inner)
    lead = value.v.shape[: 1 + env.depth]
    count = prod(value.v.shape[1 + env.depth : -1])
    weights = full(joint, inner, env.depth, 0)
    wide = weights.v.shape[: 1 + env.depth]
    return (
        Val(value.v.reshape(*lead, count, -1), value.e.reshape(*lead, count, -1)),
        Val(weights.v.reshape(*wide, count), weights.e.reshape(*wide, count)),
    )


def _less(value: Val, mean: Val, env: Env, inner: Env) -> Val:
    return va.add([value, va.neg(inner.lift(mean, env.depth))])


def full(value: Val, env: Env, outer: int, rank: int) -> Val:
    """Return a value with the whole of the axes bound since some depth."""
    shape = list(value.v.shape)
    for axis in range(outer + 1, env.depth + 1):
        shape[axis] = env.axes[axis - 1]
    va.afford(*shape)
    return va.spread(value, shape)


def _average(value: Val, weights: Val, outer: int, depth: int, rank: int) -> Val:
    weighted = va.mul(value, va.widen(weights, rank))
    for axis in range(depth, outer, -1):
        weighted = va.total(weighted, axis)
    return weighted
