"""Functions of all coordinates at once, F(u): maxima, norms, soft maxima and wells, with two derivatives each.

Each is 1-Lipschitz in u, and where it has a second derivative that is at most 1 in norm, as far as rounding needs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from proofweave.check.evaluate import Array, Val

JOINT = 8  # the numbers before are shapes of single terms
MAXIMUM, NORM, SOFTMAX, HYPERBOLOID, WELL = range(JOINT, JOINT + 5)
STEEPEST = {WELL: float(np.exp(-0.5))}
"""The least Lipschitz constant in u where it is not 1."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A function of u (…, d): its value, and gradient and Hessian with the errors that those of u cause."""

    value: Callable[[Array], Array]
    gradient: Callable[[Val], Val]
    hessian: Callable[[Val], Val]


def _outer(x: Array) -> Array:
    return np.asarray(x[..., :, None] * x[..., None, :])


def _diagonal(x: Array) -> Array:
    return np.asarray(x[..., :, None] * np.eye(x.shape[-1]))


def _worst(u: Val) -> Array:
    """Return the length of the error of u."""
    return np.asarray(np.sqrt(np.square(u.e).sum(axis=-1, keepdims=True)))


def _top(u: Val) -> tuple[Array, Array]:
    """Return which of 0, u_1, …, u_d is the first largest, and whether rounding leaves that open."""
    v, e = (np.concatenate([np.zeros_like(x[..., :1]), x], axis=-1) for x in u)
    best = v.argmax(axis=-1)[..., None]
    high, blur = (np.take_along_axis(x, best, axis=-1) for x in (v, e))
    near = (high - v <= blur + e) & (blur + e > 0) & (np.arange(v.shape[-1]) != best)
    return best, near.any(axis=-1, keepdims=True)


def _maximum_gradient(u: Val) -> Val:
    best, open_ = _top(u)
    picked = (np.arange(1, u.v.shape[-1] + 1) == best) * 1.0
    return Val(np.where(open_, np.nan, picked), np.zeros_like(picked))


def _flat(u: Val) -> Val:
    _, open_ = _top(u)
    none = np.zeros((*u.v.shape, u.v.shape[-1]))
    return Val(np.where(open_[..., None], np.nan, none), none)


def _length(u: Array) -> Array:
    return np.asarray(np.sqrt(np.square(u).sum(axis=-1, keepdims=True)))


def _norm_gradient(u: Val) -> Val:
    size = _length(u.v)
    safe = np.where(size == 0, 1.0, size)

    def bound() -> Array:
        off = _worst(u)
        worst = np.where(size == 0, np.where(off > 0, np.inf, 0.0), np.minimum(2 * off / safe, 2.0))
        return np.broadcast_to(worst, u.v.shape)

    return Val(u.v / safe, bound)


def _norm_hessian(u: Val) -> Val:
    size = _length(u.v)[..., None]
    v = (np.eye(u.v.shape[-1]) - _outer(u.v / size[..., 0])) / size
    return Val(v, lambda: np.broadcast_to(6 * _worst(u)[..., None] / np.square(size), v.shape))


def _shares(u: Array) -> Array:
    top = np.maximum(u.max(axis=-1, keepdims=True), 0.0)
    weights = np.exp(u - top)
    return np.asarray(weights / (weights.sum(axis=-1, keepdims=True) + np.exp(-top)))


def _soft_value(u: Array) -> Array:
    top = np.maximum(u.max(axis=-1, keepdims=True), 0.0)
    return np.asarray(top[..., 0] + np.log(np.exp(u - top).sum(axis=-1) + np.exp(-top[..., 0])))


def _smooth(of: Callable[[Array], Array], rank: int) -> Callable[[Val], Val]:
    """Return a derivative whose own derivative is at most 3 in norm."""

    def found(u: Val) -> Val:
        v = of(u.v)
        return Val(v, lambda: np.broadcast_to(3 * (_worst(u) if rank == 1 else _worst(u)[..., None]), v.shape))

    return found


def _bell(u: Array) -> Array:
    return np.asarray(np.exp(-np.square(u).sum(axis=-1, keepdims=True) / 2))


def _hyperbola(u: Array) -> Array:
    return np.asarray(np.sqrt(1 + np.einsum("...i,...i->...", u, u)[..., None]))


def _bent(u: Array) -> Array:
    high = _hyperbola(u)
    return np.asarray((np.eye(u.shape[-1]) - _outer(u / high)) / high[..., None])


def _joint(value: Callable[[Array], Array], slope: Callable[[Array], Array], bend: Callable[[Array], Array]) -> Joint:
    return Joint(value, _smooth(slope, 1), _smooth(bend, 2))


JOINTS: Mapping[int, Joint] = {
    MAXIMUM: Joint(lambda u: np.asarray(np.maximum(u.max(axis=-1), 0.0)), _maximum_gradient, _flat),
    NORM: Joint(lambda u: _length(u)[..., 0], _norm_gradient, _norm_hessian),
    SOFTMAX: _joint(_soft_value, _shares, lambda u: _diagonal(_shares(u)) - _outer(_shares(u))),
    HYPERBOLOID: _joint(lambda u: _hyperbola(u)[..., 0], lambda u: np.asarray(u / _hyperbola(u)), _bent),
    WELL: _joint(
        lambda u: np.asarray(-_bell(u)[..., 0]),
        lambda u: np.asarray(u * _bell(u)),
        lambda u: np.asarray(_bell(u)[..., None] * (np.eye(u.shape[-1]) - _outer(u))),
    ),
}


def steepest(scale: Array, kind: Array) -> Array:
    """Return the least Lipschitz constant of F(scale t) in t."""
    factor = np.ones(kind.shape)
    for which, least in STEEPEST.items():
        factor = np.where(kind == which, least, factor)
    return np.asarray(np.abs(scale).max(axis=-1) * factor)


def curviest(scale: Array, kind: Array) -> Array:
    """Return the least bound on the curvature of F(scale t) in t; none where it has kinks.

    A soft maximum bends most between its two steepest pieces, sharing its weight evenly: by (a² + b²)/4.
    """
    squares = np.sort(np.square(scale), axis=-1)[..., ::-1]
    out = np.where(kind == SOFTMAX, squares[..., :2].sum(axis=-1) / 4, squares[..., 0])
    return np.asarray(np.where((kind == MAXIMUM) | (kind == NORM), np.nan, out))
