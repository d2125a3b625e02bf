"""≈, ∼, →, ≪, O(·), o(·) and Θ(·): the order at which sides near each other as a quantity goes to 0, all else fixed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from proofweave.check.evaluate import SAFETY, Array, Clock, Env, Val, ev, exact
from proofweave.check.instances import Case, Drawn, Task, complete, draw_cases, open_case, remembering, repeat, take
from proofweave.check.language import LANDAU, CheckError, Dim, Node, OutOfTime, Symbol, named_in, pairs, refuse_if, walk
from proofweave.core import say

HALVINGS = 26
SPARING = ((HALVINGS, 40), (16, 8), (11, 4), (8, 2))
SIZED = ((9, 4), (8, 2))
"""How often what goes to 0 is halved, on how many instances of a case: less of both where more costs too much."""

WINDOW = 4
INSTANCES = 40
SLACK = 0.15
BARELY = 0.005  # an order found this little above a whole one is that order
RISE = 0.1  # of a slope
STEADY = 1e-10
NEAR = 3
DRAWN = frozenset(("free", "random", "function", "law"))
FEW = 3  # groups of sizes
MUCH = frozenset((r"\ll", r"\gg"))
NEARING = frozenset((r"\sim", r"\to"))
ALIKE = r"\propto"
ROUGH = MUCH | NEARING | {r"\approx", ALIKE}


@dataclass(frozen=True, slots=True)
class Order:
    """The quantity that goes to 0, the symbol that drives it, and the least order of the error in it."""

    quantity: Node
    symbol: Symbol
    at_least: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The least fitted order over the instances, and how many instances were fitted."""

    least: float
    count: int


def has_order(link: Node) -> bool:
    """Tell whether a relation is an approximation rather than a claim about values."""
    return link.op == "chain" and (
        not ROUGH.isdisjoint(link.data) or any(node.op in (*LANDAU, "theta") for node in walk(link))
    )


def growing(link: Node) -> bool:
    """Tell whether a relation compares how its sides grow: a \\ll b, a = \\Theta(b)."""
    return bool(MUCH.intersection(link.data)) or any(side.op == "theta" for side in link.args)


def refuse_rough(trees: Sequence[Node]) -> None:
    """Refuse what compares how sides grow where a relation between values is meant: in premises, under conditions."""
    for part in (part for tree in trees for part in walk(tree) if part.op == "chain"):
        sign = next((sign for sign in part.data if sign in ROUGH and sign != r"\approx"), None)
        refuse_if(sign is not None, "judge.rough-premise", part.at, text=sign or "")


def links(claim: Node) -> list[Node]:
    """Split a chain into its relations, so that approximations are checked apart."""
    if claim.op != "chain" or not has_order(claim) or len(claim.data) == 1:
        return [claim]
    return [
        replace(claim, args=(left, right), data=(sign,), at=left.at, end=right.end)
        for left, right, sign in pairs(claim)
    ]


def equal(claim: Node) -> Node:
    """Return an approximation as the equality it may be."""
    return replace(claim, data=tuple("=" if sign == r"\approx" else sign for sign in claim.data))


def to_draw(claim: Node) -> Node:
    """Return the relation on whose values instances are drawn: of what goes to infinity, only that it has a value."""
    left, right = claim.args
    end = right.args[0] if right.op == "neg" else right
    endless = claim.data == (r"\to",) and end.op == "constant" and math.isinf(end.data)
    return replace(claim, args=(left, left if endless else right), data=("=",))


def read_order(quantity: Node | None, at_least: float | None, link: Node) -> Order:
    """Return the order asked for: as written, or that of the O(·) in the relation."""
    big = [node for node in walk(link) if node.op in LANDAU]
    if quantity is None:
        refuse_if(NEARING.intersection(link.data), "judge.nearing-order", link.at, text=link.data[0])
        refuse_if(MUCH.intersection(link.data), "judge.much-less", link.at, text=link.data[0])
        refuse_if(growing(link), "judge.theta-order", link.at)
        refuse_if(len(big) != 1, "judge.approx-order", link.at)
        quantity, at_least = big[0].args[0], 1.0
    symbols = [s for s in named_in(quantity) if s.role in ("free", "int")]
    refuse_if(len(symbols) != 1 or symbols[0].holes or symbols[0].type.rank, "judge.order-quantity", quantity.at)
    return Order(quantity, symbols[0], 1.0 if at_least is None else at_least)


def fit(link: Node, order: Order, driven: Sequence[Sequence[Case]], steps: int, wanted: float) -> Fit:
    """Return the least fitted order of the error over the instances, each of them driven towards 0 in some steps.

    Where these are few, an order short of what is wanted that still grows from step to step tells nothing.
    """
    least, count = np.inf, 0
    for cases in driven:
        seen = [_seen(link, order, case, steps // len(cases)) for case in cases]
        refuse_if(len({len(error) for _, error, _ in seen}) > 1, "judge.order-size", link.at, name=order.symbol.name)
        size, error, floor = (np.concatenate(parts, axis=1) for parts in zip(*seen, strict=True))
        for place in range(error.shape[0]):
            slope, rising = _slope(size[place], error[place], floor[place])
            if slope is None or (rising and steps < HALVINGS and slope < wanted):
                continue
            count += 1
            least = min(least, -abs(slope) if growing(link) and MUCH.isdisjoint(link.data) else slope)
    return Fit(float(least), count)


def _seen(link: Node, order: Order, case: Case, steps: int) -> tuple[Array, Array, Array]:
    """Return the quantity, the error and its blur: a row of steps for each instance and position."""
    env = case.env
    left, right = (ev(side, case.inner) for side in link.args)
    shape = (env.batch // steps, steps)
    error, floor = (_rows(part, shape) for part in _measured(left, right, link))
    size = np.broadcast_to(np.abs(ev(order.quantity, env).v), (env.batch,)).reshape(shape)
    return np.repeat(size, len(error) // len(size), axis=0), error, floor


def _measured(left: Val, right: Val, link: Node) -> tuple[Array, Array]:
    """Return what is said to fall, and how far rounding blurs it."""
    if growing(link):
        ratio = _ratio(left.v, right.v, link)
        return ratio, np.zeros_like(ratio)
    gap = left.v - right.v
    noise = np.broadcast_to(left.e + right.e, gap.shape) * SAFETY
    if r"\sim" in link.data:
        return np.abs(gap / right.v), noise / np.abs(right.v)
    if r"\to" in link.data and np.isinf(right.v).any():
        return _inverse(left.v, right.v), np.zeros_like(gap)
    axes = tuple(range(1, gap.ndim))
    error = np.sqrt(np.square(gap).sum(axis=axes)) if axes else np.abs(gap)
    floor = np.sqrt(np.square(noise).sum(axis=axes)) if axes else noise
    return error, floor


def _rows(value: Array, shape: tuple[int, int]) -> Array:
    """Return a row of steps for each instance and each position of an index, given how many instances and steps."""
    batch, steps = shape
    wide = np.broadcast_to(value, (batch * steps, *value.shape[1:])).reshape(*shape, int(np.prod(value.shape[1:])))
    return np.asarray(np.swapaxes(wide, 1, 2).reshape(-1, steps))


def _inverse(left: Array, right: Array) -> Array:
    """Return 1/|a|, where a goes to ±∞ on the side that is said; 1 on the other."""
    return np.where(np.sign(left) == np.sign(right), 1 / np.abs(left), 1.0)


def _ratio(left: Array, right: Array, link: Node) -> Array:
    """Return the ratio of the sides, of what is said to be smaller to what is said to be larger."""
    if r"\gg" in link.data:
        left, right = right, left
    return np.asarray(np.abs(left) / np.abs(right))


def _driven(env: Env, order: Order, task_: Task, rng: np.random.Generator, steps: int) -> list[Env]:
    """Return each instance repeated with the symbol moved step by step so that the quantity goes to 0."""
    best: Env | None = None
    smallest = np.inf
    for values in _ways(env, order.symbol, steps):
        tried = repeat(env, steps)
        tried.values[order.symbol] = exact(values.reshape(-1))
        try:
            complete(task_.plan, tried, rng)
            last = np.abs(ev(order.quantity, tried).v).reshape(-1)[steps - 1 :: steps]
        except CheckError:
            continue
        if np.isfinite(last).all() and np.median(last) < smallest:
            smallest, best = float(np.median(last)), tried
    if best is None or smallest > 1e-2:
        raise CheckError("judge.order-still", order.quantity.at)
    return [best]


def _sized(env: Env, order: Order, task_: Task, rng: np.random.Generator, steps: int) -> list[Env]:
    """Return the instances at sizes that double step by step; what is drawn must not depend on the size."""
    name = order.symbol.name
    drawn = [symbol for symbol in task_.plan if symbol.role in DRAWN]
    grown = any(name in dim.names() for symbol in drawn for dim in _lengths(symbol))
    refuse_if(grown, "judge.order-size", order.quantity.at, name=name)
    found: list[Env] = []
    for step in range(steps):
        new = take(env, np.arange(env.batch))
        new.sizes = {**env.sizes, name: env.sizes[name] << step}
        new.values[order.symbol] = exact(np.array([float(new.sizes[name])]))
        complete(task_.plan, new, rng)
        found.append(new)
    last = np.abs(ev(order.quantity, found[-1]).v)
    refuse_if(not (last <= 1e-2).all(), "judge.order-still", order.quantity.at)
    return found


def _lengths(symbol: Symbol) -> list[Dim]:
    types = (symbol.type, *symbol.type.args)
    return [dim for type_ in types for dim in type_.dims if dim is not None] + [hole.hi for hole in symbol.holes]


def _ways(env: Env, symbol: Symbol, steps: int) -> Iterator[Array]:
    """Yield rows of values that go off, to 0 and to the ends of the symbol's interval, by doublings and halvings."""
    start = np.broadcast_to(env.values[symbol].v, (env.batch,))[:, None]
    if symbol.role == "int" and steps < HALVINGS:
        start = np.minimum(start, start.min() + NEAR)
    halves = 0.5 ** np.arange(steps)
    for values in (np.where(start == 0, 1.0, start) / halves, np.where(start == 0, 1.0, start) * halves):
        yield np.rint(np.maximum(np.abs(values), 1.0)) if symbol.role == "int" else values
    for side in ("lo", "hi") if symbol.data.get("domain") == "interval" else ():
        end = ev(symbol.data[side], env).v[:, None]
        if np.isfinite(end).all() and (end != 0).any():
            yield end - (end - start) * halves


def _slope(size: Array, error: Array, floor: Array) -> tuple[float | None, bool]:
    """Return the slope of log error over log size at the smallest sizes where the error stands clear of rounding.

    With it goes whether the slope still grows there: the error of r^K falls slowly at first.
    """
    usable = np.isfinite(error) & np.isfinite(size) & (size > 0)
    clear = usable & (error > 30 * floor) & (error > 0)
    if not usable.any():
        return None, False
    if clear.sum() < 3:
        return (np.inf if usable.sum() >= 3 else None), False
    places = np.flatnonzero(clear)
    kept = places[-WINDOW:]
    x, y = np.log(size[kept]), np.log(error[kept])
    steps = np.diff(x)
    if (steps == 0).any():
        return None, False
    slopes = np.diff(y) / steps
    # an error that passes through 0 on its way bends the slope before it up and the one after it down
    return float(slopes[-2:].max()), bool(slopes[-1] > max(slopes[0] + RISE * abs(slopes[0]), STEADY))


def draw(task_: Task, rng: np.random.Generator, clock: Clock) -> Drawn:
    """Draw the instances an order is fitted on."""
    return draw_cases(task_, INSTANCES, rng, clock)


class Rough:
    """An approximation with the instances its order is fitted on."""

    def __init__(
        self,
        task_: Task,
        link: Node,
        quantity: Node | None,
        least: float | None,
        rng: np.random.Generator,
        clock: Clock,
    ) -> None:
        self.task, self.link = task_, link
        self.order = read_order(quantity, least, link)
        self.drawn = draw(task_, rng, clock)
        self.driven: list[list[Case]] = []
        self.steps = HALVINGS

    def _drive(self, rng: np.random.Generator) -> None:
        """Drive the instances towards the limit, as far and as many of them as can be afforded."""
        sized = any(self.order.symbol.name in case.env.sizes for case in self.drawn.cases)
        ladder = SIZED if sized else SPARING
        cases = self.drawn.cases[:: -(-len(self.drawn.cases) // FEW)] if sized else self.drawn.cases
        for self.steps, most in ladder:
            try:
                starts = [take(case.env, np.arange(min(case.env.batch, most))) for case in cases]
                drive = _sized if sized else _driven
                envs = [drive(env, self.order, self.task, rng, self.steps) for env in starts]
                self.driven = [[remembering(self.task, open_case(self.task, env)) for env in ride] for ride in envs]
                return
            except OutOfTime:
                raise
            except CheckError:
                if self.steps == ladder[-1][0]:
                    raise

    def failure(self, link: Node, rng: np.random.Generator) -> str:
        """Return how the error's order falls short, or an empty string."""
        if not self.driven:
            self._drive(rng)
        errors = [node for node in walk(link) if node.op in LANDAU]
        wanted = self.order.at_least + sum(node.data or 0.0 for node in errors)
        found = fit(link, self.order, self.driven, self.steps, wanted)
        refuse_if(not found.count, "judge.error-no-value", link.at)
        if growing(link):
            return self._growth(found.least, link)
        if any(node.op == "littleo" for node in errors):
            return _little(found.least, wanted, link)
        if found.least >= wanted - SLACK:
            return ""
        return say("judge.order-short", least=found.least, wanted=float(self.order.at_least))

    def _growth(self, least: float, link: Node) -> str:
        """Return how the ratio of two sides does not move as \\ll or \\Theta says, or an empty string."""
        if MUCH.isdisjoint(link.data):
            return "" if least >= -SLACK else say("judge.ratio-moves", found=-least)
        wanted = self.order.at_least
        refuse_if(wanted <= 0, "judge.much-order", link.at)
        return "" if least >= wanted - SLACK else say("judge.ratio-short", least=least, wanted=float(wanted))


def _little(least: float, wanted: float, link: Node) -> str:
    """Return how an error does not fall faster than an order, as o(·) says, or an empty string."""
    refuse_if(wanted + BARELY < least < wanted + SLACK, "judge.little-open", link.at, least=least, wanted=wanted)
    return "" if least >= wanted + SLACK else say("judge.little-short", least=least, wanted=wanted)
