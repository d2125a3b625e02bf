"""Minima of maxima: min over u of max_i h_i(u) + s(u), by Newton on the active pieces.

Each round solves the quadratic model exactly: its dual is a quadratic over the simplex of the pieces' weights. Where
nothing is curved, a small proximal term keeps the model bounded; for a sharp minimum it ends in a few rounds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from proofweave.check.calculus import differences
from proofweave.check.evaluate import EPS, SAFETY, Array, Env, ev
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, Symbol, refuse_if
from proofweave.check.operations import over_index
from proofweave.check.optimum.quadratic import FACES, Model, on_simplex
from proofweave.check.optimum.region import FREE, Region, Solution

ROUNDS = 30
STEP = 0.02

Values = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Split:
    """An objective as sign · (min or max of pieces) plus the other terms; `sense` says which extreme it is."""

    extreme: Node
    sign: int
    rest: tuple[Node, ...]
    sense: str


def solve(
    body: Node, variable: Symbol, sense: int, region: Region, env: Env, stamp: int, lead: tuple[int, ...]
) -> Solution | None:
    """Return the minimiser, or None where the objective is not a maximum of pieces plus a smooth rest."""
    split = _split(body, sense, env)
    if split is None or region.domain not in FREE:
        return None
    pieces = _values(split, sense, variable, region.shape, env, stamp)
    p = int(np.prod(region.shape)) if region.shape else 1
    if region.norm:
        return _on_ball(pieces, region, lead, p)
    u = np.zeros((*lead, p))
    last = np.full(lead, np.inf)
    good = np.zeros(lead, dtype=bool)
    blur = np.zeros((*lead, p))
    weights: Array | None = None
    for _ in range(ROUNDS):
        at, gradient, hessian = _derivatives(pieces, u)
        refuse_if(at.shape[-1] > FACES, "evaluate.pieces", body.at, count=at.shape[-1], most=FACES)
        if weights is None:
            weights = np.full(at.shape, 1.0 / at.shape[-1])
        curve = np.einsum("...n,...npq->...pq", weights, hessian)
        known = (
            np.isfinite(curve).all(axis=(-1, -2))
            & np.isfinite(at).all(axis=-1)
            & np.isfinite(gradient).all(axis=(-1, -2))
        )
        curve = np.where(known[..., None, None], curve, np.eye(p))
        steep = np.abs(np.where(known[..., None, None], gradient, 1.0)).max(axis=(-1, -2))
        straight = np.abs(hessian).max(axis=(-1, -2, -3), initial=0.0) <= 1e-9 * steep
        curve = np.where(straight[..., None, None], (1e-3 * steep)[..., None, None] * np.eye(p), curve)
        spectrum = np.linalg.eigvalsh(curve)
        known &= spectrum[..., 0] > 1e-7 * np.abs(spectrum[..., -1])
        inverse = np.linalg.inv(np.where(known[..., None, None], curve, np.eye(p)))
        gradient = np.where(known[..., None, None], gradient, 0.0)
        dual = gradient @ inverse @ np.swapaxes(gradient, -1, -2)
        level = np.where(known[..., None], at, 0.0)
        model = Model(np.zeros(lead), -level, dual, False, 1e-15 * np.abs(level).max(axis=-1))
        found = on_simplex(model)
        assert found is not None
        weights = np.where(np.isfinite(found.point), found.point, weights)
        pull = inverse @ np.swapaxes(gradient, -1, -2)
        step = -(pull @ weights[..., None])[..., 0]
        # the weights are known up to their own error, which moves the point along the pieces' slopes
        blur = (np.abs(pull) @ np.broadcast_to(found.error, found.point.shape)[..., None])[..., 0]
        longest = np.abs(step).max(axis=-1)
        u = u + np.where(known[..., None], step * np.minimum(1.0, 10.0 / np.maximum(longest, 1e-300))[..., None], 0.0)
        good = known & (longest < 1e-7 * (1 + np.abs(u).max(axis=-1)) + 4 * blur.max(axis=-1))
        last = longest
        if (last[known] < 1e-12 * (1 + np.abs(u[known]).max(initial=0))).all():
            break
    value = pieces(u[..., None, :])[..., 0, :].max(axis=-1)
    point = np.where(good[..., None], u, np.nan)
    scale = 1 + np.abs(u).max(axis=-1)
    slopes = np.abs(gradient).max(axis=(-1, -2))
    return Solution(
        point,
        (4 * last + 1e-10 * scale)[..., None] + 4 * blur,
        np.where(good, value, np.nan),
        1e-11 * (np.abs(value) + scale * last) + 4 * slopes * blur.max(axis=-1),
    )


def _split(body: Node, sense: int, env: Env) -> Split | None:
    """Return the extreme among the terms whose pieces can be told apart, and the other terms."""
    terms = list(body.args) if body.op == "add" else [body]
    for place, term in enumerate(terms):
        inner, sign = (term.args[0], -1) if term.op == "neg" else (term, 1)
        wanted = "max" if sense * sign > 0 else "min"
        if _is_extreme(inner, wanted):
            return Split(inner, sign, (*terms[:place], *terms[place + 1 :]), wanted)
    return None


def _is_extreme(node: Node, wanted: str) -> bool:
    if node.op in ("min", "max"):
        return node.op == wanted
    if node.op in ("list", "entries"):
        return bool(node.data == wanted)
    if node.op == "func":
        return wanted == "max" and bool(node.data[0] == "abs") and not node.type.rank
    return _over_simplex(node, wanted)


def _over_simplex(node: Node, wanted: str) -> bool:
    """Tell whether a node is an optimum over a simplex; of an affine body it is one over the vertices."""
    return (
        node.op == "optimum"
        and not node.data.argument
        and (node.data.sense > 0) == (wanted == "min")
        and len(node.args) == 1
        and node.data.symbol.data.get("domain") == "simplex"
        and not node.data.symbol.holes
    )


def _parts(node: Node, wanted: str, env: Env) -> Array:
    """Return the pieces' values, shape (positions of env…, pieces): nested extremes of the same kind are flattened."""
    lead = (env.batch, *env.axes)
    if node.op in ("min", "max") and node.op == wanted:
        deeper, mask = over_index(node, env)
        if deeper is None:
            return np.full((*lead, 1), np.nan)
        deeper.kept = frozenset()
        part = _parts(node.args[3], wanted, deeper)
        if mask is not None:
            out = -np.inf if wanted == "max" else np.inf
            part = np.where(np.broadcast_to(mask == 1, part.shape[:-1])[..., None], part, out)
        return part.reshape((*lead, -1))
    if node.op == "list" and node.data == wanted:
        return np.concatenate([_parts(arg, wanted, env) for arg in node.args], axis=-1)
    if node.op == "entries" and node.data == wanted:
        found = ev(node.args[0], env).v
        return np.broadcast_to(found, (*lead, found.shape[-1]))
    if node.op == "func" and wanted == "max" and node.data[0] == "abs" and not node.type.rank:
        inside = _plain(node.args[0], env)
        return np.concatenate([inside, -inside], axis=-1)
    if _over_simplex(node, wanted):
        corners = _vertices(node, env)
        if corners is not None:
            return corners
    return _plain(node, env)


def _plain(node: Node, env: Env) -> Array:
    return np.broadcast_to(ev(node, env).v, (env.batch, *env.axes))[..., None]


def _vertices(node: Node, env: Env) -> Array | None:
    """Return an affine function's values at the vertices of a simplex; None where it is not affine."""
    symbol: Symbol = node.data.symbol
    (dim,) = symbol.type.dims
    assert dim is not None
    n = env.size(dim)
    tests = np.concatenate([np.eye(n), np.full((1, n), 1.0 / n), (np.arange(1.0, n + 1) / (n * (n + 1) / 2))[None]])
    inner = env.child((id(node), "vertices"), len(tests))
    inner.kept = frozenset()
    inner.bind(symbol, va.exact(tests.reshape((1,) * (1 + env.depth) + tests.shape)))
    found = va.spread(ev(node.args[0], inner), (inner.batch, *inner.axes))
    corners = found.v[..., :n]
    off = np.abs(corners @ tests[n:].T - found.v[..., n:])
    blur = SAFETY * (found.e.max(axis=-1, keepdims=True) + EPS * n * np.abs(corners).max(axis=-1, keepdims=True))
    return corners if not (off > blur).any() else None


def _values(split: Split, sense: int, variable: Symbol, shape: tuple[int, ...], env: Env, stamp: int) -> Values:
    def value(points: Array) -> Array:
        """Return sense·(piece + rest) for each piece: points (lead…, C, p) give (lead…, C, pieces)."""
        va.afford(*points.shape)
        inner = env.child((stamp, "pieces", points.shape[-2]), points.shape[-2])
        inner.kept = frozenset()
        inner.bind(variable, va.exact(points.reshape(points.shape[:-1] + shape)))
        others = sum((ev(term, inner).v for term in split.rest), np.zeros((1,) * (1 + inner.depth)))
        each = _parts(split.extreme, split.sense, inner)
        each = np.where(np.isinf(each), np.nan, each)
        return np.asarray(sense * (split.sign * each + others[..., None]))

    return value


def _derivatives(pieces: Values, u: Array) -> tuple[Array, Array, Array]:
    """Return each piece's value, gradient and Hessian: (…, n), (…, n, p), (…, n, p, p)."""
    p = u.shape[-1]
    values = pieces(u[..., None, :] + differences.moves(p, STEP, STEP))
    return differences.derived(np.swapaxes(values, -1, -2), p, STEP, STEP)


def _on_ball(pieces: Values, region: Region, lead: tuple[int, ...], p: int) -> Solution | None:
    """Return the minimiser of a maximum of linear pieces on a Euclidean ball: opposite the min-norm combination."""
    if region.norm not in ("2", "F"):
        return None
    assert region.radius is not None
    tests = np.concatenate([np.zeros((1, p)), np.eye(p), 2 * np.eye(p), -np.ones((1, p))])
    values = pieces(np.broadcast_to(tests, (*lead, len(tests), p)))
    zero = values[..., 0, :]
    slopes = np.swapaxes(values[..., 1 : 1 + p, :] - zero[..., None, :], -1, -2)
    scale = np.abs(values).max(axis=(-1, -2)) + 1e-300
    double = np.swapaxes(values[..., 1 + p : 1 + 2 * p, :] - zero[..., None, :], -1, -2)
    straight = np.abs(double - 2 * slopes).max(axis=(-1, -2)) < 1e-11 * scale
    straight &= np.abs(values[..., -1, :] - zero + slopes.sum(axis=-1)).max(axis=-1) < 1e-11 * scale
    equal = np.abs(zero - zero[..., :1]).max(axis=-1) < 1e-12 * scale
    if not (straight & equal)[np.isfinite(scale)].all():
        return None
    gram = slopes @ np.swapaxes(slopes, -1, -2)
    found = on_simplex(
        Model(np.zeros(lead), np.zeros(zero.shape), gram, False, 1e-15 * np.abs(gram).max(axis=(-1, -2)))
    )
    if found is None:
        return None
    direction = (np.swapaxes(slopes, -1, -2) @ found.point[..., None])[..., 0]
    size = np.sqrt(np.square(direction).sum(axis=-1))
    radius = np.broadcast_to(region.radius, lead)
    flat = size <= 1e-9 * np.abs(slopes).max(axis=(-1, -2))
    point = -radius[..., None] * direction / np.where(flat, 1.0, size)[..., None]
    if region.sphere:
        point = np.where(flat[..., None], np.nan, point)
        value = np.where(flat, np.nan, zero[..., 0] - radius * size)
    else:
        point = np.where(flat[..., None], 0.0, point)
        value = zero[..., 0] - radius * np.where(flat, 0.0, size)
    error = 1e-9 * radius[..., None] * np.ones(p)
    return Solution(point, error, value, 1e-11 * scale * radius)
