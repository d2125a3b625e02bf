"""Sampled functions of a class: value, gradient and Hessian in closed form, and least constants known exactly.

f(x) = Σ_k a_k φ_k(⟨q_k, x⟩ + b_k) + ⟨c, x⟩ + c0 with orthonormal q_k. As the ⟨q_k, x⟩ vary freely and
independently, the extreme curvature of f is that of its worst term, so the least smoothness constant is
max_k |a_k| sup|φ_k''|, the largest modulus of strong convexity min_k a_k inf φ_k'', and the least Lipschitz
constant (Σ_k a_k² sup φ_k'²)^{1/2}.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from proofweave.check.evaluate import (
    CALLS,
    EPS,
    SLOPES,
    VALUES,
    Array,
    Env,
    Val,
    ev,
    exact,
    gather,
    places_of,
    rounded,
)
from proofweave.check.language import Node, Symbol, required

Curve = Callable[[Array], Array]


def _sigmoid(t: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * t)))


def _logistic(t: Array) -> Array:
    slope = _sigmoid(t)
    return np.asarray(slope * (1 - slope))


def _hyperbola(t: Array) -> Array:
    return np.asarray(np.sqrt(1 + t * t))


def _huber(t: Array) -> Array:
    return np.where(np.abs(t) <= 1, t * t / 2, np.abs(t) - 0.5)


# value, slope, curvature; sup |slope| (None: unbounded), inf and sup of curvature (None: unbounded)
SHAPES: tuple[tuple[Curve, Curve, Curve, float | None, float, float | None], ...] = (
    (lambda t: t * t / 2, lambda t: t, np.ones_like, None, 1.0, 1.0),
    (lambda t: np.logaddexp(0, t), _sigmoid, _logistic, 1.0, 0.0, 0.25),
    (_huber, lambda t: np.clip(t, -1, 1), lambda t: (np.abs(t) <= 1) * 1.0, 1.0, 0.0, 1.0),
    (
        lambda t: np.sqrt(1 + t * t),
        lambda t: t / np.sqrt(1 + t * t),
        lambda t: 1 / ((1 + t * t) * np.sqrt(1 + t * t)),
        1.0,
        0.0,
        1.0,
    ),
    (np.cos, lambda t: -np.sin(t), lambda t: -np.cos(t), 1.0, -1.0, 1.0),
    (lambda t: np.square(t * t) / 4, lambda t: t * t * t, lambda t: 3 * t * t, None, 0.0, None),
    (np.abs, np.sign, np.zeros_like, 1.0, 0.0, None),
    (np.zeros_like, np.zeros_like, np.zeros_like, 0.0, 0.0, 0.0),
)
CURVES: tuple[tuple[Curve, Curve, Curve], ...] = tuple(shape[:3] for shape in SHAPES)
SHAPE_NAMES = ("square/2", "softplus", "huber", "sqrt(1+t²)", "cos", "t⁴/4", "abs", "0·")
FEW = 1000  # terms that are sooner curved in every way than sorted by their shapes
QUADRATIC, SOFTPLUS, HUBER, HYPERBOLA, COSINE, QUARTIC, ABSOLUTE, FLAT = range(8)


@dataclass(frozen=True, slots=True)
class Sampled:
    """The parameters of a batch of sampled functions: arrays of shape (batch, *members, d) or (…, d, d)."""

    scale: Array
    shape: Array
    shift: Array
    slope: Array
    offset: Array
    basis: Array
    bowl: Array
    kinds: tuple[int, ...]

    def rows(self, keep: Array) -> "Sampled":
        """Return the functions of some instances."""
        names = ("scale", "shape", "shift", "slope", "offset", "basis", "bowl")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})


def allowed(classes: tuple[str, ...], constant: bool) -> tuple[int, ...]:
    """Return the shapes a class admits."""
    if "quadratic" in classes:
        return (QUADRATIC,)
    kept = set(range(8))
    smooth = "smooth" in classes or (constant and "lipschitz" not in classes)
    if smooth or "strongly_convex" in classes:
        kept -= {ABSOLUTE}
    if smooth:
        kept -= {QUARTIC, HUBER}  # smooth means differentiable as often as one likes, with bounded curvature
    if "convex" in classes or "strongly_convex" in classes:
        kept -= {COSINE}
    if "lipschitz" in classes:
        kept -= {QUADRATIC, QUARTIC}
    return tuple(sorted(kept))


def draw(symbol: Symbol, d: int, members: tuple[int, ...], batch: int, rng: np.random.Generator) -> Sampled:
    """Draw functions of a symbol's class on R^d."""
    classes: tuple[str, ...] = symbol.data["classes"]
    constant = bool(symbol.data.get("constant"))
    choices = np.array(allowed(classes, constant))
    lead = (batch, *members)
    shape = rng.choice(choices, size=(*lead, d))
    pure = rng.random(lead) < 0.4  # quadratics are where smoothness bounds are tight
    if QUADRATIC in choices:
        shape = np.where(pure[..., None], QUADRATIC, shape)
    scale = np.exp(rng.normal(0, 0.7, size=(*lead, d)))
    convex = "convex" in classes or "strongly_convex" in classes
    if not convex:
        scale = scale * rng.choice([1.0, -1.0], p=[0.7, 0.3], size=scale.shape)
    if "strongly_convex" in classes:
        shape = np.where(rng.random(shape.shape) < 0.6, shape, QUADRATIC)
    shift = rng.normal(size=(*lead, d)) * (rng.random((*lead, 1)) < 0.8)
    slope = rng.normal(size=(*lead, d)) * (rng.random((*lead, 1)) < 0.6)
    if "lipschitz" in classes:
        slope = np.zeros_like(slope)
    offset = np.rint(rng.normal(size=lead) * 2)
    basis = np.linalg.qr(rng.normal(size=(*lead, d, d)))[0]
    plain = rng.random(lead) < 0.4
    basis = np.where(plain[..., None, None], np.eye(d), basis)
    nice = rng.random(lead) < 0.3
    for array in (shift, slope):
        array[nice] = np.rint(array[nice])
    scale = np.where(nice[..., None], np.where(np.abs(scale) < 0.75, 0.5 * np.sign(scale), np.rint(scale)), scale)
    bowl = np.zeros(shape.shape)
    if "strongly_convex" in classes:
        # every direction needs curvature: a term without it stands on a parabola
        bottom = np.array([s[4] for s in SHAPES])[shape]
        bowl = np.where(bottom <= 0, np.exp(rng.normal(-0.7, 0.7, size=shape.shape)), 0.0)
        bowl = np.where(nice[..., None] & (bowl > 0), np.where(bowl < 0.75, 0.5, np.rint(bowl)), bowl)
    return Sampled(scale, shape, shift, slope, offset, basis, bowl, tuple(int(kind) for kind in np.unique(shape)))


@CALLS("function")
def _call(node: Node, env: Env) -> Val:
    return _at(node.data, node, env, 0)


@SLOPES("function")
def _slope(node: Node, env: Env, order: int) -> Val:
    return _at(node.data.symbol, node, env, order)


def _at(symbol: Symbol, node: Node, env: Env, order: int) -> Val:
    members = places_of(symbol, node.args[len(symbol.type.args) :], env)
    return evaluate(env, symbol, ev(node.args[0], env), members, order)


def sample_of(symbol: Symbol, env: Env) -> Sampled:
    """Return the functions drawn for a symbol."""
    found: Sampled | None = env.functions.get(symbol)
    return required(found, "evaluate.no-sample", name=symbol.name)


def evaluate(env: Env, symbol: Symbol, x: Val, members: list[Array], order: int) -> Val:
    """Return the value (order 0), gradient (1) or Hessian (2) of a sampled function at points x."""
    s = sample_of(symbol, env)
    scalar = symbol.type.args[0].kind == "scalar"
    point = x.through(lambda part: part[..., None]) if scalar else x
    ones = (1,) * env.depth

    def at(array: Array, rank: int) -> Array:
        lifted = array.reshape(array.shape[:1] + ones + array.shape[1:]) if ones else array
        return gather(exact(lifted), members, env, rank, symbol.name).v if members else lifted

    scale, shift, slope, bowl = at(s.scale, 1), at(s.shift, 1), at(s.slope, 1), at(s.bowl, 1)
    basis = at(s.basis, 2)
    kinds = at(s.shape.astype(float), 1) if members else at(s.shape, 1)

    def blur() -> tuple[Array, Array]:
        spread = point.e + 4 * EPS * np.abs(point.v)
        return spread, (np.abs(basis) @ spread[..., None])[..., 0] + EPS * np.abs(shift)

    t = (basis @ point.v[..., None])[..., 0] + shift
    if members:  # a member out of the family's range: its other parameters are NaN and so is its value
        kinds = np.where(np.isnan(kinds), FLAT, kinds).astype(int)
    size = np.abs(scale)
    if order == 0:
        offset = at(s.offset, 0)
        value = _curve(kinds, t, 0, s.kinds)
        v = (scale * value + bowl * t * t / 2).sum(axis=-1) + (slope * point.v).sum(axis=-1) + offset

        def bound() -> Array:
            spread, moved = blur()
            first = np.abs(_curve(kinds, t, 1, s.kinds))
            near = size * (first * moved + 4 * EPS * (np.abs(value) + 1))
            near = near + bowl * (moved + EPS * np.abs(t)) * (np.abs(t) + moved)
            return np.asarray(near.sum(axis=-1) + (np.abs(slope) * spread).sum(axis=-1) + EPS * np.abs(v))

        return Val(v, bound)
    back = np.swapaxes(basis, -1, -2)
    if order == 1:
        first = _curve(kinds, t, 1, s.kinds)
        v = (back @ (scale * first + bowl * t)[..., None])[..., 0] + slope

        def slope_bound() -> Array:
            _, moved = blur()
            second = np.abs(_curve(kinds, t, 2, s.kinds))
            near = size * (second * moved + 4 * EPS * (np.abs(first) + 1)) + bowl * (moved + 4 * EPS * np.abs(t))
            return np.asarray((np.abs(back) @ near[..., None])[..., 0] + EPS * np.abs(v))

        found = Val(v, slope_bound)
        return found.through(lambda part: part[..., 0]) if scalar else found
    weighted = scale * _curve(kinds, t, 2, s.kinds) + bowl

    def bend_bound() -> Array:
        _, moved = blur()
        return np.asarray(
            (np.abs(back) * (np.abs(weighted) * 8 * EPS + size * 3 * moved)[..., None, :]) @ np.abs(basis)
        )

    found = Val((back * weighted[..., None, :]) @ basis, bend_bound)
    return found.through(lambda part: part[..., 0, 0]) if scalar else found


def _curve(kinds: Array, t: Array, which: int, present: tuple[int, ...]) -> Array:
    """Return each term's value (0), slope (1) or curvature (2)."""
    if len(present) == 1:
        return np.asarray(CURVES[present[0]][which](t))
    shape = t.shape if t.shape == kinds.shape else np.broadcast_shapes(kinds.shape, t.shape)
    out = np.zeros(shape)
    if out.size > FEW:
        t = np.broadcast_to(t, shape)
    for kind in present:
        if kind == FLAT:
            continue
        here = kinds == kind
        if out.size > FEW:
            here = np.broadcast_to(here, shape)
            out[here] = CURVES[kind][which](t[here])
        else:
            np.copyto(out, CURVES[kind][which](t), where=here)
    return out


def constant(symbol: Symbol, sampled: Sampled, which: str) -> Array:
    """Return the least constant of each function: smoothness, Lipschitz constant, or the modulus of convexity."""
    classes: tuple[str, ...] = symbol.data["classes"]
    kinds = sampled.shape
    if which == "modulus" or (classes == ("strongly_convex",)):
        bottom = np.array([s[4] for s in SHAPES])[kinds]
        return np.asarray((sampled.scale * bottom + sampled.bowl).min(axis=-1))
    if "lipschitz" in classes and "smooth" not in classes:
        steep = np.array([np.nan if s[3] is None else s[3] for s in SHAPES])[kinds]
        return np.asarray(np.sqrt(np.square(sampled.scale * steep).sum(axis=-1)))
    low = np.array([s[4] for s in SHAPES])[kinds]
    high = np.array([np.nan if s[5] is None else s[5] for s in SHAPES])[kinds]
    return np.asarray((np.abs(sampled.scale) * np.maximum(np.abs(low), np.abs(high)) + sampled.bowl).max(axis=-1))


@VALUES("constant")
def _constant(symbol: Symbol, env: Env) -> Val:
    owner: Symbol = symbol.data["of"]
    found = constant(owner, sample_of(owner, env), symbol.data["which"])
    if owner.holes and not symbol.holes:  # one constant that holds for every member
        axes = tuple(range(1, found.ndim))
        found = found.min(axis=axes) if symbol.data["which"] == "modulus" else found.max(axis=axes)
    return env.lift(rounded(found), 0)
