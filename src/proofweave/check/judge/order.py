"""≈ and O(·): the order at which an error falls as a quantity goes to 0 with all else fixed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from proofweave.check.evaluate import SAFETY, Array, Clock, Env, ev, exact
from proofweave.check.instances import Case, Drawn, Task, complete, draw_cases, open_case, remembering, repeat
from proofweave.check.language import CheckError, Node, Symbol, named_in, pairs, refuse_if, walk
from proofweave.core import say

HALVINGS = 26
WINDOW = 4
INSTANCES = 40
SLACK = 0.15
MUCH = frozenset((r"\ll", r"\gg"))
ROUGH = MUCH | {r"\approx"}


@dataclass(frozen=True, slots=True)
class Order:
    """The quantity that goes to 0, the symbol that drives it, and the least order of the error in it."""

    quantity: Node
    symbol: Symbol
    at_least: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The least fitted order over the instances, on which instance, and how many instances were fitted."""

    least: float
    row: int
    count: int
    env: Env | None


def has_order(link: Node) -> bool:
    """Tell whether a relation is an approximation rather than a claim about values."""
    return link.op == "chain" and (
        not ROUGH.isdisjoint(link.data) or any(node.op in ("bigo", "theta") for node in walk(link))
    )


def growing(link: Node) -> bool:
    """Tell whether a relation compares how its sides grow: a \\ll b, a = \\Theta(b)."""
    return bool(MUCH.intersection(link.data)) or any(side.op == "theta" for side in link.args)


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


def read_order(quantity: Node | None, at_least: float | None, link: Node) -> Order:
    """Return the order asked for: as written, or that of the O(·) in the relation."""
    big = [node for node in walk(link) if node.op == "bigo"]
    if quantity is None:
        refuse_if(MUCH.intersection(link.data), "judge.much-less", link.at, text=link.data[0])
        refuse_if(growing(link), "judge.theta-order", link.at)
        refuse_if(len(big) != 1, "judge.approx-order", link.at)
        quantity, at_least = big[0].args[0], 1.0
    symbols = [s for s in named_in(quantity) if s.role in ("free", "int")]
    refuse_if(len(symbols) != 1 or symbols[0].holes or symbols[0].type.rank, "judge.order-quantity", quantity.at)
    return Order(quantity, symbols[0], 1.0 if at_least is None else at_least)


def fit(link: Node, order: Order, drawn: Drawn, driven: Sequence[Case]) -> Fit:
    """Return the least fitted order of the error over the instances, each of them driven towards 0."""
    least, row, count, worst = np.inf, 0, 0, None
    for case, moved in zip(drawn.cases, driven, strict=True):
        env = moved.env
        left, right = (ev(side, moved.inner) for side in link.args)
        gap = left.v - right.v
        noise = np.broadcast_to(left.e + right.e, gap.shape) * SAFETY
        axes = tuple(range(1, gap.ndim))
        error = np.sqrt(np.square(gap).sum(axis=axes)) if axes else np.abs(gap)
        floor = np.sqrt(np.square(noise).sum(axis=axes)) if axes else noise
        error, floor = (np.broadcast_to(x, (env.batch,)).reshape(-1, HALVINGS) for x in (error, floor))
        size = np.broadcast_to(np.abs(ev(order.quantity, env).v), (env.batch,)).reshape(-1, HALVINGS)
        if growing(link):
            error, floor = _ratio(left.v, right.v, link, env), np.zeros_like(error)
        for place in range(error.shape[0]):
            slope = _slope(size[place], error[place], floor[place])
            if slope is None:
                continue
            slope = -abs(slope) if growing(link) and MUCH.isdisjoint(link.data) else slope
            count += 1
            if slope < least:
                least, row, worst = slope, place, case.env
    return Fit(float(least), row, count, worst)


def _ratio(left: Array, right: Array, link: Node, env: Env) -> Array:
    """Return the ratio of the sides, of what is said to be smaller to what is said to be larger."""
    if r"\gg" in link.data:
        left, right = right, left
    ratio = np.abs(left) / np.abs(right)
    return np.broadcast_to(ratio, (env.batch,)).reshape(-1, HALVINGS)


def _driven(env: Env, order: Order, task_: Task, rng: np.random.Generator) -> Env:
    """Return each instance repeated with the symbol moved step by step so that the quantity goes to 0."""
    best: Env | None = None
    smallest = np.inf
    for direction in (2.0, 0.5):
        tried = repeat(env, HALVINGS)
        start = np.broadcast_to(env.values[order.symbol].v, (env.batch,))
        start = np.where(start == 0, 1.0, start)
        values = (start[:, None] * direction ** np.arange(HALVINGS)).reshape(-1)
        if order.symbol.role == "int":
            values = np.rint(np.maximum(np.abs(values), 1.0))
        tried.values[order.symbol] = exact(values)
        try:
            complete(task_.plan, tried, rng)
            last = np.abs(ev(order.quantity, tried).v).reshape(-1)[HALVINGS - 1 :: HALVINGS]
        except CheckError:
            continue
        if np.isfinite(last).all() and np.median(last) < smallest:
            smallest, best = float(np.median(last)), tried
    if best is None or smallest > 1e-2:
        raise CheckError("judge.order-still", order.quantity.at)
    return best


def _slope(size: Array, error: Array, floor: Array) -> float | None:
    """Return the slope of log error over log size at the smallest sizes where the error stands clear of rounding."""
    usable = np.isfinite(error) & np.isfinite(size) & (size > 0)
    clear = usable & (error > 30 * floor) & (error > 0)
    if not usable.any():
        return None
    if clear.sum() < 3:
        return np.inf if usable.sum() >= 3 else None
    places = np.flatnonzero(clear)
    kept = places[-WINDOW:]
    x, y = np.log(size[kept]), np.log(error[kept])
    steps = np.diff(x)
    if (steps == 0).any():
        return None
    # an error that passes through 0 on its way bends the slope before it up and the one after it down
    return float((np.diff(y) / steps)[-2:].max())


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
        self.driven: list[Case] = []

    def failure(self, link: Node, rng: np.random.Generator) -> str:
        """Return how the error's order falls short, or an empty string."""
        if not self.driven:
            envs = [_driven(case.env, self.order, self.task, rng) for case in self.drawn.cases]
            self.driven = [remembering(self.task, open_case(self.task, env)) for env in envs]
        found = fit(link, self.order, self.drawn, self.driven)
        refuse_if(not found.count, "judge.error-no-value", link.at)
        if growing(link):
            return self._growth(found.least, link)
        extra = sum(node.data or 0.0 for node in walk(link) if node.op == "bigo")
        if found.least >= self.order.at_least + extra - SLACK:
            return ""
        return say("judge.order-short", least=found.least, wanted=float(self.order.at_least))

    def _growth(self, least: float, link: Node) -> str:
        """Return how the ratio of two sides does not move as \\ll or \\Theta says, or an empty string."""
        if MUCH.isdisjoint(link.data):
            return "" if least >= -SLACK else say("judge.ratio-moves", found=-least)
        wanted = self.order.at_least
        refuse_if(wanted <= 0, "judge.much-order", link.at)
        return "" if least >= wanted - SLACK else say("judge.ratio-short", least=least, wanted=float(wanted))
