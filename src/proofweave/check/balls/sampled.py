"""Sampled functions in balls, with exact parameters: f(x) = Σ_k a_k φ_k(t_k) + m_k t_k²/2 + ⟨c, x⟩ + c0.

Here t_k = ⟨q_k, x⟩ + b_k, and F(a_1 t_1, …, a_d t_d) may stand for the sum of the first terms.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import fmpq

from proofweave.check.balls import joint
from proofweave.check.balls.numbers import (
    Cannot,
    Num,
    absolute,
    add,
    cos,
    div,
    larger,
    length,
    mul,
    nan,
    neg,
    power,
    sigmoid,
    sign,
    signum,
    sin,
    smaller,
    softplus,
    sqrt,
    sub,
    total,
    whole,
)
from proofweave.check.balls.state import Value, flat


@dataclass(frozen=True, slots=True)
class Exact:
    """The parameters of one sampled function: coefficients, shapes by number, shifts, slope, offset, axes, bowls."""

    scale: Sequence[Num]
    shape: Sequence[int]
    shift: Sequence[Num]
    slope: Sequence[Num]
    offset: Num
    basis: Sequence[Sequence[Num]]
    bowl: Sequence[Num]


def _one(_: Num) -> Num:
    return whole(1)


def _none(_: Num) -> Num:
    return whole(0)


def _size(t: Num) -> Num:
    return absolute(t, True)


def _inside(t: Num) -> bool | None:
    """Tell whether |t| ≤ 1."""
    side = sign(sub(_size(t), whole(1)))
    return None if side is None else side <= 0


def _huber(t: Num) -> Num:
    inside = _inside(t)
    if inside is None:
        return nan()
    return div(mul(t, t), whole(2)) if inside else sub(_size(t), fmpq(1, 2))


def _huber_slope(t: Num) -> Num:
    return smaller(larger(t, whole(-1), True), whole(1), True)


def _huber_curve(t: Num) -> Num:
    inside = _inside(t)
    return nan() if inside is None else whole(int(inside))


def _hypotenuse(t: Num) -> Num:
    return sqrt(add(whole(1), mul(t, t)), True)


def _logistic_curve(t: Num) -> Num:
    s = sigmoid(t)
    return mul(s, sub(whole(1), s))


Curve = Callable[[Num], Num]
CURVES: tuple[tuple[Curve, Curve, Curve], ...] = (
    (lambda t: div(mul(t, t), whole(2)), lambda t: t, _one),
    (lambda t: softplus(t, True), sigmoid, _logistic_curve),
    (_huber, _huber_slope, _huber_curve),
    (_hypotenuse, lambda t: div(t, _hypotenuse(t)), lambda t: power(_hypotenuse(t), -3)),
    (cos, lambda t: neg(sin(t)), lambda t: neg(cos(t))),
    (lambda t: div(power(t, 4), whole(4)), lambda t: power(t, 3), lambda t: mul(whole(3), mul(t, t))),
    (_size, lambda t: signum(t, True), _none),
    (_none, _none, _none),
)
FLAT = 7
STEEPEST = (None, whole(1), whole(1), whole(1), whole(1), None, whole(1), whole(0))
FLATTEST = (whole(1), whole(0), whole(0), whole(0), whole(-1), whole(0), whole(0), whole(0))
CURVIEST = (whole(1), fmpq(1, 4), whole(1), whole(1), whole(1), None, None, whole(0))


def evaluate(f: Exact, x: Value, order: int) -> Value:
    """Return the value (order 0), the gradient (1) or the Hessian (2) at a point."""
    point = x if isinstance(x, list) else [x]
    along = [total([mul(q, p) for q, p in zip(axis, point, strict=True)]) for axis in f.basis]
    t = [add(at, b) for at, b in zip(along, f.shift, strict=True)]
    whole_of = f.shape[0] if f.shape[0] >= joint.JOINT else None
    u = [mul(a, at) for a, at in zip(f.scale, t, strict=True)]
    rows = list(zip(f.scale, f.shape if whole_of is None else [FLAT] * len(t), t, f.bowl, strict=True))
    if order == 0:
        terms = [add(mul(a, CURVES[k][0](at)), div(mul(m, mul(at, at)), whole(2))) for a, k, at, m in rows]
        terms += [joint.VALUES[whole_of](u)] if whole_of is not None else []
        return total([*terms, *(mul(c, p) for c, p in zip(f.slope, point, strict=True)), f.offset])
    if order == 1:
        weights = [add(mul(a, CURVES[k][1](at)), mul(m, at)) for a, k, at, m in rows]
        if whole_of is not None:
            weights = [add(w, mul(a, g)) for w, a, g in zip(weights, f.scale, joint.SLOPES[whole_of](u), strict=True)]
        found = [
            add(total([mul(w, axis[i]) for w, axis in zip(weights, f.basis, strict=True)]), f.slope[i])
            for i in range(len(point))
        ]
        return found if isinstance(x, list) else found[0]
    weights = [add(mul(a, CURVES[k][2](at)), m) for a, k, at, m in rows]
    n = range(len(point))
    inner = [[w if k == at else whole(0) for at in n] for k, w in enumerate(weights)]
    if whole_of is not None:
        bends = joint.BENDS[whole_of](u)
        inner = [[add(inner[k][at], mul(mul(f.scale[k], f.scale[at]), bends[k][at])) for at in n] for k in n]
    bend = [[_form(inner, [axis[i] for axis in f.basis], [axis[j] for axis in f.basis]) for j in n] for i in n]
    return bend if isinstance(x, list) else bend[0][0]


def _form(matrix: Sequence[Sequence[Num]], x: Sequence[Num], y: Sequence[Num]) -> Num:
    """Return xᵀ A y."""
    n = range(len(x))
    return total([mul(matrix[i][j], mul(x[i], y[j])) for i in n for j in n])


def constant(classes: tuple[str, ...], f: Exact, which: str) -> Num:
    """Return a function's least constant: of smoothness, Lipschitz's, or the modulus of convexity."""
    together = f.shape[0] >= joint.JOINT
    shapes = [FLAT] * len(f.shape) if together else f.shape
    if which == "modulus" or classes == ("strongly_convex",):
        return best([add(mul(a, FLATTEST[k]), m) for a, k, m in zip(f.scale, shapes, f.bowl, strict=True)], "modulus")
    table = STEEPEST if "lipschitz" in classes and "smooth" not in classes else CURVIEST
    if together and table is STEEPEST:
        return joint.steepest(f.shape[0], f.scale)
    if together:
        return add(joint.curviest(f.shape[0], f.scale), f.bowl[0])
    tops = [table[k] for k in f.shape]
    if any(top is None for top in tops):
        raise Cannot
    if table is STEEPEST:
        return length([power(mul(a, top), 2) for a, top in zip(f.scale, tops, strict=True)])
    return best([add(mul(absolute(a), top), m) for a, top, m in zip(f.scale, tops, f.bowl, strict=True)], which)


def best(found: Value, which: str) -> Num:
    """Return the constant that holds for all: the least modulus, the largest of the others."""
    numbers = flat(found)
    out = numbers[0]
    for one in numbers[1:]:
        out = smaller(out, one) if which == "modulus" else larger(out, one)
    return out
