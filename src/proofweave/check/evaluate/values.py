"""Arrays with a running error bound: every operation says how far rounding may have moved its result.

A value of a type with r axes at index depth D has the shape (batch, k1, …, kD, *r axes); size 1 broadcasts.
The bound `e` is absolute and elementwise, first order, from the usual rounding model (Higham, Accuracy and
Stability of Numerical Algorithms, ch. 3), so that cancellation widens it and no tolerance has to be guessed.
It is worked out when it is first asked for: a search, a solver and a trajectory ask for values alone.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from proofweave.check.language import TooLarge

Array = npt.NDArray[Any]
EPS = float(np.finfo(float).eps)
TINIEST = float(np.finfo(float).tiny)
FAINT = 1e-290  # what is smaller may have lost digits, or all of itself, below the smallest normal number
LOST = 1e-320  # some of the steps of 5e-324 in which numbers below it lie
MOST_CELLS = 1 << 20  # of one array; a value holds two of 8 MB, and some ten of them live at once


class Val:
    """A value `v` and its absolute error bound `e`, which is given or worked out when it is first asked for."""

    __slots__ = ("_bound", "v")

    def __init__(self, v: Array, bound: Array | Callable[[], Array]) -> None:
        self.v = v
        self._bound = bound

    @property
    def e(self) -> Array:
        """The error bound."""
        bound = self._bound
        if callable(bound):
            bound = self._bound = bound()
        return bound

    def __iter__(self) -> Iterator[Array]:
        yield self.v
        yield self.e

    def through(self, change: Callable[[Array], Array]) -> "Val":
        """Return the value and its bound changed alike: entries moved, picked or repeated."""
        return Val(change(self.v), lambda: change(self.e))


def afford(*lengths: int) -> None:
    """Refuse an array of these lengths before it is made, if it would hold too many cells."""
    cells = 1
    for length in lengths:
        cells *= int(length)
    if cells > MOST_CELLS:
        raise TooLarge("evaluate.array", cells=cells, most=MOST_CELLS)


def _together(x: Array, y: Array) -> None:
    """Refuse a broadcast of two arrays that would be too large."""
    if x.size * y.size > MOST_CELLS:
        afford(*np.broadcast_shapes(x.shape, y.shape))


def exact(v: Array) -> Val:
    """Return a value without error."""
    return Val(v, np.zeros((1,) * v.ndim))


def rounded(v: Array) -> Val:
    """Return a value with the error of one rounding."""
    return Val(v, lambda: EPS * np.abs(v))


def spread(x: Val, shape: Sequence[int]) -> Val:
    """Return a value broadcast to a shape."""
    wanted = tuple(shape)
    return x.through(lambda part: part if part.shape == wanted else np.broadcast_to(part, wanted))


def _wide(e: Array, v: Array) -> Array:
    """Return a bound broadcast to its value's shape."""
    return e if e.shape == v.shape else np.broadcast_to(e, v.shape)


def _is_zero(e: Array) -> bool:
    """Tell whether a bound is that of exact values."""
    return e.size == 1 and not e.item()


def stack(values: Sequence[Val], shape: Sequence[int]) -> Val:
    """Return values of one shape side by side on a new last axis."""
    parts = [spread(value, shape) for value in values]
    v = np.stack([part.v for part in parts], axis=-1)
    return Val(v, lambda: np.stack([part.e for part in parts], axis=-1))


def widen(x: Val, rank: int) -> Val:
    """Give a scalar value trailing axes so that it multiplies a value of that rank."""
    if not rank:
        return x
    ones = (1,) * rank
    return x.through(lambda part: part.reshape(part.shape + ones))


def add(terms: Sequence[Val]) -> Val:
    """Return a sum."""
    sums = [terms[0].v]
    for term in terms[1:]:
        _together(sums[-1], term.v)
        sums.append(sums[-1] + term.v)

    def bound() -> Array:
        e = terms[0].e
        for term, v in zip(terms[1:], sums[1:], strict=True):
            e = e + term.e + EPS * np.abs(v)
        return e

    return Val(sums[-1], bound)


def neg(x: Val) -> Val:
    """Return −x."""
    return Val(-x.v, lambda: x.e)


def sub(x: Val, y: Val) -> Val:
    """Return x − y."""
    _together(x.v, y.v)
    v = x.v - y.v
    return Val(v, lambda: x.e + y.e + EPS * np.abs(v))


def lost(size: Array, *factors: Array) -> Array | float:
    """Return what a product of that size may have lost by underflow: nothing where a factor is exactly 0."""
    faint = size < FAINT
    if not faint.any():
        return 0.0
    for factor in factors:
        faint = faint & (factor != 0)
    return np.where(faint, LOST, 0.0)


def mul(x: Val, y: Val) -> Val:
    """Return the entrywise product."""
    _together(x.v, y.v)
    v = x.v * y.v

    def bound() -> Array:
        size = np.abs(v)
        e: Array = EPS * size + lost(size, x.v, y.v)
        if _is_zero(x.e):
            return e if _is_zero(y.e) else np.asarray(e + np.abs(x.v) * y.e)
        if _is_zero(y.e):
            return np.asarray(e + np.abs(y.v) * x.e)
        return np.asarray(e + np.abs(x.v) * y.e + (np.abs(y.v) + y.e) * x.e)

    return Val(v, bound)


def square(x: Val) -> Val:
    """Return x²."""
    v = x.v * x.v

    def bound() -> Array:
        size = np.abs(v)
        e: Array = EPS * size + lost(size, x.v)
        return e if _is_zero(x.e) else e + (2 * np.abs(x.v) + x.e) * x.e

    return Val(v, bound)


def div(x: Val, y: Val) -> Val:
    """Return the entrywise quotient; a divisor that may be 0 gives no value."""
    _together(x.v, y.v)
    divisor = np.abs(y.v)
    none = divisor <= y.e
    v = x.v / y.v
    if none.any():
        v = np.where(none, np.nan, v)

    def bound() -> Array:
        below = np.maximum(divisor - y.e, TINIEST)
        size = np.abs(v)
        return np.asarray((x.e + size * y.e) / below + EPS * size + lost(size, x.v))

    return Val(v, bound)


def matmul(x: Val, y: Val) -> Val:
    """Return the matrix product over the last two axes."""
    if x.v.size * y.v.size > MOST_CELLS:
        afford(*np.broadcast_shapes(x.v.shape[:-2], y.v.shape[:-2]), x.v.shape[-2], y.v.shape[-1])
    v = x.v @ y.v

    def bound() -> Array:
        ax, ay = np.abs(x.v), np.abs(y.v)
        e = ax @ (y.e + EPS * ay * x.v.shape[-1])
        if not _is_zero(x.e):
            e = e + _wide(x.e, x.v) @ ay
        if (np.abs(v) < FAINT).any():
            e = e + LOST * ((ax != 0) * 1.0 @ ((ay != 0) * 1.0))
        return np.asarray(e)

    return Val(v, bound)


def total(x: Val, axis: int) -> Val:
    """Return the sum over an axis."""
    return Val(x.v.sum(axis=axis), lambda: (x.e + EPS * np.abs(x.v)).sum(axis=axis))


def product(x: Val, axis: int) -> Val:
    """Return the product over an axis."""
    v = np.prod(x.v, axis=axis)

    def bound() -> Array:
        safe = np.where(x.v == 0, 1.0, x.v)
        relative = (x.e / np.abs(safe) + EPS).sum(axis=axis)
        moved = np.where(v == 0, _wide(x.e, x.v).max(axis=axis), 0.0)
        return np.asarray(np.abs(v) * relative + moved + lost(np.abs(v), (x.v != 0).all(axis=axis)))

    return Val(v, bound)


def _not_below(x: Val) -> Array:
    """Return the values, 0 where one may be 0 from below."""
    below = x.v < 0
    return np.where(below & (-x.v <= 4 * x.e), 0.0, x.v) if below.any() else x.v


def power(x: Val, y: Val) -> Val:
    """Return x^y; a base that may be 0 from below counts as 0."""
    _together(x.v, y.v)
    if np.iscomplexobj(x.v) or np.iscomplexobj(y.v):
        return _complex_power(x, y)
    base = _not_below(x)
    v = np.power(base, y.v)
    return Val(v, lambda: _power_bound(x, y, base, v))


def _power_bound(x: Val, y: Val, base: Array, v: Array) -> Array:
    size, lean = np.abs(base), np.abs(y.v)
    slope = lean * np.where(lean == 0, 0.0, np.power(np.maximum(size, TINIEST), y.v - 1))
    near = np.where((y.v > 0) & (y.v < 1), np.power(x.e, np.where(y.v > 0, y.v, 1.0)), np.inf)
    # the slope at a base says nothing where the base may be half as large; of a root |x^y − z^y| ≤ |x − z|^y holds
    touching = (size <= 2 * x.e) & (y.v > 0)
    whole = np.power(np.where(touching, size + x.e, 1.0), np.where(touching, y.v, 1.0))
    beside = np.where(np.isfinite(near), near, whole)
    from_base = np.where(touching, beside, np.minimum(slope * x.e, near)) if np.any(x.e) else 0.0
    logs = np.abs(np.log(np.maximum(size, TINIEST)))
    from_power = np.where(y.e == 0, 0.0, np.abs(v) * logs * y.e)
    second = np.where(lean >= 2, lean * lean * np.power(np.maximum(x.e, 0.0), np.minimum(lean, 60)), 0.0)
    raised = np.abs(v)
    return np.asarray(from_base + second + from_power + 4 * EPS * raised + lost(raised, base))


def _complex_power(x: Val, y: Val) -> Val:
    """Return x^y for a whole y, or a positive x."""
    if not np.iscomplexobj(x.v):
        logs = np.log(np.where(x.v > x.e, x.v, np.nan))
        return exp(mul(y, Val(logs, x.e / np.maximum(x.v - x.e, np.finfo(float).tiny) + EPS * np.abs(logs))))
    v = np.power(x.v, y.v)
    size, lean = np.abs(x.v), np.abs(y.v)
    below = np.maximum(size - x.e, np.finfo(float).tiny)
    moved = lean * x.e * np.where(y.v >= 0, np.power(size + x.e, np.maximum(y.v - 1, 0)), np.abs(v) / below)
    return Val(v, moved + (4 + 2 * lean) * EPS * np.abs(v))


def exp(x: Val) -> Val:
    """Return e^x."""
    v = np.exp(x.v)

    def bound() -> Array:
        size = np.abs(v)
        turned = EPS * np.abs(x.v.imag) if np.iscomplexobj(x.v) else 0.0
        grown = np.expm1(np.minimum(x.e, 50.0)) + 2 * EPS + turned
        return np.asarray(size * grown + lost(size, np.isfinite(x.v)))

    return Val(v, bound)


def sqrt(x: Val) -> Val:
    """Return the square root."""
    v = np.sqrt(_not_below(x))
    return Val(v, lambda: np.minimum(x.e / (2 * np.maximum(v, TINIEST)), np.sqrt(x.e)) + EPS * v)


def length(x: Val, axes: tuple[int, ...]) -> Val:
    """Return the Euclidean norm over axes; its error is at most the norm of the entries' errors."""
    size = np.abs(x.v)
    scale = np.max(size, axis=axes, keepdims=True, initial=0.0)
    safe = np.where(scale == 0, 1.0, scale)
    v = np.sqrt(np.square(size / safe).sum(axis=axes)) * safe.reshape(np.squeeze(safe, axis=axes).shape)
    return Val(v, lambda: np.sqrt(np.square(_wide(x.e, x.v)).sum(axis=axes)) + (2 + x.v.shape[axes[0]]) * EPS * v)


def pick(mask: Array, x: Val, y: Val) -> Val:
    """Return x where the mask holds, else y."""
    return Val(np.where(mask, x.v, y.v), lambda: np.where(mask, x.e, y.e))


def extreme(x: Val, axis: int, sense: str) -> Val:
    """Return the minimum or maximum over an axis."""
    v = x.v.min(axis=axis) if sense == "min" else x.v.max(axis=axis)
    return Val(v, lambda: _wide(x.e, x.v).max(axis=axis))
