"""Joint entropies of finite values, and differential ones of what is affine in normal values."""

import numpy as np

from proofweave.check.evaluate import EPS, Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import Node, unbound_random
from proofweave.check.operations import normals
from proofweave.check.operations.linear import inverse
from proofweave.check.operations.moments import crossed, flat, full, joined, mass, opened


@rule("information")
def _information(node: Node, env: Env) -> Val:
    over = unbound_random(node.args)
    inner, joint = opened(Node("lawof", node.args, node.type, node.at, node.end, over), node.args, 2, env)
    values = [flat(full(ev(arg, inner), inner, env.depth, arg.type.rank), inner) for arg in node.args]
    entropy = _normal if all(map(normals.is_normal, over)) else _finite
    terms: list[Val] = []
    for sign, places in node.data:
        found = entropy(joined([values[place] for place in places]), joint, env, inner)
        terms.append(found if sign > 0 else va.neg(found))
    return va.add(terms)


def _normal(value: Val, joint: Val, env: Env, inner: Env) -> Val:
    """Return ½ log det(2πe Σ)."""
    covariance = crossed(value, value, joint, env, inner, (1, 1))
    n = covariance.v.shape[-1]
    whole = np.asarray(np.isfinite(inverse(covariance).v).all(axis=(-1, -2)))
    safe = np.where(whole[..., None, None], covariance.v, np.eye(n))
    error = np.broadcast_to(covariance.e, safe.shape)
    blur = (np.abs(np.linalg.inv(safe)) * error).sum(axis=(-1, -2)) + 8 * n * n * EPS
    logs = np.linalg.slogdet(safe)[1] + n * np.log(2 * np.pi * np.e)
    return Val(np.where(whole, logs / 2, np.nan), blur / 2 + EPS * np.abs(logs))


def _finite(value: Val, joint: Val, env: Env, inner: Env) -> Val:
    """Return −Σ p log p over the distinct outcomes."""
    lead = value.v.shape[: 1 + env.depth]
    count = int(np.prod(value.v.shape[1 + env.depth : -1], dtype=int))
    points = Val(*(part.reshape(*lead, count, -1) for part in va.spread(value, value.v.shape)))
    wide = full(joint, inner, env.depth, 0)
    weights = Val(*(part.reshape(*part.shape[: 1 + env.depth], count) for part in va.spread(wide, wide.v.shape)))
    va.afford(*lead, count, count, points.v.shape[-1])
    at = mass(points, points, weights)
    safe = np.where(weights.v > 0, at.v, 1.0)
    logs = Val(np.log(safe), at.e / safe + EPS * np.abs(np.log(safe)))
    return va.neg(va.total(va.mul(weights, logs), -1))
