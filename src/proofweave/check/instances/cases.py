"""Batches of instances on which an equation's claims are evaluated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from proofweave.check.evaluate import MOST_KEPT, WIDE, Array, Clock, Env, Truth, each, slack, truth
from proofweave.check.instances.domains import lopsided
from proofweave.check.instances.moves import take
from proofweave.check.instances.premises import Premises, bind_free, impose, meaningful
from proofweave.check.instances.sample import draw, size_groups, unbounded, wide_integers
from proofweave.check.language import (
    CheckError,
    Dim,
    Index,
    Node,
    OutOfTime,
    Symbol,
    TooLarge,
    closure,
    in_order,
    named_in,
    pairs,
    refuse_if,
    unbound_random,
    varying,
    walk,
)
from proofweave.check.operations import bind_support
from proofweave.check.parse import Statement
from proofweave.core import together

LEAST = 20
ATTEMPTS = 4
FIRST = 64
FAR = 48
FAR_SECONDS = 0.3
FURTHER = frozenset(("hessian", "derive", "rate", "limit", "integral", "bigo", "theta", r"\approx", r"\ll", r"\gg"))


@dataclass(frozen=True, slots=True)
class Task:
    """Claims to check on instances for which premises hold; `rows` are their numbers in the equation.

    `sizes` are the integers that formulas use as sizes, as I_r does; `bent` tells whether sampled functions that are
    smooth may have gradients with kinks, as nothing asks for more derivatives.
    """

    claims: tuple[Node, ...]
    rows: tuple[int, ...]
    premises: Premises
    free: tuple[Index, ...]
    conditions: tuple[Node, ...]
    plan: tuple[Symbol, ...]
    randoms: tuple[Symbol, ...]
    sizes: frozenset[str]
    bent: bool = False

    def inside(self, env: Env) -> Env:
        """Return the state with free indices and random symbols outside expectations running over axes."""
        inner = bind_free(self.free, env)
        for symbol in self.randoms:
            inner, _ = bind_support(symbol, inner, ("free", symbol.name))
        return inner


def task(statement: Statement, claims: Sequence[Node], rows: Sequence[int], premises: Premises) -> Task:
    """Return the task of checking some claims of a statement."""
    outside = [s for s in unbound_random(premises.trees()) if s.role == "law"]
    outside += [s for claim in claims for s in _at_each_outcome(claim)]
    refuse_if(outside, "parse.law-outside", claims[0].at, name=outside[0].name if outside else "")
    trees = [*statement.nodes(), *premises.trees(), *claims]
    plan = in_order(symbol for node in trees for symbol in named_in(node))
    return Task(
        tuple(claims),
        tuple(rows),
        premises,
        statement.free,
        statement.conditions,
        tuple(plan),
        unbound_random([*claims, *statement.conditions]),
        frozenset(name for tree in _all(trees, plan) for dim in _dims(tree) for name in dim.names()),
        not any(_further(part) for part in _all(trees, plan)) and all(symbol.role != "flow" for symbol in plan),
    )


def _at_each_outcome(claim: Node) -> Iterator[Symbol]:
    """Yield the symbols with laws of which a claim says more at each outcome than that normal values are equal."""
    if claim.op != "chain":
        for part in claim.args:
            yield from _at_each_outcome(part)
        return
    for left, right, sign in pairs(claim):
        for symbol in unbound_random([left, right]):
            if symbol.role == "law" and (sign != "=" or symbol.data["law"].name != "N"):
                yield symbol


def _further(part: Node) -> bool:
    """Tell whether a part asks for more of a function than a Lipschitz gradient: a second derivative, an order."""
    if part.op == "gradient":
        return bool(part.data.symbol.role != "function")
    return part.op in FURTHER or (part.op == "chain" and not FURTHER.isdisjoint(part.data))


def _all(trees: Sequence[Node], plan: Sequence[Symbol]) -> Iterator[Node]:
    for tree in (*trees, *(tree for symbol in plan for tree in symbol.trees)):
        yield from walk(tree)


def _dims(part: Node) -> Iterator[Dim]:
    yield from (dim for dim in part.type.dims if dim is not None)
    if part.op == "space":
        yield from (end for symbol in part.data for hole in symbol.holes for end in (hole.lo, hole.hi))


@dataclass(slots=True)
class Case:
    """One batch: the instances, the state inside free indices, and which index positions count."""

    env: Env
    inner: Env
    mask: Array | None

    def truth(self, claim: Node) -> Truth:
        """Return a claim's truth at every instance and index position; positions masked out have no meaning."""
        found = truth(claim, self.inner)
        if found.tied is not None and found.tied.any():
            # rounding may tie the sides of a true strict relation only far out, as tanh 40 < 1 does
            told = found.tied & simple(self.env).reshape((-1,) + (1,) * (found.tied.ndim - 1))
            found = Truth(found.holds & ~told, found.valid | told, np.where(told, 0.0, found.slack))
        if self.mask is None:
            return found
        return Truth(found.holds, found.valid & self.mask, found.slack)

    def slack(self, claim: Node) -> Array | None:
        """Return an inequality's slack where it counts, else infinity, by values alone; None for other claims."""
        found = slack(claim, self.inner)
        return found if found is None or self.mask is None else np.where(self.mask, found, np.inf)

    def far_off(self, claim: Node) -> bool:
        """Tell whether a claim fails somewhere by far more than rounding and small steps explain."""
        bad = truth(claim, self.inner, WIDE).violated
        return bool((bad if self.mask is None else bad & self.mask).any())

    def violated(self, claim: Node) -> Array | None:
        """Return the (instance, position…) of a violation, or None."""
        bad = self.truth(claim).violated
        return np.asarray(np.argwhere(bad)[0]) if bad.any() else None


def simple(env: Env) -> Array:
    """Tell which instances hold only zeros and small halves and quarters, where rounding ties nothing by itself."""
    out = np.ones(env.batch, dtype=bool)
    for symbol, value in env.values.items():
        if symbol.role in ("free", "random"):
            v = np.abs(value.v).reshape(value.v.shape[0], -1)
            out &= ((v == np.rint(4 * v) / 4) & (v <= 4)).all(axis=1)
    return out


def open_case(task_: Task, env: Env) -> Case:
    """Return the case of a batch whose symbols all have values."""
    inner = task_.inside(env)
    return Case(env, inner, meaningful(task_.conditions, inner))


@dataclass(frozen=True, slots=True)
class Half:
    """A case of one instance at which only one side of a claim's relation has a value: left or right."""

    claim: Node
    side: str
    case: Case


@dataclass(slots=True)
class Drawn:
    """The cases of a task, and how many instances are in them; `half` is an instance at which one side has no value."""

    cases: list[Case] = field(default_factory=list)
    count: int = 0
    notes: dict[str, None] = field(default_factory=dict)
    held: int = 0
    half: Half | None = None

    def without(self, task_: Task, place: int, bad: Array, open_: int) -> None:
        """Leave out some instances of a case, of which so many count no longer."""
        case = self.cases[place]
        kept = np.flatnonzero(~bad)
        self.cases[place : place + 1] = [_opened(task_, take(case.env, kept), self)] if len(kept) else []
        self.count -= open_


def draw_cases(task_: Task, wanted: int, rng: np.random.Generator, clock: Clock) -> Drawn:
    """Draw instances until enough of them meet the premises and lie in the domain of every claim."""
    drawn_roles = ("free", "int", "function", "random")
    if not any(s.role in drawn_roles for s in closure(varying([*task_.claims, *task_.premises.trees()]))):
        wanted = 1  # nothing varies
    groups = size_groups(task_.plan, task_.sizes, rng, clock)
    share = -(-wanted // len(groups))
    batch = share
    drawn = Drawn()
    refused: TooLarge | None = None
    if wanted > 1:
        _draw_far(task_, groups, rng, clock, drawn)
    if len(groups) == 1 and wanted > 2 * FIRST:
        groups = groups * 2  # most planted errors are caught by a few instances, so a small batch goes first
    for attempt in range(ATTEMPTS * len(groups)):
        if drawn.count >= wanted or (attempt >= len(groups) and not drawn.held and attempt >= 2 * len(groups)):
            break
        sizes = groups[attempt % len(groups)]
        left = min(batch, max(wanted - drawn.count, LEAST)) if attempt >= len(groups) else batch
        if share == wanted and len(groups) == 2 and attempt < 2:
            left = min(batch, (FIRST, wanted - FIRST)[attempt])
        while True:
            try:
                _draw_one(task_, sizes, left, rng, clock, drawn)
                break
            except TooLarge as error:
                refused = error
                if left == 1:
                    raise
                left = batch = max(left // 8, 1)
    if drawn.count < min(LEAST, wanted):
        if refused is not None:  # too few at a time were small enough
            raise refused
        _explain(task_, drawn)
    return drawn


def _draw_far(
    task_: Task, groups: Sequence[dict[str, int]], rng: np.random.Generator, clock: Clock, drawn: Drawn
) -> None:
    """Draw a few instances at both ends of wide ranges of integers, as far as work and memory allow."""
    if all(unbounded(symbol) for symbol in wide_integers(task_.plan, task_.sizes)):
        return
    for batch in (FAR, 4, 1):
        try:
            with clock.within(FAR_SECONDS):
                _draw_one(task_, groups[0], batch, rng, clock, drawn, far=True)
            return
        except OutOfTime:
            if clock.over():
                raise
            return
        except TooLarge:
            continue


def _draw_one(
    task_: Task,
    sizes: dict[str, int],
    batch: int,
    rng: np.random.Generator,
    clock: Clock,
    drawn: Drawn,
    far: bool = False,
) -> None:
    env = draw(task_.plan, sizes, batch, rng, clock, far, bent=task_.bent)
    env.notes = drawn.notes
    env = impose(task_.premises, task_.plan, env, rng)
    env.notes = drawn.notes
    drawn.held += env.batch
    if not env.batch:
        return
    case = remembering(task_, open_case(task_, env))
    good = np.zeros(env.batch, dtype=bool)
    for claim in task_.claims:
        if drawn.half is None and (found := lopsided(claim, case.inner)) is not None:
            drawn.half = Half(claim, found[0], open_case(task_, take(env, np.array([found[1]]))))
        good |= each(case.truth(claim).valid, env.batch).any(axis=1)
    if not good.any():
        return
    drawn.cases.append(case if good.all() else _opened(task_, take(env, np.flatnonzero(good)), drawn))
    drawn.count += int(good.sum())


def _opened(task_: Task, env: Env, drawn: Drawn) -> Case:
    env.notes = drawn.notes
    return remembering(task_, open_case(task_, env))


def remembering(task_: Task, case: Case) -> Case:
    """Return a case that keeps the values of its claims' parts for the claims with planted errors."""
    case.inner.kept = frozenset(id(node) for claim in task_.claims for node in walk(claim))
    case.inner.caching, case.inner.room[0] = True, MOST_KEPT
    try:
        for claim in task_.claims:
            case.truth(claim)
    finally:
        case.inner.caching = False
    return case


def _explain(task_: Task, drawn: Drawn) -> None:
    refuse_if(drawn.held < LEAST and task_.premises.statements, "judge.premises-never", held=drawn.held, least=LEAST)
    error = CheckError("judge.no-value" if drawn.count else "judge.never-a-value", count=drawn.count, least=LEAST)
    error.what = together([*drawn.notes, error.what], "judge.semicolon")
    raise error
