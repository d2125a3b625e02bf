"""Derivatives: exact for sampled functions and smooth expressions, by sixth-order central differences for others.

A difference's stated error is its distance from the fourth-order one, quartered, plus rounding over
the step; where that is not small the point counts as one without a derivative.
"""

import numpy as np

from proofweave.check.calculus.differences import FOURTH, OFFSETS, SIXTH
from proofweave.check.calculus.tangent import NoRule, tangent
from proofweave.check.evaluate import SLOPES, Array, Env, Val, applied, ev, gather, rule, table
from proofweave.check.evaluate import values as va
from proofweave.check.language import Hole, Node, Symbol, Type, number
from proofweave.core import say

STEP = 4e-3
ROUGH = 1e-5
MOST_TREES = 500
POSITIVE = frozenset(("positive", "nonneg", "interval", "simplex"))

Step = tuple[Symbol, int, int]


@rule("gradient", "hessian")
def _of_function(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data.symbol
    order = 1 if node.op == "gradient" else 2
    own = SLOPES.get(symbol.role)
    if own is not None:
        return own(node, env, order)
    inner = applied(symbol, node, env)
    param = symbol.params[node.data.which]
    return differentiate(symbol.data["body"], ((param, 0, 0),) * order, (), inner, node)


@rule("derive")
def _derive(node: Node, env: Env) -> Val:
    places = [ev(arg, env) for arg in node.args[1:]]
    return differentiate(node.args[0], node.data.steps, tuple(places), env, node)


def differentiate(body: Node, steps: tuple[Step, ...], places: tuple[Val, ...], env: Env, owner: Node) -> Val:
    """Return the derivative of a tree by one symbol after the other; places pick members and entries."""
    if not steps:
        return ev(body, env)
    (symbol, members, entries), rest = steps[0], steps[1:]
    count = members + entries
    mine, others = places[:count], places[count:]
    point = table(symbol, env)
    lead = 1 + env.depth
    exact = exact_slope(body, symbol)
    if exact is not None:
        return _along(exact, body.type, point, rest, others, mine, env, owner)
    shape = point.v.shape[lead:]
    p = int(np.prod(shape)) if shape else 1
    flat = point.v.reshape((*point.v.shape[:lead], p))
    va.afford(*point.v.shape[:lead], p * 6, p)
    step = _step(flat, symbol)
    grid = OFFSETS[None, :, None] * np.eye(p)[:, None, :]  # (p, 6, p)
    moved = flat[..., None, :] + step[..., None, None] * grid.reshape(p * 6, p)
    inner = env.child((id(owner), len(rest)), p * 6)
    inner.bind(symbol, Val(moved.reshape(moved.shape[:-1] + shape), np.zeros((1,) * (lead + 1 + len(shape)))))
    value = differentiate(body, rest, tuple(inner.lift(o, env.depth) for o in others), inner, owner)
    out = _combine(value, step, p, lead)
    return _shaped(out, mine, shape, env, lead, symbol.holes)


def exact_slope(body: Node, symbol: Symbol) -> tuple[Symbol, Node | None] | None:
    """Return the direction's symbol and the derivative's tree, made once for each tree; None where there is no rule."""
    known: dict[int, tuple[Node, tuple[Symbol, Node | None] | None]] = symbol.data.setdefault("tangents", {})
    found = known.get(id(body))
    if found is None:
        direction = Symbol(f"d{symbol.name}", symbol.where, symbol.type, "bound", symbol.holes)
        try:
            found = body, (direction, tangent(body, symbol, direction))
        except NoRule:
            found = body, None
        if len(known) > MOST_TREES:
            known.clear()
        known[id(body)] = found
    return found[1]


def along_line(body: Node, symbol: Symbol, way: Val, env: Env, owner: Node) -> Val:
    """Return the derivative of a tree along one direction of a symbol, by differences."""
    point, lead = table(symbol, env), 1 + env.depth
    shape = np.broadcast_shapes(point.v.shape[lead:], way.v.shape[lead:])
    flat, line = (np.reshape(x.v, (*x.v.shape[:lead], -1)) for x in (point, way))
    longest = np.abs(line).max(axis=-1)
    step = _step(flat, symbol) / np.where(longest > 0, longest, 1.0)
    va.afford(*step.shape, 6, flat.shape[-1])
    moved = flat[..., None, :] + (step[..., None] * OFFSETS)[..., None] * line[..., None, :]
    inner = env.child((id(owner), symbol.name, "line"), 6)
    inner.bind(symbol, Val(moved.reshape(moved.shape[:-1] + shape), np.zeros((1,) * (lead + 1 + len(shape)))))
    out = _combine(ev(body, inner), step, 1, lead)
    return Val(np.squeeze(out.v, axis=lead), np.squeeze(out.e, axis=lead))


def has_rules(body: Node, symbol: Symbol, order: int) -> bool:
    """Tell whether a tree's derivatives by a symbol up to some order are exact."""
    for _ in range(order):
        exact = exact_slope(body, symbol)
        if exact is None:
            return False
        if exact[1] is None:
            return True
        body = exact[1]
    return True


def _along(
    exact: tuple[Symbol, Node | None],
    type_: Type,
    point: Val,
    rest: tuple[Step, ...],
    others: tuple[Val, ...],
    mine: tuple[Val, ...],
    env: Env,
    owner: Node,
) -> Val:
    """Return the exact derivative along every unit direction."""
    direction, tree = exact
    lead = 1 + env.depth
    shape = point.v.shape[lead:]
    p = int(np.prod(shape)) if shape else 1
    va.afford(p, p)
    inner = env.child((id(owner), len(rest), "exact"), p)
    units = np.eye(p).reshape((1,) * env.depth + (1, p, *shape))
    inner.bind(direction, Val(units, np.zeros((1,) * units.ndim)))
    if tree is None:
        tree = Node("zero", (), type_, owner.at, owner.end) if type_.rank else number(0)
    value = differentiate(tree, rest, tuple(inner.lift(o, env.depth) for o in others), inner, owner)
    wide = list(value.v.shape)
    wide[lead] = p
    va.afford(*wide)
    out = va.spread(value, wide)
    return _shaped(out, mine, shape, env, lead, direction.holes)


def _step(flat: Array, symbol: Symbol) -> Array:
    size = np.abs(flat).max(axis=-1)
    step = STEP * np.maximum(size, 0.1)
    if symbol.data.get("domain") in POSITIVE:
        least = np.abs(np.where(flat == 0, np.inf, flat)).min(axis=-1)
        step = np.minimum(step, np.where(np.isfinite(least), least / 16, step))
        if symbol.data.get("domain") == "interval":
            step = np.minimum(step, 2e-3 * np.maximum(size, 1e-3))
    return np.asarray(step)


def _combine(value: Val, step: Array, p: int, lead: int) -> Val:
    """Return differences over the newest axis: shape (lead…, p, *body axes)."""
    axis = lead
    shape = list(value.v.shape)
    shape[axis] = p * 6
    tail = tuple(shape[axis + 1 :])
    split = (*shape[:axis], p, 6, *tail)
    v = np.broadcast_to(value.v, shape).reshape(split)
    e = np.broadcast_to(value.e, shape).reshape(split)
    weights = (slice(None), *(None,) * len(tail))
    wide = step.reshape(step.shape + (1,) * (1 + len(tail)))
    high = (v * SIXTH[weights]).sum(axis=axis + 1) / wide
    low = (v * FOURTH[weights]).sum(axis=axis + 1) / wide
    noise = (e * np.abs(SIXTH[weights])).sum(axis=axis + 1) / wide
    noise = noise + 1e-16 * np.abs(v).max(axis=axis + 1) / wide
    gap = np.abs(high - low)
    scale = np.abs(v).max(axis=axis + 1) / np.maximum(wide, 1e-300) * STEP + np.abs(high)
    even = v + np.flip(v, axis=axis + 1)
    inner = np.take(even, 1, axis=axis + 1) - np.take(even, 2, axis=axis + 1)
    outer = np.take(even, 0, axis=axis + 1) - np.take(even, 1, axis=axis + 1)
    # 3h²f″ and 5h²f″ where f is smooth; at a kink both are of order h and alike
    kink = np.abs(3 * outer - 5 * inner) > 0.2 * (np.abs(3 * outer) + np.abs(5 * inner)) + 64 * noise * wide
    rough = (gap > ROUGH * scale + 4 * noise) | kink
    return Val(np.where(rough, np.nan, high), 0.25 * gap + noise)


def _shaped(
    out: Val, mine: tuple[Val, ...], shape: tuple[int, ...], env: Env, lead: int, holes: tuple[Hole, ...]
) -> Val:
    """Return the derivative with the variable's own axes, or the picked entry; a Jacobian's rows are the body's."""
    body = out.v.ndim - lead - 1
    out = va.spread(out, out.v.shape)
    if not shape:
        return out.through(lambda part: np.squeeze(part, axis=lead))
    wide = (*out.v.shape[:lead], *shape, *out.v.shape[lead + 1 :])
    out = out.through(lambda part: part.reshape(wide))
    if mine:
        base = [place.v - (env.size(h.lo) if h else 1) for place, h in _with_holes(mine, holes)]
        return gather(out, base, env, len(shape) - len(mine) + body, say("evaluate.a-derivative"))
    return out.through(lambda part: np.moveaxis(part, lead, -1)) if body else out


def _with_holes(mine: tuple[Val, ...], holes: tuple[Hole, ...]) -> list[tuple[Val, Hole | None]]:
    return list(zip(mine, [*holes, *[None] * len(mine)], strict=False))
