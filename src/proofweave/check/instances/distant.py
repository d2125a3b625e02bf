"""Values far from where symbols are usually drawn: of extreme size, next to the ends of a domain, almost a vertex."""

import numpy as np

from proofweave.check.evaluate import Array, Env, ev
from proofweave.check.language import Symbol

DECADES = 12.0
ENTRIES = 5.0
SCALED = frozenset(("scalar", "vector", "matrix", "positive", "nonneg", "symmetric", "psd", "spd", "diagonal"))
APART = frozenset(("scalar", "vector", "matrix", "positive", "nonneg"))


def distant(symbol: Symbol, value: Array, env: Env, rng: np.random.Generator) -> Array:
    """Return drawn values moved far out; half of the instances keep theirs, so that one symbol may be far alone."""
    domain: str = symbol.data["domain"]
    if domain == "interval":
        moved = _towards_an_end(symbol, value, env, rng)
    elif domain == "simplex":
        shares = 10.0 ** -rng.uniform(0, DECADES, size=value.shape)
        moved = shares / shares.sum(axis=-1, keepdims=True)
    elif domain in SCALED:
        moved = value * _powers(DECADES, (len(value), *(1,) * (value.ndim - 1)), rng)
        if domain in APART and value.ndim > 1:
            uneven = _chosen(value, rng, 0.3)
            moved = np.where(uneven, value * _powers(ENTRIES, value.shape, rng), moved)
    else:
        return value
    return np.asarray(np.where(_chosen(value, rng, 0.6), moved, value))


def rare(batch: int, count: int, rng: np.random.Generator) -> Array:
    """Return weights of outcomes, some of which hardly ever happen; equal ones for half of the instances."""
    shares = np.where(rng.random((batch, 1)) < 0.5, 10.0 ** -rng.uniform(0, DECADES, size=(batch, count)), 1.0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _powers(decades: float, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    return np.asarray(10.0 ** rng.uniform(-decades, decades, size=shape))


def _chosen(value: Array, rng: np.random.Generator, share: float) -> Array:
    """Return for each instance whether it is chosen."""
    return np.asarray(rng.random((len(value), *(1,) * (value.ndim - 1))) < share)


def _towards_an_end(symbol: Symbol, value: Array, env: Env, rng: np.random.Generator) -> Array:
    """Return values of an interval next to its finite ends, or far out towards an infinite one."""
    wide = (slice(None), *(None,) * (value.ndim - 1))
    lo, hi = (np.broadcast_to(ev(symbol.data[end], env).v[wide], value.shape) for end in ("lo", "hi"))
    part = 10.0 ** -rng.uniform(0.5, DECADES, size=value.shape)
    far = _powers(DECADES, value.shape, rng)
    low = rng.random(value.shape) < 0.5
    with np.errstate(invalid="ignore"):
        inside = np.where(low, lo + (hi - lo) * part, hi - (hi - lo) * part)
        below, above = np.isinf(lo), np.isinf(hi)
        inside = np.where(above & ~below, lo + (value - lo) * far, inside)
        inside = np.where(below & ~above, hi - (hi - value) * far, inside)
        inside = np.where(below & above, value * far, inside)
    return np.where((inside > lo) & (inside < hi), inside, value)
