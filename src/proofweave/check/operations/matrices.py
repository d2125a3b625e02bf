"""Evaluation of what matrices are put together from and taken apart into: blocks, columns, Kronecker products."""

import numpy as np

from proofweave.check.evaluate import Env, Val, ev, gather, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, refuse_if
from proofweave.check.operations.binders import over_index, spread
from proofweave.core import say


@rule("kron")
def _kron(node: Node, env: Env) -> Val:
    a, b = (ev(arg, env) for arg in node.args)
    left = Val(a.v[..., :, None, :, None], a.e[..., :, None, :, None])
    right = Val(b.v[..., None, :, None, :], b.e[..., None, :, None, :])
    product = va.mul(left, right)
    rows, inner, columns, wide = product.v.shape[-4:]
    shape = (*product.v.shape[:-4], rows * inner, columns * wide)
    return Val(product.v.reshape(shape), np.broadcast_to(product.e, product.v.shape).reshape(shape))


@rule("block")
def _block(node: Node, env: Env) -> Val:
    """Return blocks side by side and below one another; vectors stand as columns, rows as rows, numbers alone."""
    width: int = node.data
    cells = [_as_block(ev(arg, env), arg.type.kind) for arg in node.args]
    lead = np.broadcast_shapes(*(cell.v.shape[:-2] for cell in cells))
    va.afford(*lead, *env.shape(node.type))
    whole = [tuple(va.spread(cell, (*lead, *cell.v.shape[-2:]))) for cell in cells]
    lines = [whole[k : k + width] for k in range(0, len(whole), width)]
    v, e = (
        np.concatenate([np.concatenate([cell[part] for cell in line], axis=-1) for line in lines], axis=-2)
        for part in (0, 1)
    )
    return Val(v, e) if node.type.rank == 2 else Val(v[..., 0], e[..., 0])


def _as_block(x: Val, kind: str) -> Val:
    shape = x.v.shape
    wide = {"scalar": (*shape, 1, 1), "vector": (*shape, 1), "row": (*shape[:-1], 1, shape[-1])}.get(kind, shape)
    return Val(x.v.reshape(wide), np.broadcast_to(x.e, shape).reshape(wide))


@rule("collect")
def _collect(node: Node, env: Env) -> Val:
    """Return the values over an index as a vector, vectors as the columns of a matrix, rows as its rows."""
    inner, mask = over_index(node, env)
    body = node.args[3]
    wanted = env.shape(node.type)[0 if body.type.kind == "row" else -1]
    if inner is None:
        return va.exact(np.zeros((1,) * (1 + env.depth) + env.shape(node.type)))
    refuse_if(mask is not None or inner.axes[-1] != wanted, "evaluate.bound", node.at)
    value = spread(ev(body, inner), inner, None, 0.0, body.type.rank)
    if body.type.kind != "vector":
        return value
    return Val(np.swapaxes(value.v, -1, -2), np.swapaxes(value.e, -1, -2))


def _products(node: Node, value: Val, env: Env) -> float:
    """Return the extra work: a product for each of some indices."""
    return 64.0 * float(value.v.size)


@rule("matprod", work=_products)
def _product(node: Node, env: Env) -> Val:
    """Return the product of square matrices over an index, in its order."""
    inner, mask = over_index(node, env)
    n = env.shape(node.type)[-1]
    out = va.exact(np.eye(n).reshape((1,) * (1 + env.depth) + (n, n)))
    if inner is None:
        return out
    value = spread(ev(node.args[3], inner), inner, mask, 0.0, 2)
    for place in range(inner.axes[-1]):
        factor = Val(value.v[..., place, :, :], value.e[..., place, :, :])
        after = va.matmul(out, factor)
        kept = True if mask is None else (mask[..., place] == 1)[..., None, None]
        out = va.pick(np.asarray(kept), after, out)
    return out


@rule("column", "line")
def _slice(node: Node, env: Env) -> Val:
    base, place = ev(node.args[0], env), ev(node.args[1], env).v - 1
    if node.op == "column":
        e = np.broadcast_to(base.e, base.v.shape)
        base = Val(np.swapaxes(base.v, -1, -2), np.swapaxes(e, -1, -2))
    return gather(base, [place], env, 1, say("evaluate.an-entry"))


@rule("unit")
def _unit(node: Node, env: Env) -> Val:
    """Return the unit vector of an index; one that leaves the range has none."""
    (n,) = env.shape(node.type)
    place = va.widen(ev(node.args[0], env), 1).v
    inside = (place >= 1) & (place <= n) & (place == np.rint(place))
    return va.exact(np.where(inside, (place == np.arange(1, n + 1)) * 1.0, np.nan))
