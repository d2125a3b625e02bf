"""What drawing and rounding leave open, asked of the second evaluator: only what it is certain of refutes here.

Three kinds of instances are asked about: those that pass only because the bounds of rounding are as wide as the gap,
those far out, where values overflow or domains end, and all values of integers. None of them counts as an instance.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import numpy as np

from proofweave.check.evaluate import SAFETY, Array, Clock, each, ev
from proofweave.check.instances import Case, Task, open_case, remote_cases, take, whole_cases
from proofweave.check.judge.certain import fate, rule
from proofweave.check.language import CheckError, Node, endless, pairs, walk

SECONDS = 0.12
WORK = 4_000  # visits of nodes for each instance that is asked about
SERIES = 2  # instances with a sum without end
SERIES_WORK = 40_000
ASKED = 4  # instances of a kind
MOST_ASKED = 24  # of all chunks of integers together


@dataclass(frozen=True, slots=True)
class Caught:
    """A case of one instance at which a claim is false: for certain, or to more digits than rounding shows."""

    claim: Node
    case: Case
    certain: bool = True


def audit(task: Task, cases: Sequence[Case], rng: np.random.Generator, clock: Clock) -> Caught | None:
    """Return an instance that certainly refutes one of a task's claims, or None."""
    for claim in task.claims:
        found = _first(task, claim, _doubtful(task, claim, cases))
        if found is not None:
            return Caught(claim, found)
        if any(part.op == "sum" and endless(part.args[1]) for part in walk(claim)):
            for one in islice(_doubtful(task, claim, cases), SERIES):
                if fate(task, claim, one, SERIES_WORK, endless=True) == "refuted":
                    return Caught(claim, one, certain=False)
    for source in (remote_cases, whole_cases):
        clock.extend(SECONDS)
        left = [MOST_ASKED]
        with suppress(CheckError), clock.within(SECONDS):
            for case in source(task, rng, clock):
                for claim in task.claims:
                    found = _outside(task, claim, case, rng, left)
                    if found is not None:
                        return Caught(claim, found)
    return None


def _first(task: Task, claim: Node, candidates: Iterator[Case]) -> Case | None:
    return next((one for one in candidates if fate(task, claim, one, WORK, briefly=True) == "refuted"), None)


def _doubtful(task: Task, claim: Node, cases: Sequence[Case]) -> Iterator[Case]:
    """Yield cases of one instance that rounding leaves open: two with the widest bounds, then others."""
    ranked = [(float(share), case, row) for case in cases for row, share in enumerate(doubt(claim, case)) if share > 0]
    ranked.sort(key=lambda one: -one[0])
    places = dict.fromkeys((0, 1, len(ranked) // 2, len(ranked) - 1))
    for place in places:
        if 0 <= place < len(ranked):
            _, case, row = ranked[place]
            yield open_case(task, take(case.env, np.array([row])))


def doubt(claim: Node, case: Case) -> Array:
    """Return for each instance how wide the bounds are that hide the gap of a claim's sides; 0 where none does."""
    out = np.zeros(case.env.batch)
    if claim.op in ("and", "or", "implies", "iff"):
        for part in claim.args:
            out = np.maximum(out, doubt(part, case))
        return out
    if claim.op != "chain":
        return out
    for left, right, _ in pairs(claim):
        a, b = ev(left, case.inner), ev(right, case.inner)
        bound = SAFETY * (a.e + b.e)
        size = np.maximum(np.abs(a.v), np.abs(b.v))
        hidden = np.isfinite(size) & (bound > 0) & (np.abs(a.v - b.v) <= bound)
        share = np.where(hidden, bound / np.where(size == 0, 1.0, size), 0.0)
        out = np.maximum(out, each(share, case.env.batch).max(axis=1, initial=0.0))
    return out


def _outside(task: Task, claim: Node, case: Case, rng: np.random.Generator, left: list[int]) -> Case | None:
    """Return an instance of a case that is not counted at which a claim is certainly false."""
    found = case.truth(claim)
    batch = case.env.batch
    bad = each(found.violated, batch).any(axis=1)
    lost = ~each(found.valid, batch).any(axis=1)
    slack = each(np.where(found.violated, found.slack, np.inf), batch).min(axis=1, initial=np.inf)
    worst = np.flatnonzero(bad)[np.argsort(slack[bad], kind="stable")]
    hidden = np.flatnonzero(doubt(claim, case) > 0)
    unsure = [*_spread(np.flatnonzero(lost)), *_spread(hidden)[:2]][: left[0]]
    left[0] -= len(unsure)
    for row in [*_spread(worst), *unsure]:
        one = open_case(task, take(case.env, np.array([row])))
        if fate(task, claim, one, WORK, briefly=True) == "refuted":
            return _simpler(task, claim, one, rng)
    return None


def _spread(rows: Array) -> list[int]:
    """Return a few rows, the first and the last among them."""
    if not len(rows):
        return []
    return [int(row) for row in rows[np.unique(np.linspace(0, len(rows) - 1, ASKED).astype(int))]]


def _simpler(task: Task, claim: Node, one: Case, rng: np.random.Generator) -> Case:
    """Return a simpler instance that certainly refutes the claim, or the one given."""
    if one.violated(claim) is None:
        return one
    ruling = rule(task, claim, one, rng)
    return ruling.case if ruling.case is not None and ruling.certain else one
