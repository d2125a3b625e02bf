"""Samplers of vectors and matrices with a shape: unit, simplex, symmetric, positive definite, orthogonal, diagonal."""

from collections.abc import Callable

import numpy as np

from proofweave.check.evaluate import Array

Shaped = Callable[[tuple[int, ...], Array, Array, np.random.Generator], Array]


def _wide(values: Array, shape: tuple[int, ...]) -> Array:
    return values.reshape((-1, *(1,) * (len(shape) - 1)))


def unit(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return unit vectors; among the simple ones ± the axes, and flat ones, whose entries differ in sign alone."""
    z = rng.normal(size=shape)
    nice = np.broadcast_to(_wide(regime == 0, shape), shape)
    axis = rng.integers(shape[-1], size=shape[:-1])
    ends = np.eye(shape[-1])[axis] * rng.choice([-1.0, 1.0], size=(*shape[:-1], 1))
    flat = (rng.random(shape[:-1]) < 0.4)[..., None]
    z = np.where(nice, np.where(flat, np.sign(z), ends), z)
    return np.asarray(z / np.sqrt(np.square(z).sum(axis=-1, keepdims=True)))


def simplex(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return points of the simplex: inner ones, vertices, faces and the centre."""
    n = shape[-1]
    sharp = _wide(rng.choice([0.3, 1.0, 3.0], size=shape[0]), shape)
    z = rng.gamma(np.broadcast_to(sharp, shape)) + 1e-9
    small = rng.integers(0, 3, size=shape).astype(float)
    z = np.where(np.broadcast_to(_wide(regime == 0, shape), shape), small, z)
    z = np.where(z.sum(axis=-1, keepdims=True) == 0, 1.0, z)
    z = z / z.sum(axis=-1, keepdims=True)
    kind = rng.random(shape[:-1])[..., None]
    vertex = np.eye(n)[rng.integers(n, size=shape[:-1])]
    z = np.where(kind < 0.08, vertex, z)
    return np.asarray(np.where(kind > 0.94, 1.0 / n, z))


def symmetric(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return symmetric matrices."""
    z = rng.normal(size=shape) * _wide(scale, shape)
    z = np.where(_wide(regime == 0, shape), 2 * np.rint(rng.normal(size=shape)), z)
    return np.asarray((z + np.swapaxes(z, -1, -2)) / 2)


def psd(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return positive semidefinite matrices, a fifth of them of rank one."""
    z = rng.normal(size=shape)
    z = np.where(_wide(regime == 0, shape), np.rint(z), z * np.sqrt(_wide(scale, shape) / shape[-1]))
    low = rng.random(shape[:-2])[..., None, None] < 0.2
    z = np.where(low & (np.arange(shape[-1]) > 0), 0.0, z)
    return np.asarray(z @ np.swapaxes(z, -1, -2))


def spd(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return positive definite matrices whose spectra lie on both sides of 1."""
    n = shape[-1]
    spectrum = np.exp(rng.normal(0, 1.0, size=shape[:-1]))
    if n > 1:
        spectrum[..., 0] = np.exp(np.abs(rng.normal(0, 1, size=shape[:-2])))
        spectrum[..., 1] = np.exp(-np.abs(rng.normal(0, 1, size=shape[:-2])))
    nice = np.broadcast_to(_wide(regime == 0, shape)[..., 0], shape[:-1])
    spectrum = np.where(nice, rng.choice([0.5, 1.0, 2.0, 3.0], size=shape[:-1]), spectrum)
    q = np.linalg.qr(rng.normal(size=shape))[0]
    q = np.where(nice[..., None], np.eye(n), q)
    m = (q * spectrum[..., None, :]) @ np.swapaxes(q, -1, -2)
    return np.asarray((m + np.swapaxes(m, -1, -2)) / 2)


def orthogonal(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return orthogonal matrices of both determinants; among the simple ones signed permutations."""
    n = shape[-1]
    q, r = np.linalg.qr(rng.normal(size=shape))
    q = q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
    order = rng.random(shape[:-1]).argsort(axis=-1)
    signed = np.eye(n)[order] * rng.choice([-1.0, 1.0], size=(*shape[:-1], 1))
    return np.asarray(np.where(_wide(regime == 0, shape), signed, q))


def diagonal(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return diagonal matrices."""
    z = rng.normal(size=shape) * _wide(scale, shape)
    z = np.where(_wide(regime == 0, shape), np.rint(2 * z), z)
    return np.asarray(z * np.eye(shape[-1]))


def subset(shape: tuple[int, ...], regime: Array, scale: Array, rng: np.random.Generator) -> Array:
    """Return sets of indices as 1 for what belongs to them and 0 for what does not; empty and whole ones among them."""
    share = _wide(rng.choice([0.0, 0.3, 0.5, 0.7, 1.0], size=shape[0], p=[0.05, 0.3, 0.3, 0.3, 0.05]), shape)
    return np.asarray((rng.random(shape) < share) * 1.0)


SHAPED: dict[str, Shaped] = {
    "subset": subset,
    "unit": unit,
    "simplex": simplex,
    "symmetric": symmetric,
    "psd": psd,
    "spd": spd,
    "orthogonal": orthogonal,
    "diagonal": diagonal,
}
