"""Premises: constructed where possible (a symbol set to a value, equations met by Gauss–Newton), else filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from proofweave.check.env import Env
from proofweave.check.evaluate import ev
from proofweave.check.judge import Truth, truth
from proofweave.check.moves import lengths, movable, moved, take
from proofweave.check.program import closure, named_in
from proofweave.check.sample import complete
from proofweave.check.scope import Symbol
from proofweave.check.statement import Statement
from proofweave.check.tree import Index, Node
from proofweave.check.values import Array, Val

ROUNDS = 12
STEP = 1e-6
MET = 1e-14


@dataclass(frozen=True, slots=True)
class Premises:
    """What must hold: symbols to set, in order, and relations to meet or filter by."""

    assigned: tuple[tuple[Symbol, Node], ...]
    statements: tuple[Statement, ...]

    def trees(self) -> list[Node]:
        """Return every tree of the premises."""
        return [node for s in self.statements for node in s.nodes()]


def read(statements: Sequence[Statement]) -> Premises:
    """Split premises into assignments x = … of a free symbol and relations."""
    assigned: list[tuple[Symbol, Node]] = []
    taken: set[Symbol] = set()
    for statement in statements:
        for relation in statement.rows:
            found = _assignment(relation, taken) if not statement.free else None
            if found is not None:
                assigned.append(found)
                taken.add(found[0])
    return Premises(tuple(assigned), tuple(statements))


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
    complete(plan, env, rng)
    assign(premises, plan, env, rng)
    if not premises.statements:
        return env
    good = holds(premises, env)
    if not good.all():
        env = _meet(premises, plan, env, rng, good)
        good = holds(premises, env)
    env = take(env, np.flatnonzero(good))
    return env


def assign(premises: Premises, plan: Sequence[Symbol], env: Env, rng: np.random.Generator) -> None:
    """Set the symbols that premises fix, and make what follows again."""
    for symbol, node in premises.assigned:
        value = ev(node, env)
        env.values[symbol] = Val(np.broadcast_to(value.v, (env.batch, *value.v.shape[1:])).copy(), value.e)
        complete(plan, env, rng)


def holds(premises: Premises, env: Env) -> Array:
    """Tell for each instance whether all premises hold and the set symbols lie in their domains."""
    good = np.ones(env.batch, dtype=bool)
    for statement in premises.statements:
        inside = bind_free(statement.free, env)
        mask = _conditions(statement, inside)
        for relation in statement.rows:
            found = truth(relation, inside)
            good &= everywhere(found, mask, env.batch)
    for symbol, _ in premises.assigned:
        good &= _in_domain(symbol, env.values[symbol].v, env)
    return good


def _conditions(statement: Statement, env: Env) -> Array | None:
    mask: Array | None = None
    for condition in statement.conditions:
        found = truth(condition, env).holds
        mask = found if mask is None else mask & found
    return mask


def everywhere(found: Truth, mask: Array | None, batch: int) -> Array:
    """Tell for each instance whether a relation holds at all index positions; those without meaning anywhere are left out."""
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
    premises: Premises, plan: Sequence[Symbol], env: Env, rng: np.random.Generator, good: Array
) -> Env:
    """Move the failing instances until the premises hold: Gauss–Newton on the gaps of equations and violated bounds."""
    assigned = {symbol for symbol, _ in premises.assigned}
    named = closure(s for node in premises.trees() for s in named_in(node))
    symbols = [s for s in movable(plan) if s in named and s not in assigned]
    if not symbols:
        return env
    p = sum(lengths(symbols, env))
    if p > 200:
        return env
    for _ in range(ROUNDS):
        env.check_time()
        base = residuals(premises, env)
        size = np.abs(base).max(axis=1)
        active = np.flatnonzero((size > MET) & np.isfinite(size) & ~good)
        if not len(active):
            break
        part = take(env, active)
        steps = np.concatenate([np.zeros((len(active), 1, p)), np.tile(STEP * np.eye(p), (len(active), 1, 1))], axis=1)
        tried = moved(part, symbols, steps)
        complete(plan, tried, rng)
        assign(premises, plan, tried, rng)
        values = residuals(premises, tried).reshape(len(active), p + 1, -1)
        start = values[:, 0]
        jacobian = np.swapaxes((values[:, 1:] - start[:, None]) / STEP, 1, 2)
        jacobian = np.where(np.isfinite(jacobian), jacobian, 0.0)
        change = -(np.linalg.pinv(jacobian, rcond=1e-8) @ np.where(np.isfinite(start), start, 0.0)[..., None])[..., 0]
        longest = np.abs(change).max(axis=1, keepdims=True)
        change = change * np.minimum(1.0, 3.0 / np.maximum(longest, 1e-300))
        after = moved(part, symbols, change[:, None])
        _put(env, after, active, symbols)
        complete(plan, env, rng)
        assign(premises, plan, env, rng)
    return env


def _put(env: Env, part: Env, rows: Array, symbols: Sequence[Symbol]) -> None:
    for symbol in symbols:
        v = env.values[symbol].v.copy()
        e = np.broadcast_to(env.values[symbol].e, v.shape).copy()
        v[rows] = part.values[symbol].v
        # what was adjusted meets its premises only to rounding, so it carries that much error
        e[rows] = 1e-12 * np.abs(v[rows]).max(axis=tuple(range(1, v.ndim)), keepdims=True)
        env.values[symbol] = Val(v, e)


def residuals(premises: Premises, env: Env) -> Array:
    """Return the gaps of all premises, zero where an inequality holds: (batch, gaps)."""
    gaps: list[Array] = []
    for statement in premises.statements:
        inside = bind_free(statement.free, env)
        for relation in statement.rows:
            for chain in _chains(relation):
                for (left, right), sign in zip(zip(chain.args, chain.args[1:], strict=False), chain.data, strict=True):
                    gaps.append(_gap(ev(left, inside), ev(right, inside), sign, env.batch))
    return np.concatenate(gaps, axis=1) if gaps else np.zeros((env.batch, 1))


def _chains(relation: Node) -> list[Node]:
    if relation.op == "chain":
        return [relation]
    return [chain for arg in relation.args for chain in _chains(arg)] if relation.op == "and" else []


def _gap(left: Val, right: Val, sign: str, batch: int) -> Array:
    gap = left.v - right.v
    if sign == r"\perp":
        gap = (left.v * right.v).sum(axis=-1)
    elif sign in ("<", r"\le", r"\preceq"):
        margin = 0.01 * np.maximum(np.abs(right.v), 0.1) if sign == "<" else 0.0
        gap = np.where(gap + margin > 0, gap + margin, 0.0)
    elif sign in (">", r"\ge", r"\succeq"):
        margin = 0.01 * np.maximum(np.abs(right.v), 0.1) if sign == ">" else 0.0
        gap = np.where(gap - margin < 0, gap - margin, 0.0)
    elif sign not in ("=",):
        gap = np.zeros_like(gap)
    gap = np.broadcast_to(gap, (batch, *gap.shape[1:]))
    return gap.reshape(batch, -1)
