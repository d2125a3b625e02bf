"""Sampled functions of a class: value, gradient and Hessian in closed form, and least constants known exactly.

f(x) = Σ_k a_k φ_k(t_k) + Σ_k m_k t_k²/2 + ⟨c, x⟩ + c0 with t_k = ⟨q_k, x⟩ + b_k and orthonormal q_k, or with
F(a_1 t_1, …, a_d t_d) for the first sum. As the t_k vary freely and independently, the extreme curvature of a sum
is that of its worst term, so the least smoothness constant is max_k |a_k| sup|φ_k''|, the largest modulus of strong
convexity min_k a_k inf φ_k'', and the least Lipschitz constant (Σ_k a_k² sup φ_k'²)^{1/2}; beside F all m_k are one
number m, which adds to the curvature of F. At a kink the gradient is one subgradient.
"""

from collections.abc import Callable, Sequence
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
JOINT_SHARE = 0.4  # of the functions that are no quadratics
ILL, CHAIN, WIDEST = 0.2, 0.15, 3.0  # shares of the quadratics; decades of curvature at most
CURVES: tuple[tuple[Curve, Curve, Curve], ...] = tuple(shape[:3] for shape in SHAPES)
SINGLE_NAMES = ("square/2", "softplus", "huber", "sqrt(1+t²)", "cos", "t⁴/4", "abs", "0·")
SHAPE_NAMES = (*SINGLE_NAMES, "max(0, u)", "‖u‖", "log(1+Σ exp u)", "sqrt(1+‖u‖²)", "-exp(-‖u‖²/2)")
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


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters of sampled functions where they are evaluated, at points x with the arguments t of their terms."""

    x: Val
    t: Array
    kinds: Array
    scale: Array
    shift: Array
    slope: Array
    bowl: Array
    basis: Array
    present: tuple[int, ...]

    def curve(self, order: int) -> Array:
        """Return each term's value (0), slope (1) or curvature (2)."""
        return _curve(self.kinds, self.t, order, self.present)

    def joint(self, order: int) -> Val | None:
        """Return the value (0), gradient (1) or Hessian (2) of what is a function of all coordinates at once."""
        u = Val(self.scale * self.t, lambda: np.abs(self.scale) * (self.moved() + EPS * np.abs(self.t)))
        return _jointly(self.kinds[..., 0], u, order, self.present)

    def spread(self) -> Array:
        """Return how far x may be off, and a few roundings of it."""
        return np.asarray(self.x.e + 4 * EPS * np.abs(self.x.v))

    def moved(self) -> Array:
        """Return how far that may move the arguments of the terms."""
        return np.asarray((np.abs(self.basis) @ self.spread()[..., None])[..., 0] + EPS * np.abs(self.shift))


def evaluate(env: Env, symbol: Symbol, x: Val, members: list[Array], order: int) -> Val:
    """Return the value (order 0), gradient (1) or Hessian (2) of a sampled function at points x."""
    s = sample_of(symbol, env)
    scalar = symbol.type.args[0].kind == "scalar"
    ones = (1,) * env.depth

    def at(array: Array, rank: int) -> Array:
        lifted = array.reshape(array.shape[:1] + ones + array.shape[1:]) if ones else array
        return gather(exact(lifted), members, env, rank, symbol.name).v if members else lifted

    point = x.through(lambda part: part[..., None]) if scalar else x
    kinds = at(s.shape.astype(float), 1) if members else at(s.shape, 1)
    if members:  # a member out of the family's range: its other parameters are NaN and so is its value
        kinds = np.where(np.isnan(kinds), FLAT, kinds).astype(int)
    basis, shift = at(s.basis, 2), at(s.shift, 1)
    t = (basis @ point.v[..., None])[..., 0] + shift
    terms = Terms(point, t, kinds, at(s.scale, 1), shift, at(s.slope, 1), at(s.bowl, 1), basis, s.kinds)
    if order == 0:
        return _value(terms, at(s.offset, 0))
    found = _gradient(terms) if order == 1 else _hessian(terms)
    return found.through(lambda part: part[..., 0] if order == 1 else part[..., 0, 0]) if scalar else found


def _value(f: Terms, offset: Array) -> Val:
    value, joint = f.curve(0), f.joint(0)
    v = (f.scale * value + f.bowl * f.t * f.t / 2).sum(axis=-1) + (f.slope * f.x.v).sum(axis=-1) + offset
    v = v if joint is None else v + joint.v

    def bound() -> Array:
        moved = f.moved()
        near = np.abs(f.scale) * (np.abs(f.curve(1)) * moved + 4 * EPS * (np.abs(value) + 1))
        near = near + f.bowl * (moved + EPS * np.abs(f.t)) * (np.abs(f.t) + moved)
        e = near.sum(axis=-1) + (np.abs(f.slope) * f.spread()).sum(axis=-1) + EPS * np.abs(v)
        return np.asarray(e if joint is None else e + joint.e)

    return Val(v, bound)


def _gradient(f: Terms) -> Val:
    first, joint = f.curve(1), f.joint(1)
    back = np.swapaxes(f.basis, -1, -2)
    steep = first if joint is None else first + joint.v
    v = (back @ (f.scale * steep + f.bowl * f.t)[..., None])[..., 0] + f.slope

    def bound() -> Array:
        moved, size = f.moved(), np.abs(f.scale)
        near = size * (np.abs(f.curve(2)) * moved + 4 * EPS * (np.abs(first) + 1))
        near = near + f.bowl * (moved + 4 * EPS * np.abs(f.t))
        near = near if joint is None else near + size * joint.e
        return np.asarray((np.abs(back) @ near[..., None])[..., 0] + EPS * np.abs(v))

    return Val(v, bound)


def _hessian(f: Terms) -> Val:
    weighted, joint = f.scale * f.curve(2) + f.bowl, f.joint(2)
    back = np.swapaxes(f.basis, -1, -2)
    scales = f.scale[..., :, None] * f.scale[..., None, :]
    v = (back * weighted[..., None, :]) @ f.basis
    v = v if joint is None else v + back @ (scales * joint.v) @ f.basis

    def bound() -> Array:
        near = np.abs(weighted) * 8 * EPS + np.abs(f.scale) * 3 * f.moved()
        e = (np.abs(back) * near[..., None, :]) @ np.abs(f.basis)
        if joint is None:
            return np.asarray(e)
        bent = np.abs(scales) * (joint.e + 8 * EPS * np.abs(joint.v))
        return np.asarray(e + np.abs(back) @ bent @ np.abs(f.basis))

    return Val(v, bound)


def _curve(kinds: Array, t: Array, which: int, present: tuple[int, ...]) -> Array:
    """Return each term's value (0), slope (1) or curvature (2)."""
    if len(present) == 1 and present[0] < JOINT:
        return np.asarray(CURVES[present[0]][which](t))
    shape = t.shape if t.shape == kinds.shape else np.broadcast_shapes(kinds.shape, t.shape)
    out = np.zeros(shape)
    if out.size > FEW:
        t = np.broadcast_to(t, shape)
    for kind in present:
        if kind == FLAT or kind >= JOINT:
            continue
        here = kinds == kind
        if out.size > FEW:
            here = np.broadcast_to(here, shape)
            out[here] = CURVES[kind][which](t[here])
        else:
            np.copyto(out, CURVES[kind][which](t), where=here)
    return out


def _jointly(kinds: Array, u: Val, order: int, present: tuple[int, ...]) -> Val | None:
    """Return the value (0), gradient (1) or Hessian (2) in u of functions of all coordinates; 0 for the others."""
    joint = [kind for kind in present if kind >= JOINT]
    if not joint:
        return None
    shape = (*np.broadcast_shapes(kinds.shape, u.v.shape[:-1]), *u.v.shape[-1:] * order)
    single = kinds.size == kinds.shape[0] == u.v.shape[0]  # one function an instance
    places = [kinds.reshape(-1) == kind if single else kinds == kind for kind in joint]
    found = [_joint(kind, _rows(u, place) if single else u, order) for kind, place in zip(joint, places, strict=True)]

    def filled(parts: Sequence[Array]) -> Array:
        out = np.zeros(shape)
        for place, part in zip(places, parts, strict=True):
            if single:
                out[place] = part
            else:
                np.copyto(out, part, where=place[(..., *(None,) * order)])
        return out

    return Val(filled([one.v for one in found]), lambda: filled([one.e for one in found]))


def _rows(u: Val, rows: Array) -> Val:
    return u.through(lambda part: part[rows])


def _joint(kind: int, u: Val, order: int) -> Val:
    joint = JOINTS[kind]
    if order == 0:
        value = joint.value(u.v)
        return Val(value, lambda: np.asarray(u.e.sum(axis=-1) + 8 * EPS * (np.abs(value) + 1)))
    found = (joint.gradient, joint.hessian)[order - 1](u)
    return Val(found.v, lambda: found.e + 8 * EPS * (np.abs(found.v) + 1))


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
