"""Affine and quadratic objectives in closed form on R^d, the simplex, spheres and norm balls."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from proofweave.check.evaluate import EPS, Array
from proofweave.check.optimum.region import FREE, RANK, Objective, Region, Slopes, Solution

EXACT = 1e-10
MOST = 60
FACES = 12


@dataclass(frozen=True, slots=True)
class Model:
    """f(u) = value + slope·u + ½ uᵀ curve u, in batches; `linear` where the curvature vanishes everywhere.

    `noise` bounds the error of a value, `slack` and `bend` those of the slope's and the curvature's entries.
    """

    value: Array
    slope: Array
    curve: Array
    linear: bool
    noise: Array
    slack: Array | None = None
    bend: Array | None = None


def fit(objective: Objective, region: Region, lead: tuple[int, ...], slopes: Slopes | None = None) -> Model | None:
    """Return the quadratic that the objective is, or None if it is no quadratic."""
    p = int(np.prod(region.shape)) if region.shape else 1
    if p > MOST:
        return None
    rng = np.random.default_rng(7)
    base = np.full(p, 1.0 / p) if region.domain == "simplex" else np.zeros(p)
    if region.domain in ("positive", "nonneg"):
        base = np.ones(p)
    if region.domain == "interval":
        return _on_interval(objective, region, lead)
    step = 0.5
    eye = step * np.eye(p)
    pairs = list(combinations(range(p), 2))
    cross = np.array([eye[i] + eye[j] for i, j in pairs]).reshape(-1, p)
    tests = (
        rng.uniform(-0.4, 0.4, size=(3, p))
        if region.domain not in ("positive", "nonneg")
        else rng.uniform(-0.4, 0.4, (3, p))
    )
    offsets = np.concatenate([np.zeros((1, p)), eye, -eye, cross, tests])
    values = objective(np.broadcast_to(base + offsets, (*lead, len(offsets), p)))
    at, plus, minus = values[..., 0], values[..., 1 : 1 + p], values[..., 1 + p : 1 + 2 * p]
    mixed = values[..., 1 + 2 * p : 1 + 2 * p + len(pairs)]
    slope = (plus - minus) / (2 * step)
    curve = np.zeros((*lead, p, p))
    diagonal = (plus + minus - 2 * at[..., None]) / step**2
    curve[..., range(p), range(p)] = diagonal
    for k, (i, j) in enumerate(pairs):
        curve[..., i, j] = curve[..., j, i] = (mixed[..., k] - plus[..., i] - plus[..., j] + at) / step**2
    guess = at[..., None] + slope @ tests.T + 0.5 * np.einsum("tp,...pq,tq->...t", tests, curve, tests)
    seen = values[..., -3:]
    scale = np.abs(values).max(axis=-1)
    off = np.abs(guess - seen).max(axis=-1)
    known = np.isfinite(off)
    if not np.isfinite(values).any():
        lost = np.full((*lead, p), np.nan)
        return Model(lost[..., 0], lost, np.full((*lead, p, p), np.nan), False, np.zeros(lead))
    if not known.any() or (off[known] > EXACT * (scale[known] + 1e-300)).any():
        return None
    # small curvatures are rounding of the differences
    floor = 64 * EPS * scale / step**2
    curve = np.where(np.abs(curve) <= floor[..., None, None], 0.0, curve)
    slack, bend = floor * step, floor
    if slopes is not None:
        first, second = slopes(np.broadcast_to(base, (*lead, 1, p)))
        slope, slack = first.v[..., 0, :], first.e[..., 0, :].max(axis=-1)
        curve, bend = second.v[..., 0, :, :], second.e[..., 0, :, :].max(axis=(-1, -2))
        curve = np.where(np.abs(curve) <= 8 * bend[..., None, None], 0.0, curve)
    linear = not np.nan_to_num(curve).any()
    shift = slope - (curve @ np.broadcast_to(base, (*lead, p))[..., None])[..., 0]
    start = at - slope @ base + 0.5 * np.einsum("p,...pq,q->...", base, curve, base)
    return Model(start, shift, curve, linear, 16 * EPS * scale, slack, bend)


def solve(model: Model, region: Region) -> Solution | None:
    """Return the minimiser of a quadratic on a region; None where the region needs another method."""
    if region.domain == "simplex":
        return on_simplex(model)
    if region.domain == "interval":
        return _clipped(model, region)
    if region.norm == RANK:
        return _of_low_rank(model, region)
    if region.norm == "2" or (region.norm == "F"):
        return _on_ball(model, region)
    if region.norm:
        return _linear_on_ball(model, region) if model.linear else None
    if region.domain in FREE:
        return _free(model)
    return None


def value_at(model: Model, point: Array) -> Array:
    """Return the quadratic's value."""
    return np.asarray(
        model.value
        + (model.slope * point).sum(axis=-1)
        + 0.5 * np.einsum("...p,...pq,...q->...", point, model.curve, point)
    )


def _clean(model: Model) -> tuple[Array, Array]:
    good = np.asarray(np.isfinite(model.curve).all(axis=(-1, -2)) & np.isfinite(model.slope).all(axis=-1))
    curve = np.where(good[..., None, None], model.curve, np.eye(model.curve.shape[-1]))
    return curve, good


def _free(model: Model) -> Solution:
    curve, good = _clean(model)
    values, vectors = np.linalg.eigh(curve)
    top = np.abs(values).max(axis=-1)
    bounded = good & (values[..., 0] > 1e-9 * top) & (top > 0)
    turned = (np.swapaxes(vectors, -1, -2) @ model.slope[..., None])[..., 0]
    point = -(vectors @ (turned / np.where(values > 0, values, np.inf))[..., None])[..., 0]
    point = np.where(bounded[..., None], point, np.nan)
    condition = top / np.where(bounded, values[..., 0], 1.0)
    size = np.sqrt(np.square(point).sum(axis=-1)) + model.noise / np.where(top > 0, top, 1.0)
    least = np.where(bounded, values[..., 0], 1.0)
    error = (256 * EPS * condition * size)[..., None] + (model.noise / least)[..., None]
    if model.slack is not None and model.bend is not None:
        p = point.shape[-1]
        reach = np.nan_to_num(np.abs(point).max(axis=-1))
        error = error + (np.sqrt(p) * (4 * model.slack + 4 * model.bend * p * reach) / least)[..., None]
    return Solution(point, error, value_at(model, point), model.noise + 1e-15 * condition * np.abs(model.value))


def on_simplex(model: Model) -> Solution | None:
    """Return the minimiser on the simplex: the best stationary point over all faces, hence exact, convex or not.

    Where the model is convex, a point that asks for no other vertex is the minimiser, and no further face is tried.
    """
    p = model.slope.shape[-1]
    if p > FACES:
        return None
    lead = model.slope.shape[:-1]
    finite = np.asarray(np.isfinite(model.slope).all(axis=-1) & np.isfinite(model.curve).all(axis=(-1, -2)))
    curve = np.where(finite[..., None, None], model.curve, 0.0).reshape(-1, p, p)
    slope = np.where(finite[..., None], model.slope, 0.0).reshape(-1, p)
    bend = np.zeros(lead) if model.bend is None else model.bend
    level, noise, bend = (np.broadcast_to(part, lead).reshape(-1) for part in (model.value, model.noise, bend))
    best, missing = np.full((2, len(slope)), np.inf)
    point, error = np.full(slope.shape, np.nan), np.zeros(len(slope))
    spectrum = np.linalg.eigvalsh(curve)
    convex = spectrum[:, 0] >= -64 * EPS * np.abs(spectrum).max(axis=-1) - p * bend
    left = np.flatnonzero(finite.reshape(-1))
    for face in (face for size in range(1, p + 1) for face in combinations(range(p), size)):
        if not len(left):
            break
        index, own = np.array(face), Model(level[left], slope[left], curve[left], False, noise[left])
        part, lean = own.curve[:, index[:, None], index], own.slope[:, index]
        scale = np.maximum(np.abs(part).max(axis=(-1, -2)), 1e-300)
        weights, spread, regular = _stationary(part / scale[:, None, None], lean / scale[:, None])
        full = np.zeros((len(left), p))
        full[:, index] = np.maximum(weights, 0.0)
        full = full / np.maximum(full.sum(axis=-1, keepdims=True), 1e-300)
        value = np.where((weights >= -1e-11).all(axis=-1) & regular, value_at(own, full), np.inf)
        wanted = _wanted(own.curve, own.slope, full, index)
        # where values cannot tell two faces apart, the one whose multipliers ask for no other vertex is right
        close = np.abs(value - best[left]) <= 4 * own.noise
        better = (value < best[left]) & ~close | (close & (wanted < missing[left]))
        rows = left[better]
        best[rows], missing[rows], point[rows] = value[better], wanted[better], full[better]
        error[rows] = (spread + wanted)[better]
        left = left[~convex[left] | (missing[left] > 64 * EPS)]
    value = np.where(np.isfinite(best), best, np.nan).reshape(lead)
    return Solution(point.reshape((*lead, p)), np.repeat(error, p).reshape((*lead, p)), value, model.noise)


def _wanted(curve: Array, slope: Array, point: Array, face: Array) -> Array:
    """Return about how much weight a vertex outside the face still asks for: 0 where the face is optimal."""
    pull = slope + (curve @ point[..., None])[..., 0]
    level = pull[..., face].max(axis=-1, keepdims=True)
    own = np.maximum(np.abs(np.diagonal(curve, axis1=-2, axis2=-1)), 1e-300)
    return np.asarray((np.maximum(level - pull, 0.0) / own).max(axis=-1))


def _stationary(curve: Array, slope: Array) -> tuple[Array, Array, Array]:
    """Return the stationary point on a face, its error, and where its system is regular.

    Where it is singular the objective is constant along a line in the face, and a smaller face attains the same value.
    """
    size = slope.shape[-1]
    if size == 1:
        return np.ones_like(slope), np.zeros(slope.shape[:-1]), np.ones(slope.shape[:-1], dtype=bool)
    system = np.zeros((*slope.shape[:-1], size + 1, size + 1))
    system[..., :size, :size] = curve
    system[..., :size, size] = system[..., size, :size] = 1.0
    right = np.concatenate([-slope, np.ones((*slope.shape[:-1], 1))], axis=-1)
    values, vectors = np.linalg.eigh(np.where(np.isfinite(system), system, 0.0))
    least, top = np.abs(values).min(axis=-1), np.abs(values).max(axis=-1)
    regular = least > 1e-10 * top
    turned = (np.swapaxes(vectors, -1, -2) @ np.where(np.isfinite(right), right, 0.0)[..., None])[..., 0]
    answer = (vectors @ (turned / np.where(values == 0, 1.0, values))[..., None])[..., 0]
    spread = 32 * EPS * (top / np.where(least > 0, least, 1.0)) * np.maximum(np.abs(answer).max(axis=-1), 1.0)
    return answer[..., :size], spread, regular


def _on_ball(model: Model, region: Region) -> Solution:
    """Return the minimiser on a sphere or ball by the secular equation (Moré and Sorensen, 1983)."""
    assert region.radius is not None
    curve, good = _clean(model)
    slope = np.where(good[..., None], model.slope, 1.0)
    radius = np.broadcast_to(region.radius, good.shape)
    values, vectors = np.linalg.eigh(curve)
    turned = (np.swapaxes(vectors, -1, -2) @ slope[..., None])[..., 0]
    size = np.sqrt(np.square(slope).sum(axis=-1))
    if model.linear:
        point = -radius[..., None] * slope / np.where(size > 0, size, np.nan)[..., None]
        point = np.where(good[..., None], point, np.nan)
        value = np.where(good, model.value - radius * size, np.nan)
        value = np.where(good & (size == 0), model.value, value)
        error = (model.noise / np.where(size > 0, size, 1.0) * radius)[..., None] + 8 * EPS * radius[..., None]
        return Solution(point, error, value, model.noise * (1 + radius) + 16 * EPS * radius * size)
    low = values[..., 0]
    # the multiplier lies between −λ_min + |g_min|/r and −λ_min + ‖g‖/r
    start = -low + np.abs(turned[..., 0]) / radius
    stop = -low + size / radius
    floor = np.where(region.sphere, -np.inf, 0.0)
    start, stop = np.maximum(start, floor), np.maximum(stop, floor)
    for _ in range(200):
        middle = (start + stop) / 2
        length = np.sqrt(np.square(turned / (values + middle[..., None])).sum(axis=-1))
        long = length > radius
        start, stop = np.where(long, middle, start), np.where(long, stop, middle)
    multiplier = (start + stop) / 2
    shifted = values + multiplier[..., None]
    top = np.abs(values).max(axis=-1) + size / radius
    safe = np.abs(shifted) > 1e-13 * top[..., None]
    y = -np.where(safe, turned / np.where(safe, shifted, 1.0), 0.0)
    length = np.sqrt(np.square(y).sum(axis=-1))
    hard = (length < radius * (1 - 1e-9)) & (region.sphere | (low < -1e-12 * top))
    # in the hard case a step along the lowest eigenvector reaches the sphere: the point is not unique, the value is
    y[..., 0] += np.where(hard, np.sqrt(np.maximum(radius**2 - length**2, 0.0)), 0.0)
    point = (vectors @ y[..., None])[..., 0]
    value = np.where(good, value_at(model, point), np.nan)
    gap = np.where(hard, np.inf, np.abs(shifted).min(axis=-1))
    error = (model.noise + 1e-13 * top * radius) / np.maximum(gap, 1e-300)
    point = np.where((good & ~hard)[..., None], point, np.where(good[..., None], point, np.nan))
    return Solution(point, np.minimum(error, 1e-6 * radius)[..., None], value, model.noise + 1e-13 * top * radius**2)


def _of_low_rank(model: Model, region: Region) -> Solution | None:
    """Return the matrix of some rank at most that is nearest the minimiser of c‖B − A‖² (Eckart and Young, 1936)."""
    assert region.radius is not None
    curve, good = _clean(model)
    level = curve[..., 0, 0]
    good = good & (level > 0)
    even = np.abs(curve - level[..., None, None] * np.eye(curve.shape[-1])).max(axis=(-1, -2)) <= EXACT * level
    if not (even | ~good).all():
        return None
    point = np.where(good[..., None], -model.slope, 1.0) / np.where(good, level, 1.0)[..., None]
    u, s, vt = np.linalg.svd(point.reshape(point.shape[:-1] + region.shape), full_matrices=False)
    place = np.arange(s.shape[-1])
    most = np.broadcast_to(region.radius, s.shape[:-1])[..., None]
    kept = np.where(place < most, s, 0.0)
    above = np.where(place < most, s, np.inf).min(axis=-1)
    below = np.where(place < most, 0.0, s).max(axis=-1)
    gap = np.minimum(above, np.inf) - below
    top = s.max(axis=-1)
    told = good & ((gap > 1e-6 * top) | (below == 0))  # where two singular values tie, the nearest is not one
    found = ((u * kept[..., None, :]) @ vt).reshape(point.shape)
    blur = (model.noise / np.where(good, level, 1.0) + 64 * EPS * top) * np.where(below > 0, 1 + top / gap, 1.0)
    value = np.where(good, value_at(model, found), np.nan)
    error = np.broadcast_to(blur[..., None], found.shape)
    noise = model.noise + 64 * EPS * np.where(good, level, 1.0) * np.square(top)
    return Solution(np.where(told[..., None], found, np.nan), error, value, noise)


def _linear_on_ball(model: Model, region: Region) -> Solution:
    """Return the minimiser of an affine function on a norm ball: minus the radius times a dual vector."""
    assert region.radius is not None
    slope = model.slope
    radius = np.broadcast_to(region.radius, slope.shape[:-1])
    grid = slope.reshape(slope.shape[:-1] + region.shape)
    if region.norm in ("op", "nuclear"):
        good = np.asarray(np.isfinite(slope).all(axis=-1))
        u, s, vt = np.linalg.svd(np.where(good[..., None, None], grid, 1.0), full_matrices=False)
        if region.norm == "op":
            direction, dual = u @ vt, s.sum(axis=-1)
        else:
            direction, dual = u[..., :, :1] @ vt[..., :1, :], s[..., 0]
        direction = np.where(good[..., None, None], direction, np.nan)
    elif region.norm == "inf":
        direction, dual = np.sign(grid), np.abs(slope).sum(axis=-1)
    else:
        largest = np.abs(slope).argmax(axis=-1)
        axis = np.eye(slope.shape[-1])[largest]
        direction = (axis * np.sign(slope)).reshape(grid.shape)
        dual = np.abs(slope).max(axis=-1)
    point = -radius[..., None] * direction.reshape(slope.shape)
    error = np.broadcast_to(1e-12 * radius[..., None], point.shape)
    return Solution(point, error, model.value - radius * dual, model.noise * (1 + radius) * slope.shape[-1])


def _on_interval(objective: Objective, region: Region, lead: tuple[int, ...]) -> Model | None:
    """Return the model of a quadratic on a bounded interval, read at points inside it; None for other functions."""
    assert region.bounds is not None
    lo, hi = (np.broadcast_to(bound, lead) for bound in region.bounds)
    if not (np.isfinite(lo).all() and np.isfinite(hi).all()) or region.shape:
        return None
    middle, step = (lo + hi) / 2, (hi - lo) / 4
    places = np.array([0.0, 1.0, -1.0, 1.7, -0.6])
    values = objective((middle[..., None] + step[..., None] * places)[..., None])
    at, plus, minus = values[..., 0], values[..., 1], values[..., 2]
    slope, bend = (plus - minus) / 2, plus + minus - 2 * at
    guess = at[..., None] + slope[..., None] * places[3:] + bend[..., None] / 2 * places[3:] ** 2
    scale = np.abs(values).max(axis=-1)
    off = np.abs(guess - values[..., 3:]).max(axis=-1)
    known = np.isfinite(off)
    if not known.any() or (off[known] > EXACT * (scale[known] + 1e-300)).any():
        return None
    floor = 64 * EPS * scale
    bend = np.where(np.abs(bend) <= floor, 0.0, bend) / step**2
    slope = slope / step - bend * middle
    start = at - slope * middle - bend * middle**2 / 2
    linear = not np.nan_to_num(bend).any()
    curve = bend[..., None, None]
    return Model(start, slope[..., None], curve, linear, 16 * EPS * scale, floor / step, floor / step**2)


def _clipped(model: Model, region: Region) -> Solution:
    """Return the minimiser of a quadratic on an interval: the vertex where it is inside, else the better end."""
    assert region.bounds is not None
    lo, hi = (np.broadcast_to(bound, model.value.shape) for bound in region.bounds)
    slope, bend = model.slope[..., 0], model.curve[..., 0, 0]
    vertex = np.where(bend > 0, -slope / np.where(bend > 0, bend, 1.0), np.inf)
    inside = (vertex > lo) & (vertex < hi)
    low, high = (value_at(model, end[..., None]) for end in (lo, hi))
    end = np.where(low <= high, lo, hi)
    flat = (np.abs(low - high) <= 8 * model.noise) & (bend <= 0)
    point = np.where(inside, vertex, np.where(flat & (bend == 0), np.nan, end))
    point = np.where(np.isfinite(slope), point, np.nan)
    slack = (
        np.zeros_like(slope) if model.slack is None or model.bend is None else model.slack + model.bend * np.abs(point)
    )
    error = np.where(bend > 0, 8 * slack / np.where(bend > 0, bend, 1.0), 0.0)
    error = np.minimum(error, hi - lo) + 8 * EPS * np.abs(point)
    value = np.where(np.isfinite(point), value_at(model, np.nan_to_num(point)[..., None]), np.nan)
    value = np.where(np.isnan(point) & np.isfinite(slope), low, value)
    return Solution(point[..., None], error[..., None], value, 4 * model.noise)
