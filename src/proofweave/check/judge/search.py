"""Search for a counterexample to an inequality: local moves from the tightest instances that shrink the slack."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from proofweave.check.evaluate import MOST_KEPT, Array, Env, Truth, each
from proofweave.check.instances import Case, Task, lengths, met, movable, moved, open_case, take
from proofweave.check.judge.nearest import nearest
from proofweave.check.language import CheckError, Node, OutOfTime, Symbol, walk

STARTS = 6
COPIES = 24
ROUNDS = 6
MOST_COORDINATES = 120
REFINE = 15
SECONDS = 1.2
MET = 1e-9  # of a slack: the sides meet
SHARE = 0.4  # of the work that is left, since errors are still to be planted


@dataclass(frozen=True, slots=True)
class Found:
    """The tightest slack met (in units of the sides), the case of a violation if there was one, and the instance.

    `near` is the tightest instance that moves alone led to.
    """

    slack: float
    case: Case | None
    near: Env | None = None


def is_inequality(claim: Node) -> bool:
    """Tell whether a claim has a relation with slack."""
    if claim.op == "chain":
        return any(sign not in ("=", r"\neq", r"\perp", r"\approx") for sign in claim.data)
    return any(is_inequality(arg) for arg in claim.args if arg.type.kind == "bool")


def search(
    task: Task,
    claim: Node,
    cases: Sequence[Case],
    rng: np.random.Generator,
    refine: bool = True,
    seconds: float = SECONDS,
) -> Found:
    """Return the least slack found from the tightest instances of the tightest cases, within some seconds' work."""
    if not cases:
        return Found(np.inf, None)
    clock = cases[0].env.clock
    try:
        with clock.within(min(seconds, SHARE * clock.left())):
            return _search(task, claim, cases, rng, refine)
    except OutOfTime:
        if clock.over():
            raise
        return Found(np.inf, None)


def _search(task: Task, claim: Node, cases: Sequence[Case], rng: np.random.Generator, refine: bool) -> Found:
    symbols = [s for s in movable(task.plan) if s not in {a for a, _ in task.premises.assigned}]
    ranked = sorted(((_tightest(case, claim), k) for k, case in enumerate(cases)), key=lambda pair: pair[0])
    best = Found(ranked[0][0] if ranked else np.inf, None)
    if not symbols:
        return best
    for slack, k in ranked[:2]:
        if not np.isfinite(slack):
            continue
        found = _descend(task, claim, cases[k], symbols, rng, refine)
        if found.case is not None:
            return found
        best = Found(min(best.slack, found.slack), None, found.near if found.slack < best.slack else best.near)
    if refine and MET < best.slack < np.inf:
        best = replace(best, case=_nearest(task, claim, cases[ranked[0][1]], symbols, rng))
    return best


def _nearest(task: Task, claim: Node, case: Case, symbols: Sequence[Symbol], rng: np.random.Generator) -> Case | None:
    try:
        return nearest(task, claim, case, symbols, rng)
    except CheckError:
        if case.env.clock.over():
            raise
        return None


def _tightest(case: Case, claim: Node) -> float:
    slack = _per_instance(case.truth(claim), case.env.batch)
    finite = slack[np.isfinite(slack)]
    return float(finite.min()) if finite.size else np.inf


def _per_instance(found: Truth, batch: int) -> Array:
    return np.asarray(each(np.where(found.valid, found.slack, np.inf), batch).min(axis=1))


def _least(case: Case, claim: Node) -> Array | None:
    """Return an inequality's least slack at each instance, without the bounds that only a violation needs."""
    found = case.slack(claim)
    return None if found is None else np.asarray(each(found, case.env.batch).min(axis=1))


def _try(task: Task, claim: Node, env: Env, rng: np.random.Generator) -> tuple[Case, Array, bool]:
    """Return the case of moved instances, each one's slack (∞ where premises fail), and whether one violates."""
    good = met(task.premises, task.plan, env, rng)
    case = open_case(task, env)
    case.inner.kept, case.inner.caching, case.inner.room[0] = frozenset(map(id, walk(claim))), True, MOST_KEPT
    least = _least(case, claim)
    if least is not None and not (least[good] < 0).any():
        return case, np.where(good, least, np.inf), False
    found = case.truth(claim)
    slack = np.where(good, _per_instance(found, env.batch), np.inf)
    bad = each(found.violated, env.batch).any(axis=1) & good
    if bad.any():
        kept = take(env, np.flatnonzero(bad))
        return open_case(task, kept), slack, True
    return case, slack, False


def _descend(
    task: Task, claim: Node, case: Case, symbols: Sequence[Symbol], rng: np.random.Generator, refine: bool
) -> Found:
    slack = _per_instance(case.truth(claim), case.env.batch)
    order = np.argsort(slack)
    zero = order[slack[order] <= 1e-9]
    # instances already at equality are where a wrong second order shows; the next tightest are where to descend
    starts = np.concatenate([zero[: STARTS // 2], order[~np.isin(order, zero)][: STARTS - len(zero[: STARTS // 2])]])
    env = take(case.env, starts[: min(len(starts), STARTS)])
    p = sum(lengths(symbols, env))
    if not p or p > MOST_COORDINATES or not env.batch:
        return Found(float(slack.min()), None)
    current = _per_instance(open_case(task, env).truth(claim), env.batch)
    for round_ in range(ROUNDS):
        copies = COPIES
        size = 10.0 ** rng.uniform(-2.5 - 0.3 * round_, 0.3, size=(env.batch, copies, 1))
        steps = rng.normal(size=(env.batch, copies, p)) * size
        steps[:, copies // 2 :] *= rng.random((env.batch, copies - copies // 2, p)) < 2.0 / p
        tried = moved(env, symbols, steps)
        try:
            kept, values, violated = _try(task, claim, tried, rng)
        except CheckError:
            if env.clock.over():
                raise
            break
        if violated:
            return Found(float(values.min()), kept)
        values = values.reshape(env.batch, copies)
        pick = values.argmin(axis=1)
        better = values[np.arange(env.batch), pick] < current
        rows = np.arange(env.batch) * copies + pick
        for symbol in symbols:
            v = env.values[symbol].v.copy()
            v[better] = tried.values[symbol].v[rows[better]]
            env.values[symbol] = type(env.values[symbol])(v, env.values[symbol].e)
        current = np.where(better, values[np.arange(env.batch), pick], current)
    least = float(current.min())
    near = take(env, np.array([int(current.argmin())]))
    if refine and 0 < least < 0.2:
        return replace(_refine(task, claim, near, symbols, p, rng, least), near=near)
    return Found(least, None, near)


def _refine(
    task: Task, claim: Node, env: Env, symbols: Sequence[Symbol], p: int, rng: np.random.Generator, least: float
) -> Found:
    """Minimise the slack from one instance by scipy, with gradients from one batch of differences."""
    from scipy.optimize import minimize

    found: list[Case] = []
    best = least

    def value(x: Array) -> tuple[float, Array]:
        nonlocal best
        steps = np.concatenate([x[None], x[None] + 1e-6 * np.eye(p)])[None]
        kept, slack, violated = _try(task, claim, moved(env, symbols, steps), rng)
        if violated:
            found.append(kept)
            raise StopIteration
        slack = np.where(np.isfinite(slack), slack, 1e3)
        best = min(best, float(slack.min()))
        return float(slack[0]), (slack[1:] - slack[0]) / 1e-6

    try:
        minimize(value, np.zeros(p), jac=True, method="L-BFGS-B", options={"maxiter": REFINE, "maxfun": 2 * REFINE})
    except StopIteration:
        return Found(best, found[0])
    except CheckError:
        return Found(best, None)
    return Found(best, None)
