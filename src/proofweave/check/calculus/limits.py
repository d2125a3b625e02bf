"""Limits by extrapolation: values at distances that halve, and Wynn's ε-algorithm (1956), which is exact for sums of
powers of the distance. The stated error is four times the last changes and what rounding does to the values; where that
is not small, or the two sides disagree, there is no limit that can be told."""

import numpy as np

from proofweave.check.calculus.tangent import RULES, Tangent
from proofweave.check.evaluate import Array, Env, Val, ev, rule
from proofweave.check.language import Approach, CheckError, Node, OutOfTime
from proofweave.core import say

TERMS = 15
FIRST = 2
LEAST = 6
CLOSE = 1e-6
FAINT = 1e-9
FURTHEST, STRIDE = 160, 8  # how far values are looked at beyond the terms, in powers of two
TINY = 1e-280
STILL = 1e-12


@rule("limit")
def _limit(node: Node, env: Env) -> Val:
    approach: Approach = node.data
    target = ev(node.args[0], env)
    sides = [-1, 1] if approach.side == 0 else [approach.side]
    found = [_towards(node, env, target, side) for side in sides]
    if len(found) == 1:
        return found[0]
    below, above = found
    apart = np.abs(above.v - below.v) > above.e + below.e
    if apart.any():
        env.notes[say("evaluate.limit-sides")] = None
    return Val(np.where(apart, np.nan, above.v), above.e)


def _towards(node: Node, env: Env, target: Val, side: int) -> Val:
    v, e = _along(node, env, target, side, 2.0 ** np.arange(FIRST, FIRST + TERMS))
    out, error = _trusted(v, e)
    good = np.isfinite(out) & (error <= CLOSE * (1 + np.abs(out)))
    if good.any():
        good &= _goes_on(node, env, target, side, out, error)
    if not good.any():
        env.notes[say("evaluate.limit-unsettled")] = None
    return Val(np.where(good, out, np.nan), np.where(good, error, np.nan))


def _along(node: Node, env: Env, target: Val, side: int, powers: Array) -> tuple[Array, Array]:
    """Return the values and error bounds at distances 1/powers, or at those numbers on the way to infinity."""
    approach: Approach = node.data
    end = target.v[..., None]
    far = powers + (side > 0)  # even and odd numbers on the way to infinity, as both sides elsewhere
    points = np.where(np.isinf(end), np.sign(end) * far, np.where(np.isinf(end), 0.0, end) + side / powers)
    inner = env.child((id(node), side, len(powers)), len(powers))
    blur = np.where(np.isfinite(end), target.e[..., None], 0.0)
    inner.bind(approach.symbol, Val(points, np.broadcast_to(blur, points.shape)))
    value = ev(node.args[1], inner)
    axis = inner.depth
    lead = np.broadcast_shapes(value.v.shape[: axis + 1], (*points.shape[:-1], len(powers)))
    shape = (*lead, *value.v.shape[axis + 1 :])
    v, e = (np.moveaxis(np.broadcast_to(part, shape), axis, -1) for part in value)
    return v, e


def _goes_on(node: Node, env: Env, target: Val, side: int, out: Array, error: Array) -> Array:
    """Tell where the values come nearer the limit far beyond the terms used, as far as rounding lets them be told."""
    try:
        v, e = _along(node, env, target, side, 2.0 ** np.arange(FIRST + TERMS - 1, FURTHEST, STRIDE))
    except OutOfTime:
        raise
    except CheckError:  # a range of so many terms cannot be gone through
        return np.ones(out.shape, dtype=bool)
    gap = np.abs(v - out[..., None])
    noise = 8 * e + error[..., None]
    told = np.isfinite(gap) & np.isfinite(noise)
    steps = gap[..., 1:] <= gap[..., :-1] / 2 + noise[..., 1:] + noise[..., :-1]
    return np.asarray((steps | ~(told[..., 1:] & told[..., :-1])).all(axis=-1))


def _trusted(v: Array, e: Array) -> tuple[Array, Array]:
    """Return the limits from those terms of each sequence after which rounding or overflow leaves nothing to trust."""
    told = np.isfinite(v) & (e <= FAINT * (1 + np.abs(v)))
    counts = np.where(told.any(axis=-1), v.shape[-1] - np.argmax(told[..., ::-1], axis=-1), v.shape[-1])
    counts = np.maximum(counts, LEAST)
    out, error = (np.full(counts.shape, np.nan) for _ in range(2))
    for count in np.unique(counts):
        limit, change = _extrapolated(v[..., :count], e[..., :count])
        out, error = (np.where(counts == count, new, old) for new, old in ((limit, out), (change, error)))
    return out, error


def _extrapolated(v: Array, e: Array) -> tuple[Array, Array]:
    """Return the ε-algorithm's limits of sequences along the last axis, with their errors."""
    v, e = _held(v, e)
    before, now = np.zeros((*v.shape[:-1], v.shape[-1] + 1)), v
    bests, changes = [v[..., -1]], [4 * np.abs(v[..., -1] - v[..., -2])]
    for column in range(1, v.shape[-1] - 1):
        step = now[..., 1:] - now[..., :-1]
        settled = np.abs(step) < TINY
        after = before[..., 1:-1] + 1 / np.where(settled, np.nan, step)
        before, now = now, after
        if column % 2 == 0 and now.shape[-1] >= 2:
            bests.append(now[..., -1])
            moved = np.maximum(np.abs(now[..., -1] - now[..., -2]), np.abs(now[..., -1] - bests[-2]))
            changes.append(4 * moved)
    # a sequence that stands still is its own limit
    best, change = np.stack(bests), np.stack(changes)
    change = np.where(np.isfinite(change) & np.isfinite(best), change, np.inf)
    pick = change.argmin(axis=0)[None]
    noise = 32 * e[..., -4:].max(axis=-1)
    return np.take_along_axis(best, pick, axis=0)[0], np.take_along_axis(change, pick, axis=0)[0] + noise


def _held(v: Array, e: Array) -> tuple[Array, Array]:
    """Let a sequence that had come to a stand keep its value where it overflows after."""
    last = np.isfinite(v) & np.isfinite(e)
    count = np.where(last.all(axis=-1), v.shape[-1], last.argmin(axis=-1))[..., None]
    end = np.maximum(count - 1, 0)
    value, before = (np.take_along_axis(v, np.maximum(end - back, 0), axis=-1) for back in (0, 1))
    still = (count > 3) & (np.abs(value - before) <= STILL * np.abs(value))
    beyond = still & (np.arange(v.shape[-1]) >= count)
    return np.where(beyond, value, v), np.where(beyond, np.take_along_axis(e, end, axis=-1), e)


@rule("stopped")
def _stopped(node: Node, env: Env) -> Val:
    return ev(node.args[0], env)


@RULES("stopped")
def _no_slope(t: Tangent, node: Node) -> None:
    return None
