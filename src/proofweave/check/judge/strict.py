"""Strict relations: whether equality is attained inside the domain, which no random instance would show.

The gap of the two sides is made as small as it gets. Where it vanishes at a point of simple numbers, the relation is
false there; where it vanishes elsewhere, equality seems to be attained. A limit that is only approached, as by tanh, is
no such point: there the gap does not grow on both sides. \\neq falls where the sides change order along a path.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from proofweave.check.evaluate import SAFETY, Array, Env, each, ev, truth
from proofweave.check.instances import (
    Case,
    Task,
    assign,
    bind_free,
    lengths,
    met,
    movable,
    moved,
    open_case,
    repeat,
    take,
)
from proofweave.check.language import SCALAR, CheckError, Node, OutOfTime, is_complex, number, pairs, walk

STRICT = frozenset(("<", ">", r"\neq"))
SECONDS = 0.8
STARTS = 3
STEPS = 60
MOST_COORDINATES = 40
VANISHED = 1e-9
SMALL = 1e-3
FLAT = 1e-3
END = 1e-5
NEAR = 2e-5
DENOMINATOR = 12
STRAIGHT = frozenset(
    ("scalar", "vector", "matrix", "positive", "nonneg", "interval", "symmetric", "psd", "spd", "diagonal")
)
MOST_POLISHED = 4  # coordinates
NEARING = 0.3  # of the sides
POLISHINGS = 60
FINEST = 54  # halvings of a step of 1, down to the last digit
NARROWER = 10  # halvings of the last step but one
HALVINGS = 14
CUTS = 16


@dataclass(frozen=True, slots=True)
class Attained:
    """A relation whose sides meet on a case of one instance; `exact` where that is at a point of simple numbers."""

    link: Node
    case: Case
    spot: Array
    exact: bool


def strict_links(claim: Node) -> list[Node]:
    """Return the strict relations of a claim between numbers, each on its own."""
    if claim.op != "chain":
        return []
    return [
        replace(claim, args=_apart(left, right), data=(sign,), at=left.at, end=right.end)
        for left, right, sign in pairs(claim)
        if sign in STRICT and left.type == SCALAR
    ]


def _apart(left: Node, right: Node) -> tuple[Node, Node]:
    """Return two sides as numbers with an order: complex ones as their distance and 0."""
    if not (is_complex(left) or is_complex(right)):
        return left, right
    less = Node("neg", (right,), SCALAR, right.at, right.end)
    gap = Node("add", (left, less), SCALAR, left.at, right.end)
    return Node("func", (gap,), SCALAR, left.at, left.end, ("abs", False)), number(0)


def attained(task: Task, claim: Node, cases: Sequence[Case], rng: np.random.Generator) -> Attained | None:
    """Return where a strict relation's sides meet, or None; within some seconds' work."""
    links = strict_links(claim)
    if not links or not cases:
        return None
    clock = cases[0].env.clock
    found: Attained | None = None
    for link in links:
        try:
            with clock.within(SECONDS):
                gap = Gap(task, link, cases, rng)
                found = gap.crossing(cases) or gap.least(cases)
        except OutOfTime:
            if clock.over():
                raise
        except CheckError:
            continue
        if found is not None:
            return found
    return None


class Gap:
    """The distance of a relation's two sides, over instances that are moved inside their domains."""

    def __init__(self, task: Task, link: Node, cases: Sequence[Case], rng: np.random.Generator) -> None:
        self.task, self.link, self.rng = task, link, rng
        self.sign = -1.0 if link.data[0] == ">" else 1.0
        assigned = {symbol for symbol, _ in task.premises.assigned}
        self.symbols = [s for s in movable(task.plan) if s not in assigned]
        premises = [part for tree in task.premises.trees() for part in walk(tree)]
        self.solved = any(part.op == "chain" and "=" in part.data for part in premises)
        self.typical = 1e-9
        gaps = np.concatenate([np.abs(self.values(case)[0]).reshape(-1) for case in cases])
        self.typical = float(np.median(gaps[np.isfinite(gaps)])) if np.isfinite(gaps).any() else 1e-9

    def values(self, case: Case) -> tuple[Array, Array]:
        """Return the gap at each instance and index position, and the size of the sides."""
        left, right = (ev(side, case.inner).v for side in self.link.args)
        gap = np.asarray(self.sign * (right - left))
        size = np.broadcast_to(np.maximum(np.abs(left), np.abs(right)) + SMALL * self.typical, gap.shape)
        if case.mask is not None:
            gap, size = np.broadcast_arrays(np.where(case.mask, gap, np.inf), size)
        return each(gap, case.env.batch), each(size, case.env.batch)

    def sides(self, case: Case) -> tuple[Array, Array, Array]:
        """Return the gap at each instance and index position, its error bound and the size of the sides."""
        gap, size = self.values(case)
        left, right = (ev(side, case.inner) for side in self.link.args)
        bound = SAFETY * (left.e + right.e)
        if case.mask is not None:
            bound = np.broadcast_to(bound, np.broadcast_shapes(bound.shape, case.mask.shape))
        return gap, np.broadcast_to(each(bound, case.env.batch), gap.shape), size

    def of(self, env: Env) -> Array:
        """Return each instance's least distance in units of the sides; infinite where premises fail."""
        good = met(self.task.premises, self.task.plan, env, self.rng)
        gap, size = self.values(open_case(self.task, env))
        relative = np.abs(gap) / size if self.link.data[0] == r"\neq" else gap / size
        least = np.where(np.isfinite(relative), relative, np.inf).min(axis=1)
        return np.where(good, least, np.inf)

    # -- \neq: sides that change order along a straight path

    def crossing(self, cases: Sequence[Case]) -> Attained | None:
        """Return where the sides of \\neq meet between two instances at which they stand in opposite order."""
        if self.link.data[0] != r"\neq" or any(s.data["domain"] not in STRAIGHT for s in self.symbols):
            return None
        for case in cases[:2]:
            gap, bound, _ = self.sides(case)
            sure = np.abs(gap) > bound
            above, below = (np.flatnonzero((sure & (side * gap > 0)).all(axis=1)) for side in (1, -1))
            if gap.shape[1] != 1 or not len(above) or not len(below):
                continue
            start, end = take(case.env, above[:1]), take(case.env, below[:1])
            for _ in range(HALVINGS):
                path = self._path(start, end)
                assign(self.task.premises, self.task.plan, path, self.rng)
                here = open_case(self.task, path)
                along = self.values(here)[0][:, 0]
                after = int(np.argmax(along < 0))
                if not np.isfinite(along).all() or not along[after] < 0:
                    break
                start, end = take(path, np.array([after - 1])), take(path, np.array([after]))
            return self._found(end, exact=True) if self.of(end)[0] <= VANISHED else None  # else it jumps
        return None

    def _path(self, start: Env, end: Env) -> Env:
        """Return a batch of instances on the straight line between two, ends included."""
        path = repeat(start, CUTS + 1)
        share = np.linspace(0.0, 1.0, CUTS + 1)
        for symbol in self.symbols:
            a, b = start.values[symbol], end.values[symbol]
            wide = share.reshape((-1,) + (1,) * (a.v.ndim - 1))
            path.values[symbol] = type(a)(a.v + wide * (b.v - a.v), np.broadcast_to(a.e, (len(share), *a.e.shape[1:])))
        return path

    # -- the smallest gap

    def least(self, cases: Sequence[Case]) -> Attained | None:
        """Return where the smallest gap that can be found vanishes, or None."""
        if not self.symbols:
            return None
        starts = sorted(
            ((float(value), case, row) for case in cases for row, value in enumerate(self.of(take_all(case)))),
            key=lambda one: one[0],
        )
        for value, case, row in starts[:STARTS]:
            env = take(case.env, np.array([row]))
            count = sum(lengths(self.symbols, env))
            if not np.isfinite(value) or not 0 < count <= MOST_COORDINATES:
                continue
            env = self._descended(env, count)
            found = self._met(env, count)
            if found is None and count <= MOST_POLISHED and not self.solved and self.of(env)[0] <= NEARING:
                found = self._met(self._polished(env, count), count)
            if found is not None:
                return found
        return None

    def _met(self, env: Env, count: int) -> Attained | None:
        """Return the instance if the sides meet there, at simple numbers nearby or as far as can be told."""
        if self.of(env)[0] > VANISHED:
            return None
        simple = self._snapped(env)
        if simple is not None and not self._at_an_end(simple) and self._alone(simple, count):
            return self._found(simple, exact=True)
        if self._vanished(env) and not self._at_an_end(env) and self._alone(env, count):
            return self._found(env, exact=False)
        return None

    def _descended(self, env: Env, count: int) -> Env:
        """Return an instance moved to where the gap is smallest nearby, by L-BFGS with differences of one batch."""
        from scipy.optimize import minimize

        for width in (1e-5, 1e-6):

            def value(x: Array, base: Env = env, width: float = width) -> tuple[float, Array]:
                steps = np.concatenate([x[None], x[None] + width * np.eye(count), x[None] - width * np.eye(count)])
                found = self.of(moved(base, self.symbols, steps[None]))
                found = np.where(np.isfinite(found), found, 1e3)
                return float(found[0]), (found[1 : count + 1] - found[count + 1 :]) / (2 * width)

            options = {"maxiter": STEPS, "maxfun": STEPS, "ftol": 1e-15, "gtol": 1e-12}
            least = minimize(value, np.zeros(count), jac=True, method="L-BFGS-B", options=options)
            after = moved(env, self.symbols, np.asarray(least.x)[None, None])
            if not self.of(after)[0] <= self.of(env)[0]:
                break
            env = after
        return env

    def _polished(self, env: Env, count: int) -> Env:
        """Return an instance moved on along single coordinates, down to the last digit: at kinks and double roots."""
        ways = np.concatenate([np.eye(count), -np.eye(count)])
        best, size, halvings = float(self.of(env)[0]), 1.0, FINEST
        for _ in range(POLISHINGS):
            steps = size * 2.0 ** -np.arange(halvings)
            tried = moved(env, self.symbols, (steps[:, None, None] * ways).reshape(1, -1, count))
            found = self.of(tried)
            place = int(found.argmin())
            if not found[place] < best:
                break
            env, best = take(tried, np.array([place])), float(found[place])
            size, halvings = 2 * steps[place // len(ways)], NARROWER
        return env

    def _vanished(self, env: Env) -> bool:
        """Tell whether the sides cannot be told apart at an instance."""
        gap, bound, _ = self.sides(open_case(self.task, env))
        return bool((np.abs(gap) <= bound).any())

    def _at_an_end(self, env: Env) -> bool:
        """Tell whether a value lies at the end of its domain, or a strict premise just holds: neither is attained."""
        for statement in self.task.premises.statements:
            inside = bind_free(statement.free, env)
            for relation in statement.rows:
                strict = relation.op == "chain" and STRICT & set(relation.data)
                if strict and (truth(relation, inside).slack < END).any():
                    return True
        for symbol in self.symbols:
            value = env.values[symbol].v
            if symbol.data["domain"] == "positive" and (value < END).any():
                return True
            if symbol.data["domain"] == "interval":
                lo, hi = (ev(symbol.data[end], env).v for end in ("lo", "hi"))
                if (value - lo < END).any() or (hi - value < END).any():
                    return True
        return False

    def _alone(self, env: Env, count: int) -> bool:
        """Tell whether the gap grows on both sides along some coordinate, as it does where a minimum is attained."""
        steps = FLAT * np.concatenate([np.eye(count), -np.eye(count)])
        around = self.of(moved(env, self.symbols, steps[None]))
        gap, bound, size = self.sides(open_case(self.task, env))
        floor = float((np.maximum(np.abs(gap), bound) / size).min())
        both = np.minimum(around[:count], around[count:])
        return bool((np.isfinite(both) & (both > 30 * floor)).any())

    def _snapped(self, env: Env) -> Env | None:
        """Return the instance moved to simple numbers nearby, if the sides are equal there as far as can be told."""
        near = take(env, np.arange(1))
        for symbol in self.symbols:
            value = near.values[symbol]
            flat = [simple_near(float(x)) for x in value.v.reshape(-1)]
            if None in flat:
                return None
            near.values[symbol] = type(value)(np.array(flat, dtype=float).reshape(value.v.shape), value.e)
        if not np.isfinite(self.of(near)[0]):
            return None
        gap, bound, _ = self.sides(open_case(self.task, near))
        return near if bool((np.abs(gap) <= bound).any()) else None

    def _found(self, env: Env, exact: bool) -> Attained:
        case = open_case(self.task, env)
        gap, size = self.values(case)
        place = int(np.argmin(np.abs(gap / size)[0]))
        shape = np.broadcast_shapes(*(ev(side, case.inner).v.shape for side in self.link.args))[1:]
        spot = np.array([0, *np.unravel_index(place, shape)] if shape else [0])
        return Attained(self.link, case, spot, exact)


def take_all(case: Case) -> Env:
    """Return a copy of a case's instances, to be assigned anew."""
    return take(case.env, np.arange(case.env.batch))


def simple_near(x: float) -> float | None:
    """Return the rational of small denominator nearby, or the root of one, or a multiple of π; None if none is near."""
    for power in (1, 2, 3):
        whole = abs(x) ** power
        near = float(Fraction(whole).limit_denominator(DENOMINATOR)) if whole < 1e6 else whole
        if abs(near - whole) <= power * NEAR * max(whole, 1e-3):
            return float(np.copysign(near ** (1 / power), x))
    turn = float(Fraction(x / np.pi).limit_denominator(DENOMINATOR)) * np.pi
    return turn if abs(turn - x) <= NEAR else None
