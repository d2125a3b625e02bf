"""Functions of one number on a bounded interval: a grid, and finer ones around its three best places."""

import numpy as np

from proofweave.check.evaluate import EPS, Array
from proofweave.check.optimum.region import Objective, Region, Solution

GRID = 96
BEST = 3
FINER = np.linspace(-1.0, 1.0, 7)
ROUNDS = 14
ALIKE = 1e-6  # of the interval: places nearer than that are one
LEVEL = 1e-9


def solve(objective: Objective, region: Region, lead: tuple[int, ...]) -> Solution | None:
    """Return the least value found on an interval with both ends; None for other regions."""
    if region.domain != "interval" or region.bounds is None or region.shape:
        return None
    lo, hi = (np.broadcast_to(bound, lead) for bound in region.bounds)
    if not (np.isfinite(lo).all() and np.isfinite(hi).all()):
        return None
    places = np.broadcast_to(np.linspace(0.0, 1.0, GRID + 1), (*lead, GRID + 1))
    values = _at(objective, places, lo, hi)
    low = _valleys(values)
    order = np.argsort(np.where(low, values, np.inf), axis=-1)[..., :BEST]
    place, value = (np.take_along_axis(x, order, axis=-1) for x in (places, values))
    value = np.where(np.take_along_axis(low, order, axis=-1), value, np.inf)
    width, before = 1.0 / GRID, value
    for _ in range(ROUNDS):
        place, before, value = _closer(objective, place, value, width, lo, hi)
        width /= 3
    pick = value.argmin(axis=-1)[..., None]
    best, at, last = (np.take_along_axis(x, pick, axis=-1)[..., 0] for x in (value, place, before))
    scale = np.where(np.isfinite(values), np.abs(values), 0.0).max(axis=-1)
    noise = 16 * EPS * scale + 4 * np.abs(last - best)
    tied = value - best[..., None] <= (LEVEL * scale + noise)[..., None]
    apart = np.abs(place - at[..., None]) > ALIKE
    told = np.isfinite(best) & ~(tied & apart).any(axis=-1)
    point = np.where(told, lo + (hi - lo) * at, np.nan)
    error = np.sqrt(EPS) * 64 * (hi - lo)
    return Solution(point[..., None], error[..., None], np.where(np.isfinite(best), best, np.nan), noise)


def _valleys(values: Array) -> Array:
    """Tell where no neighbour is lower."""
    beyond = np.full((*values.shape[:-1], 1), np.inf)
    wide = np.concatenate([beyond, values, beyond], axis=-1)
    return np.asarray((values <= wide[..., :-2]) & (values <= wide[..., 2:]))


def _at(objective: Objective, places: Array, lo: Array, hi: Array) -> Array:
    found = objective((lo[..., None] + (hi - lo)[..., None] * places)[..., None])
    return np.where(np.isfinite(found), found, np.inf)


def _closer(
    objective: Objective, place: Array, value: Array, width: float, lo: Array, hi: Array
) -> tuple[Array, Array, Array]:
    """Return the best of some places around each, the values before, and the values there."""
    tried = np.clip(place[..., None] + width * FINER, 0.0, 1.0)
    found = _at(objective, tried.reshape((*place.shape[:-1], -1)), lo, hi).reshape(tried.shape)
    pick = found.argmin(axis=-1)[..., None]
    better, there = (np.take_along_axis(x, pick, axis=-1)[..., 0] for x in (found, tried))
    return np.where(better < value, there, place), value, np.minimum(better, value)
