"""Operators that bind, in balls: sums, products, extrema over an index, expectations over finite laws."""

from collections.abc import Iterator, Sequence
from itertools import product

from flint import arb, ctx, fmpq

from proofweave.check.balls import numbers as nu
from proofweave.check.balls.arithmetic import largest, least
from proofweave.check.balls.numbers import Cannot, Num, Unclear, add, mul, sub
from proofweave.check.balls.state import RULES, State, Value, each, filled, numeral, value_of
from proofweave.check.balls.truth import truth
from proofweave.check.language import Node, Symbol, endless, is_number

MOST_TERMS = 100_000
MOST_TRIALS = 60
MOST_OUTCOMES = 100_000
FALL = fmpq(9, 10)  # of a term to the one before it
STEADILY = 16  # terms that fall so
REST = 100  # times the last term is more than all that follow it


def terms(node: Node, state: State) -> Iterator[tuple[int, Value]]:
    """Yield the index and the body's value of each term of a range."""
    lo, hi, condition, body = node.args[:4]
    first, last = (_end(numeral(end, state)) for end in (lo, hi))
    if last - first >= MOST_TERMS:
        raise Cannot
    for place in range(first, last + 1):
        inner = state.child({node.data: nu.whole(place)})
        if not is_number(condition, 1):
            kept = truth(condition, inner)
            if kept is None:
                raise Unclear
            if not kept:
                continue
        yield place, value_of(body, inner)


def _end(x: Num) -> int:
    if isinstance(x, arb) and not x.is_finite():
        raise Cannot
    return nu.whole_of(x)


def _endless_sum(node: Node, state: State) -> Num:
    """Return a sum without end whose terms fall at least geometrically, up to what is beyond the precision in force."""
    if not state.endless or node.type.rank or not is_number(node.args[2], 1):
        raise Cannot
    place = _end(numeral(node.args[0], state))
    out: Num = fmpq(0)
    last, falling = arb(0), 0
    while True:
        term = nu.ball(numeral(node.args[3], state.child({node.data: nu.whole(place)})))
        if not isinstance(term, arb):
            raise Cannot
        size, place = abs(term), place + 1
        falling = falling + 1 if size < FALL * last else 0
        out, last = add(out, term), size
        if falling >= STEADILY and size * arb(2) ** ctx.prec < abs(nu.ball(out)):
            return nu.ball(out) + arb(0, (REST * size).upper())


@RULES("sum")
def _sum(node: Node, state: State) -> Value:
    if endless(node.args[1]):
        return _endless_sum(node, state)
    out: Value | None = None
    for _, term in terms(node, state):
        out = term if out is None else each(add, out, term)
    return filled(state.shape(node), 0) if out is None else out


@RULES("prod")
def _product(node: Node, state: State) -> Value:
    if node.type.rank:
        raise Cannot
    out: Num = fmpq(1)
    for _, factor in terms(node, state):
        out = mul(out, factor)
    return out


@RULES("min", "max")
def _extreme(node: Node, state: State) -> Num:
    found = [term for _, term in terms(node, state)]
    if not found:
        raise Cannot
    return least(found) if node.op == "min" else largest(found)


@RULES("argmin", "argmax")
def _argument(node: Node, state: State) -> Num:
    best: tuple[int, Num] | None = None
    for place, term in terms(node, state):
        side = None if best is None else nu.sign(sub(term, best[1]))
        if best is not None and side is None:
            raise Unclear
        if best is None or side == (-1 if node.op == "argmin" else 1):
            best = place, term
    if best is None:
        raise Cannot
    return nu.whole(best[0])


def outcomes(symbol: Symbol, state: State) -> list[tuple[Value, Num]]:
    """Return a random symbol's joint outcomes with their weights; an iid sample has those of all its members."""
    if symbol.role == "law":
        return _together(members(symbol, state)) if symbol.holes else named(symbol, state)
    source: Symbol = symbol.data.get("parent") or symbol
    points = state.values.get(source)
    if source.role == "law":
        raise Cannot
    weights = state.values.get(source.data["weights_symbol"])
    if points is None or weights is None:
        raise Cannot
    if source is symbol:
        return list(zip(points, weights, strict=True))
    hole = symbol.holes[0]
    copies = state.size(hole.hi) - state.size(hole.lo) + 1
    return _together([list(zip(points, weights, strict=True))] * copies)


def members(symbol: Symbol, state: State) -> list[list[tuple[Value, Num]]]:
    """Return the outcomes of each member of a family with a law, with their weights."""
    (hole,), (index,) = symbol.holes, symbol.data["indices"]
    places = range(state.size(hole.lo), state.size(hole.hi) + 1)
    return [named(symbol, state.child({index: nu.whole(place)})) for place in places]


def _together(listed: Sequence[Sequence[tuple[Value, Num]]]) -> list[tuple[Value, Num]]:
    """Return the joint outcomes of independent values, with their weights."""
    count = 1
    for one in listed:
        count *= len(one)
    if count > MOST_OUTCOMES:
        raise Cannot
    found = []
    for drawn in product(*listed):
        weight: Num = fmpq(1)
        for _, share in drawn:
            weight = mul(weight, share)
        found.append(([point for point, _ in drawn], weight))
    return found


def named(symbol: Symbol, state: State) -> list[tuple[Value, Num]]:
    """Return the outcomes of a finite law by name, with their weights."""
    law = symbol.data["law"]
    if law.name == "Rademacher":
        return [(fmpq(-1), fmpq(1, 2)), (fmpq(1), fmpq(1, 2))]
    if law.name == "Categorical":
        return [(fmpq(place), weight) for place, weight in enumerate(value_of(law.params[0], state), 1)]
    if law.name not in ("Bernoulli", "Binomial"):
        raise Cannot
    p = numeral(law.params[-1], state)
    q = sub(fmpq(1), p)
    if nu.sign(p) not in (0, 1) or nu.sign(q) not in (0, 1):
        raise Cannot
    count = nu.whole_of(numeral(law.params[0], state)) if law.name == "Binomial" else 1
    if not 0 <= count <= MOST_TRIALS:
        raise Cannot
    weights: list[Num] = [fmpq(1)]
    for _ in range(count):  # Pascal's triangle, one trial a row
        failed, won = ([mul(share, weight) for weight in weights] for share in (q, p))
        weights = [add(a, b) for a, b in zip([*failed, fmpq(0)], [fmpq(0), *won], strict=True)]
    return [(fmpq(place), weight) for place, weight in enumerate(weights)]


def joint(symbols: Sequence[Symbol], state: State) -> Iterator[tuple[State, Num]]:
    """Yield a state and a weight for each outcome of independent random symbols together."""
    listed = [outcomes(symbol, state) for symbol in symbols]
    count = 1
    for one in listed:
        count *= len(one)
    if count > MOST_OUTCOMES:
        raise Cannot
    for drawn in product(*listed):
        weight: Num = fmpq(1)
        for _, share in drawn:
            weight = mul(weight, share)
        yield state.child(dict(zip(symbols, (value for value, _ in drawn), strict=True))), weight


def average(found: Sequence[tuple[Value, Num]]) -> Value:
    """Return a mean of values with their weights."""
    out: Value | None = None
    for value, weight in found:
        term = each(lambda entry, share=weight: mul(share, entry), value)
        out = term if out is None else each(add, out, term)
    return out
