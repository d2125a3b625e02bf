"""Matrix functions: inverses, powers, spectra, determinants, with error bounds from their condition."""

import numpy as np

from proofweave.check.evaluate import EPS, Array, Env, Val, cubic, ev, gather, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, refuse_if
from proofweave.core import say

WORST = 1e10  # a matrix of larger condition counts as singular: no value


def finite(x: Val) -> tuple[Array, Array, Array]:
    """Return the matrices with those holding NaN replaced by I, the error bounds, and which were whole."""
    whole = np.asarray(np.isfinite(x.v).all(axis=(-1, -2)))
    rows, columns = x.v.shape[-2:]
    filled = np.where(whole[..., None, None], x.v, np.eye(rows, columns))
    return filled, np.broadcast_to(x.e, x.v.shape), whole


def _size(e: Array) -> Array:
    return np.asarray(np.sqrt(np.square(e).sum(axis=(-1, -2))))


def _blur(e: Array, filled: Array, s: Array) -> Array:
    """Return the size below which a singular value may be 0; one above it, but far below the largest, is grey."""
    return np.asarray(2 * _size(e)[..., None] + 8 * filled.shape[-1] * EPS * s[..., :1])


def singular_values(x: Val) -> Val:
    """Return the singular values, largest first; each moves by at most the norm of the error (Weyl)."""
    filled, e, whole = finite(x)
    s = np.linalg.svd(filled, compute_uv=False)
    s = np.where(whole[..., None], s, np.nan)
    bound = _size(e)[..., None] + 8 * filled.shape[-1] * EPS * s[..., :1]
    return Val(s, np.broadcast_to(bound, s.shape))


def _symmetric(filled: Array, e: Array, what: str, node: Node) -> Array:
    """Tell which matrices are symmetric up to rounding; none may be clearly unsymmetric, or the others speak for it."""
    gap = np.abs(filled - np.swapaxes(filled, -1, -2)).max(axis=(-1, -2))
    size, blur = np.abs(filled).max(axis=(-1, -2)), 4 * e.max(axis=(-1, -2))
    symmetric = np.asarray(gap <= 1e-9 * size + blur)
    refuse_if(bool((gap > 1e-6 * size + blur).any()) or not symmetric.any(), what, node.at)
    return symmetric


def eigenvalues(x: Val, node: Node) -> Val:
    """Return the eigenvalues of a symmetric matrix, largest first; an unsymmetric one has no value."""
    filled, e, whole = finite(x)
    symmetric = _symmetric(filled, e, "evaluate.eigenvalues", node)
    values = np.linalg.eigvalsh((filled + np.swapaxes(filled, -1, -2)) / 2)[..., ::-1]
    values = np.where((whole & symmetric)[..., None], values, np.nan)
    bound = _size(e)[..., None] + 8 * filled.shape[-1] * EPS * np.abs(values).max(axis=-1, keepdims=True)
    return Val(values, np.broadcast_to(bound, values.shape))


@rule("eigenvalue", "singular", work=cubic)
def _spectrum(node: Node, env: Env) -> Val:
    x = ev(node.args[0], env)
    found = eigenvalues(x, node) if node.op == "eigenvalue" else singular_values(x)
    if node.data in ("max", "min"):
        return va.extreme(found, -1, node.data)
    return gather(found, [ev(node.args[1], env).v - 1], env, 0, say("evaluate.the-spectrum"))


def inverse(x: Val) -> Val:
    """Return the inverse; an ill-conditioned matrix has none."""
    filled, e, whole = finite(x)
    s = np.linalg.svd(filled, compute_uv=False)
    usable = whole & (s[..., -1] > s[..., 0] / WORST)
    safe = np.where(usable[..., None, None], filled, np.eye(filled.shape[-1]))
    v = np.linalg.inv(safe)
    # elimination errs by a part of the largest entry, not of each one (Higham, ch. 9); the first order does while the
    # whole correction is a small part of the inverse
    largest = np.abs(safe).max(axis=(-1, -2), keepdims=True)
    size = np.abs(v)
    moved = e + 4 * filled.shape[-1] * EPS * largest
    part = (size @ moved).sum(axis=-1).max(axis=-1)[..., None, None]
    bound = size @ moved @ size / np.maximum(1 - part, 0.5)
    return Val(np.where(usable[..., None, None] & (part < 0.5), v, np.nan), bound)


@rule("inverse", work=cubic)
def _inverse(node: Node, env: Env) -> Val:
    return inverse(ev(node.args[0], env))


@rule("pinv", work=cubic)
def _pseudoinverse(node: Node, env: Env) -> Val:
    filled, e, whole = finite(ev(node.args[0], env))
    u, s, vt = np.linalg.svd(filled, full_matrices=False)
    top = s[..., :1]
    kept = s > 1e-9 * top
    grey = ((s > _blur(e, filled, s)) & ~kept).any(axis=-1)
    inverted = np.where(kept, 1 / np.where(kept, s, 1.0), 0.0)
    v = np.swapaxes(vt, -1, -2) @ (inverted[..., :, None] * np.swapaxes(u, -1, -2))
    worst = inverted.max(axis=-1)
    bound = 8 * worst**2 * (_size(e) + 8 * filled.shape[-1] * EPS * top[..., 0])
    v = np.where((whole & ~grey)[..., None, None], v, np.nan)
    return Val(v, np.broadcast_to(bound[..., None, None], v.shape))


def matrix_power(x: Val, exponent: Val, node: Node) -> Val:
    """Return A^k: by products for whole k, by the spectrum of a symmetric positive matrix for others."""
    k = exponent.v
    if (k != np.rint(k)).any() or (k.size > 1 and np.ptp(k) > 0):
        if k.size > 1 and np.ptp(k) > 0 and (k == np.rint(k)).all() and np.abs(k).max() <= 512:
            return _mixed_power(x, k, node)
        return _spectral_power(x, k, node)
    count = int(np.rint(k.flat[0]))
    refuse_if(abs(count) > 4096, "evaluate.power", node.at)
    base = inverse(x) if count < 0 else x
    shape = (1,) * (x.v.ndim - 2) + x.v.shape[-2:]
    out = va.exact(np.eye(x.v.shape[-1]).reshape(shape))
    count = abs(count)
    while count:
        if count & 1:
            out = va.matmul(out, base)
        count >>= 1
        if count:
            base = va.matmul(base, base)
    return out


def _mixed_power(x: Val, k: Array, node: Node) -> Val:
    if k.size == k.shape[-1] and x.v.ndim == k.ndim + 2 and x.v.shape[-3] == 1 and k.min() >= 0:
        return _powers(x, k.reshape(-1).astype(int))
    out: Val | None = None
    for count in np.unique(k):
        part = matrix_power(x, va.exact(np.full((1,) * k.ndim, count)), node)
        mask = (k == count)[..., None, None]
        out = part if out is None else va.pick(mask, part, out)
    assert out is not None
    return out


def _powers(x: Val, k: Array) -> Val:
    """Return the powers along an index axis, each from the one before."""
    shape = (*x.v.shape[:-3], len(k), *x.v.shape[-2:])
    va.afford(*shape)
    v, e = np.zeros(shape), np.zeros(shape)
    base = Val(x.v[..., 0, :, :], np.broadcast_to(x.e, x.v.shape)[..., 0, :, :])
    power = va.exact(np.broadcast_to(np.eye(shape[-1]), base.v.shape))
    for count in range(int(k.max()) + 1):
        for place in np.flatnonzero(k == count):
            v[..., place, :, :], e[..., place, :, :] = power
        power = va.matmul(power, base)
    return Val(v, e)


def _spectral_power(x: Val, k: Array, node: Node) -> Val:
    filled, e, whole = finite(x)
    symmetric = _symmetric(filled, e, "evaluate.fractional-power", node)
    values, vectors = np.linalg.eigh((filled + np.swapaxes(filled, -1, -2)) / 2)
    noise = _size(e)[..., None] + 8 * filled.shape[-1] * EPS * np.abs(values).max(axis=-1, keepdims=True)
    positive = np.where(np.abs(values) <= noise, 0.0, values)
    raised = np.power(positive, k[..., None])
    v = (vectors * raised[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    good = whole & symmetric & np.isfinite(raised).all(axis=-1)
    lowest = np.maximum(np.abs(positive), noise)
    slope = np.abs(k[..., None]) * np.power(lowest, np.minimum(k[..., None] - 1, 0.0))
    bound = (np.maximum(slope, np.abs(k[..., None]) * np.abs(values) ** np.maximum(k[..., None] - 1, 0)) * noise).max(
        axis=-1
    )
    bound = 4 * bound + 16 * EPS * np.abs(raised).max(axis=-1)
    return Val(np.where(good[..., None, None], v, np.nan), np.broadcast_to(bound[..., None, None], v.shape))


@rule("matfunc", work=cubic)
def _matrix_function(node: Node, env: Env) -> Val:
    x = ev(node.args[0], env)
    if node.data == "tr":
        return va.total(diagonal(x), -1)
    filled, e, whole = finite(x)
    if node.data == "rank":
        s = np.linalg.svd(filled, compute_uv=False)
        blur = _blur(e, filled, s)
        floor = np.maximum(1e-9 * s[..., :1], blur)
        grey = ((s > blur) & (s <= floor)).any(axis=-1)
        return va.exact(np.where(whole & ~grey, (s > floor).sum(axis=-1), np.nan))
    v = np.linalg.det(filled)
    entries = e + 4 * filled.shape[-1] * EPS * np.abs(filled)
    lengths = np.sqrt(np.square(np.abs(filled)).sum(axis=-1))
    slack = np.sqrt(np.square(entries).sum(axis=-1))
    full = np.prod(lengths + slack, axis=-1)
    bound = full * (slack / np.maximum(lengths + slack, np.finfo(float).tiny)).sum(axis=-1)
    return Val(np.where(whole, v, np.nan), bound)


@rule("diag")
def _diag(node: Node, env: Env) -> Val:
    x = ev(node.args[0], env)
    n = x.v.shape[-1]
    va.afford(x.v.size, n)
    va.afford(n, n)
    return Val(x.v[..., :, None] * np.eye(n), np.broadcast_to(x.e, x.v.shape)[..., :, None] * np.eye(n))


@rule("diagonal")
def _diagonal(node: Node, env: Env) -> Val:
    return diagonal(ev(node.args[0], env))


def diagonal(x: Val) -> Val:
    """Return the diagonals of matrices."""
    return Val(np.diagonal(x.v, axis1=-2, axis2=-1), np.diagonal(np.broadcast_to(x.e, x.v.shape), axis1=-2, axis2=-1))


@rule("msign", work=cubic)
def _matrix_sign(node: Node, env: Env) -> Val:
    filled, e, whole = finite(ev(node.args[0], env))
    u, s, vt = np.linalg.svd(filled, full_matrices=False)
    kept = s > 1e-9 * s[..., :1]
    v = (u * kept[..., None, :]) @ vt
    least = np.where(kept, s, np.inf).min(axis=-1)
    bound = 4 * (_size(e) + 8 * filled.shape[-1] * EPS * s[..., 0]) / np.where(np.isfinite(least), least, 1.0)
    grey = ((s > _blur(e, filled, s)) & ~kept).any(axis=-1)
    v = np.where((whole & ~grey)[..., None, None], v, np.nan)
    return Val(v, np.broadcast_to(bound[..., None, None], v.shape))


@rule("dyad")
def _dyad(node: Node, env: Env) -> Val:
    """Return u vᵀ of the largest singular value, or v vᵀ of an extreme eigenvalue; none where it is not simple."""
    filled, e, whole = finite(ev(node.args[0], env))
    if node.data == "singular":
        u, s, vt = np.linalg.svd(filled, full_matrices=False)
        v = u[..., :, :1] @ vt[..., :1, :]
        gap = s[..., 0] - s[..., 1] if s.shape[-1] > 1 else s[..., 0]
        top = s[..., 0]
    else:
        values, vectors = np.linalg.eigh((filled + np.swapaxes(filled, -1, -2)) / 2)
        place, other = (-1, -2) if node.data == "max" else (0, 1)
        v = vectors[..., :, place, None] * vectors[..., None, :, place]
        top = np.abs(values).max(axis=-1)
        gap = np.abs(values[..., place] - values[..., other]) if values.shape[-1] > 1 else top
    bound = 8 * (_size(e) + 8 * filled.shape[-1] * EPS * top) / np.maximum(gap, np.finfo(float).tiny)
    good = whole & (gap > 1e-7 * top)
    return Val(np.where(good[..., None, None], v, np.nan), np.broadcast_to(bound[..., None, None], v.shape))
