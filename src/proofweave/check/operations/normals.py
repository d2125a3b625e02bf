"""Normal values by their standard points, on which means of polynomials up to some degree are exact sums."""

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from proofweave.check.evaluate import EPS, Array, Env, Val, ev
from proofweave.check.evaluate import values as va
from proofweave.check.language import CheckError, Symbol, refuse_if

MOST_POINTS = 20_000
SPREADS = np.array([0.3, 1.0, 3.0, 10.0])
"""How far out the outcomes lie at which an equality of random values is looked at; each has its mirror image."""


def is_normal(symbol: Symbol) -> bool:
    """Tell whether a symbol is a normal number or vector, or a family of independent ones."""
    return symbol.role == "law" and symbol.data["law"].name == "N"


def standard(n: int, degree: int) -> tuple[Array, Array]:
    """Return points in R^n and weights by which standard normal means of polynomials of a degree are exact."""
    if degree <= 1:
        return np.zeros((1, n)), np.ones(1)
    if degree <= 3:
        va.afford(2 * n, n)
        arms = np.sqrt(n) * np.eye(n)
        return np.concatenate([arms, -arms]), np.full(2 * n, 0.5 / n)
    count = degree // 2 + 1
    if count**n > MOST_POINTS:
        raise CheckError("evaluate.law-dimensions", count=n, degree=degree)
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    grid = np.array(list(product(nodes, repeat=n)))
    return grid, np.array([prod(w) for w in product(weights / weights.sum(), repeat=n)])


def scattered(n: int, seed: int) -> Array:
    """Return some points in R^n, near and far, always the same ones."""
    points = SPREADS[:, None] * np.random.default_rng(seed).normal(size=(len(SPREADS), n))
    return np.concatenate([points, -points])


def shape_of(symbol: Symbol, env: Env) -> tuple[int, ...]:
    """Return the lengths of a symbol's axes, those of its members first."""
    members = (env.size(hole.hi) - env.size(hole.lo) + 1 for hole in symbol.holes)
    return (*members, *env.shape(symbol.type))


def placed(symbol: Symbol, z: Array, env: Env) -> Val:
    """Return the values of a normal symbol at standard points (J, n): shape (lead…, J, *members, *axes)."""
    mean, covariance = parameters(symbol, env)
    shape = shape_of(symbol, env)
    lead = np.broadcast_shapes(mean.v.shape[: 1 + env.depth], covariance.v.shape[: 1 + env.depth])
    steps = z.reshape(len(z), *shape)
    va.afford(*lead, *steps.shape)
    if symbol.type.rank:
        root, blur = _root(covariance)
        moved = np.einsum("...ij,k...j->...ki" if not symbol.holes else "...mij,kmj->...kmi", root, steps)
        size = np.abs(root).max(axis=(-1, -2)) * np.abs(z).max()
        spread = (64 * EPS * size + blur)[..., None]
    else:
        rough = np.where(covariance.v >= 0, covariance.v, np.nan)
        root, blur = va.sqrt(Val(rough, covariance.e))
        moved = root[..., None] * steps if not symbol.holes else root[..., None, :] * steps
        spread = 4 * EPS * np.abs(root) * np.abs(z).max() + blur * np.abs(z).max()
    points_axis = 1 + env.depth
    centre, near = (np.expand_dims(part, points_axis) for part in (mean.v, np.broadcast_to(mean.e, mean.v.shape)))
    v = centre + moved
    e = near + np.expand_dims(spread, points_axis) + EPS * np.abs(v)
    return Val(v, np.broadcast_to(e, v.shape))


def over_members(symbol: Symbol, env: Env) -> Env:
    """Return the state in which a family's indices run over its members, an axis each."""
    inner = env
    for hole, index in zip(symbol.holes, symbol.data.get("indices", ()), strict=False):
        count = env.size(hole.hi) - env.size(hole.lo) + 1
        inner = inner.child((symbol.name, hole.token), count)
        inner.bind(index, inner.index_axis(env.size(hole.lo) + np.arange(count)))
    return inner


def parameters(symbol: Symbol, env: Env) -> tuple[Val, Val]:
    """Return the mean (lead…, *members, *axes) and the covariance (lead…, *members, *axes, *axes) of a symbol."""
    inner = over_members(symbol, env)
    rank = symbol.type.rank
    mean, covariance = (ev(param, inner) for param in symbol.data["law"].params)
    lead = (*mean.v.shape[: 1 + env.depth], *inner.axes[env.depth :])
    mean = va.spread(mean, (*lead, *mean.v.shape[mean.v.ndim - rank :]))
    lead = (*covariance.v.shape[: 1 + env.depth], *inner.axes[env.depth :])
    return mean, va.spread(covariance, (*lead, *covariance.v.shape[covariance.v.ndim - 2 * rank :]))


def _root(covariance: Val) -> tuple[Array, Array]:
    """Return square roots of covariance matrices and how far rounding of these moves them."""
    spectrum, vectors = np.linalg.eigh(np.where(np.isfinite(covariance.v), covariance.v, 0.0))
    scale = np.abs(spectrum).max(axis=-1)
    skew = np.abs(covariance.v - np.swapaxes(covariance.v, -1, -2)).max(axis=(-1, -2))
    refuse_if((spectrum < -1e-9 * scale[..., None]).any() or (skew > 1e-9 * scale).any(), "evaluate.law-covariance")
    root = vectors * np.sqrt(np.maximum(spectrum, 0.0))[..., None, :]
    error = np.abs(np.broadcast_to(covariance.e, covariance.v.shape)).max(axis=(-1, -2)) + 64 * EPS * scale
    # of a matrix far from singular the root moves by error/√λ, else by its root
    least = np.sqrt(np.maximum(spectrum[..., 0], 0.0))
    blur = np.minimum(np.sqrt(error), error / np.where(least > 0, least, np.finfo(float).tiny))
    root = np.where(np.isfinite(covariance.v), root, np.nan)
    return root, blur


def bound(symbols: Sequence[Symbol], z: Array, env: Env, stamp: object) -> Env:
    """Return the state in which normal symbols run together over standard points on a new axis."""
    inner = env.child(stamp, len(z))
    place = 0
    for symbol in symbols:
        count = prod(shape_of(symbol, env))
        inner.bind(symbol, placed(symbol, z[:, place : place + count], env))
        place += count
    return inner
