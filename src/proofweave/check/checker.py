"""One equation to one verdict: instances, search, mutants."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from proofweave.check import mutate
from proofweave.check.cases import LEAST, Case, Drawn, Task, draw_cases, task
from proofweave.check.env import OutOfTime
from proofweave.check.kinds import CheckError
from proofweave.check.premises import read as read_premises
from proofweave.check.search import is_inequality, search
from proofweave.check.shrink import describe, simplest
from proofweave.check.statement import Statement
from proofweave.check.tree import Node
from proofweave.check.verdict import Counterexample, Kind, Mutants

SECONDS = 5.0
NEAR = 1e-2


@dataclass(frozen=True, slots=True)
class Options:
    """How much to check: instances per equation, a seed or None for the content's own, mutants, seconds."""

    instances: int = 400
    seed: int | None = None
    mutants: bool = True
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Question:
    """An equation ready to be checked: its statement, premises, and what its author asks of it."""

    tex: str
    statement: Statement
    given: tuple[Statement, ...] = ()
    tight: bool = False
    strict: bool = False
    order: Mapping[str, str] | None = None
    excuse: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out about one equation."""

    kind: Kind
    reason: str = ""
    instances: int = 0
    counterexample: Counterexample | None = None
    mutants: Mutants | None = None


def seed_of(*parts: str) -> int:
    """Return a seed that depends on an equation's content only."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")


def check(question: Question, options: Options, seed: int) -> Answer:
    """Return the verdict on an equation."""
    deadline = time.monotonic() + options.seconds
    rng = np.random.default_rng(seed if options.seed is None else [seed % 2**32, options.seed])
    with np.errstate(all="ignore"):
        try:
            return _check(question, options, rng, deadline)
        except RecursionError:
            raise CheckError("the formula nests too deeply", 0) from None
        except MemoryError:
            raise CheckError("the equation needs too much memory; use smaller sizes", 0) from None
        except np.linalg.LinAlgError as error:
            raise CheckError(f"a matrix computation failed: {error}", 0) from None


def _check(question: Question, options: Options, rng: np.random.Generator, deadline: float) -> Answer:
    tasks = list(_tasks(question))
    drawn: list[tuple[Task, Drawn]] = []
    tightest = np.inf
    for task_ in tasks:
        found = draw_cases(task_, options.instances, rng, deadline)
        drawn.append((task_, found))
        refuted = _refuted(question, task_, found.cases, rng, found.count)
        if refuted is not None:
            return refuted
        for claim in task_.claims:
            if not is_inequality(claim):
                continue
            result = search(task_, claim, found.cases, rng)
            tightest = min(tightest, result.slack)
            if result.case is not None:
                return _refutation(question, task_, claim, result.case, rng, found.count)
    instances = sum(found.count for _, found in drawn)
    if question.tight and tightest > NEAR:
        return Answer(Kind.REFUTED, f"said to be tight, but the two sides never come closer than {tightest:.2g} of their size", instances)
    if not options.mutants:
        return Answer(Kind.HOLDS, f"holds on {instances} instances; no errors were planted", instances)
    return _gate(question, drawn, instances, rng)


def _tasks(question: Question) -> list[Task]:
    """Split an equation into claims under premises; A ⇒ B is B on instances that meet A."""
    statement = question.statement
    plain: list[tuple[int, Node]] = []
    out: list[Task] = []
    for row, claim in enumerate(statement.rows):
        for part in claim.args if claim.op == "and" else (claim,):
            if part.op not in ("implies", "iff"):
                plain.append((row, part))
                continue
            a, b = part.args
            pairs = [(a, b)] if part.op == "implies" else [(a, b), (b, a)]
            for premise, conclusion in pairs:
                given = (*question.given, Statement((premise,), statement.free, statement.conditions))
                out.append(_conditional(statement, given, conclusion, row))
    if plain:
        claims = [claim for _, claim in plain]
        premises = read_premises(question.given)
        out.insert(0, task(statement, claims, [row for row, _ in plain], premises))
    return out


def _conditional(statement: Statement, given: tuple[Statement, ...], conclusion: Node, row: int) -> Task:
    """Return the task of a conclusion under a premise; free indices are bound once for both where they are shared."""
    premises = read_premises(given)
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
    try:
        case = simplest(task_, claim, case, rng)
    except OutOfTime:
        pass
    example = describe(task_, claim, case, question.tex)
    return Answer(Kind.REFUTED, f"false for {example}", count, example)


def _gate(
    question: Question, drawn: Sequence[tuple[Task, Drawn]], instances: int, rng: np.random.Generator
) -> Answer:
    """Plant errors in every part; a part none of whose errors is refuted makes the verdict weak."""
    killed: dict[tuple[int, int], bool] = {}
    parts: dict[tuple[int, int], tuple[str, int, int]] = {}
    survivors: list[tuple[Task, Drawn, mutate.Mutant]] = []
    dead = total = 0
    stopped = ""
    try:
        for task_, found in drawn:
            for claim in task_.claims:
                for mutant in mutate.mutants(claim):
                    fate = _fate(mutant.claim, found.cases)
                    if fate is None:
                        continue
                    total += 1
                    span = mutant.part[1:]
                    parts.setdefault(span, mutant.part)
                    killed[span] = killed.get(span, False) or fate
                    dead += fate
                    if not fate:
                        survivors.append((task_, found, mutant))
        for task_, found, mutant in survivors:
            if not killed[mutant.part[1:]] and is_inequality(mutant.claim):
                result = search(task_, mutant.claim, found.cases, rng, refine=False)
                if result.case is not None:
                    killed[mutant.part[1:]] = True
                    dead += 1
    except OutOfTime:
        stopped = f"time ran out after {total} planted errors"
    tex = question.tex
    names = {span: mutate.name_of(part, tex) for span, part in parts.items()}
    left = [span for span, exposed in killed.items() if not exposed and not _excused(names[span], question.excuse)]
    listed = tuple(dict.fromkeys(mutate.describe(mutant, tex) for *_, mutant in survivors))
    unexposed = tuple(dict.fromkeys(names[span] for span in left))
    summary = Mutants(dead, total, listed, unexposed)
    if stopped:
        return Answer(Kind.WEAK, stopped, instances, None, summary)
    if not total:
        return Answer(Kind.WEAK, "no error could be planted in it: the equation has no part to test", instances, None, summary)
    if unexposed:
        what = "; ".join(unexposed)
        return Answer(Kind.WEAK, f"no planted error exposes: {what}", instances, None, summary)
    return Answer(Kind.VERIFIED, f"verified on {instances} instances", instances, None, summary)


def _excused(name: str, excuse: Mapping[str, str]) -> bool:
    squeezed = name.replace(" ", "")
    return any(key.replace(" ", "") in (squeezed, squeezed.split(" ", 1)[-1]) or squeezed.endswith(key.replace(" ", "")) for key in excuse)


def _fate(claim: Node, cases: Sequence[Case]) -> bool | None:
    """Tell whether a planted error is refuted; None when the changed equation has no meaning."""
    meant = False
    for case in cases:
        try:
            found = case.truth(claim)
        except OutOfTime:
            raise
        except CheckError:
            return None
        if (found.valid & ~found.holds).any():
            return True
        meant = meant or bool(found.valid.any())
    return False if meant else None


__all__ = ["LEAST", "Answer", "Options", "Question", "check", "seed_of"]
