"""The mutation gate: errors are planted in every part of an equation, and each part must have one that is caught."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from proofweave.check import mutate
from proofweave.check.answer import Answer, Question
from proofweave.check.cases import Case, Drawn, Task
from proofweave.check.checker import Rough
from proofweave.check.kinds import CheckError, OutOfTime
from proofweave.check.search import is_inequality, search
from proofweave.check.tree import Node
from proofweave.check.verdict import Kind, Mutants

PATIENCE = 0.3

Span = tuple[int, int]


def gate(
    question: Question,
    drawn: Sequence[tuple[Task, Drawn]],
    rough: Sequence[Rough],
    instances: int,
    rng: np.random.Generator,
    deadline: float,
) -> Answer:
    """Return verified, or weak with the parts none of whose planted errors was caught."""
    killed: dict[Span, bool] = {}
    parts: dict[Span, tuple[str, int, int]] = {}
    survivors: list[tuple[Task | None, Drawn, mutate.Mutant]] = []
    dead = total = 0
    stopped = ""
    try:
        for task_, found, mutant, fate in _fates(drawn, rough, rng, deadline):
            total += 1
            span = mutant.part[1:]
            parts.setdefault(span, mutant.part)
            killed[span] = killed.get(span, False) or fate
            dead += fate
            if not fate:
                survivors.append((task_, found, mutant))
        for task_, found, mutant in survivors:
            if task_ is None or killed[mutant.part[1:]] or not is_inequality(mutant.claim):
                continue
            if search(task_, mutant.claim, found.cases, rng, refine=False, seconds=PATIENCE).case is not None:
                killed[mutant.part[1:]] = True
                dead += 1
    except OutOfTime:
        stopped = f"time ran out after {total} planted errors"
    for span, exposed in list(killed.items()):
        if exposed:  # what exposes a factor exposes the term it stands in
            for outer in killed:
                killed[outer] = killed[outer] or (outer[0] <= span[0] and span[1] <= outer[1])
    tex = question.tex
    names = {span: mutate.name_of(part, tex) for span, part in parts.items()}
    left = [span for span, exposed in killed.items() if not exposed and not excused(names[span], question.excuse)]
    listed = tuple(dict.fromkeys(mutate.describe(mutant, tex) for *_, mutant in survivors))
    unexposed = tuple(dict.fromkeys(names[span] for span in left))
    summary = Mutants(dead, total, listed, unexposed)
    if stopped:
        return Answer(Kind.WEAK, stopped, instances, None, summary)
    if not total:
        return Answer(
            Kind.WEAK, "no error could be planted: the equation has no part to test", instances, None, summary
        )
    if unexposed:
        what = "; ".join(unexposed)
        return Answer(Kind.WEAK, f"no planted error exposes: {what}", instances, None, summary)
    return Answer(Kind.VERIFIED, f"verified on {instances} instances", instances, None, summary)


def _fates(
    drawn: Sequence[tuple[Task, Drawn]], rough: Sequence[Rough], rng: np.random.Generator, deadline: float
) -> Iterator[tuple[Task | None, Drawn, mutate.Mutant, bool]]:
    for task_, found in drawn:
        for claim in task_.claims:
            for mutant in mutate.mutants(claim):
                fate = _patiently(partial(_fate, mutant.claim, found.cases), found.cases, deadline)
                if fate is not None:
                    yield task_, found, mutant, fate
    for one in rough:
        for mutant in mutate.mutants(one.link):
            if mutant.claim.data != one.link.data:
                continue
            fate = _patiently(partial(_rough_fate, one, mutant.claim, rng), one.drawn.cases, deadline)
            if fate is not None:
                yield None, one.drawn, mutant, fate


def _patiently(judge: Callable[[], bool | None], cases: Sequence[Case], deadline: float) -> bool | None:
    """Judge one planted error within a moment; one that takes longer is left out of the count."""
    until = min(deadline, time.thread_time() + PATIENCE)
    for case in cases:
        case.env.deadline = case.inner.deadline = until
    try:
        return judge()
    except OutOfTime:
        if time.thread_time() > deadline:
            raise
        return None
    finally:
        for case in cases:
            case.env.deadline = case.inner.deadline = deadline


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
        if (found.valid & ~found.holds).any():
            return True
        meant = meant or bool(found.valid.any())
    return not meant


def _rough_fate(one: Rough, link: Node, rng: np.random.Generator) -> bool | None:
    try:
        return bool(one.failure(link, rng))
    except OutOfTime:
        raise
    except CheckError:
        return None


def excused(name: str, excuse: Mapping[str, str]) -> bool:
    """Tell whether the author excused a part: named as the report names it, or by its TeX alone."""
    wanted = "".join(name.split())
    tex = "".join(name.split(" ", 1)[-1].split())
    return any("".join(key.split()) in (wanted, tex) for key in excuse)
