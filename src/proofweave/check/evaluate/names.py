"""Evaluation of names: constants, indices, symbols by their roles, members, entries and calls."""

from collections.abc import Callable, Sequence

import numpy as np

from proofweave.check.evaluate import values as va
from proofweave.check.evaluate.env import Env
from proofweave.check.evaluate.registry import ev, keep, rule
from proofweave.check.evaluate.values import Array, Val
from proofweave.check.language import CheckError, Index, Node, Registry, Symbol, refuse_if, required, stochastic
from proofweave.core import say

VALUES: Registry[Callable[[Symbol, Env], Val]] = Registry()
"""How a symbol's value follows from others, by its role: member axes first among the type's axes."""
MEMBERS: Registry[Callable[[Node, Env], Val]] = Registry()
"""How a family's member is evaluated in place when what it needs has been rebound, by the family's role."""
CALLS: Registry[Callable[[Node, Env], Val]] = Registry()
"""How a function's call is evaluated, by the function's role; through its body where none is given."""
SLOPES: Registry[Callable[[Node, Env, int], Val]] = Registry()
"""How a function's first or second derivative at an argument is evaluated, likewise."""


@rule("num", "constant")
def _number(node: Node, env: Env) -> Val:
    value = env.constant(node.data)
    return value if isinstance(node.data, int) or float(node.data).is_integer() else va.rounded(value.v)


@rule("imaginary")
def _unit(node: Node, env: Env) -> Val:
    return va.exact(np.full((1,) * (1 + env.depth), 1j))


@rule("dim")
def _dim(node: Node, env: Env) -> Val:
    return env.constant(env.size(node.data))


@rule("index")
def _index(node: Node, env: Env) -> Val:
    index: Index = node.data
    refuse_if(index not in env.binds, "evaluate.index-outside", node.at, name=index.name)
    value, depth = env.binds[index]
    return env.lift(value, depth)


@rule("at")
def _at(node: Node, env: Env) -> Val:
    return ev(node.args[0], env)


@rule("cycle")
def _cycle(node: Node, env: Env) -> Val:
    place, lo, hi = (ev(arg, env).v for arg in node.args)
    return va.exact(lo + np.mod(place - lo + 1, hi - lo + 1))


@rule("zero", "ones")
def _filled(node: Node, env: Env) -> Val:
    shape = env.shape(node.type)
    refuse_if(len(shape) != node.type.rank, "evaluate.open-size", node.at)
    va.afford(*shape)
    return va.exact(np.full((1,) * (1 + env.depth) + shape, 0.0 if node.op == "zero" else 1.0))


@rule("identity")
def _identity(node: Node, env: Env) -> Val:
    n = env.size(required(node.type.dims[0] or node.type.dims[1], "evaluate.open-identity", node.at))
    va.afford(n, n)
    return va.exact(np.eye(n).reshape((1,) * (1 + env.depth) + (n, n)))


@rule("sym")
def _symbol(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    return table(symbol, env)


def table(symbol: Symbol, env: Env) -> Val:
    """Return a symbol's value at the depth at hand; of a family, with its member axes first among the type's axes."""
    if symbol in env.binds:
        value, depth = env.binds[symbol]
        return env.lift(value, depth)
    if symbol.role in VALUES and symbol.type.kind != "function":
        if env.touched(symbol) or stochastic(symbol):
            return _varied(symbol, env)
        return env.lift(_made(symbol, env), 0)
    refuse_if(symbol.role in ("random", "law"), "evaluate.random", name=symbol.name)
    if symbol in env.values:
        return env.lift(env.values[symbol], 0)
    refuse_if(symbol.type.kind == "function", "evaluate.function", name=symbol.name)
    if symbol.role == "int":
        return env.constant(env.sizes[symbol.name])
    raise CheckError("evaluate.no-value", name=symbol.name)


def _varied(symbol: Symbol, env: Env) -> Val:
    """Return the value of a symbol of which something it needs is rebound; for outcomes it is made once."""
    state = env.moving(symbol)
    if state is None:
        return VALUES[symbol.role](symbol, env)
    key = (symbol, state.stamp)
    value = state.cache.get(key) if state.kept else None
    if value is None:
        value = VALUES[symbol.role](symbol, state)
        if state.kept:
            keep(key, value, state)
    return env.lift(value, state.depth)


def known(symbol: Symbol, env: Env) -> Val | None:
    """Return a symbol's value at each instance; None where it has none outside expectations and functions."""
    derived = symbol.role in VALUES and symbol.type.kind != "function" and not stochastic(symbol)
    return _made(symbol, env) if derived else env.values.get(symbol)


def _made(symbol: Symbol, env: Env) -> Val:
    """Return a value that follows from others, made when it is first asked for."""
    if symbol not in env.values:
        value = VALUES[symbol.role](symbol, env.root())
        env.values[symbol] = va.spread(value, value.v.shape)
    return env.values[symbol]


@rule("member")
def _member(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    written_out = MEMBERS.get(symbol.role)
    if written_out is not None and symbol not in env.binds and env.touched(symbol):
        return written_out(node, env)
    places = places_of(symbol, node.args, env)
    return gather(table(symbol, env), places, env, node.type.rank, symbol.name)


def places_of(symbol: Symbol, args: Sequence[Node], env: Env) -> list[Array]:
    """Return a member's places along the axes of its family, from 0."""
    return [ev(arg, env).v - env.size(hole.lo) for hole, arg in zip(symbol.holes, args, strict=True)]


def gather(source: Val, places: list[Array], env: Env, rank: int, name: str) -> Val:
    """Pick entries along the axes after the index axes; out of range gives no value, and a note."""
    lead = 1 + env.depth
    for place in places:
        n = source.v.shape[lead]
        if place.size == 1 and 0 <= (one := place.item()) < n and one == int(one):
            source = _picked(source, np.array(int(one)), lead)
            continue
        rounded = np.rint(place)
        outside = ~((rounded >= 0) & (rounded < n) & (np.abs(place - rounded) <= 1e-9))
        index = rounded.astype(int)
        bad = bool(outside.any())
        if bad:
            env.notes[say("evaluate.leaves-range", name=name)] = None
            index = np.clip(index, 0, max(n - 1, 0))
        if not n:
            raise CheckError("evaluate.no-members", name=name)
        if index.size > 1:
            va.afford(*np.broadcast_shapes(source.v.shape[:lead], index.shape), *source.v.shape[lead + 1 :])
        source = _picked(source, index, lead)
        if bad:
            gone = outside.reshape(outside.shape + (1,) * (source.v.ndim - lead))
            source = va.pick(gone, va.exact(np.full((1,) * source.v.ndim, np.nan)), source)
    assert source.v.ndim == lead + rank
    return source


def _picked(source: Val, index: Array, lead: int) -> Val:
    whole = va.spread(source, source.v.shape)
    return whole.through(lambda part: _take(part, index, lead))


def _take(v: Array, index: Array, lead: int) -> Array:
    if index.size == 1:
        return np.asarray(v[(slice(None),) * lead + (index.item(),)])
    wide = [axis for axis in range(lead) if index.shape[axis] != 1]
    if len(wide) <= 1 and (not wide or v.shape[wide[0]] == 1):
        flat = index.reshape(-1)
        taken = np.take(v, flat, axis=lead)
        if not wide:
            return np.squeeze(taken, axis=lead)
        return np.squeeze(np.moveaxis(taken, lead, wide[0] + 1), axis=wide[0])
    grids = [np.arange(v.shape[axis]).reshape((1,) * axis + (-1,) + (1,) * (lead - axis - 1)) for axis in range(lead)]
    return np.asarray(v[(*grids, index)])


@rule("entry")
def _entry(node: Node, env: Env) -> Val:
    base = ev(node.args[0], env)
    places = [ev(arg, env).v - 1 for arg in node.args[1:]]
    return gather(base, places, env, 0, say("evaluate.an-entry"))


@rule("call")
def _call(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    own = CALLS.get(symbol.role)
    return own(node, env) if own is not None else ev(symbol.data["body"], applied(symbol, node, env))


def applied(symbol: Symbol, node: Node, env: Env) -> Env:
    """Return the state in which a defined function's body has its parameters and member indices bound."""
    arity = len(symbol.type.args)
    inner = env.child(id(node))
    for param, arg in zip(symbol.params, node.args[:arity], strict=True):
        inner.bind(param, ev(arg, env))
    for index, arg in zip(symbol.data["indices"], node.args[arity:], strict=True):
        inner.bind(index, ev(arg, env))
    return inner
