"""Evaluation of a tree over a batch of instances: the dispatcher, names, and arithmetic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from proofweave.check.evaluate import values as va
from proofweave.check.evaluate.clock import NODE
from proofweave.check.evaluate.env import Env
from proofweave.check.evaluate.values import Array, Val
from proofweave.check.language.kinds import CheckError
from proofweave.check.language.scope import Symbol
from proofweave.check.language.tree import Index, Node

Rule = Callable[[Node, Env], Val]
RULES: dict[str, Rule] = {}
MOST_KEPT = 1 << 19  # cells of all values a case remembers


CUBIC = frozenset(("mul", "inverse", "matfunc", "norm", "eigenvalue", "singular", "msign", "pinv", "pow"))
SMALL = 8


def rule(*ops: str) -> Callable[[Rule], Rule]:
    """Register the evaluation of some operations."""

    def keep(function: Rule) -> Rule:
        for op in ops:
            RULES[op] = function
        return function

    return keep


def ev(node: Node, env: Env) -> Val:
    """Return the value of a tree: shape (batch, indices…, *axes of its type)."""
    if id(node) in env.kept:
        key = (id(node), env.stamp)
        found = env.cache.get(key)
        if found is not None:
            return found
        value = _compute(node, env)
        if env.caching and env.room[0] >= value.v.size:
            env.room[0] -= value.v.size
            env.cache[key] = value
        return value
    return _compute(node, env)


def _compute(node: Node, env: Env) -> Val:
    handler = RULES.get(node.op)
    if handler is None:
        raise CheckError(f"{node.op} cannot be evaluated here", node.at)
    try:
        value = handler(node, env)
        env.clock.spend(value.v.size + NODE + (_cubic(node, value, env) if node.op in CUBIC else 0))
        return value
    except CheckError as error:
        if error.at is None:
            error.at = node.at
        raise


def _cubic(node: Node, value: Val, env: Env) -> float:
    """Return the extra work of products and factorisations of matrices, about n³ multiplications each."""
    sizes = [env.size(dim) for arg in node.args if arg.type.rank == 2 for dim in arg.type.dims if dim is not None]
    n = max(sizes, default=0)
    cells = n ** max(2 - node.type.rank, 0) * value.v.size
    return cells * n / 8 if n > SMALL else 0


# -- names and constants


@rule("num", "constant")
def _number(node: Node, env: Env) -> Val:
    value = env.constant(node.data)
    return value if isinstance(node.data, int) or float(node.data).is_integer() else va.rounded(value.v)


@rule("dim")
def _dim(node: Node, env: Env) -> Val:
    return env.constant(env.size(node.data))


@rule("index")
def _index(node: Node, env: Env) -> Val:
    index: Index = node.data
    if index not in env.binds:
        raise CheckError(f"the index {index.name} is used outside its range", node.at)
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
    shape = tuple(env.size(dim) for dim in node.type.dims if dim is not None)
    if len(shape) != node.type.rank:
        raise CheckError("the size of this part is open; give I, 0 or 1 an index", node.at)
    va.afford(*shape)
    return va.exact(np.full((1,) * (1 + env.depth) + shape, 0.0 if node.op == "zero" else 1.0))


@rule("identity")
def _identity(node: Node, env: Env) -> Val:
    dim = node.type.dims[0] or node.type.dims[1]
    if dim is None:
        raise CheckError("the size of I is open; write I_n", node.at)
    va.afford(env.size(dim), env.size(dim))
    return va.exact(np.eye(env.size(dim)).reshape((1,) * (1 + env.depth) + (env.size(dim),) * 2))


@rule("sym")
def _symbol(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    return table(symbol, env)


def table(symbol: Symbol, env: Env) -> Val:
    """Return a symbol's value at the depth at hand; of a family, with its member axes first among the type's axes."""
    if symbol in env.binds:
        value, depth = env.binds[symbol]
        return env.lift(value, depth)
    derived = symbol.role in ("define", "solve", "sequence", "least") and symbol.type.kind != "function"
    if derived and (symbol not in env.values or env.touched(symbol)):
        from proofweave.check.operations.bindings import make

        return make(symbol, env)
    if symbol.role == "random":
        raise CheckError(f"{symbol.name} is random; it stands inside an expectation or alone in the equation")
    if symbol in env.values:
        return env.lift(env.values[symbol], 0)
    if symbol.type.kind == "function":
        raise CheckError(f"{symbol.name} is a function; give it an argument")
    if symbol.role == "int":
        return env.constant(env.sizes[symbol.name])
    raise CheckError(f"{symbol.name} has no value here")


@rule("member")
def _member(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    found = _inline_member(symbol, node, env)
    if found is not None:
        return found
    places = []
    for hole, arg in zip(symbol.holes, node.args, strict=True):
        place = ev(arg, env)
        places.append(place.v - env.size(hole.lo))
    return gather(table(symbol, env), places, env, node.type.rank, symbol.name)


def _inline_member(symbol: Symbol, node: Node, env: Env) -> Val | None:
    """Evaluate a member of a family of definitions in place when what it needs has been rebound."""
    if symbol.role != "define" or symbol in env.binds or not env.touched(symbol):
        return None
    inner = env.child(id(node))
    for index, arg in zip(symbol.data["indices"], node.args, strict=True):
        inner.bind(index, ev(arg, env))
    return ev(symbol.data["body"], inner)


def gather(source: Val, places: list[Array], env: Env, rank: int, name: str) -> Val:
    """Pick entries along the axes after the index axes; out of range gives no value, and a note."""
    v, e = source
    lead = 1 + env.depth
    for place in places:
        n = v.shape[lead]
        index = np.rint(place).astype(int)
        outside = (index < 0) | (index >= n) | (np.abs(place - index) > 1e-9)
        bad = bool(outside.any())
        if bad:
            env.notes[f"an index of {name} leaves its range"] = None
            index = np.clip(index, 0, max(n - 1, 0))
        if not n:
            raise CheckError(f"{name} has no members at these sizes")
        va.afford(*np.broadcast_shapes(v.shape[:lead], index.shape), *v.shape[lead + 1 :])
        e = np.broadcast_to(e, v.shape)
        v, e = _take(v, index, lead), _take(e, index, lead)
        if bad:
            v = np.where(outside.reshape(outside.shape + (1,) * (v.ndim - lead)), np.nan, v)
    assert v.ndim == lead + rank
    return Val(v, e)


def _take(v: Array, index: Array, lead: int) -> Array:
    wide = [axis for axis in range(lead) if index.shape[axis] > 1]
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
    return gather(base, places, env, 0, "an entry")


@rule("call")
def _call(node: Node, env: Env) -> Val:
    symbol: Symbol = node.data
    arity = len(symbol.type.args)
    if symbol.role == "function":
        from proofweave.check.operations.functions import evaluate

        members = [ev(arg, env).v - env.size(h.lo) for h, arg in zip(symbol.holes, node.args[arity:], strict=True)]
        return evaluate(env, symbol, ev(node.args[0], env), members, 0)
    if symbol.role == "flow":
        from proofweave.check.calculus import flows

        return flows.evaluate(symbol, ev(node.args[0], env), env)
    return ev(symbol.data["body"], applied(symbol, node, env))


def applied(symbol: Symbol, node: Node, env: Env) -> Env:
    """Return the state in which a defined function's body has its parameters and member indices bound."""
    arity = len(symbol.type.args)
    inner = env.child(id(node))
    for param, arg in zip(symbol.params, node.args[:arity], strict=True):
        inner.bind(param, ev(arg, env))
    for index, arg in zip(symbol.data["indices"], node.args[arity:], strict=True):
        inner.bind(index, ev(arg, env))
    return inner
