"""Means and covariances over normal values, in balls: exact for polynomials up to degree 3, by differences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from flint import fmpq

from proofweave.check.balls import numbers as nu
from proofweave.check.balls.arithmetic import dot
from proofweave.check.balls.binders import average, joint
from proofweave.check.balls.numbers import Cannot, Num, add, mul, sub
from proofweave.check.balls.state import RULES, State, Value, each, value_of
from proofweave.check.language import Node, Symbol, degree, unbound_random

HALF = fmpq(1, 2)


def is_normal(symbol: Symbol) -> bool:
    """Tell whether a symbol has the normal law."""
    return symbol.role == "law" and symbol.data["law"].name == "N"


@dataclass(frozen=True, slots=True)
class Noise:
    """Independent normal values: their means, and the covariances of their coordinates that are not 0."""

    symbols: Sequence[Symbol]
    means: dict[Symbol, Value]
    coordinates: list[tuple[Symbol, tuple[int, ...]]]
    covariances: list[tuple[int, int, Num]]

    def at(self, body: Node, steps: dict[int, int], state: State) -> Value:
        """Return a body's value where some coordinates are whole steps off the mean."""
        values = dict(self.means)
        for place, step in steps.items():
            symbol, path = self.coordinates[place]
            values[symbol] = _moved(values[symbol], path, step)
        return value_of(body, state.child(values))


def _moved(value: Value, path: tuple[int, ...], step: int) -> Value:
    if not path:
        return add(value, nu.whole(step))
    return [_moved(one, path[1:], step) if k == path[0] else one for k, one in enumerate(value)]


def noise_of(symbols: Sequence[Symbol], state: State) -> Noise:
    """Return the means and covariances of normal symbols."""
    means: dict[Symbol, Value] = {}
    coordinates: list[tuple[Symbol, tuple[int, ...]]] = []
    covariances: list[tuple[int, int, Num]] = []
    for symbol in symbols:
        found = [_parameters(symbol, inner) for inner in _members(symbol, state)]
        means[symbol] = [mean for mean, _ in found] if symbol.holes else found[0][0]
        for member, (mean, covariance) in enumerate(found):
            lead = (member,) if symbol.holes else ()
            first, count = len(coordinates), len(mean) if isinstance(mean, list) else 1
            coordinates += [(symbol, (*lead, k) if isinstance(mean, list) else lead) for k in range(count)]
            for i, j in product(range(count), repeat=2):
                entry = covariance[i][j] if isinstance(mean, list) else covariance
                if not (isinstance(entry, fmpq) and entry == 0):
                    covariances.append((first + i, first + j, entry))
    return Noise(symbols, means, coordinates, covariances)


def _members(symbol: Symbol, state: State) -> Iterator[State]:
    if not symbol.holes:
        yield state
        return
    if len(symbol.holes) > 1:
        raise Cannot
    (hole,), (index,) = symbol.holes, symbol.data["indices"]
    for place in range(state.size(hole.lo), state.size(hole.hi) + 1):
        yield state.child({index: nu.whole(place)})


def _parameters(symbol: Symbol, state: State) -> tuple[Value, Value]:
    mean, covariance = (value_of(param, state) for param in symbol.data["law"].params)
    if not isinstance(mean, list) and nu.sign(covariance) not in (0, 1):
        raise Cannot
    return mean, covariance


def mean_of(body: Node, symbols: Sequence[Symbol], state: State) -> Value:
    """Return the mean of a polynomial of degree 3 at most: its odd part has none, the even one is quadratic."""
    most = degree(body, frozenset(symbols))
    if most is None or most > 3:
        raise Cannot
    noise = noise_of(symbols, state)
    here = noise.at(body, {}, state)
    if most <= 1:
        return here
    known: dict[tuple[int, int], Value] = {}

    def even(i: int, j: int) -> Value:
        """Return how far the even part rises from the mean to a step along two coordinates, or twice one."""
        key = (min(i, j), max(i, j))
        if key not in known:
            ahead, behind = ({i: sign, j: sign} if i != j else {i: sign} for sign in (1, -1))
            both = each(add, noise.at(body, ahead, state), noise.at(body, behind, state))
            known[key] = each(lambda a, b: sub(mul(HALF, a), b), both, here)
        return known[key]

    out = here
    for i, j, share in noise.covariances:
        bend = even(i, i)
        if i == j:
            bend = each(add, bend, bend)
        else:
            bend = each(lambda a, b, c: sub(sub(a, b), c), even(i, j), even(i, i), even(j, j))
        out = each(lambda a, b, w=share: add(a, mul(mul(HALF, w), b)), out, bend)
    return out


def covariance_of(one: Node, two: Node, symbols: Sequence[Symbol], state: State) -> tuple[list[Num], list[list[Num]]]:
    """Return the mean of the first and the covariance matrix of two affine values, numbers as vectors."""
    if any(degree(side, frozenset(symbols)) not in (0, 1) for side in (one, two)):
        raise Cannot
    noise = noise_of(symbols, state)
    here, slopes = [], []
    for side in (one, two):
        start = _listed(noise.at(side, {}, state))
        here.append(start)
        ends = (_listed(noise.at(side, {k: 1}, state)) for k in range(len(noise.coordinates)))
        slopes.append([[sub(a, b) for a, b in zip(end, start, strict=True)] for end in ends])
    table = [[nu.whole(0) for _ in here[1]] for _ in here[0]]
    for i, j, share in noise.covariances:
        for a, x in enumerate(slopes[0][i]):
            for b, y in enumerate(slopes[1][j]):
                table[a][b] = add(table[a][b], mul(share, mul(x, y)))
    return here[0], table


def _listed(value: Value) -> list[Num]:
    return value if isinstance(value, list) else [value]


@RULES("expect", "variance")
def _moment(node: Node, state: State) -> Value:
    body = node.args[0]
    over = unbound_random([body]) if node.data is None else node.data
    normal = [symbol for symbol in over if is_normal(symbol)]
    finite = [symbol for symbol in over if not is_normal(symbol)]
    if node.op == "expect" and normal:
        return average([(mean_of(body, normal, inner), weight) for inner, weight in joint(finite, state)])
    if normal:
        if finite:
            raise Cannot
        _, table = covariance_of(body, body, normal, state)
        return nu.total([row[k] for k, row in enumerate(table)])
    found = [(value_of(body, inner), weight) for inner, weight in joint(over, state)]
    mean = average(found)
    if node.op == "expect":
        return mean
    gaps = [(each(sub, value, mean), weight) for value, weight in found]
    return average([(dot([gap], [gap]), weight) for gap, weight in gaps])


@RULES("covariance")
def _covariance(node: Node, state: State) -> Value:
    if not all(map(is_normal, node.data)):
        raise Cannot
    one, two = node.args
    _, table = covariance_of(one, two, node.data, state)
    return table if node.type.rank else table[0][0]


@RULES("lawof")
def _law(node: Node, state: State) -> Value:
    mean, table = covariance_of(node.args[0], node.args[0], node.data, state)
    return [[entry, *row] for entry, row in zip(mean, table, strict=True)]


@RULES("normal")
def _normal(node: Node, state: State) -> Value:
    mean, covariance = (value_of(arg, state) for arg in node.args)
    if not isinstance(mean, list):
        return [[mean, covariance]]
    return [[entry, *row] for entry, row in zip(mean, covariance, strict=True)]
