"""One equation to one verdict: instances, search, mutants."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from proofweave.check.evaluate import Clock
from proofweave.check.instances import Case, Task, draw_cases, task
from proofweave.check.instances import read as read_premises
from proofweave.check.judge import order
from proofweave.check.judge.answer import Answer, Options, Question, Seen
from proofweave.check.judge.gate import gate
from proofweave.check.judge.repetition import refuse_circular
from proofweave.check.judge.search import is_inequality, search
from proofweave.check.judge.shrink import describe, simplest
from proofweave.check.judge.strict import attained
from proofweave.check.judge.verdict import Kind
from proofweave.check.language import CheckError, Node, OutOfTime
from proofweave.check.parse import Statement
from proofweave.core import say

NEAR = 1e-2
SHOWING = 0.5


def seed_of(*parts: str) -> int:
    """Return a seed that depends on an equation's content only."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")


def check(question: Question, options: Options, seed: int, seen: Seen | None = None) -> Answer:
    """Return the verdict on an equation; `seen` takes what was seen on the way."""
    clock = Clock(options.seconds, options.megabytes, options.resident)
    rng = np.random.default_rng(seed if options.seed is None else [seed % 2**32, options.seed])
    with np.errstate(all="ignore"):
        try:
            return _check(question, options, rng, clock, seen or Seen())
        except RecursionError:
            raise CheckError("judge.too-deep", 0) from None
        except MemoryError:
            raise CheckError("judge.memory", 0) from None
        except np.linalg.LinAlgError as error:
            raise CheckError("judge.matrix-failed", 0, error=error) from None


def _check(question: Question, options: Options, rng: np.random.Generator, clock: Clock, seen: Seen) -> Answer:
    refuse_circular(question.statement)
    tasks, rough = _tasks(question)
    drawn = seen.drawn
    tightest, touched = np.inf, ""
    for task_ in tasks:
        found = draw_cases(task_, options.instances, rng, clock)
        drawn.append((task_, found))
        refuted = _refuted(question, task_, found.cases, rng, found.count)
        if refuted is not None:
            return refuted
        for claim in task_.claims:
            if is_inequality(claim):
                result = search(task_, claim, found.cases, rng)
                tightest = min(tightest, result.slack)
                if result.near is not None:
                    seen.near.append((task_, claim, result.near))
                if result.case is not None:
                    return _refutation(question, task_, claim, result.case, rng, found.count)
            met = attained(task_, claim, found.cases, rng)
            if met is not None:
                example = describe(task_, met.link, met.case, question.tex, met.spot)
                if met.exact:
                    return Answer(Kind.REFUTED, say("judge.false-for", example=str(example)), found.count, example)
                touched = say("judge.attained", example=str(example))
    fits = [order.Rough(*pair, *question.order, rng, clock) for pair in rough]
    seen.rough += [fit.drawn for fit in fits]
    for fit in fits:
        failed = fit.failure(fit.link, rng)
        if failed:
            return Answer(Kind.REFUTED, failed, fit.drawn.count)
    instances = sum(found.count for _, found in drawn) + sum(fit.drawn.count for fit in fits)
    if question.tight and tightest > NEAR:
        return Answer(Kind.REFUTED, say("judge.not-tight", slack=float(tightest)), instances)
    if touched:
        return Answer(Kind.WEAK, touched, instances)
    if not options.mutants:
        return Answer(Kind.HOLDS, say("judge.holds", count=instances), instances)
    return gate(question, drawn, fits, instances, rng, clock)


def _tasks(question: Question) -> tuple[list[Task], list[tuple[Task, Node]]]:
    """Split an equation into claims under premises; A ⇒ B is B on instances that meet A."""
    statement = question.statement
    plain: list[tuple[int, Node]] = []
    out: list[Task] = []
    for row, claim in enumerate(statement.rows):
        for part in claim.args if claim.op == "and" else (claim,):
            if part.op not in ("implies", "iff"):
                plain += [(row, link) for link in order.links(part)]
                continue
            a, b = part.args
            pairs = [(a, b)] if part.op == "implies" else [(a, b), (b, a)]
            for premise, conclusion in pairs:
                rows = premise.args if premise.op == "and" else (premise,)
                given = (*question.given, Statement(rows, statement.free, statement.conditions))
                out.append(_conditional(statement, given, conclusion, row))
    premises = read_premises(question.given)
    exact = [(row, claim) for row, claim in plain if not order.has_order(claim)]
    if exact:
        out.insert(0, task(statement, [claim for _, claim in exact], [row for row, _ in exact], premises))
    rough = [
        (task(statement, [replace(claim, data=("=",))], [row], premises), claim)
        for row, claim in plain
        if order.has_order(claim)
    ]
    return out, rough


def _conditional(statement: Statement, given: tuple[Statement, ...], conclusion: Node, row: int) -> Task:
    """Return the task of a conclusion under a premise; free indices are bound once for both where they are shared."""
    premises = read_premises(given, frozenset((len(given) - 1,)))
    return task(statement, [conclusion], [row], premises)


def _refuted(
    question: Question, task_: Task, cases: Sequence[Case], rng: np.random.Generator, count: int
) -> Answer | None:
    for case in cases:
        for claim in task_.claims:
            if case.violated(claim) is not None:
                return _refutation(question, task_, claim, case, rng, count)
    return None


def _refutation(
    question: Question, task_: Task, claim: Node, case: Case, rng: np.random.Generator, count: int
) -> Answer:
    clock = case.env.clock
    clock.extend(SHOWING)
    with suppress(OutOfTime):
        case = simplest(task_, claim, case, rng)
    clock.extend(SHOWING)
    example = describe(task_, claim, case, question.tex)
    return Answer(Kind.REFUTED, say("judge.false-for", example=str(example)), count, example)
