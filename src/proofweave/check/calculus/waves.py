"""Integrals over a half-line of what waves: one half-wave after the other, their alternating sum accelerated.

The weights are those of Cohen, Rodriguez Villegas and Zagier (2000), whose error falls like 5.8⁻ⁿ for terms that fall
smoothly; the stated error is the change from fewer terms, and what fewer nodes in each half-wave say.
"""

import numpy as np

from proofweave.check.evaluate import EPS, Array, Env, Val, ev
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node
from proofweave.check.operations import spread

FEWER, TERMS = 18, 26
NODES = (24, 16)
CLOSE = 1e-7
FALLEN = 0.9  # of a half-wave to one half as far out


def half_waves(node: Node, env: Env, lo: Array, rate: Array) -> Val:
    """Return an integral from a bound to infinity, of an integrand that waves at some rate; NaN where it does not."""
    at, weights = zip(*(np.polynomial.legendre.leggauss(count) for count in NODES), strict=True)
    width = np.pi / np.abs(rate)
    shape = np.broadcast_shapes(lo.shape, width.shape)
    lo, width = (np.broadcast_to(x, shape)[..., None, None] for x in (lo, width))
    inside = np.concatenate([(1 + x) / 2 for x in at])
    points = lo + width * (np.arange(TERMS)[:, None] + inside)
    count = TERMS * len(inside)
    inner = env.child((id(node), "waves"), count)
    flat = points.reshape((*shape, count))
    va.afford(*flat.shape)
    inner.bind(node.data, Val(flat, EPS * np.abs(flat)))
    value = spread(ev(node.args[2], inner), inner, None, 0.0, 0)
    cut = (*value.v.shape[:-1], TERMS, len(inside))
    v, e = (np.broadcast_to(part, value.v.shape).reshape(cut) for part in value)
    high, low = ((part * w / 2).sum(axis=-1) * width[..., 0] for part, w in zip(_parts(v), weights, strict=True))
    noise = (_parts(e)[0] * weights[0] / 2).sum(axis=-1) * width[..., 0]
    whole, less = _accelerated(high, TERMS), _accelerated(high, FEWER)
    error = 8 * np.abs(whole - less) + 8 * np.abs(high - low).sum(axis=-1) + 4 * noise.sum(axis=-1)
    size = np.abs(high).max(axis=-1)
    falls = np.abs(high[..., -1]) <= FALLEN * np.abs(high[..., TERMS // 2 - 1])  # else the integral has no value
    return Val(np.where(falls & (error <= CLOSE * size), whole, np.nan), error + 64 * EPS * size)


def _parts(values: Array) -> tuple[Array, Array]:
    return values[..., : NODES[0]], values[..., NODES[0] :]


def _accelerated(terms: Array, count: int) -> Array:
    """Return the sum of all terms of an alternating series from some of them."""
    d = (3 + np.sqrt(8.0)) ** count
    d = (d + 1 / d) / 2
    b, c, out = -1.0, -d, np.zeros(terms.shape[:-1])
    for k in range(count):
        c = b - c
        out = out + c * terms[..., k] * (-1.0) ** k
        b = (k + count) * (k - count) * b / ((k + 0.5) * (k + 1))
    return np.asarray(out / d)
