"""Infinite sums and products of scalars: geometric tails are bounded, slower sums transformed (Levin's u, 1973).

A sum whose terms fall no faster than 1/n, or do not alternate and fall, has no value, nor has one whose transform
disagrees with what the last term says of the rest. The stated error of a transformed
sum is four times the change over the last two orders, plus what rounding does to the transform; the best order counts.
"""

import numpy as np
from scipy.special import binom

from proofweave.check.evaluate import EPS, Array, Env, Val, ev
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, is_number, refuse_if
from proofweave.core import say

TERMS = 300
ORDERS = range(6, 15)
SLOWEST = 1.05  # of the terms, as a power of 1/n
FASTEST = 12.0
CLOSE = 1e-7
NOTHING = 1e-150  # a term that is followed by exact zeros because it fell so far


def endless(node: Node) -> bool:
    """Tell whether a sum or product runs to infinity."""
    hi = node.args[1]
    return hi.op == "constant" and bool(np.isinf(hi.data))


def series(node: Node, env: Env) -> Val:
    """Return an infinite sum or product of scalars."""
    lo, _, condition, body = node.args[:4]
    refuse_if(node.type.rank or not is_number(condition, 1), "evaluate.series", node.at)
    first = ev(lo, env).v
    refuse_if(first.size > 1 and np.ptp(first), "evaluate.series-start", node.at)
    inner = env.child((id(lo), "endless"), TERMS)
    inner.bind(node.data, inner.index_axis(float(first.flat[0]) + np.arange(TERMS)))
    found = ev(body, inner)
    shape = (*found.v.shape[:-1], TERMS)
    va.afford(*shape)
    value = va.spread(found, shape)
    return _summed(value, env) if node.op == "sum" else _multiplied(value, env)


def _multiplied(value: Val, env: Env) -> Val:
    """Return an infinite product through the sum of its logarithms; a factor that is 0 makes it 0."""
    refuse_if(np.iscomplexobj(value.v), "evaluate.series")
    size = np.abs(value.v)
    logs = np.log(np.where(size > value.e, size, np.nan))
    error = value.e / np.maximum(size - value.e, np.finfo(float).tiny) + EPS * np.abs(logs)
    whole = va.exp(_summed(Val(logs, error), env))
    gone = ((value.v == 0) & (value.e == 0)).any(axis=-1)
    late = (value.v[..., TERMS // 2 :] < 0).any(axis=-1)  # signs that go on to turn: there is no product
    signed = np.where(late, np.nan, np.prod(np.sign(value.v), axis=-1)) * whole.v
    return Val(np.where(gone, 0.0, signed), np.where(gone, 0.0, whole.e))


def _summed(value: Val, env: Env) -> Val:
    """Return the sum of all terms, of which these are the first."""
    v = np.where(np.isfinite(value.v), value.v, np.nan)
    # terms such as x^k/k! end as 0/inf; what follows an exact 0 is 0 where the terms before it fell to nothing
    before = np.abs(v[..., :-1])
    died = np.zeros(v.shape, dtype=bool)
    died[..., 1:] = (v[..., 1:] == 0) & (before > 0) & (before < NOTHING)
    late_zero = (v == 0) & (np.arange(TERMS) > TERMS // 4)
    gone = np.maximum.accumulate(late_zero & np.maximum.accumulate(died, axis=-1), axis=-1)
    v = np.where(gone, 0.0, v)
    error = np.where(gone, 0.0, value.e)
    terms = np.abs(v)
    out = va.total(Val(v, error), -1)
    late, later = terms[..., -60:-30].max(axis=-1), terms[..., -30:].max(axis=-1)
    ratio = np.where(late > 0, (later / np.where(late > 0, late, 1.0)) ** (1 / 30), 0.0)
    tail = np.where(later > 0, later * ratio / np.maximum(1 - ratio, 1e-3), 0.0)
    fast = (ratio < 0.97) & (tail <= 1e-10 * (1 + np.abs(out.v)))
    if fast.all():
        return Val(out.v, out.e + tail)
    if np.iscomplexobj(v):
        return Val(np.where(fast, out.v, np.nan), out.e + tail)
    slow = _levin(v, error)
    known = fast | np.isfinite(slow.v)
    if not known.any():
        env.notes[say("evaluate.slow-series")] = None
    return Val(np.where(fast, out.v, slow.v), np.where(fast, out.e + tail, slow.e))


def _levin(v: Array, error: Array) -> Val:
    """Return the transformed sums; NaN where the terms fall too slowly or the orders do not agree."""
    sums = np.cumsum(v, axis=-1)
    half, last = np.abs(v[..., TERMS // 2 - 1]), np.abs(v[..., -1])
    with np.errstate(all="ignore"):
        speed = np.log2(half / last)
    one_sign = (v[..., 20:] > 0).all(axis=-1) | (v[..., 20:] < 0).all(axis=-1)
    turning = (np.sign(v[..., 21:]) == -np.sign(v[..., 20:-1])).all(axis=-1)
    # a term near 0 would pin every order to one partial sum, so the terms used must fall steadily
    steady = (np.abs(v[..., 1 : 2 + ORDERS[-1]]) < np.abs(v[..., : 1 + ORDERS[-1]])).all(axis=-1)
    falls = steady & ((one_sign & (speed > SLOWEST) & (speed < FASTEST)) | (turning & (speed > 0.05)))
    found, noises = [], []
    for order in ORDERS:
        n = np.arange(order + 1)
        weights = (-1.0) ** n * binom(order, n) * ((1.0 + n) / (1.0 + n[-1])) ** (order - 1)
        parts = weights / ((1.0 + n) * np.where(v[..., n] == 0, np.nan, v[..., n]))
        below = parts.sum(axis=-1)
        above = (parts * sums[..., n]).sum(axis=-1)
        found.append(above / below)
        blur = EPS * np.abs(sums[..., n]) + np.cumsum(np.broadcast_to(error, v.shape), axis=-1)[..., n]
        noises.append(4 * (np.abs(parts) * blur).sum(axis=-1) / np.abs(below))
    orders = np.stack(found)
    moves = np.abs(np.diff(orders, axis=0))
    change = 4 * np.maximum(moves[1:], moves[:-1]) + np.stack(noises)[2:]
    change = np.where(np.isfinite(change), change, np.inf)
    pick = change.argmin(axis=0)[None]
    best = np.take_along_axis(orders[2:], pick, axis=0)[0]
    error = np.take_along_axis(change, pick, axis=0)[0]
    # what is left after the last term: about a n/(p − 1) for terms like n^−p, less than it for alternating ones
    left = np.abs(best - sums[..., -1])
    about = last * TERMS / np.maximum(speed - 1, 1e-3)
    plausible = np.where(one_sign, (left > about / 2) & (left < 2 * about), left < last)
    good = falls & plausible & np.isfinite(best) & (error <= CLOSE * (1 + np.abs(best)))
    return Val(np.where(good, best, np.nan), np.where(good, error, np.nan))
