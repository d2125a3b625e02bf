"""Premises: constructed where possible (a symbol set to a value, equations met by Gauss–Newton), else filtered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from proofweave.check.evaluate import EPS, NODE, SAFETY, Array, Env, Truth, Val, ev, exact, truth, values
from proofweave.check.instances.moves import lengths, movable, moved, take
from proofweave.check.instances.sample import complete
from proofweave.check.language import Index, Node, Symbol, closure, named_in, pairs, walk
from proofweave.check.parse import Statement

ROUNDS = 12
STEP = 1e-6
LONGER = 4.0 ** np.arange(1, 11)
STRICT = {r"\le": "<", r"\ge": ">"}


@dataclass(frozen=True, slots=True)
class Premises:
    """What must hold: symbols to set, in order, and relations to meet or filter by.

    `decided` are the statements that count only where rounding leaves no doubt, as the premise of an implication.
    """

    assigned: tuple[tuple[Symbol, Node], ...]
    statements: tuple[Statement, ...]
    decided: frozenset[int] = frozenset()

    def trees(self) -> list[Node]:
        """Return every tree of the premises."""
        return [node for s in self.statements for node in s.nodes()]


def read(statements: Sequence[Statement], decided: frozenset[int] = frozenset()) -> Premises:
    """Split premises into assignments x = … of a free symbol and relations."""
    assigned: list[tuple[Symbol, Node]] = []
    taken: set[Symbol] = set()
    for statement in statements:
        for relation in statement.rows:
            found = _assignment(relation, taken) if not statement.free else _constant_family(statement, relation, taken)
            if found is not None:
                assigned.append(found)
                taken.add(found[0])
    return Premises(tuple(assigned), tuple(statements), decided)


def _assignment(relation: Node, taken: set[Symbol]) -> tuple[Symbol, Node] | None:
    if relation.op != "chain" or relation.data != ("=",):
        return None
    for left, right in (relation.args, tuple(reversed(relation.args))):
        if left.op != "sym" or left.data.role != "free" or left.data in taken or left.data.holes:
            continue
        needs = closure(named_in(right))
        if left.data in needs or needs & taken:
            continue
        return left.data, right
    return None


def _constant_family(statement: Statement, relation: Node, taken: set[Symbol]) -> tuple[Symbol, Node] | None:
    """Return a family that a relation sets to one value at every index, as \\eta_t = \\eta."""
    unwritten = all(index.hi is not None and not index.hi.end for index in statement.free)
    if statement.conditions or relation.op != "chain" or relation.data != ("=",) or not unwritten:
        return None
    for left, right in (relation.args, tuple(reversed(relation.args))):
        if left.op != "member" or left.data.role != "free" or left.data in taken:
            continue
        places = [arg.args[0].data for arg in left.args]
        needs = closure(named_in(right))
        if sorted(map(id, places)) != sorted(map(id, statement.free)) or left.data in needs or needs & taken:
            continue
        if not any(leaf.op == "index" and leaf.data in statement.free for leaf in walk(right)):
            return left.data, right
    return None


def bind_free(free: Sequence[Index], env: Env) -> Env:
    """Return the state in which free indices run over their ranges, an axis each."""
    for index in free:
        assert index.lo is not None and index.hi is not None
        lo, hi = ev(index.lo, env).v, ev(index.hi, env).v
        first, last = int(np.ceil(lo.min() - 1e-9)), int(np.floor(hi.max() + 1e-9))
        env = env.child((id(index), "free"), max(last - first + 1, 0))
        env.bind(index, env.index_axis(np.arange(first, last + 1)))
    return env


def impose(premises: Premises, plan: Sequence[Symbol], env: Env, rng: np.random.Generator) -> Env:
    """Return the instances, changed where needed, for which the premises hold; perhaps none."""
    good = met(premises, plan, env, rng, always=True)
    return env if not premises.statements else take(env, np.flatnonzero(good))


def met(
    premises: Premises,
    plan: Sequence[Symbol],
    env: Env,
    rng: np.random.Generator,
    always: bool = False,
    only: Sequence[Symbol] | None = None,
) -> Array:
    """Move the instances to where equations among the premises hold; tell which then meet all premises.

    `always` moves instances also where only bounds are violated; `only` are the symbols that may be moved.
    """
    assign(premises, plan, env, rng)
    if not premises.statements:
        return np.ones(env.batch, dtype=bool)
    good = holds(premises, env)
    if _has_equation(premises) or (always and not good.all()):
        _meet(premises, plan, env, rng, only)
        good = holds(premises, env)
    return good


def assign(premises: Premises, plan: Sequence[Symbol], env: Env, rng: np.random.Generator) -> None:
    """Make what follows from the free values, set the symbols that premises fix, and make what follows again."""
    complete(plan, env, rng)
    for symbol, node in premises.assigned:
        env.values[symbol] = _assigned(symbol, ev(node, env), env)
        complete(plan, env, rng)


def _assigned(symbol: Symbol, found: Val, env: Env) -> Val:
    """Return what a premise sets a symbol to, with rows of its own; a family's members alike."""
    ones = (1,) * len(symbol.holes)
    found = found.through(lambda part: part.reshape((part.shape[0], *ones, *part.shape[1:])))
    tail = env.values[symbol].v.shape[1:] if symbol.holes else found.v.shape[1:]
    return Val(np.broadcast_to(found.v, (env.batch, *tail)).copy(), lambda: found.e)


def holds(premises: Premises, env: Env) -> Array:
    """Tell for each instance whether all premises hold and the set symbols lie in their domains."""
    good = np.ones(env.batch, dtype=bool)
    for number, statement in enumerate(premises.statements):
        inside = bind_free(statement.free, env)
        mask = meaningful(statement.conditions, inside)
        for relation in statement.rows:
            found = truth(relation, inside)
            if number in premises.decided and relation.op == "chain" and set(relation.data) & set(STRICT):
                sure = truth(replace(relation, data=tuple(STRICT.get(s, s) for s in relation.data)), inside).valid
                found = Truth(found.holds & sure, found.valid & sure, found.slack)
            good &= everywhere(found, mask, env.batch)
    for symbol, _ in premises.assigned:
        good &= _in_domain(symbol, env.values[symbol].v, env)
    return good


def meaningful(conditions: Sequence[Node], env: Env) -> Array | None:
    """Return where conditions on free indices hold, or None where there are none."""
    mask: Array | None = None
    for condition in conditions:
        found = truth(condition, env).holds
        mask = found if mask is None else mask & found
    return mask


def everywhere(found: Truth, mask: Array | None, batch: int) -> Array:
    """Tell for each instance whether a relation holds at all index positions that have a meaning."""
    shape = np.broadcast_shapes(found.holds.shape, found.valid.shape, (batch,) + (1,) * (found.holds.ndim - 1))
    holding = np.broadcast_to(found.holds & found.valid, shape)
    never = ~np.broadcast_to(found.valid, shape).any(axis=0, keepdims=True)
    if found.holds.ndim > 1 and not never.all():
        holding = holding | never
    if mask is not None:
        holding = holding | ~mask
    return np.asarray(holding.reshape(batch, -1).all(axis=1))


def _in_domain(symbol: Symbol, value: Array, env: Env) -> Array:
    domain = symbol.data["domain"]
    axes = tuple(range(1, value.ndim))
    good = np.isfinite(value).all(axis=axes) if axes else np.isfinite(value)
    if domain == "positive":
        good &= (value > 0).all(axis=axes)
    elif domain == "nonneg":
        good &= (value >= 0).all(axis=axes)
    elif domain == "interval":
        lo, hi = ev(symbol.data["lo"], env).v, ev(symbol.data["hi"], env).v
        good &= (value > lo) & (value < hi)
    elif domain == "subset":
        good &= ((value == 0) | (value == 1)).all(axis=axes)
    elif domain == "unit":
        good &= np.abs(np.square(value).sum(axis=-1) - 1) < 1e-9
    elif domain == "simplex":
        good &= (np.abs(value.sum(axis=-1) - 1) < 1e-9) & (value >= -1e-15).all(axis=-1)
    elif domain == "orthogonal":
        gap = value @ np.swapaxes(value, -1, -2) - np.eye(value.shape[-1])
        good &= np.abs(gap).max(axis=axes) < 1e-9
    elif domain in ("symmetric", "psd", "spd", "diagonal"):
        good &= np.abs(value - np.swapaxes(value, -1, -2)).max(axis=axes) < 1e-9 * (1 + np.abs(value).max(axis=axes))
        if domain in ("psd", "spd"):
            least = np.linalg.eigvalsh(np.where(np.isfinite(value), value, 0))[..., 0]
            good &= least > (0 if domain == "spd" else -1e-12 * (1 + np.abs(value).max(axis=axes)))
        if domain == "diagonal":
            good &= np.abs(value * (1 - np.eye(value.shape[-1]))).max(axis=axes) == 0
    return np.asarray(good)


def _meet(
    premises: Premises, plan: Sequence[Symbol], env: Env, rng: np.random.Generator, only: Sequence[Symbol] | None
) -> None:
    """Move instances until the premises hold: Gauss–Newton on the gaps of equations and violated bounds.

    What meets an equation only up to rounding is as far from meeting it exactly as the last step for a gap of that
    size would go; the moved symbols carry that distance as their error.
    """
    assigned = {symbol for symbol, _ in premises.assigned}
    named = closure(s for node in premises.trees() for s in named_in(node))
    symbols = [s for s in only or movable(plan) if s in named and s not in assigned]
    p = sum(lengths(symbols, env))
    if not 0 < p <= 200:
        return
    for round_ in range(ROUNDS):
        env.clock.spend(NODE)
        gaps, slacks = residuals(premises, env)
        size = np.abs(gaps).max(axis=1)
        active = np.flatnonzero((np.abs(gaps) > slacks / 4).any(axis=1) & np.isfinite(size))
        if not len(active) or round_ == ROUNDS - 1:
            break
        inverse = _inverse(_changes(premises, plan, take(env, active), symbols, STEP, rng))
        change = -(inverse @ gaps[active][..., None])[..., 0]
        longest = np.abs(change).max(axis=1, keepdims=True)
        change = change * np.minimum(1.0, 3.0 / np.maximum(longest, 1e-300))
        _put(env, moved(take(env, active), symbols, change[:, None]), active, symbols)
        assign(premises, plan, env, rng)
    near = np.flatnonzero(np.isfinite(size) & ((np.abs(gaps) <= slacks).all(axis=1)) & (slacks > 0).any(axis=1))
    if len(near):
        blur = np.where(np.isfinite(slacks[near]), slacks[near], 0.0)
        _blur(env, near, symbols, _distance(premises, plan, take(env, near), symbols, blur, rng))
        assign(premises, plan, env, rng)


def _distance(
    premises: Premises,
    plan: Sequence[Symbol],
    part: Env,
    symbols: Sequence[Symbol],
    blur: Array,
    rng: np.random.Generator,
) -> Array:
    """Return how far each coordinate may be from where the premises hold exactly, given how blurred their gaps are.

    That is Newton's step for a gap of that size. At a double root the slope drowns in the blur, and steps are made
    longer until one leads out of it.
    """
    changes = _changes(premises, plan, part, symbols, STEP, rng)
    drowned = (blur > 0) & (np.abs(changes).max(axis=2) <= 2 * blur)
    inverse = _inverse(np.where(drowned[..., None], 0.0, changes))
    distance = np.asarray((np.abs(inverse) @ blur[..., None])[..., 0])
    for step in STEP * LONGER:
        rows = np.flatnonzero(drowned.any(axis=1))
        if not len(rows):
            break
        changes = np.abs(_changes(premises, plan, take(part, rows), symbols, step, rng))
        out = drowned[rows][..., None] & (changes > 2 * blur[rows][..., None])
        distance[rows] = np.maximum(distance[rows], np.where(out.any(axis=1), step, 0.0))
        drowned[rows] &= ~out.any(axis=2)
    return distance


def _changes(
    premises: Premises,
    plan: Sequence[Symbol],
    part: Env,
    symbols: Sequence[Symbol],
    step: float,
    rng: np.random.Generator,
) -> Array:
    """Return how a step of each coordinate of the movable symbols changes the gaps: (batch, gaps, coordinates)."""
    p = sum(lengths(symbols, part))
    steps = np.concatenate([np.zeros((1, p)), step * np.eye(p)])
    tried = moved(part, symbols, np.tile(steps, (part.batch, 1, 1)))
    assign(premises, plan, tried, rng)
    gaps = _blurred(premises, tried).v.reshape(part.batch, p + 1, -1)
    changes = np.swapaxes(gaps[:, 1:] - gaps[:, :1], 1, 2)
    return np.where(np.isfinite(changes), changes, 0.0)


def _inverse(changes: Array) -> Array:
    """Return the pseudo-inverse of the gaps' derivative, given their changes by a short step."""
    return np.asarray(np.linalg.pinv(changes / STEP, rcond=1e-8))


def _blur(env: Env, rows: Array, symbols: Sequence[Symbol], distance: Array) -> None:
    place = 0
    for symbol, count in zip(symbols, lengths(symbols, env), strict=True):
        v = env.values[symbol].v
        e = np.broadcast_to(env.values[symbol].e, v.shape).copy()
        e[rows] += distance[:, place : place + count].reshape(e[rows].shape)
        env.values[symbol] = Val(v, e)
        place += count


def _put(env: Env, part: Env, rows: Array, symbols: Sequence[Symbol]) -> None:
    for symbol in symbols:
        v = env.values[symbol].v.copy()
        e = np.broadcast_to(env.values[symbol].e, v.shape).copy()
        v[rows] = part.values[symbol].v
        e[rows] = EPS * np.abs(v[rows])
        env.values[symbol] = Val(v, e)


def _has_equation(premises: Premises) -> bool:
    """Tell whether an equation is left among the premises that no assignment meets."""
    count = sum(
        sign in ("=", r"\perp") for s in premises.statements for row in s.rows for c in _chains(row) for sign in c.data
    )
    return count > len(premises.assigned)


def residuals(premises: Premises, env: Env) -> tuple[Array, Array]:
    """Return the gaps of all premises and how far rounding blurs them, both (batch, gaps)."""
    blurred = _blurred(premises, env)
    return blurred.v, np.broadcast_to(blurred.e, blurred.v.shape)


def _blurred(premises: Premises, env: Env) -> Val:
    gaps: list[Val] = []
    for statement in premises.statements:
        inside = bind_free(statement.free, env)
        for relation in statement.rows:
            for chain in _chains(relation):
                for left, right, sign in pairs(chain):
                    gap = _parts(_gap(ev(left, inside), ev(right, inside), sign, left.type.kind))
                    whole = values.spread(gap, (env.batch, *gap.v.shape[1:]))
                    flat = whole.through(lambda part: part.reshape(env.batch, -1))
                    if flat.v.shape[1]:  # the range of a free index may be empty
                        gaps.append(flat)
    if not gaps:
        return exact(np.zeros((env.batch, 1)))
    v = np.concatenate([gap.v for gap in gaps], axis=1)
    return Val(v, lambda: np.concatenate([gap.e for gap in gaps], axis=1))


def _parts(gap: Val) -> Val:
    """Return a complex gap as its real and imaginary parts."""
    if not np.iscomplexobj(gap.v):
        return gap
    return Val(np.stack((gap.v.real, gap.v.imag), axis=-1), lambda: np.stack((gap.e, gap.e), axis=-1))


def _chains(relation: Node) -> list[Node]:
    if relation.op == "chain":
        return [relation]
    return [chain for arg in relation.args for chain in _chains(arg)] if relation.op == "and" else []


def _gap(left: Val, right: Val, sign: str, kind: str) -> Val:
    if sign == r"\perp":
        product = left.v * right.v

        def blur() -> Array:
            spread = np.abs(left.v) * right.e + left.e * np.abs(right.v) + EPS * np.abs(product)
            return np.asarray(SAFETY * spread.sum(axis=-1))

        return Val(product.sum(axis=-1), blur)
    gap = left.v - right.v
    if sign == "=":
        return Val(gap, lambda: SAFETY * (left.e + right.e + EPS * np.abs(gap)))
    none = exact(np.zeros_like(gap))
    if kind == "matrix" and sign in (r"\preceq", r"\succeq", r"\prec", r"\succ"):
        return none
    if sign in ("<", r"\le", r"\preceq", r"\prec"):
        margin = 0.01 * np.maximum(np.abs(right.v), 0.1) if sign in ("<", r"\prec") else 0.0
        return exact(np.where(gap > 0, gap + margin, 0.0))
    if sign in (">", r"\ge", r"\succeq", r"\succ"):
        margin = 0.01 * np.maximum(np.abs(right.v), 0.1) if sign in (">", r"\succ") else 0.0
        return exact(np.where(gap < 0, gap - margin, 0.0))
    return none
