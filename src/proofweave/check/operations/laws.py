"""Named laws as finite supports: exact for what is discrete, for Poisson up to a tail of 1e-20, of normal values some
outcomes; and the divergence of two points of a simplex."""

from math import prod
from zlib import crc32

import numpy as np
from scipy.special import gammaln

from proofweave.check.evaluate import EPS, Array, Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import CheckError, Node, Symbol, refuse_if
from proofweave.check.operations import normals

MOST_COUNT = 400
MOST_RATE = 50.0  # of Poisson's law; where it is larger there is no value


def finite_family(symbol: Symbol) -> bool:
    """Tell whether a symbol is a family of independent values of a finite law."""
    return bool(symbol.holes) and symbol.data["law"].name != "N"


def outcomes(symbol: Symbol, env: Env) -> tuple[Val, Val]:
    """Return outcomes (batch, J, *shape) and weights (batch, J); of a family those of each: (batch, members, J)."""
    law = symbol.data["law"]
    root = env.root()
    if law.name == "N":
        z = normals.scattered(prod(normals.shape_of(symbol, root)), crc32(symbol.name.encode()))
        return normals.placed(symbol, z, root), va.exact(np.full((1, len(z)), 1 / len(z)))
    root = normals.over_members(symbol, root)
    params = [ev(param, root) for param in law.params]
    if law.name == "Rademacher":
        return va.exact(np.array([[-1.0, 1.0]])), va.exact(np.full((1,) * (1 + root.depth) + (2,), 0.5))
    if law.name == "Bernoulli":
        p = params[0]
        _within(symbol, p.v, 0.0, 1.0)
        both = np.stack([1 - p.v, p.v], axis=-1)
        return va.exact(np.array([[0.0, 1.0]])), Val(both, np.stack([p.e + EPS, p.e], axis=-1))
    if law.name == "Poisson":
        return _poisson(symbol, params[0])
    if law.name == "Binomial":
        return _binomial(symbol, params[0], params[1])
    if law.name == "Categorical":
        (weights,) = params
        refuse_if(weights.v.ndim != 2 + root.depth, "evaluate.law-categorical", name=symbol.name)
        return va.exact(1.0 + np.arange(weights.v.shape[-1])[None]), weights
    raise CheckError("evaluate.law-values", name=symbol.name)


def _within(symbol: Symbol, value: Array, lo: float, hi: float) -> None:
    if not ((value >= lo) & (value <= hi)).all():
        raise CheckError("evaluate.law-parameter", name=symbol.name)


def _poisson(symbol: Symbol, rate: Val) -> tuple[Val, Val]:
    fit = (rate.v > 0) & (rate.v <= MOST_RATE)
    if not fit.any():
        raise CheckError("evaluate.law-parameter", name=symbol.name)
    rate = Val(np.where(fit, rate.v, np.nan), rate.e)
    top = np.nanmax(rate.v)
    k = np.arange(int(top + 14 * np.sqrt(top) + 40))
    logs = k * np.log(rate.v)[..., None] - rate.v[..., None] - gammaln(k + 1)
    weights = np.exp(logs)
    error = weights * (EPS * (8 + np.abs(k * np.log(rate.v)[..., None]) + gammaln(k + 1)) + rate.e[..., None])
    return va.exact(k[None].astype(float)), Val(weights, error)


def _binomial(symbol: Symbol, count: Val, p: Val) -> tuple[Val, Val]:
    _within(symbol, p.v, 0.0, 1.0)
    n = count.v[..., None]
    if (n != np.rint(n)).any() or n.min() < 0 or n.max() > MOST_COUNT:
        raise CheckError("evaluate.law-parameter", name=symbol.name)
    k = np.arange(int(n.max()) + 1)
    left = np.maximum(n - k, 0)
    choose = np.exp(gammaln(n + 1) - gammaln(k + 1) - gammaln(left + 1))
    q = p.v[..., None]
    weights = np.where(k <= n, choose * q**k * (1 - q) ** left, 0.0)
    error = weights * EPS * (64 + 4 * n * np.log(n + 2)) + n * p.e[..., None]
    return va.exact(k[None].astype(float)), Val(weights, error)


@rule("kl")
def _divergence(node: Node, env: Env) -> Val:
    """Return Σ p log(p/q) with 0 log 0 = 0; without a value where q is 0 and p is not."""
    p, q = (ev(arg, env) for arg in node.args)
    safe = np.where(p.v == 0, 1.0, p.v)
    terms = p.v * np.log(safe / np.where(p.v == 0, 1.0, q.v))
    relative = p.e / np.abs(safe) + q.e / np.where(q.v == 0, 1.0, np.abs(q.v)) + 3 * EPS
    error = np.abs(p.v) * relative + p.e * np.abs(np.log(safe / np.where(q.v == 0, safe, q.v))) + EPS * np.abs(terms)
    return va.total(Val(terms, np.broadcast_to(error, terms.shape)), -1)
