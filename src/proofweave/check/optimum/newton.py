"""Smooth objectives: damped Newton from several starts, in coordinates that keep to the domain."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from proofweave.check.calculus import differences
from proofweave.check.evaluate import EPS, MOST_CELLS, Array
from proofweave.check.language import CheckError, refuse_if
from proofweave.check.optimum.region import Objective, Region, Slopes, Solution

ROUNDS = 30
MOST = 24
STEP = 4e-3
CROSS = 2e-3
FLAT = 1e-8
FAR = 30.0
SPREADS = (0.7, 2.0)  # of the starts beside 0
LENGTHS = np.array([1.0, 0.5, 0.25, 0.1, 0.03, 0.01, 0.003, 0.0])  # of the steps that are tried


class Derived(NamedTuple):
    """An objective's gradient and Hessian in the coordinates; how to find the gradient's error where they are exact."""

    gradient: Array
    hessian: Array
    blur: Callable[[], Array] | None


def solve(objective: Objective, region: Region, lead: tuple[int, ...], slopes: Slopes | None = None) -> Solution:
    """Return the best stationary point found from a few starts; none where no start converges."""
    p = int(np.prod(region.shape)) if region.shape else 1
    refuse_if(p > MOST, "evaluate.coordinates", count=p, most=MOST)
    rng = np.random.default_rng(11)
    starts = np.stack([np.zeros((*lead, p)), *(rng.normal(size=(*lead, p)) * far for far in SPREADS)], axis=-2)
    moves = len(LENGTHS) if slopes is not None else len(differences.moves(p, STEP, CROSS))
    together = starts.size * max(p, moves) <= MOST_CELLS
    parts = [starts] if together else [starts[..., [k], :] for k in range(starts.shape[-2])]
    found = [_descend(objective, region, part, slopes) for part in parts]
    values = np.nan_to_num(np.concatenate([one.value for one in found], axis=-1), nan=np.inf)
    best = values.argmin(axis=-1)[..., None]

    def picked(every: Sequence[Array], at: Array) -> Array:
        return np.take_along_axis(np.concatenate(every, axis=len(lead)), at, axis=len(lead)).squeeze(axis=len(lead))

    return Solution(
        picked([one.point for one in found], best[..., None]),
        picked([one.error for one in found], best[..., None]),
        picked([one.value for one in found], best),
        picked([one.value_error for one in found], best),
    )


def place(z: Array, region: Region) -> Array:
    """Return the point of the region that coordinates stand for."""
    if region.norm:
        assert region.radius is not None
        size = np.sqrt(np.square(z).sum(axis=-1, keepdims=True) + (0.0 if region.sphere else 1.0))
        refuse_if(region.norm not in ("2", "F"), "evaluate.balls")
        radius = np.asarray(region.radius)
        wide = radius.reshape(radius.shape + (1,) * (z.ndim - radius.ndim))
        return np.asarray(wide * z / np.where(size == 0, 1.0, size))
    if region.domain in ("positive", "nonneg"):
        return np.exp(z)
    if region.domain == "interval":
        assert region.bounds is not None
        lo, hi = (b.reshape(b.shape + (1,) * (z.ndim - b.ndim)) for b in region.bounds)
        return np.asarray(lo + (hi - lo) / (1 + np.exp(-z)))
    if region.domain == "simplex":
        weights = np.exp(z - z.max(axis=-1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))
    if region.domain in ("vector", "scalar", "matrix", "real"):
        return z
    raise CheckError("evaluate.optimum", domain=region.domain)


def _values(objective: Objective, region: Region, z: Array, moves: Array) -> Array:
    """Return the objective where coordinates (lead…, C, p) are moved (…, moves, p)."""
    tried = z[..., None, :] + moves
    flat = tried.reshape((*z.shape[:-2], -1, z.shape[-1]))
    return objective(place(flat, region)).reshape(tried.shape[:-1])


def _exact(slopes: Slopes, region: Region, z: Array) -> Derived:
    """Return gradient, Hessian and the gradient's error in the coordinates, by the chain rule."""
    u = place(z, region)
    first, second = slopes(u)
    g, h = first.v, second.v
    eye = np.eye(z.shape[-1])
    if region.domain == "simplex":
        turn = u[..., :, None] * eye - u[..., :, None] * u[..., None, :]
        r = (turn @ g[..., None])[..., 0]
        bent = r[..., :, None] * eye - r[..., :, None] * u[..., None, :] - u[..., :, None] * r[..., None, :]
        return Derived(r, turn @ h @ turn + bent, lambda: (np.abs(turn) @ first.e[..., None])[..., 0])
    slope, bend = np.ones_like(u), np.zeros_like(u)
    if region.domain in ("positive", "nonneg"):
        slope, bend = u, u
    if region.domain == "interval":
        assert region.bounds is not None
        lo, hi = (b.reshape(b.shape + (1,) * (z.ndim - b.ndim)) for b in region.bounds)
        slope = (u - lo) * (hi - u) / (hi - lo)
        bend = slope * (lo + hi - 2 * u) / (hi - lo)
    curved = slope[..., :, None] * h * slope[..., None, :] + (g * bend)[..., :, None] * eye
    return Derived(g * slope, curved, lambda: first.e * np.abs(slope))


def _descend(objective: Objective, region: Region, z: Array, slopes: Slopes | None) -> Solution:
    """Return where Newton's steps lead from each of some starts (lead…, C, p)."""
    p = z.shape[-1]

    def derived(z: Array) -> Derived:
        if slopes is not None and not region.norm:
            return _exact(slopes, region, z)
        values = _values(objective, region, z, differences.moves(p, STEP, CROSS))
        return Derived(*differences.derived(values, p, STEP, CROSS)[1:], None)

    last = np.full(z.shape[:-1], np.inf)
    for _ in range(ROUNDS):
        gradient, hessian, _ = derived(z)
        known = np.asarray(np.isfinite(gradient).all(axis=-1) & np.isfinite(hessian).all(axis=(-1, -2)))
        values, vectors = np.linalg.eigh(np.where(known[..., None, None], hessian, np.eye(p)))
        top = np.abs(values).max(axis=-1, keepdims=True)
        # along a direction that changes nothing (the scale of a simplex's or sphere's coordinates) no step is taken
        flat = np.abs(values) < 1e-7 * top
        bent = np.where(flat, np.inf, np.maximum(np.abs(values), 1e-12))
        turned = (np.swapaxes(vectors, -1, -2) @ np.where(known[..., None], gradient, 0.0)[..., None])[..., 0]
        step = -(vectors @ (turned / bent)[..., None])[..., 0]
        longest = np.abs(step).max(axis=-1, keepdims=True)
        step = step * np.minimum(1.0, 4.0 / np.maximum(longest, 1e-300))
        tried = _values(objective, region, z, LENGTHS[:, None] * step[..., None, :])
        known &= np.isfinite(tried[..., -1])
        pick = np.where(np.isfinite(tried), tried, np.inf).argmin(axis=-1)  # the last, no step, where all are worse
        # near the minimum values no longer tell; there the full Newton step is the better one
        tiny = longest[..., 0] < 1e-4
        length = np.where(tiny, 1.0, LENGTHS[pick])
        z = z + length[..., None] * step
        last = longest[..., 0]
        if (last[known] < 1e-7).all():
            break
    gradient, hessian, blur = derived(z)
    point = place(z, region)
    at = objective(point)
    size = 1 + np.abs(z).max(axis=-1)
    scale = np.abs(at) + np.abs(hessian).max(axis=(-1, -2))
    good = np.isfinite(at) & (np.abs(gradient).max(axis=-1) <= FLAT * (scale + 1e-12)) & (np.abs(z).max(axis=-1) < 30)
    values = np.linalg.eigvalsh(np.where(good[..., None, None], hessian, np.eye(p)))
    kept = 1 if region.sphere or region.domain == "simplex" else 0
    curved = values[..., kept:] if p > kept else np.ones((*at.shape, 1))
    good &= (curved > -1e-6 * scale[..., None]).all(axis=-1)
    least = np.maximum(curved.min(axis=-1), 1e-9 * scale)
    error = last * last + 1e-11 * scale / least * size
    if blur is not None:
        error = 4 * np.sqrt(p) * (np.abs(gradient) + blur()).max(axis=-1) / least + 4 * EPS * size
    reach = np.abs(point).max(axis=-1) + 1
    point = np.where(good[..., None], point, np.nan)
    drop = np.square(np.abs(gradient).max(axis=-1)) / least * p
    if region.domain in ("simplex", "positive", "nonneg", "interval"):
        # towards an edge of the domain the logarithmic coordinates are flat, and a minimum may be some way off still
        drop = drop + FAR * np.abs(gradient).sum(axis=-1)
    return Solution(point, (error * reach)[..., None], np.where(good, at, np.nan), drop + 1e-13 * np.abs(at))
