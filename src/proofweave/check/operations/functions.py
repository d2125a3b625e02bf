"""Sampled functions of a class: value, gradient and Hessian in closed form, and least constants known exactly.

f(x) = Σ_k a_k φ_k(t_k) + Σ_k m_k t_k²/2 + ⟨c, x⟩ + c0 with t_k = ⟨q_k, x⟩ + b_k and orthonormal q_k, or with
F(a_1 t_1, …, a_d t_d) for the first sum. As the t_k vary freely and independently, the extreme curvature of a sum
is that of its worst term, so the least smoothness constant is max_k |a_k| sup|φ_k''|, the largest modulus of strong
convexity min_k a_k inf φ_k'', and the least Lipschitz constant (Σ_k a_k² sup φ_k'²)^{1/2}; beside F all m_k are one
number m, which adds to the curvature of F. At a kink the gradient is one subgradient.
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
from proofweave.check.operations.joint import (
    JOINT,
    JOINTS,
    MAXIMUM,
    NORM,
    WELL,
    curviest,
    steepest,
)

Curve = Callable[[Array], Array]


def _sigmoid(t: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * t)))


def _huber(t: Array) -> Array:
    return np.where(np.abs(t) <= 1, t * t / 2, np.abs(t) - 0.5)


# value, slope, curvature; sup |slope| (None: unbounded), inf and sup of curvature (None: unbounded)
SHAPES: tuple[tuple[Curve, Curve, Curve, float | None, float, float | None], ...] = (
    (lambda t: t * t / 2, lambda t: t, np.ones_like, None, 1.0, 1.0),
    (lambda t: np.logaddexp(0, t), _sigmoid, lambda t: _sigmoid(t) * (1 - _sigmoid(t)), 1.0, 0.0, 0.25),
    (_huber, lambda t: np.clip(t, -1, 1), lambda t: (np.abs(t) <= 1) * 1.0, 1.0, 0.0, 1.0),
    (lambda t: np.sqrt(1 + t * t), lambda t: t / np.sqrt(1 + t * t), lambda t: (1 + t * t) ** -1.5, 1.0, 0.0, 1.0),
    (np.cos, lambda t: -np.sin(t), lambda t: -np.cos(t), 1.0, -1.0, 1.0),
    (lambda t: t**4 / 4, lambda t: t**3, lambda t: 3 * t * t, None, 0.0, None),
    (np.abs, np.sign, np.zeros_like, 1.0, 0.0, None),
    (np.zeros_like, np.zeros_like, np.zeros_like, 0.0, 0.0, 0.0),
)
JOINT_SHARE = 0.4  # of the functions that are no quadratics
ILL, CHAIN, WIDEST = 0.2, 0.15, 3.0  # shares of the quadratics; decades of curvature at most
CURVES: tuple[tuple[Curve, Curve, Curve], ...] = tuple(shape[:3] for shape in SHAPES)
SINGLE_NAMES = ("square/2", "softplus", "huber", "sqrt(1+t²)", "cos", "t⁴/4", "abs", "0·")
SHAPE_NAMES = (*SINGLE_NAMES, "max(0, u)", "‖u‖", "log(1+Σ exp u)", "sqrt(1+‖u‖²)", "-exp(-‖u‖²/2)")
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


def allowed(classes: tuple[str, ...], constant: bool, bent: bool = False) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the shapes of single terms that a class admits, and those of functions of all coordinates at once.

    Smooth means differentiable as often as one likes, with bounded curvature; where nothing asks for more than one
    derivative, the gradient may be `bent`.
    """
    if "quadratic" in classes:
        return (QUADRATIC,), ()
    kept, joint = set(range(JOINT)), set(JOINTS)
    smooth = "smooth" in classes or (constant and "lipschitz" not in classes)
    if smooth or "strongly_convex" in classes:
        kept -= {ABSOLUTE}
        joint -= {MAXIMUM, NORM}
    if smooth:
        kept -= {QUARTIC} if bent else {QUARTIC, HUBER}
    if "convex" in classes or "strongly_convex" in classes:
        kept -= {COSINE}
        joint -= {WELL}
    if "lipschitz" in classes:
        kept -= {QUADRATIC, QUARTIC}
    return tuple(sorted(kept)), tuple(sorted(joint))


def draw(
    symbol: Symbol, d: int, members: tuple[int, ...], batch: int, rng: np.random.Generator, bent: bool = False
) -> Sampled:
    """Draw functions of a symbol's class on R^d."""
    classes: tuple[str, ...] = symbol.data["classes"]
    constant = bool(symbol.data.get("constant"))
    terms, joint = allowed(classes, constant, bent)
    lead = (batch, *members)
    shape = rng.choice(np.array(terms), size=(*lead, d))
    pure = (rng.random(lead) < 0.4) & (QUADRATIC in terms)  # quadratics are where smoothness bounds are tight
    shape = np.where(pure[..., None], QUADRATIC, shape)
    scale = np.exp(rng.normal(0, 0.7, size=(*lead, d)))
    strong = "strongly_convex" in classes
    if not ("convex" in classes or strong):
        scale = scale * rng.choice([1.0, -1.0], p=[0.7, 0.3], size=scale.shape)
    if strong:
        shape = np.where(rng.random(shape.shape) < 0.6, shape, QUADRATIC)
    together = (rng.random(lead) < JOINT_SHARE) & ~pure & bool(joint)
    shape = np.where(together[..., None], rng.choice(np.array(joint or (FLAT,))), shape)  # a batch has one of them
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
    if strong:
        # every direction needs curvature: a term without it stands on a parabola, a function of all on a round one
        bottom = np.array([s[4] for s in SHAPES] + [0.0] * len(JOINTS))[shape]
        bowl = np.where(bottom <= 0, np.exp(rng.normal(-0.7, 0.7, size=shape.shape)), 0.0)
        bowl = np.where(nice[..., None] & (bowl > 0), np.where(bowl < 0.75, 0.5, np.rint(bowl)), bowl)
        bowl = np.where(together[..., None], bowl[..., :1], bowl)
    hard = Sampled(scale, shape, shift, slope, offset, basis, bowl, tuple(int(kind) for kind in np.unique(shape)))
    _worst_quadratics(hard, pure, d, rng)
    return hard


def _worst_quadratics(drawn: Sampled, pure: Array, d: int, rng: np.random.Generator) -> None:
    """Turn some of the quadratics into ill-conditioned ones, and some into the chain on which gradient steps are slow.

    The chain is Nesterov's: c/2 (t_1² + (t_1 − t_2)² + … + t_d²) − c t_1, by its eigenvectors, which are sines.
    """
    which = rng.random(pure.shape)
    ill, chain = pure & (which < ILL), pure & (which > 1 - CHAIN)
    places = np.arange(1, d + 1)
    spread = 10.0 ** (-rng.uniform(1, WIDEST, size=(*pure.shape, 1)) * (places - 1) / max(d - 1, 1))
    drawn.scale[ill] = (np.sign(drawn.scale) * np.abs(drawn.scale[..., :1]) * spread)[ill]
    drawn.slope[ill] = 0.0  # a slope would put the minimum far off
    size = np.abs(drawn.scale[..., :1])
    drawn.scale[chain] = (size * (2 - 2 * np.cos(np.pi * places / (d + 1))))[chain]
    drawn.basis[chain] = np.sqrt(2 / (d + 1)) * np.sin(np.pi * np.outer(places, places) / (d + 1))
    drawn.shift[chain] = 0.0
    drawn.slope[chain] = (-size * (places == 1))[chain]


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
    point = Val(x.v[..., None], x.e[..., None]) if scalar else x
    ones = (1,) * env.depth

    def at(array: Array, rank: int) -> Array:
        lifted = array.reshape(array.shape[:1] + ones + array.shape[1:])
        return gather(exact(lifted), members, env, rank, symbol.name).v if members else lifted

    scale, shift, slope, bowl = at(s.scale, 1), at(s.shift, 1), at(s.slope, 1), at(s.bowl, 1)
    basis = at(s.basis, 2)
    kinds = at(s.shape.astype(float), 1) if members else at(s.shape, 1)
    if env.bare and order == 1 and not members:
        t = (basis @ point.v[..., None])[..., 0] + shift
        weighted = scale * (_curve(kinds, t, 1, s.kinds) + _bare_slopes(s, scale, t)) + bowl * t
        v = (np.swapaxes(basis, -1, -2) @ weighted[..., None])[..., 0] + slope
        return exact(v[..., 0] if scalar else v)
    spread = point.e + 4 * EPS * np.abs(point.v)
    moved = (np.abs(basis) @ spread[..., None])[..., 0] + EPS * np.abs(shift)
    t = (basis @ point.v[..., None])[..., 0] + shift
    if members:  # a member out of the family's range: its other parameters are NaN and so is its value
        kinds = np.where(np.isnan(kinds), FLAT, kinds).astype(int)
    size = np.abs(scale)
    found = _jointly(kinds[..., 0], Val(scale * t, size * (moved + EPS * np.abs(t))), order, s.kinds)
    if order == 0:
        offset = at(s.offset, 0)
        value, first = (_curve(kinds, t, which, s.kinds) for which in (0, 1))
        v = (scale * value + bowl * t * t / 2).sum(axis=-1) + (slope * point.v).sum(axis=-1) + offset + found.v
        slack = size * (np.abs(first) * moved + 4 * EPS * (np.abs(value) + 1)) + bowl * (moved + EPS * np.abs(t)) * (
            np.abs(t) + moved
        )
        e = slack.sum(axis=-1) + (np.abs(slope) * spread).sum(axis=-1) + EPS * np.abs(v) + found.e
        return Val(v, e)
    back = np.swapaxes(basis, -1, -2)
    second = _curve(kinds, t, 2, s.kinds)
    if order == 1:
        first = _curve(kinds, t, 1, s.kinds)
        v = (back @ (scale * (first + found.v) + bowl * t)[..., None])[..., 0] + slope
        bound = size * (np.abs(second) * moved + 4 * EPS * (np.abs(first) + 1)) + bowl * (moved + 4 * EPS * np.abs(t))
        bound = bound + size * found.e
        e = (np.abs(back) @ bound[..., None])[..., 0] + EPS * np.abs(v)
        return Val(v[..., 0], e[..., 0]) if scalar else Val(v, e)
    weighted = scale * second + bowl
    h = (back * weighted[..., None, :]) @ basis
    e = (np.abs(back) * (np.abs(weighted) * 8 * EPS + size * 3 * moved)[..., None, :]) @ np.abs(basis)
    if found.v.any() or found.e.any():
        scales = scale[..., :, None] * scale[..., None, :]
        h = h + back @ (scales * found.v) @ basis
        bound = np.abs(scales) * (found.e + 8 * EPS * np.abs(found.v))
        e = e + np.abs(back) @ bound @ np.abs(basis)
    return Val(h[..., 0, 0], e[..., 0, 0]) if scalar else Val(h, e)


def _curve(kinds: Array, t: Array, which: int, present: tuple[int, ...]) -> Array:
    """Return each term's value (0), slope (1) or curvature (2)."""
    if len(present) == 1 and present[0] < JOINT:
        return np.asarray(CURVES[present[0]][which](t))
    out = np.zeros(np.broadcast_shapes(kinds.shape, t.shape))
    for kind in present:
        if kind == FLAT or kind >= JOINT:
            continue
        found = CURVES[kind][which](t)
        np.copyto(out, found, where=kinds == kind)
    return out


def _jointly(kinds: Array, u: Val, order: int, present: tuple[int, ...]) -> Val:
    """Return the value (0), gradient (1) or Hessian (2) in u of functions of all coordinates; 0 for the others."""
    lead = np.broadcast_shapes(kinds.shape, u.v.shape[:-1])
    v = np.zeros((*lead, *u.v.shape[-1:] * order))
    e = v.copy()
    single = kinds.size == kinds.shape[0] == u.v.shape[0]  # one function an instance
    for kind in present:
        if kind < JOINT:
            continue
        if single:
            rows = np.flatnonzero(kinds.reshape(-1) == kind)
            v[rows], e[rows] = _joint(kind, Val(u.v[rows], u.e[rows]), order)
            continue
        mine = np.broadcast_to((kinds == kind)[(..., *(None,) * order)], v.shape)
        for out, found in zip((v, e), _joint(kind, u, order), strict=True):
            np.copyto(out, found, where=mine)
    return Val(v, e)


def _bare_slopes(s: Sampled, scale: Array, t: Array) -> Array | float:
    """Return the gradients in u of functions of all coordinates without their errors."""
    if s.kinds[-1] < JOINT:
        return 0.0
    out = np.zeros(np.broadcast_shapes(scale.shape, t.shape))
    for kind in s.kinds:
        if kind >= JOINT:
            rows = np.flatnonzero(s.shape[:, 0] == kind)
            out[rows] = JOINTS[kind].slope(scale[rows] * (t[rows] if len(t) > 1 else t))
    return out


def _joint(kind: int, u: Val, order: int) -> Val:
    joint = JOINTS[kind]
    if order == 0:
        value = joint.value(u.v)
        return Val(value, np.asarray(u.e.sum(axis=-1) + 8 * EPS * (np.abs(value) + 1)))
    found = (joint.gradient, joint.hessian)[order - 1](u)
    return Val(found.v, found.e + 8 * EPS * (np.abs(found.v) + 1))


def constant(symbol: Symbol, sampled: Sampled, which: str) -> Array:
    """Return the least constant of each function: smoothness, Lipschitz constant, or the modulus of convexity."""
    classes: tuple[str, ...] = symbol.data["classes"]
    kinds, scale, bowl = sampled.shape, sampled.scale, sampled.bowl
    joint = kinds[..., 0] >= JOINT
    single = np.where(kinds < JOINT, kinds, FLAT)
    if which == "modulus" or (classes == ("strongly_convex",)):
        bottom = np.array([s[4] for s in SHAPES])[single]
        return np.asarray((scale * bottom + bowl).min(axis=-1))
    if "lipschitz" in classes and "smooth" not in classes:
        steep = np.array([np.nan if s[3] is None else s[3] for s in SHAPES])[single]
        alone = np.sqrt(np.square(scale * steep).sum(axis=-1))
        return np.asarray(np.where(joint, steepest(scale, kinds[..., 0]), alone))
    low = np.array([s[4] for s in SHAPES])[single]
    high = np.array([np.nan if s[5] is None else s[5] for s in SHAPES])[single]
    alone = (np.abs(scale) * np.maximum(np.abs(low), np.abs(high)) + bowl).max(axis=-1)
    return np.asarray(np.where(joint, curviest(scale, kinds[..., 0]) + bowl[..., 0], alone))


@VALUES("constant")
def _constant(symbol: Symbol, env: Env) -> Val:
    owner: Symbol = symbol.data["of"]
    found = constant(owner, sample_of(owner, env), symbol.data["which"])
    if owner.holes and not symbol.holes:  # one constant that holds for every member
        axes = tuple(range(1, found.ndim))
        found = found.min(axis=axes) if symbol.data["which"] == "modulus" else found.max(axis=axes)
    return env.lift(rounded(found), 0)
