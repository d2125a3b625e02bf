"""The exponential of a matrix, by scaling and squaring, and endless sums of matrices, with their error bounds."""

import numpy as np

from proofweave.check.evaluate import EPS, Array, Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, is_number, refuse_if
from proofweave.check.operations.linear import finite

ORDER = 18  # terms of the Taylor series at norms up to 1/2: the rest is below 1e-22
LARGEST = 512.0  # of the 1-norm; beyond, the exponential has no value
CHUNK = 32
CHUNKS = 10
CLOSE = 1e-10


def _work(node: Node, value: Val, env: Env) -> float:
    """Return the extra work: some thirty products of matrices."""
    return 30.0 * float(value.v.size) * env.shape(node.type)[-1]


@rule("expm", work=_work)
def _exponential(node: Node, env: Env) -> Val:
    return exponential(ev(node.args[0], env))


@rule("expslope", work=_work)
def _slope(node: Node, env: Env) -> Val:
    """Return the derivative of the exponential along a direction: a block of the exponential of [[X, E], [0, X]]."""
    x, along = (ev(arg, env) for arg in node.args)
    lead = np.broadcast_shapes(x.v.shape, along.v.shape)
    va.afford(*lead, 4)
    x, along = va.spread(x, lead), va.spread(along, lead)
    none = np.zeros(lead)
    pairs = [((x.v, along.v), (none, x.v)), ((x.e, along.e), (none, x.e))]
    v, e = (np.concatenate([np.concatenate(line, axis=-1) for line in part], axis=-2) for part in pairs)
    n = lead[-1]
    found = exponential(Val(v, e))
    return Val(found.v[..., :n, n:], found.e[..., :n, n:])


def exponential(x: Val) -> Val:
    """Return e^X of square matrices; every product carries its error, also of second order."""
    filled, e, whole = finite(x)
    size = (np.abs(filled) + e).sum(axis=-2).max(axis=-1)
    good = whole & (size <= LARGEST)
    filled = np.where(good[..., None, None], filled, 0.0)
    halvings = np.ceil(np.log2(np.maximum(np.where(good, size, 0.0), 0.5) / 0.5))
    small = np.exp2(-halvings)[..., None, None]
    y = Val(filled * small, np.where(good[..., None, None], e, 0.0) * small)
    eye = va.exact(np.broadcast_to(np.eye(filled.shape[-1]), filled.shape))
    out = eye
    for k in range(ORDER, 0, -1):
        term = _matmul(y, out)
        out = va.add([eye, Val(term.v / k, term.e / k + EPS * np.abs(term.v) / k)])
    out = Val(out.v, out.e + 1e-22)
    for turn in range(int(halvings.max(initial=0.0))):
        squared = _matmul(out, out)
        out = va.pick((turn < halvings)[..., None, None], squared, out)
    return Val(np.where(good[..., None, None], out.v, np.nan), out.e)


def _matmul(x: Val, y: Val) -> Val:
    product = va.matmul(x, y)
    both = np.broadcast_to(x.e, x.v.shape) @ np.broadcast_to(y.e, y.v.shape)
    return Val(product.v, product.e + both)


def matrix_series(node: Node, env: Env) -> Val:
    """Return an endless sum of matrices or vectors whose terms fall like a geometric sequence or faster.

    Terms are added until what the last ones say of the rest is small; the rest is the error. Where they fall too slowly
    there is no value.
    """
    lo, _, condition, body = node.args[:4]
    refuse_if(not is_number(condition, 1) or node.op != "sum", "evaluate.series", node.at)
    first = ev(lo, env).v
    refuse_if(first.size > 1 and np.ptp(first), "evaluate.series-start", node.at)
    axes = tuple(range(-node.type.rank, 0))
    total: Val | None = None
    for chunk in range(CHUNKS):
        inner = env.child((id(lo), "endless", chunk), CHUNK)
        inner.bind(node.data, inner.index_axis(float(first.flat[0]) + chunk * CHUNK + np.arange(CHUNK)))
        found = ev(body, inner)
        shape = list(found.v.shape)
        shape[inner.depth] = CHUNK
        va.afford(*shape)
        terms = va.spread(found, shape)
        part = va.total(terms, inner.depth)
        total = part if total is None else va.add([total, part])
        rest = _rest(np.abs(terms.v).max(axis=axes))
        close = rest <= CLOSE * (1 + np.abs(total.v).max(axis=axes))
        if (close | ~np.isfinite(total.v).all(axis=axes)).all():
            break
    assert total is not None
    wide = (..., *(None,) * node.type.rank)
    return Val(np.where(close[wide], total.v, np.nan), total.e + np.where(close, rest, 0.0)[wide])


def _rest(sizes: Array) -> Array:
    """Return a bound of what follows terms of these sizes, if they go on to fall as they did, else infinity."""
    half = CHUNK // 2
    late, later = sizes[..., :half].max(axis=-1), sizes[..., half:].max(axis=-1)
    ratio = np.where(late > 0, (later / np.where(late > 0, late, 1.0)) ** (1 / half), 0.0)
    return np.asarray(np.where(ratio < 0.97, later * ratio / np.maximum(1 - ratio, 0.03), np.inf))
