"""Random values on finite supports, so that expectations are exact sums."""

from math import log

import numpy as np

from proofweave.check.evaluate import EPS, Array, Env, Val, afford
from proofweave.check.evaluate import values as va
from proofweave.check.language import Symbol, TooLarge, refuse_if
from proofweave.check.operations import laws

MOST_OUTCOMES = 20_000


def draw(
    symbol: Symbol, points: Array, rng: np.random.Generator, mean: Array | None, weights: Array | None
) -> tuple[Array, Array, Array]:
    """Return support points of the wanted mean (batch, support, …), weights (batch, support), the points' error."""
    batch, support = points.shape[:2]
    domain = symbol.data["domain"]
    kind = np.asarray(rng.random(batch))
    error = np.zeros(points.shape)
    if weights is None:
        weights = rng.exponential(size=(batch, support)) + 0.05
        equal = np.asarray(rng.random(batch)) < (1.0 if symbol.data["uniform"] else 0.3)
        weights = np.where(equal[:, None], 1.0, weights)
        if not symbol.data["uniform"] and support > 1:
            half = np.arange(support) % 2 == 0
            balanced = np.where(half, 1.0 / half.sum(), 1.0 / (~half).sum())
            weights = np.where((kind < 0.2)[:, None], balanced, weights)
            weights, points = _rare(weights, points, domain, kind, rng)
        weights = weights / weights.sum(axis=1, keepdims=True)
    # two points of equal weight are where moment bounds are tight, one point where a variance is 0
    two = points[:, :1] * np.where(np.arange(support) % 2, -1.0, 1.0).reshape((1, -1) + (1,) * (points.ndim - 2))
    wide = (slice(None), *(None,) * (points.ndim - 1))
    if domain in ("scalar", "vector", "matrix"):
        points = np.where((kind < 0.2)[wide], two, points)
    points = np.where(((kind > 0.2) & (kind < 0.24))[wide], points[:, :1], points)
    if mean is not None:
        refuse_if(domain not in ("scalar", "vector", "matrix", "symmetric"), "evaluate.mean", domain=domain)
        shares = weights.reshape(weights.shape + (1,) * (points.ndim - 2))
        spread = np.abs(points).max(axis=tuple(range(1, points.ndim)), keepdims=True) + np.abs(mean[:, None])
        error = 8 * EPS * np.broadcast_to(spread, points.shape)
        points = points - (shares * points).sum(axis=1, keepdims=True) + mean[:, None]
    return points, weights, error


def _rare(weights: Array, points: Array, domain: str, kind: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Give some instances one outcome that is rare and, where the domain allows, large; the others small or alike."""
    rare = kind > 0.9
    share = 10 ** rng.uniform(-6, -1, size=len(kind))
    weights = np.where(rare[:, None], np.where(np.arange(weights.shape[1]) == 0, share[:, None], 1.0), weights)
    if domain in ("scalar", "vector", "matrix", "positive", "nonneg"):
        factor = np.where(rare, 10 ** rng.uniform(0, 3, size=len(kind)), 1.0).reshape((-1,) + (1,) * (points.ndim - 2))
        points = points.copy()
        points[:, 0] *= factor
        calm = ((kind > 0.95) & (domain in ("scalar", "vector", "matrix"))).reshape((-1,) + (1,) * (points.ndim - 1))
        points[:, 1:] = np.where(calm, 0.0, points[:, 1:])
    return weights, points


def outcomes(symbol: Symbol, env: Env) -> tuple[Val, Val]:
    """Return a random symbol's joint outcomes and their weights: (batch, J, *members, *shape) and (batch, J)."""
    if symbol.role == "law":
        points, weights = laws.outcomes(symbol, env)
        return _together(symbol, points, weights, env) if laws.finite_family(symbol) else (points, weights)
    parent: Symbol | None = symbol.data.get("parent")
    source = parent or symbol
    key = source
    refuse_if(key not in env.values, "evaluate.no-support", name=symbol.name)
    points = env.values[key]
    weights = env.values[source.data["weights_symbol"]]
    if parent is None:
        return points, weights
    return _together(symbol, points, weights.through(lambda part: part[:, None]), env)


def _together(symbol: Symbol, points: Val, weights: Val, env: Env) -> tuple[Val, Val]:
    """Return the joint outcomes of independent members with the same points, and weights (batch, members, support)."""
    hole = symbol.holes[0]
    copies = env.size(hole.hi) - env.size(hole.lo) + 1
    support = points.v.shape[1]
    if copies * log(support) > log(MOST_OUTCOMES):
        raise TooLarge("evaluate.draws", copies=copies, support=support, count=f"{support}^{copies}")
    count = support**copies
    table = np.stack(np.meshgrid(*([np.arange(support)] * copies), indexing="ij"), axis=-1).reshape(count, copies)
    afford(points.v.shape[0], count, copies, *points.v.shape[2:])
    joint = points.v[:, table]
    each = va.spread(weights, (weights.v.shape[0], copies, support))
    member = np.arange(copies)
    product = each.v[:, member, table].prod(axis=-1)
    blur = np.broadcast_to(each.e, each.v.shape)[:, member, table].sum(axis=-1)  # no weight is above 1
    error = np.broadcast_to(points.e, points.v.shape)[:, table]
    return Val(joint, error), Val(product, 1e-16 * copies * product + blur)
