"""Numbers of the second evaluator: exact rationals while they stay small, real balls else, and jets for derivatives.

A complex ball stands only inside an integral, a jet only inside a derivative. What has no value is a ball of NaN, which
decides nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import acb, arb, fmpq, fmpz

MOST_BITS = 1 << 14  # of an exact number; a longer one becomes a ball
MOST_FACTORIAL = 2000
MOST_ROOT = 12  # denominator of a quotient of logarithms that is known exactly

Num = Any
"""A rational (fmpq), a real ball (arb), a complex ball (acb) or a jet."""


class Cannot(Exception):
    """There is no rule for this in balls."""


class Unclear(Exception):
    """This precision leaves a decision open that has to be made."""


def nan() -> Num:
    """Return what has no value."""
    return arb.nan()


def exact(value: float) -> Num:
    """Return a float, bit by bit."""
    if not math.isfinite(value):
        return arb(value)
    return fmpq(*float(value).as_integer_ratio())


def whole(value: int) -> Num:
    """Return an integer."""
    return fmpq(value)


def ball(x: Num) -> Num:
    """Return a rational as a ball of the precision in force; others as they are."""
    return arb(x) if isinstance(x, fmpq) else x


def tidy(x: Num) -> Num:
    """Return a number that is not too long."""
    return arb(x) if isinstance(x, fmpq) and x.height_bits() > MOST_BITS else x


@dataclass(frozen=True, slots=True)
class Jet:
    """A number with its derivative along one direction, named by its tag; later tags are the outer ones."""

    tag: int
    value: Num
    slope: Num


@dataclass(frozen=True, slots=True)
class Cx:
    """A complex number with its real and imaginary part."""

    re: Num
    im: Num


def cartesian(x: Num) -> tuple[Num, Num]:
    """Return a number's real and imaginary part."""
    return (x.re, x.im) if isinstance(x, Cx) else (x, fmpq(0))


def parts(x: Num, tag: int) -> tuple[Num, Num]:
    """Return a number's value and derivative along the direction of a tag."""
    if isinstance(x, Jet) and x.tag == tag:
        return x.value, x.slope
    return x, fmpq(0)


def _tag(*numbers: Num) -> int:
    return max(x.tag for x in numbers if isinstance(x, Jet))


def primal(x: Num) -> Num:
    """Return a number without its derivatives."""
    while isinstance(x, Jet):
        x = x.value
    return x


def add(x: Num, y: Num) -> Num:
    """Return x + y."""
    if isinstance(x, Jet) or isinstance(y, Jet):
        tag = _tag(x, y)
        (a, da), (b, db) = parts(x, tag), parts(y, tag)
        return Jet(tag, add(a, b), add(da, db))
    if isinstance(x, Cx) or isinstance(y, Cx):
        return Cx(*map(add, cartesian(x), cartesian(y)))
    return tidy(x + y)


def neg(x: Num) -> Num:
    """Return −x."""
    if isinstance(x, Cx):
        return Cx(neg(x.re), neg(x.im))
    return Jet(x.tag, neg(x.value), neg(x.slope)) if isinstance(x, Jet) else -x


def sub(x: Num, y: Num) -> Num:
    """Return x − y."""
    return add(x, neg(y))


def mul(x: Num, y: Num) -> Num:
    """Return x y; an exact 0 times a number that has a value is an exact 0."""
    if isinstance(x, Jet) or isinstance(y, Jet):
        tag = _tag(x, y)
        (a, da), (b, db) = parts(x, tag), parts(y, tag)
        return Jet(tag, mul(a, b), add(mul(da, b), mul(a, db)))
    if isinstance(x, Cx) or isinstance(y, Cx):
        (a, b), (c, d) = cartesian(x), cartesian(y)
        return Cx(sub(mul(a, c), mul(b, d)), add(mul(a, d), mul(b, c)))
    for a, b in ((x, y), (y, x)):
        if is_zero(a) and b.__class__ is not fmpq and b.is_finite():
            return fmpq(0)
    return tidy(x * y)


def div(x: Num, y: Num) -> Num:
    """Return x / y; a divisor that may be 0 gives no value."""
    if isinstance(x, Jet) or isinstance(y, Jet):
        tag = _tag(x, y)
        (a, da), (b, db) = parts(x, tag), parts(y, tag)
        return Jet(tag, div(a, b), div(sub(mul(da, b), mul(a, db)), mul(b, b)))
    if isinstance(y, Cx):
        above = mul(x, conjugate(y))
        return div(above, square(y))
    if isinstance(x, Cx):
        return Cx(div(x.re, y), div(x.im, y))
    if is_zero(y):
        return nan()
    return tidy(x / y)


def conjugate(x: Num) -> Num:
    """Return the conjugate."""
    if isinstance(x, Jet):
        return Jet(x.tag, conjugate(x.value), conjugate(x.slope))
    return Cx(x.re, neg(x.im)) if isinstance(x, Cx) else x


def square(x: Num) -> Num:
    """Return |x|², of a real number x²."""
    return add(mul(x.re, x.re), mul(x.im, x.im)) if isinstance(x, Cx) else mul(x, x)


def part_of(x: Num, which: int) -> Num:
    """Return the real (0) or imaginary part (1)."""
    if isinstance(x, Jet):
        return Jet(x.tag, part_of(x.value, which), part_of(x.slope, which))
    return cartesian(x)[which]


def angle(x: Num) -> Num:
    """Return the argument, in (−π, π]; a ball that touches the cut or 0 has none."""
    re, im = map(ball, cartesian(x))
    if not (isinstance(re, arb) and isinstance(im, arb)):
        raise Cannot
    return nan() if not (re > 0 or im != 0 or (im == 0 and re < 0)) else acb(re, im).arg()


def is_zero(x: Num) -> bool:
    """Tell whether a number is exactly 0."""
    if isinstance(x, Cx):
        return is_zero(x.re) and is_zero(x.im)
    return isinstance(x, fmpq) and x == 0


def is_finite(x: Num) -> bool:
    """Tell whether a number has a value, and its derivatives."""
    if isinstance(x, Jet):
        return is_finite(x.value) and is_finite(x.slope)
    if isinstance(x, Cx):
        return is_finite(x.re) and is_finite(x.im)
    return isinstance(x, fmpq) or bool(x.is_finite())


def sign(x: Num) -> int | None:
    """Return −1, 0 or 1, or None where the precision leaves it open."""
    x = primal(x)
    if isinstance(x, Cx):
        raise Cannot
    if isinstance(x, acb):
        x = x.real
        return 1 if x > 0 else -1 if x < 0 else None
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0 if x == 0 else None


def hull(x: Num, y: Num) -> Num:
    """Return a ball that holds two numbers."""
    if isinstance(x, Jet) or isinstance(y, Jet):
        raise Unclear
    if isinstance(x, Cx) or isinstance(y, Cx):
        return Cx(*map(hull, cartesian(x), cartesian(y)))
    if isinstance(x, fmpq) and isinstance(y, fmpq) and x == y:
        return x
    a, b = ball(x), ball(y)
    return a.union(b) if a.is_finite() and b.is_finite() else nan()


def moves(x: Num) -> bool:
    """Tell whether a number is a jet with a derivative that is not exactly 0."""
    return isinstance(x, Jet) and (not is_zero(x.slope) or moves(x.value))


def larger(x: Num, y: Num, analytic: bool = False) -> Num:
    """Return the maximum; a tie has one only where both sides go on alike."""
    gap = sub(x, y)
    side = sign(gap)
    if side is not None and (side or not moves(gap)):
        return x if side >= 0 else y
    if isinstance(x, Jet) or isinstance(y, Jet):
        raise Unclear
    if isinstance(x, acb) or isinstance(y, acb):
        return acb(x).real_max(acb(y), analytic=analytic)
    return ball(x).max(ball(y))


def smaller(x: Num, y: Num, analytic: bool = False) -> Num:
    """Return the minimum."""
    return neg(larger(neg(x), neg(y), analytic))


def total(terms: list[Num]) -> Num:
    """Return a sum."""
    out: Num = fmpq(0)
    for term in terms:
        out = add(out, term)
    return out


def whole_of(x: Num) -> int:
    """Return a number that has to be an integer."""
    x = primal(x)
    if isinstance(x, fmpq):
        if x.q != 1:
            raise Cannot
        return int(x.p)
    found = x.unique_fmpz() if isinstance(x, arb) and x.is_exact() else None
    if found is None:
        raise Unclear
    return int(found)


def power(x: Num, k: int) -> Num:
    """Return a whole power."""
    if isinstance(x, Jet):
        slope = mul(mul(fmpq(k), power(x.value, k - 1)), x.slope) if k else fmpq(0)
        return Jet(x.tag, power(x.value, k), slope)
    if isinstance(x, Cx):
        half = power(x, abs(k) // 2) if k else fmpq(1)
        whole_ = mul(mul(half, half), x) if k % 2 else mul(half, half)
        return div(fmpq(1), whole_) if k < 0 else whole_
    if is_zero(x):
        return fmpq(0) if k > 0 else fmpq(1) if k == 0 else nan()
    if isinstance(x, fmpq) and x.height_bits() * abs(k) > MOST_BITS:
        x = arb(x)
    return tidy(x ** fmpz(k)) if not isinstance(x, fmpq) else x**k


def sqrt(x: Num, analytic: bool = False) -> Num:
    """Return the square root, exactly where it is rational; what may be negative counts from 0 up."""
    if isinstance(x, Jet):
        root = sqrt(x.value, analytic)
        return Jet(x.tag, root, div(x.slope, mul(fmpq(2), root)))
    if isinstance(x, acb):
        return x.sqrt(analytic=analytic)
    if isinstance(x, fmpq):
        if x < 0:
            return nan()
        p, q = math.isqrt(int(x.p)), math.isqrt(int(x.q))
        if p * p == x.p and q * q == x.q:
            return fmpq(p, q)
        return arb(x).sqrt()
    return x.sqrt()


def length(squares: list[Num], analytic: bool = False) -> Num:
    """Return the root of a sum of squares, which is never negative."""
    value = total(squares)
    return sqrt(value.nonnegative_part() if isinstance(value, arb) and value.is_finite() else value, analytic)


def exp(x: Num) -> Num:
    """Return e^x."""
    if isinstance(x, Jet):
        value = exp(x.value)
        return Jet(x.tag, value, mul(value, x.slope))
    if isinstance(x, Cx):
        size = exp(x.re)
        return Cx(mul(size, cos(x.im)), mul(size, sin(x.im)))
    return fmpq(1) if is_zero(x) else ball(x).exp()


def log(x: Num, analytic: bool = False) -> Num:
    """Return the natural logarithm; that of an exact 0 is −∞."""
    if isinstance(x, Jet):
        return Jet(x.tag, log(x.value, analytic), div(x.slope, x.value))
    if isinstance(x, acb):
        return x.log(analytic=analytic)
    if isinstance(x, fmpq):
        if x == 1:
            return fmpq(0)
        return arb.neg_inf() if x == 0 else arb(x).log()
    return x.log()


def log_ratio(x: Num, y: Num) -> Num | None:
    """Return log x / log y where it is rational and small, as log 8 / log 4 is 3/2; None elsewhere."""
    if not (isinstance(x, fmpq) and isinstance(y, fmpq) and x > 0 and y > 0 and y != 1):
        return None
    guess = float((arb(x).log() / arb(y).log()).mid())
    near = Fraction(guess).limit_denominator(MOST_ROOT)
    small = x.height_bits() * near.denominator <= MOST_BITS and y.height_bits() * abs(near.numerator) <= MOST_BITS
    exactly = abs(float(near) - guess) < 1e-9 and small and x**near.denominator == y**near.numerator
    return fmpq(near.numerator, near.denominator) if exactly else None


def exact_root(x: Num, degree: int) -> Num | None:
    """Return the root of a rational that has a rational one, as 8 has 2 for degree 3; None for others."""
    if x <= 0:
        return None
    found = fmpq(fmpz(x.p).root(degree), fmpz(x.q).root(degree))
    return found if found**degree == x else None


def real_power(x: Num, y: Num, analytic: bool = False) -> Num:
    """Return x^y; a base that is an exact 0 gives 0 for a positive exponent."""
    exponent = primal(y)
    if not isinstance(y, Jet) and isinstance(exponent, fmpq) and exponent.q == 1:
        return power(x, int(exponent.p))
    if not isinstance(y, Jet) and isinstance(exponent, fmpq) and exponent.q == 2:
        return power(sqrt(x, analytic), int(exponent.p))
    if not isinstance(y, Jet) and isinstance(x, fmpq) and isinstance(exponent, fmpq) and exponent.q <= MOST_ROOT:
        whole_root = exact_root(x, int(exponent.q))
        if whole_root is not None:
            return power(whole_root, int(exponent.p))
    if is_zero(x):
        side = sign(y)
        return fmpq(0) if side == 1 else nan()
    if isinstance(x, Jet) or isinstance(y, Jet) or isinstance(exponent, acb | Cx):
        return exp(mul(y, log(x, analytic)))
    if isinstance(x, acb):
        return x.pow(ball(y), analytic=analytic)
    return ball(x) ** ball(y)


def root(x: Num, degree: Num, analytic: bool = False) -> Num:
    """Return a root; an odd one of a negative number is negative."""
    if isinstance(degree, fmpq) and degree == 2:
        return sqrt(x, analytic)
    if isinstance(degree, fmpq) and degree.q == 1 and degree.p % 2 == 1 and sign(x) == -1:
        return neg(root(neg(x), degree, analytic))
    return real_power(x, div(fmpq(1), degree), analytic)


def _slope(x: Jet, value: Num, slope: Num) -> Jet:
    return Jet(x.tag, value, mul(slope, x.slope))


def _one_less_square(x: Num) -> Num:
    return sub(fmpq(1), mul(x, x))


def sigmoid(x: Num) -> Num:
    """Return 1/(1 + e^−x)."""
    return div(fmpq(1), add(fmpq(1), exp(neg(x))))


def softplus(x: Num, analytic: bool = False) -> Num:
    """Return log(1 + e^x)."""
    return log(add(fmpq(1), exp(x)), analytic)


def _smooth(name: str, slope: Callable[[Num, Num], Num]) -> Callable[[Num], Num]:
    """Return a function that balls have by name, with its slope from the argument and the value."""

    def function(x: Num) -> Num:
        if isinstance(x, Jet):
            value = function(x.value)
            return _slope(x, value, slope(x.value, value))
        if isinstance(x, Cx):
            return _turned(name, x)
        if is_zero(x) and name != "cos" and name != "cosh" and name != "acos":
            return fmpq(0)
        return getattr(ball(x), name)()

    return function


def _turned(name: str, x: Cx) -> Num:
    """Return sin, cos, sinh or cosh of a complex number from its exponentials."""
    if name not in ("sin", "cos", "sinh", "cosh"):
        raise Cannot
    along = x if name.endswith("h") else mul(Cx(fmpq(0), fmpq(1)), x)
    up, down = exp(along), exp(neg(along))
    twice = Cx(fmpq(0), fmpq(2)) if name == "sin" else fmpq(2)
    return div(add(up, down) if name.startswith("cos") else sub(up, down), twice)


sin: Callable[[Num], Num] = _smooth("sin", lambda x, _: cos(x))
cos: Callable[[Num], Num] = _smooth("cos", lambda x, _: neg(sin(x)))
FUNCTIONS: dict[str, Callable[[Num], Num]] = {
    "sin": sin,
    "cos": cos,
    "tan": _smooth("tan", lambda _, y: add(fmpq(1), mul(y, y))),
    "tanh": _smooth("tanh", lambda _, y: _one_less_square(y)),
    "sinh": _smooth("sinh", lambda x, _: FUNCTIONS["cosh"](x)),
    "cosh": _smooth("cosh", lambda x, _: FUNCTIONS["sinh"](x)),
    "arctan": _smooth("atan", lambda x, _: div(fmpq(1), add(fmpq(1), mul(x, x)))),
    "arcsin": _smooth("asin", lambda x, _: div(fmpq(1), sqrt(_one_less_square(x)))),
    "arccos": _smooth("acos", lambda x, _: neg(div(fmpq(1), sqrt(_one_less_square(x))))),
    "erf": _smooth("erf", lambda x, _: mul(_bell(), exp(neg(mul(x, x))))),
    "sigmoid": sigmoid,
    "exp": exp,
}
CUT = frozenset(("arctan", "arcsin", "arccos"))
"""Functions whose complex values have a cut."""


def _bell() -> Num:
    return 2 / arb.pi().sqrt()


def erfc(x: Num) -> Num:
    """Return 1 − erf x, without losing what is left of it."""
    if isinstance(x, Jet):
        return _slope(x, erfc(x.value), neg(mul(_bell(), exp(neg(mul(x.value, x.value))))))
    return ball(x).erfc()


def absolute(x: Num, analytic: bool = False) -> Num:
    """Return |x|; inside a derivative its sign has to be known, and not 0."""
    if isinstance(primal(x), Cx):
        if isinstance(x, Jet):
            raise Unclear
        return sqrt(square(x), analytic)
    side = sign(x)
    if side is not None and (side or not moves(x)):
        return neg(x) if side < 0 else x
    if isinstance(x, Jet):
        raise Unclear
    if isinstance(x, acb):
        return x.real_abs(analytic=analytic)
    return abs(x)


def signum(x: Num, analytic: bool = False) -> Num:
    """Return the sign as a number; a hull where it is open."""
    side = sign(x)
    if side is not None and (side or not moves(x)):
        return fmpq(side)
    if isinstance(x, Jet):
        raise Unclear
    if isinstance(x, acb):
        return x.real_sgn(analytic=analytic)
    return hull(fmpq(-1), fmpq(1)) if x.is_finite() else nan()


def floor(x: Num) -> Num:
    """Return the greatest integer below, or a ball that holds it."""
    if isinstance(x, Jet):
        raise Cannot
    if isinstance(x, fmpq):
        return fmpq(x.floor())
    if isinstance(x, acb):
        raise Cannot
    return x.floor()


def factorial(x: Num) -> Num:
    """Return x! of a whole number that is not negative."""
    k = whole_of(x)
    if k < 0:
        return nan()
    return tidy(fmpq(math.factorial(k))) if k <= MOST_FACTORIAL else arb(k + 1).gamma()


def gamma(x: Num) -> Num:
    """Return Γ(x)."""
    if isinstance(x, Jet):
        value = gamma(x.value)
        return _slope(x, value, mul(value, ball(x.value).digamma()))
    return ball(x).gamma()


def binomial(n: Num, k: Num) -> Num:
    """Return n over k, of reals by the gamma function."""
    if isinstance(n, fmpq) and isinstance(k, fmpq) and n.q == 1 and k.q == 1 and 0 <= n.p <= MOST_FACTORIAL:
        return tidy(fmpq(math.comb(int(n.p), int(k.p)))) if k.p >= 0 else fmpq(0)
    if isinstance(n, Jet | acb) or isinstance(k, Jet | acb):
        raise Cannot
    a, b = ball(n), ball(k)
    return (a + 1).gamma() * (b + 1).rgamma() * (a - b + 1).rgamma()
