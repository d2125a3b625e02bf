"""Derivatives by jets, and integrals of what is analytic between finite ends, in balls."""

from collections.abc import Callable, Sequence

from flint import acb, arb

from proofweave.check.balls import numbers as nu
from proofweave.check.balls.names import applied, at, pick, table
from proofweave.check.balls.numbers import Cannot, Cx, Jet, Num
from proofweave.check.balls.state import RULES, State, Value, each, numeral, value_of
from proofweave.check.language import Node, Symbol

Step = tuple[Symbol, int, int]
MOST_EVALUATIONS = 4000  # of an integrand


@RULES("gradient", "hessian")
def _of_function(node: Node, state: State) -> Value:
    symbol: Symbol = node.data.symbol
    order = 1 if node.op == "gradient" else 2
    if symbol.role == "function":
        return at(symbol, node, state, order)
    inner = applied(symbol, node, state)
    return differentiate(symbol.data["body"], ((symbol.params[node.data.which], 0, 0),) * order, (), inner)


@RULES("derive")
def _derive(node: Node, state: State) -> Value:
    places = [nu.whole_of(numeral(arg, state)) for arg in node.args[1:]]
    return differentiate(node.args[0], node.data.steps, places, state)


@RULES("differential")
def _differential(node: Node, state: State) -> Value:
    tag = state.tag()
    moved = {
        symbol: each(lambda point, slope: Jet(tag, point, slope), table(symbol, state), value_of(way, state))
        for symbol, way in zip(node.data, node.args[1:], strict=True)
    }
    return _slopes(value_of(node.args[0], state.child(moved)), tag)


def differentiate(body: Node, steps: Sequence[Step], places: Sequence[int], state: State) -> Value:
    """Return the derivative by one symbol after the other; places pick members and entries, counted as written."""
    if not steps:
        return value_of(body, state)
    (symbol, members, entries), rest = steps[0], steps[1:]
    count = members + entries
    mine, others = places[:count], places[count:]

    def along(point: Value, rebuild: object) -> Value:
        """Return the derivatives along every coordinate, in the shape of the point."""
        if isinstance(point, list):
            return [
                along(one, lambda new, k=k: rebuild([*point[:k], new, *point[k + 1 :]]))  # type: ignore[operator]
                for k, one in enumerate(point)
            ]
        tag = state.tag()
        moved = rebuild(Jet(tag, point, nu.whole(1)))  # type: ignore[operator]
        return _slopes(differentiate(body, rest, others, state.child({symbol: moved})), tag)

    point = table(symbol, state)
    found = along(point, lambda new: new)
    if not mine:
        # a Jacobian's rows are those of the body
        return _last(found) if isinstance(point, list) and isinstance(_inside(found, point), list) else found
    starts = [*(state.size(hole.lo) for hole in symbol.holes), *(1,) * entries][: len(mine)]
    places = [place - start for place, start in zip(mine, starts, strict=True)]
    if any(not place >= 0 for place in places):
        raise Cannot
    return pick(found, places, 0)


def _inside(found: Value, point: Value) -> Value:
    while isinstance(point, list):
        found, point = found[0], point[0]
    return found


def _last(found: Value) -> Value:
    """Move the first axis to the end."""
    if not isinstance(found[0], list):
        return found
    return [_last([one[k] for one in found]) for k in range(len(found[0]))]


def _slopes(value: Value, tag: int) -> Value:
    if isinstance(value, list):
        return [_slopes(entry, tag) for entry in value]
    return nu.parts(value, tag)[1]


@RULES("integral")
def _integral(node: Node, state: State) -> Num:
    if node.type.rank:
        raise Cannot
    lo, hi = (nu.ball(numeral(end, state)) for end in node.args[:2])
    if not all(isinstance(end, arb) and end.is_finite() for end in (lo, hi)):
        raise Cannot
    if any(isinstance(bound, acb) for bound in state.binds.values()):
        raise Cannot  # of two integrals, one in the other, the inner one would have to be told analytic

    def integrand(x: acb, analytic: bool) -> Num:
        return value_of(node.args[2], state.child({node.data: x}, analytic=analytic))

    return _integrated(integrand, lo, hi)


def _integrated(integrand: Callable[[acb, bool], Num], lo: arb, hi: arb) -> Num:
    """Return an integral, of jets part by part."""
    probe = integrand(acb((lo + hi) / 2), False)
    if isinstance(probe, Jet):
        halves = (lambda x, analytic, k=k: nu.parts(integrand(x, analytic), probe.tag)[k] for k in (0, 1))
        return Jet(probe.tag, *(_integrated(half, lo, hi) for half in halves))
    if isinstance(probe, Cx):
        sides = (lambda x, analytic, k=k: nu.cartesian(integrand(x, analytic))[k] for k in (0, 1))
        return Cx(*(_integrated(side, lo, hi) for side in sides))
    spared: list[Exception] = []

    def safely(x: acb, analytic: bool) -> acb:
        if spared:
            return acb(arb.nan())
        try:
            found = integrand(x, analytic)
            if isinstance(found, Jet):
                raise Cannot
            return acb(nu.ball(found))
        except Exception as error:  # what a callback raises is lost in between, so it is kept and raised again
            spared.append(error)
            return acb(arb.nan())

    found = acb.integral(safely, acb(lo), acb(hi), eval_limit=MOST_EVALUATIONS)
    if spared:
        raise spared[0]
    return found.real
