"""The mutation gate: errors are planted in every part of an equation, and each part must have one that is caught."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from proofweave.check.evaluate import RATE, Clock
from proofweave.check.instances import Case, Drawn, Task
from proofweave.check.judge import mutate
from proofweave.check.judge.answer import Answer, Question
from proofweave.check.judge.existence import Sought
from proofweave.check.judge.order import Rough
from proofweave.check.judge.proportional import Alike
from proofweave.check.judge.search import is_inequality, search
from proofweave.check.judge.verdict import Kind, Mutants
from proofweave.check.language import CheckError, Node, OutOfTime
from proofweave.core import LANGUAGES, say, together, told

PATIENCE = 0.3
BRISK = 0.5

Span = tuple[int, int]
Fitted = Rough | Alike | Sought
"""What is judged otherwise than by its value on each instance."""


def gate(
    question: Question,
    drawn: Sequence[tuple[Task, Drawn]],
    rough: Sequence[Fitted],
    instances: int,
    rng: np.random.Generator,
    clock: Clock,
) -> Answer:
    """Return verified, or weak with the parts none of whose planted errors was caught."""
    errors = _planted(drawn, rough)
    parts = {one.mutant.part[1:]: one.mutant.part for one in reversed(errors)}
    exposed = dict.fromkeys(parts, False)
    judged: set[Span] = set()
    survivors: list[Planted] = []
    dead = total = 0
    start, stopped = clock.spent, ""
    try:
        for one in errors:
            span = one.mutant.part[1:]
            if clock.spent - start > BRISK * RATE and exposed[span]:
                continue  # of a heavy equation only what still tells something is judged
            fate = _patiently(one, rng, clock)
            if fate is None:
                continue
            judged.add(span)
            total += 1
            dead += fate
            if fate:
                _expose(exposed, span)
            else:
                survivors.append(one)
        for one in survivors:
            if one.task is None or exposed[one.mutant.part[1:]] or not is_inequality(one.mutant.claim):
                continue
            if (
                search(one.task, one.mutant.claim, one.drawn.cases, rng, refine=False, seconds=PATIENCE).case
                is not None
            ):
                _expose(exposed, one.mutant.part[1:])
                dead += 1
    except OutOfTime:
        stopped = say("judge.time-out", count=total)
    tex = question.tex
    names = {span: mutate.name_of(part, tex) for span, part in parts.items()}
    asked = parts if stopped else judged  # a part none of whose errors can be read is no part
    claims = [*(claim for task_, _ in drawn for claim in task_.claims), *(one.link for one in rough)]
    shifts = [span for claim in claims for span in mutate.absorbed(claim)]
    left = [
        span
        for span in parts
        if span in asked and not exposed[span] and not excused(names[span], question.excuse) and not _in(span, shifts)
    ]
    listed = tuple(dict.fromkeys(mutate.describe(one.mutant, tex) for one in survivors))
    unexposed = tuple(dict.fromkeys(names[span] for span in left))
    summary = Mutants(dead, total, listed, unexposed)
    parts_left = together(unexposed, "judge.semicolon")
    if not total:
        reason = stopped or say("judge.no-part")
    elif stopped and unexposed:
        reason = say("judge.not-yet", stopped=stopped, parts=parts_left)
    elif unexposed:
        reason = say("judge.unexposed", parts=parts_left)
    else:
        reason = say("judge.verified", count=instances)
    kind = Kind.WEAK if unexposed or not total else Kind.VERIFIED
    return Answer(kind, reason, instances, None, summary, not (clock.late or clock.heavy))


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted error with the instances it is judged on; `rough` where it stands in an approximation."""

    mutant: mutate.Mutant
    drawn: Drawn
    task: Task | None = None
    rough: Fitted | None = None


def _planted(drawn: Sequence[tuple[Task, Drawn]], rough: Sequence[Fitted]) -> list[Planted]:
    """Return the errors to plant, the first of every part before the second of any."""
    found: list[Planted] = []
    for task_, cases in drawn:
        found += [Planted(mutant, cases, task_) for claim in task_.claims for mutant in mutate.mutants(claim)]
    for one in rough:
        found += [
            Planted(mutant, one.drawn, None, one)
            for mutant in mutate.mutants(one.link)
            if mutant.claim.data == one.link.data and not (isinstance(one, Sought) and mutant.part[0] == "relation")
        ]
    seen: Counter[Span] = Counter()
    rounds: list[int] = []
    for error in found:
        rounds.append(seen[error.mutant.part[1:]])
        seen[error.mutant.part[1:]] += 1
    return [error for _, error in sorted(zip(rounds, found, strict=True), key=lambda pair: pair[0])]


def _in(span: Span, outer: Sequence[Span]) -> bool:
    return any(lo <= span[0] and span[1] <= hi for lo, hi in outer)


def _expose(exposed: dict[Span, bool], span: Span) -> None:
    """Mark a part as exposed, and what it stands in: what exposes a factor exposes the term around it."""
    for outer in exposed:
        exposed[outer] = exposed[outer] or (outer[0] <= span[0] and span[1] <= outer[1])


def _patiently(one: Planted, rng: np.random.Generator, clock: Clock) -> bool | None:
    """Judge one planted error within a moment; one that takes longer is left out of the count."""
    try:
        with clock.within(PATIENCE):
            if one.rough is not None:
                return _rough_fate(one.rough, one.mutant.claim, rng)
            return _fate(one.mutant.claim, one.drawn.cases)
    except OutOfTime:
        if clock.over():
            raise
        return None


def _fate(claim: Node, cases: Sequence[Case]) -> bool | None:
    """Tell whether a planted error is caught: refuted, or nowhere with a value; None when it cannot be read."""
    meant = False
    for case in cases:
        try:
            found = case.truth(claim)
        except OutOfTime:
            raise
        except CheckError:
            return None
        if found.violated.any():
            return True
        meant = meant or bool(found.valid.any())
    return not meant


def _rough_fate(one: Fitted, link: Node, rng: np.random.Generator) -> bool | None:
    try:
        return bool(one.failure(link, rng))
    except OutOfTime:
        raise
    except CheckError:
        return None


def excused(name: str, excuse: Mapping[str, str]) -> bool:
    """Tell whether the author excused a part: named as the report names it in any language, or by its TeX alone."""
    names = [name.split(" ", 1)[-1], *(told(name, language) for language in LANGUAGES)]
    wanted = {"".join(written.split()) for written in names}
    return any("".join(key.split()) in wanted for key in excuse)
