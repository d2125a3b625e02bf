"""Trajectories of ordinary differential equations: x(t) with x(0) and ẋ given, on [0, the latest time asked for].

Runge–Kutta of order 8 (Dormand and Prince) on a grid, the same with half the steps, and Hermite interpolation of degree
7 between grid points; the stated error is an eighth of the change between the two. Where that is not small (stiff
systems, blow-up) the point has no value. Flows that name one another are solved together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod

import numpy as np

from proofweave.check.calculus import tangent_names
from proofweave.check.calculus.tangent import RULES, NoRule, Tangent, tangent
from proofweave.check.evaluate import CALLS, EPS, NODE, Array, Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import CheckError, Node, Rate, Symbol, TooLarge, closure, number, refuse_if, substitute

STEPS = (12, 24, 48, 96)
ENOUGH = 0.7
MOST_TRACKS = 4
CLOSE = 1e-7

Grid = tuple[list[Array], list[Array]]
"""Values and slopes of some flows, each (batch, grid, *shape)."""


@dataclass(frozen=True, slots=True)
class Track:
    """A flow on a grid of [0, T]: T (batch), values and slopes (batch, grid, *shape), values on every other step."""

    end: Array
    points: Array
    slopes: Array
    coarse: Array
    coarse_slopes: Array


@CALLS("flow")
def _call(node: Node, env: Env) -> Val:
    """Return x(time) with the error of the integration."""
    symbol: Symbol = node.data
    time = ev(node.args[0], env)
    refuse_if(env.touched(symbol), "evaluate.flow-varied", name=symbol.name)
    track = _track(symbol, time.v, env)
    shape = track.points.shape[2:]
    fine, slope = _read(track.end, track.points, track.slopes, time.v)
    rough, _ = _read(track.end, track.coarse, track.coarse_slopes, time.v)
    axes = tuple(range(-len(shape), 0))
    change = np.abs(fine - rough)
    scale = np.abs(track.points).max(axis=tuple(range(1, track.points.ndim)))
    scale = scale.reshape((-1,) + (1,) * (fine.ndim - 1))
    off = change.max(axis=axes, keepdims=True) if axes else change
    good = np.isfinite(off) & (off <= CLOSE * (scale + 1e-12))
    error = (
        change / 8
        + 256 * EPS * scale
        + np.abs(slope) * np.broadcast_to(time.e, time.v.shape).reshape((*time.v.shape, *(1,) * len(shape)))
    )
    return Val(np.where(good, fine, np.nan), np.where(good, error, np.nan))


@rule("rate")
def _rate(node: Node, env: Env) -> Val:
    return ev(rate_tree(node), env)


@tangent_names.CALLS("flow")
def _call_tangent(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    if t.depends(symbol):
        raise NoRule
    moved = t.of(node.args[0])
    slope = Node("rate", node.args, node.type, node.at, node.end, Rate(symbol, 1))
    return None if moved is None else Node("mul", (moved, slope), node.type, node.at, node.end)


@RULES("rate")
def _rate_tangent(t: Tangent, node: Node) -> Node | None:
    return t.of(rate_tree(node))


def rate_tree(node: Node) -> Node:
    """Return a time derivative written out by the flow's own equation."""
    rate: Rate = node.data
    known: dict[int, tuple[Node, Node]] = rate.symbol.data.setdefault("rates", {})
    found = known.get(id(node))
    if found is None or found[0] is not node:
        (param,) = rate.symbol.params
        found = node, substitute(_written(rate.symbol, rate.order), {param: node.args[0]})
        known[id(node)] = found
    return found[1]


def _written(symbol: Symbol, order: int) -> Node:
    (param,) = symbol.params
    if order == 1:
        velocity: Node = symbol.data["velocity"]
        return velocity
    direction = Symbol("dt", symbol.where, param.type, "bound")
    try:
        tree = tangent(_written(symbol, order - 1), param, direction)
    except NoRule:
        raise CheckError("evaluate.second-rate", name=symbol.name) from None
    if tree is None:
        return Node("zero", (), symbol.type.result or param.type, 0, 0)
    return substitute(tree, {direction: number(1)})


def together(symbol: Symbol) -> list[Symbol]:
    """Return the flows that are solved with this one, itself among them."""
    return sorted((s for s in closure([symbol]) if s.role == "flow"), key=lambda s: s.name)


def _track(symbol: Symbol, time: Array, env: Env) -> Track:
    """Return a flow's track as far as the times asked for; solved once for all times up to the latest."""
    times = np.where(np.isfinite(time), time, 0.0)
    flat = np.broadcast_to(times, (env.batch, *times.shape[1:])).reshape(env.batch, -1)
    end = flat[np.arange(env.batch), np.abs(flat).argmax(axis=1)]
    end = np.where(end == 0, 1e-3, end)
    tracks: tuple[Track, ...] = env.flows.get(symbol, ())
    for known in tracks:
        covered = (np.sign(known.end) == np.sign(end)) & (np.abs(known.end) >= np.abs(end))
        if covered.all():
            return known
    group = together(symbol)
    root = env.root()
    start = [_start(flow, root) for flow in group]
    made: list[Track] = []
    with np.errstate(all="ignore"):
        coarse, first = _both(group, start, end, root)
        for steps in STEPS[1:]:
            fine = first if steps == STEPS[1] else _march(group, start, end / steps, steps, root)
            made = [
                Track(end, p, s, cp, cs)
                for (p, s), (cp, cs) in zip(zip(*fine, strict=True), zip(*coarse, strict=True), strict=True)
            ]
            if np.mean(np.all([_settled(track) for track in made], axis=0)) >= ENOUGH:
                break
            coarse = fine
    for flow, track in zip(group, made, strict=True):
        env.flows[flow] = (track, *env.flows.get(flow, ()))[:MOST_TRACKS]
    return made[group.index(symbol)]


def _settled(track: Track) -> Array:
    axes = tuple(range(1, track.coarse.ndim))
    gap = np.abs(track.points[:, ::2] - track.coarse).max(axis=axes)
    return np.asarray(gap <= CLOSE * (np.abs(track.coarse).max(axis=axes) + 1e-12) / 10)


def _start(flow: Symbol, root: Env) -> Array:
    value = ev(flow.data["start"], root).v
    return np.broadcast_to(value, (root.batch, *value.shape[1:]))


def _both(group: Sequence[Symbol], start: Sequence[Array], end: Array, root: Env) -> tuple[Grid, Grid]:
    """Return what the two least numbers of steps give; they go together, the one past the end, as rows of one batch."""
    few, more = STEPS[:2]
    rows, counts = np.tile(np.arange(root.batch), 2), np.repeat((few, more), root.batch)
    twice = root.rows(rows)
    twice.notes = root.notes
    try:
        points, slopes = _march(group, [x[rows] for x in start], end[rows] / counts, more, twice)
    except TooLarge:
        return _march(group, start, end / few, few, root), _march(group, start, end / more, more, root)
    coarse = [[x[: root.batch, : few + 1] for x in part] for part in (points, slopes)]
    fine = [[x[root.batch :] for x in part] for part in (points, slopes)]
    return (coarse[0], coarse[1]), (fine[0], fine[1])


def _march(group: Sequence[Symbol], start: Sequence[Array], h: Array, steps: int, root: Env) -> Grid:
    """Return values and slopes on a grid of that many steps of length h."""
    from scipy.integrate import DOP853

    a, b, c = DOP853.A, DOP853.B, DOP853.C
    now = [np.array(x) for x in start]
    wide = [h.reshape((-1,) + (1,) * (x.ndim - 1)) for x in now]
    va.afford(root.batch, steps + 1, *now[0].shape[1:])
    points: list[list[Array]] = [[] for _ in group]
    slopes: list[list[Array]] = [[] for _ in group]
    stages = [np.zeros((len(c), *x.shape)) for x in now]
    inner = root.child("flow")
    for k in range(steps + 1):
        for stage in range(len(c) if k < steps else 1):
            moved = [x + w * _blend(a[stage], found[:stage]) for x, w, found in zip(now, wide, stages, strict=True)]
            for found, velocity in zip(stages, _velocities(group, moved, (k + c[stage]) * h, inner), strict=True):
                found[stage] = velocity
        for g, x in enumerate(now):
            points[g].append(x)
            slopes[g].append(stages[g][0].copy())
        if k < steps:
            now = [x + w * _blend(b, found[: len(b)]) for x, w, found in zip(now, wide, stages, strict=True)]
    return [np.stack(p, axis=1) for p in points], [np.stack(s, axis=1) for s in slopes]


def _blend(weights: Array, slopes: Array) -> Array:
    """Return the weighted sum of the slopes of some stages."""
    flat = slopes.reshape(len(slopes), prod(slopes.shape[1:]))
    return np.asarray(weights[: len(slopes)] @ flat).reshape(slopes.shape[1:])


def _velocities(group: Sequence[Symbol], states: Sequence[Array], time: Array, inner: Env) -> list[Array]:
    inner.clock.spend(NODE)
    for flow, state in zip(group, states, strict=True):
        inner.bind(flow.data["state"], va.exact(state))
        inner.bind(flow.params[0], va.exact(time))
    return [ev(flow.data["field"], inner).v for flow in group]


def _read(end: Array, points: Array, slopes: Array, time: Array) -> tuple[Array, Array]:
    """Return values and slopes at times of shape (batch, axes…) by Hermite interpolation over four grid points."""
    steps = points.shape[1] - 1
    batch = points.shape[0]
    lead = (batch, *time.shape[1:])
    along = np.broadcast_to(time / end.reshape((-1,) + (1,) * (time.ndim - 1)), lead)
    outside = ~((along >= -1e-12) & (along <= 1 + 1e-12))
    place = np.clip(np.where(outside, 0.0, along), 0.0, 1.0).reshape(batch, -1) * steps
    first = np.clip(np.floor(place).astype(int) - 1, 0, steps - 3)
    local = place - first - 1
    data = _basis()
    powers = np.ones((*local.shape, 8))
    for k in range(1, 8):
        powers[..., k] = powers[..., k - 1] * local
    basis = powers @ data
    moving = (powers[..., :7] * np.arange(1, 8)) @ data[1:]
    rows = np.arange(batch)[:, None]
    h = end / steps
    tail = points.shape[2:]
    out = np.zeros((*place.shape, *tail))
    slope = np.zeros_like(out)
    more = (slice(None), slice(None), *(None,) * len(tail))
    width = h.reshape((-1, 1, *(1,) * len(tail)))
    for j in range(4):
        x, v = points[rows, first + j], slopes[rows, first + j] * width
        out = out + basis[..., j][more] * x + basis[..., 4 + j][more] * v
        slope = slope + moving[..., j][more] * x + moving[..., 4 + j][more] * v
    gone = outside.reshape(batch, -1)[more]
    out, slope = np.where(gone, np.nan, out), slope / width
    return out.reshape((*lead, *tail)), slope.reshape((*lead, *tail))


@cache
def _basis() -> Array:
    """Return the polynomials (powers, data) with given values, then slopes, at -1, 0, 1, 2; solved in fractions."""
    nodes = (-1, 0, 1, 2)
    rows = [[Fraction(x**k) for k in range(8)] for x in nodes]
    rows += [[Fraction(k * x ** (k - 1)) if k else Fraction(0) for k in range(8)] for x in nodes]
    whole = [row + [Fraction(int(k == place)) for k in range(8)] for place, row in enumerate(rows)]
    for column in range(8):
        pivot = next(r for r in range(column, 8) if whole[r][column])
        whole[column], whole[pivot] = whole[pivot], whole[column]
        head = whole[column][column]
        whole[column] = [x / head for x in whole[column]]
        for r in range(8):
            if r != column and whole[r][column]:
                factor = whole[r][column]
                whole[r] = [x - factor * y for x, y in zip(whole[r], whole[column], strict=True)]
    return np.array([[float(x) for x in row[8:]] for row in whole])
