"""Sixth-order central differences: where a function is read, and its gradient and Hessian from what was read."""

from itertools import combinations

import numpy as np

from proofweave.check.evaluate import Array

OFFSETS = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
SIXTH = np.array([-1.0, 9.0, -45.0, 45.0, -9.0, 1.0]) / 60
FOURTH = np.array([0.0, 1.0, -8.0, 8.0, -1.0, 0.0]) / 12
SECOND = np.array([2.0, -27.0, 270.0, 270.0, -27.0, 2.0]) / 180
CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))


def moves(p: int, step: float, cross: float) -> Array:
    """Return where a function of p coordinates is read: here, along each, and at corners of each two of them."""
    eye = np.eye(p)
    lines = (OFFSETS[:, None, None] * eye * step).reshape(-1, p)
    corners = [cross * (a * eye[i] + b * eye[j]) for i, j in combinations(range(p), 2) for a, b in CORNERS]
    return np.concatenate([np.zeros((1, p)), lines, np.array(corners).reshape(-1, p)])


def derived(values: Array, p: int, step: float, cross: float) -> tuple[Array, Array, Array]:
    """Return value, gradient and Hessian from values (…, moves): (…), (…, p), (…, p, p)."""
    at = values[..., 0]
    line = values[..., 1 : 1 + 6 * p].reshape((*at.shape, 6, p))
    gradient = np.einsum("k,...kp->...p", SIXTH, line) / step
    hessian = np.zeros((*at.shape, p, p))
    bent = np.einsum("k,...kp->...p", SECOND, line) - (490 / 180) * at[..., None]
    hessian[..., range(p), range(p)] = bent / step**2
    for k, (i, j) in enumerate(combinations(range(p), 2)):
        c = values[..., 1 + 6 * p + 4 * k : 5 + 6 * p + 4 * k]
        hessian[..., i, j] = hessian[..., j, i] = (c[..., 0] - c[..., 1] - c[..., 2] + c[..., 3]) / (4 * cross**2)
    return at, gradient, hessian
