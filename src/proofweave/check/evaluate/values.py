"""Arrays with a running error bound: every operation says how far rounding may have moved its result.

A value of a type with r axes at index depth D has the shape (batch, k1, …, kD, *r axes); size 1 broadcasts.
The bound `e` is absolute and elementwise, first order, from the usual rounding model (Higham, Accuracy and
Stability of Numerical Algorithms, ch. 3), so that cancellation widens it and no tolerance has to be guessed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from proofweave.check.language import TooLarge

Array = npt.NDArray[Any]
EPS = float(np.finfo(float).eps)
FAINT = 1e-290  # what is smaller may have lost digits, or all of itself, below the smallest normal number
LOST = 1e-320  # some of the steps of 5e-324 in which numbers below it lie
MOST_CELLS = 1 << 20  # of one array; a value holds two of 8 MB, and some ten of them live at once


class Val(NamedTuple):
    """A value `v` and its absolute error bound `e`."""

    v: Array
    e: Array


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
    return Val(v, EPS * np.abs(v))


def spread(x: Val, shape: Sequence[int]) -> Val:
    """Return a value broadcast to a shape."""
    return Val(np.broadcast_to(x.v, shape), np.broadcast_to(x.e, shape))


def stack(values: Sequence[Val], shape: Sequence[int]) -> Val:
    """Return values of one shape side by side on a new last axis."""
    parts = [spread(value, shape) for value in values]
    return Val(np.stack([part.v for part in parts], axis=-1), np.stack([part.e for part in parts], axis=-1))


def widen(x: Val, rank: int) -> Val:
    """Give a scalar value trailing axes so that it multiplies a value of that rank."""
    if not rank:
        return x
    shape = (*x.v.shape, *(1,) * rank)
    return Val(x.v.reshape(shape), x.e.reshape((*x.e.shape, *(1,) * rank)))


def add(terms: Sequence[Val]) -> Val:
    """Return a sum."""
    v, e = terms[0]
    for term in terms[1:]:
        _together(v, term.v)
        v = v + term.v
        e = e + term.e + EPS * np.abs(v)
    return Val(v, e)


def neg(x: Val) -> Val:
    """Return −x."""
    return Val(-x.v, x.e)


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
    size = np.abs(v)
    return Val(v, np.abs(x.v) * y.e + np.abs(y.v) * x.e + x.e * y.e + EPS * size + lost(size, x.v, y.v))


def square(x: Val) -> Val:
    """Return x²."""
    v = x.v * x.v
    size = np.abs(v)
    return Val(v, (2 * np.abs(x.v) + x.e) * x.e + EPS * size + lost(size, x.v))


def div(x: Val, y: Val) -> Val:
    """Return the entrywise quotient; a divisor that may be 0 gives no value."""
    _together(x.v, y.v)
    v = np.where(np.abs(y.v) <= y.e, np.nan, x.v / y.v)
    below = np.maximum(np.abs(y.v) - y.e, np.finfo(float).tiny)
    size = np.abs(v)
    return Val(v, (x.e + size * y.e) / below + EPS * size + lost(size, x.v))


def matmul(x: Val, y: Val) -> Val:
    """Return the matrix product over the last two axes."""
    if x.v.size * y.v.size > MOST_CELLS:
        afford(*np.broadcast_shapes(x.v.shape[:-2], y.v.shape[:-2]), x.v.shape[-2], y.v.shape[-1])
    ax, ay = np.abs(x.v), np.abs(y.v)
    v = x.v @ y.v
    e = ax @ (y.e + EPS * ay * x.v.shape[-1]) + np.broadcast_to(x.e, x.v.shape) @ ay
    if (np.abs(v) < FAINT).any():
        e = e + LOST * ((ax != 0) * 1.0 @ ((ay != 0) * 1.0))
    return Val(v, e)


def total(x: Val, axis: int) -> Val:
    """Return the sum over an axis."""
    e = np.broadcast_to(x.e, x.v.shape) + EPS * np.abs(x.v)
    return Val(x.v.sum(axis=axis), e.sum(axis=axis))


def product(x: Val, axis: int) -> Val:
    """Return the product over an axis."""
    v = np.prod(x.v, axis=axis)
    safe = np.where(x.v == 0, 1.0, x.v)
    relative = (np.broadcast_to(x.e, x.v.shape) / np.abs(safe) + EPS).sum(axis=axis)
    moved = np.where(v == 0, np.broadcast_to(x.e, x.v.shape).max(axis=axis), 0.0)
    return Val(v, np.abs(v) * relative + moved + lost(np.abs(v), (x.v != 0).all(axis=axis)))


def power(x: Val, y: Val) -> Val:
    """Return x^y; a base that may be 0 from below counts as 0."""
    _together(x.v, y.v)
    if np.iscomplexobj(x.v) or np.iscomplexobj(y.v):
        return _complex_power(x, y)
    base = np.where((x.v < 0) & (-x.v <= 4 * x.e), 0.0, x.v)
    v = np.power(base, y.v)
    size, lean = np.abs(base), np.abs(y.v)
    slope = lean * np.where(lean == 0, 0.0, np.power(np.maximum(size, np.finfo(float).tiny), y.v - 1))
    near = np.where((y.v > 0) & (y.v < 1), np.power(x.e, np.where(y.v > 0, y.v, 1.0)), np.inf)
    # the slope at a base says nothing where the base may be half as large; of a root |x^y − z^y| ≤ |x − z|^y holds
    touching = (size <= 2 * x.e) & (y.v > 0)
    whole = np.power(np.where(touching, size + x.e, 1.0), np.where(touching, y.v, 1.0))
    beside = np.where(np.isfinite(near), near, whole)
    from_base = np.where(touching, beside, np.minimum(slope * x.e, near)) if np.any(x.e) else 0.0
    logs = np.abs(np.log(np.maximum(size, np.finfo(float).tiny)))
    from_power = np.where(y.e == 0, 0.0, np.abs(v) * logs * y.e)
    second = np.where(lean >= 2, lean * lean * np.power(np.maximum(x.e, 0.0), np.minimum(lean, 60)), 0.0)
    raised = np.abs(v)
    return Val(v, from_base + second + from_power + 4 * EPS * raised + lost(raised, base))


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
    size = np.abs(v)
    turned = EPS * np.abs(x.v.imag) if np.iscomplexobj(x.v) else 0.0
    return Val(v, size * (np.expm1(np.minimum(x.e, 50.0)) + 2 * EPS + turned) + lost(size, np.isfinite(x.v)))


def sqrt(x: Val) -> Val:
    """Return the square root."""
    base = np.where((x.v < 0) & (-x.v <= 4 * x.e), 0.0, x.v)
    v = np.sqrt(base)
    e = np.minimum(x.e / (2 * np.maximum(v, np.finfo(float).tiny)), np.sqrt(x.e))
    return Val(v, e + EPS * v)


def length(x: Val, axes: tuple[int, ...]) -> Val:
    """Return the Euclidean norm over axes; its error is at most the norm of the entries' errors."""
    size = np.abs(x.v)
    scale = np.max(size, axis=axes, keepdims=True, initial=0.0)
    safe = np.where(scale == 0, 1.0, scale)
    v = np.sqrt(np.square(size / safe).sum(axis=axes)) * safe.reshape(np.squeeze(safe, axis=axes).shape)
    e = np.sqrt(np.square(np.broadcast_to(x.e, x.v.shape)).sum(axis=axes))
    return Val(v, e + (2 + x.v.shape[axes[0]]) * EPS * v)


def pick(mask: Array, x: Val, y: Val) -> Val:
    """Return x where the mask holds, else y."""
    return Val(np.where(mask, x.v, y.v), np.where(mask, x.e, y.e))


def extreme(x: Val, axis: int, sense: str) -> Val:
    """Return the minimum or maximum over an axis."""
    v = x.v.min(axis=axis) if sense == "min" else x.v.max(axis=axis)
    return Val(v, np.broadcast_to(x.e, x.v.shape).max(axis=axis))
