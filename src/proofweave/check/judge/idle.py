"""Premises that a claim does not need, as far as instances tell: those that break one are drawn and looked at."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from proofweave.check.evaluate import Clock, each
from proofweave.check.instances import LEAST, Case, Drawn, Task, draw_cases, holds, open_case, take
from proofweave.check.instances import read as read_premises
from proofweave.check.judge.search import is_inequality, search
from proofweave.check.language import CheckError, OutOfTime, walk
from proofweave.check.parse import Statement

FEW = 96
SECONDS = 0.3
KEPT = 0.95  # of the share of instances with a value; where fewer are left, the premise kept to a domain
TYPED = frozenset(("extent", "nearest", "whole"))


def droppable(task: Task) -> list[int]:
    """Return the numbers of the premises that may be dropped: those that only say what type a value has stay."""
    statements = enumerate(task.premises.statements)
    return [number for number, one in statements if not any(n.op in TYPED for row in one.rows for n in walk(row))]


def needed(task: Task, found: Drawn, number: int, rng: np.random.Generator, clock: Clock) -> bool | None:
    """Tell whether an instance that breaks one premise, and meets the others, breaks a claim too.

    None where that cannot be told: too few instances break it and give the claims a value, as where it keeps to a
    domain or lets an optimum be attained.
    """
    try:
        with clock.within(SECONDS):
            return _needed(task, found, number, rng, clock)
    except OutOfTime:
        if clock.over():
            raise
    except CheckError:
        pass
    return None


def _needed(task: Task, found: Drawn, number: int, rng: np.random.Generator, clock: Clock) -> bool | None:
    premises = task.premises
    dropped = read_premises([premises.statements[number]])
    rest = [statement for place, statement in enumerate(premises.statements) if place != number]
    decided = frozenset(place - (place > number) for place in premises.decided if place != number)
    less = replace(task, premises=read_premises(rest, decided))
    broken: list[Case] = []
    drawn = draw_cases(less, FEW, rng, clock)
    if drawn.count * found.held < KEPT * found.count * drawn.held:
        return None  # it keeps to where the claims have a value
    for case in drawn.cases:
        rows = np.flatnonzero(~holds(replace(dropped, assigned=()), case.env))
        if len(rows):
            broken.append(open_case(less, take(case.env, rows)))
    told = 0
    for case in broken:
        truths = [case.truth(claim) for claim in less.claims]
        if any(one.violated.any() for one in truths):
            return True
        told += int(np.all([each(one.valid, case.env.batch).any(axis=1) for one in truths], axis=0).sum())
    if told < LEAST:
        return None
    return _found(less, broken, rng)


def _found(less: Task, broken: Sequence[Case], rng: np.random.Generator) -> bool:
    """Tell whether a search from instances that break the premise finds one that breaks a claim."""
    claims = (claim for claim in less.claims if is_inequality(claim))
    return any(search(less, claim, broken, rng, refine=False, seconds=SECONDS).case is not None for claim in claims)


def tex_of(statement: Statement, tex: str) -> str:
    """Return how a premise that stands in the equation itself is written there."""
    return " ".join(tex[statement.rows[0].at : statement.rows[-1].end].split())
