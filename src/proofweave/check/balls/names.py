"""Names in balls: numbers, constants, indices, symbols by their roles, members, entries, calls."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from flint import arb, fmpq

from proofweave.check.balls import sampled
from proofweave.check.balls.numbers import Cannot, Cx, Num, exact, nan, whole, whole_of
from proofweave.check.balls.state import RULES, State, Value, filled, numeral, value_of
from proofweave.check.language import Node, Registry, Symbol

DIGITS = 15  # that a float gives back as they were written

DERIVED: Registry[Callable[[Symbol, State], Value]] = Registry()
"""How a symbol's value follows from others, by its role: member axes first among its axes."""


@RULES("num")
def _number(node: Node, state: State) -> Num:
    return written(node.data, node.end - node.at)


def written(value: float, length: int) -> Num:
    """Return a number as it was written in so many characters: a decimal that a float does not hold whole is a ball."""
    if isinstance(value, int):
        return whole(value)
    digits = Decimal(repr(value))
    if len(digits.as_tuple().digits) <= DIGITS and length <= DIGITS + 2:
        return fmpq(*digits.as_integer_ratio())
    return arb(exact(value), abs(value) * 2.0**-52)


@RULES("constant")
def _constant(node: Node, state: State) -> Num:
    if node.data == math.pi:
        return arb.pi()
    if node.data == math.e:
        return arb(1).exp()
    if math.isinf(node.data):
        return arb(node.data)
    raise Cannot


@RULES("imaginary")
def _unit(node: Node, state: State) -> Num:
    return Cx(whole(0), whole(1))


@RULES("dim")
def _dim(node: Node, state: State) -> Num:
    return whole(state.size(node.data))


@RULES("index")
def _index(node: Node, state: State) -> Num:
    if node.data not in state.binds:
        raise Cannot
    return state.binds[node.data]


@RULES("at")
def _at(node: Node, state: State) -> Value:
    return value_of(node.args[0], state)


@RULES("cycle")
def _cycle(node: Node, state: State) -> Num:
    place, lo, hi = (whole_of(numeral(arg, state)) for arg in node.args)
    return whole(lo + (place - lo + 1) % (hi - lo + 1))


@RULES("zero", "ones")
def _filled(node: Node, state: State) -> Value:
    return filled(state.shape(node), 0 if node.op == "zero" else 1)


@RULES("identity")
def _identity(node: Node, state: State) -> Value:
    dim = node.type.dims[0] or node.type.dims[1]
    if dim is None:
        raise Cannot
    n = state.size(dim)
    return [[whole(int(i == j)) for j in range(n)] for i in range(n)]


@RULES("sym")
def _symbol(node: Node, state: State) -> Value:
    return table(node.data, state)


def table(symbol: Symbol, state: State) -> Value:
    """Return a symbol's value; of a family, its members in a list."""
    if symbol in state.binds:
        return state.binds[symbol]
    derive = DERIVED.get(symbol.role) if symbol.type.kind != "function" else None
    if derive is None:
        if symbol in state.values and symbol.role in ("free", "int", "weights"):
            return state.values[symbol]
        raise Cannot
    if state.touched(symbol):
        return derive(symbol, state)
    if symbol not in state.known:
        state.known[symbol] = derive(symbol, state)
    return state.known[symbol]


@RULES("member")
def _member(node: Node, state: State) -> Value:
    symbol: Symbol = node.data
    places = places_of(symbol, node.args, state)
    if symbol.role == "define" and symbol not in state.binds:
        return _defined_member(symbol, places, state)
    return pick(table(symbol, state), places, node.type.rank)


def _defined_member(symbol: Symbol, places: Sequence[int], state: State) -> Value:
    lengths = [state.size(hole.hi) - state.size(hole.lo) + 1 for hole in symbol.holes]
    if any(not 0 <= place < length for place, length in zip(places, lengths, strict=True)):
        return absent(symbol, state)
    own = [whole(place + state.size(hole.lo)) for place, hole in zip(places, symbol.holes, strict=True)]
    inner = state.child(dict(zip(symbol.data["indices"], own, strict=True)))
    if state.touched(symbol):
        return value_of(symbol.data["body"], inner)
    key = (symbol, *places)
    if key not in state.known:
        state.known[key] = value_of(symbol.data["body"], inner)
    return state.known[key]


def absent(symbol: Symbol, state: State) -> Value:
    """Return a member that a family does not have: of its shape, without a value."""
    shape = [state.size(dim) for dim in symbol.type.dims if dim is not None]
    return blank(len(shape), shape)


def blank(rank: int, shape: Sequence[int] = (1, 1)) -> Value:
    """Return an array without values."""
    return nan() if not rank else [blank(rank - 1, shape[1:]) for _ in range(shape[0])]


def places_of(symbol: Symbol, args: Sequence[Node], state: State) -> list[int]:
    """Return a member's places along the axes of its family, from 0."""
    return [whole_of(numeral(arg, state)) - state.size(hole.lo) for hole, arg in zip(symbol.holes, args, strict=True)]


def pick(value: Value, places: Sequence[int], rank: int) -> Value:
    """Return an entry, or a member of that rank; one out of range has no value."""
    for done, place in enumerate(places):
        if not 0 <= place < len(value):
            inner = value[0] if value else None
            for _ in places[done + 1 :]:
                inner = inner[0] if isinstance(inner, list) and inner else None
            return like(inner) if inner is not None else blank(rank)
        value = value[place]
    return value


def like(value: Value) -> Value:
    """Return an array of a value's shape without values."""
    return [like(entry) for entry in value] if isinstance(value, list) else nan()


@RULES("entry")
def _entry(node: Node, state: State) -> Num:
    places = [whole_of(numeral(arg, state)) - 1 for arg in node.args[1:]]
    return pick(value_of(node.args[0], state), places, 0)


@RULES("call")
def _call(node: Node, state: State) -> Value:
    symbol: Symbol = node.data
    if symbol.role == "function":
        return at(symbol, node, state, 0)
    inner = applied(symbol, node, state)
    return value_of(symbol.data["body"], inner)


def applied(symbol: Symbol, node: Node, state: State) -> State:
    """Return the state in which a defined function's parameters and member indices are bound."""
    if symbol.role != "define":
        raise Cannot
    arity = len(symbol.type.args)
    bound = {param: value_of(arg, state) for param, arg in zip(symbol.params, node.args[:arity], strict=True)}
    places = {index: numeral(arg, state) for index, arg in zip(symbol.data["indices"], node.args[arity:], strict=True)}
    return state.child({**bound, **places})


def at(symbol: Symbol, node: Node, state: State, order: int) -> Value:
    """Return a sampled function's value, gradient or Hessian at its argument."""
    arity = len(symbol.type.args)
    places = places_of(symbol, node.args[arity:], state)
    sample = state.functions.get(symbol)
    if sample is None:
        raise Cannot
    for place in places:
        if not isinstance(sample, list) or not 0 <= place < len(sample):
            raise Cannot
        sample = sample[place]
    return sampled.evaluate(sample, value_of(node.args[0], state), order)


@DERIVED("define")
def _define(symbol: Symbol, state: State) -> Value:
    def members(places: tuple[int, ...], left: int) -> Value:
        if not left:
            return _defined_member(symbol, places, state) if places else value_of(symbol.data["body"], state)
        hole = symbol.holes[len(places)]
        count = state.size(hole.hi) - state.size(hole.lo) + 1
        return [members((*places, place), left - 1) for place in range(count)]

    return members((), len(symbol.holes))


@DERIVED("sequence")
def _sequence(symbol: Symbol, state: State) -> Value:
    hole = symbol.holes[0]
    lo, hi = state.size(hole.lo), state.size(hole.hi)
    found = [value_of(symbol.data["start"], state)]
    for step in range(hi - lo):
        inner = state.child({symbol: found, symbol.data["index"]: whole(lo + step)})
        found = [*found, value_of(symbol.data["next"], inner)]
    return found


@DERIVED("constant")
def _least_constant(symbol: Symbol, state: State) -> Value:
    owner: Symbol = symbol.data["of"]
    sample = state.functions.get(owner)
    if sample is None:
        raise Cannot
    which = symbol.data["which"]
    found = _constants(owner, sample, which, len(owner.holes))
    if owner.holes and not symbol.holes:
        return sampled.best(found, which)
    return found


def _constants(owner: Symbol, sample: Value, which: str, depth: int) -> Value:
    if depth:
        return [_constants(owner, one, which, depth - 1) for one in sample]
    return sampled.constant(owner.data["classes"], sample, which)
