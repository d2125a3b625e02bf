"""The mutation gate: errors are planted in every part of an equation, and each part must have one that is caught."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from proofweave.check.evaluate import RATE, Clock, Truth
from proofweave.check.instances import LEAST, Case, Drawn, Task
from proofweave.check.judge import idle, mutate, structure
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
STRUCTURAL = 0.4  # seconds' work for structural slips and dropped premises together
ALIKE = 1e-9  # of slacks that count as the same

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
    """Return verified, or weak with the parts none of whose planted errors was caught and the symbols that are tied."""
    errors = _planted(drawn, rough)
    parts = {one.mutant.part[1:]: one.mutant.part for one in reversed(errors)}
    names = {span: mutate.name_of(part, question.tex) for span, part in parts.items()}
    exposed = dict.fromkeys(parts, False)
    judged: set[Span] = set()
    score = Score()
    stopped = ""
    try:
        _local(errors, exposed, judged, score, question.tex, rng, clock)
        _structural(question, drawn, score, rng, clock)
    except OutOfTime:
        stopped = say("judge.time-out", count=score.total)
    lasting = not (clock.late or clock.heavy)
    clock.extend(STRUCTURAL)  # what is tied may have values that nothing has asked for yet
    asked = parts if stopped else judged  # a part none of whose errors can be read is no part
    claims = [*(claim for task_, _ in drawn for claim in task_.claims), *(one.link for one in rough)]
    shifts = [span for claim in claims for span in mutate.absorbed(claim)]
    left = [
        span
        for span in parts
        if span in asked and not exposed[span] and not excused(names[span], question.excuse) and not _in(span, shifts)
    ]
    unexposed = tuple(dict.fromkeys(names[span] for span in left))
    summary = Mutants(score.killed, score.total, tuple(score.listed), unexposed, score.as_kinds(), tuple(score.idle))
    reasons: list[str] = []
    if stopped and unexposed:
        reasons.append(say("judge.not-yet", stopped=stopped, parts=together(unexposed, "judge.semicolon")))
    elif unexposed:
        reasons.append(say("judge.unexposed", parts=together(unexposed, "judge.semicolon")))
    elif not judged:
        reasons.append(stopped or say("judge.no-part"))
    reasons += _tied(question, drawn)
    verified = say("judge.verified", count=instances)
    kind = Kind.WEAK if reasons else Kind.VERIFIED
    reason = together(reasons, "judge.semicolon") or verified
    return Answer(kind, reason, instances, None, summary, lasting)


class Fate(Enum):
    """What becomes of a planted error: it is caught, it is not, or the changed claim says the same as before."""

    CAUGHT = 0
    MISSED = 1
    SAME = 2


class Score:
    """How many planted errors of each kind were caught, those that were not, and premises that nothing needs."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[int]] = {}
        self.listed: Counter[str] = Counter()
        self.idle: dict[str, None] = {}

    def count(self, kind: str, fate: Fate, text: str) -> None:
        """Count an error's fate; one that changes nothing is none."""
        if fate is not Fate.SAME:
            tally = self.kinds.setdefault(kind, [0, 0])
            tally[0] += fate is Fate.CAUGHT
            tally[1] += 1
            if fate is Fate.MISSED:
                self.listed[text] += 1

    def found(self, kind: str, text: str) -> None:
        """Count an error that a search caught after all."""
        tally = self.kinds.setdefault(kind, [0, 0])
        tally[0] += 1
        tally[1] += text not in self.listed
        self.listed -= Counter([text])

    @property
    def killed(self) -> int:
        """The number of errors caught."""
        return sum(killed for killed, _ in self.kinds.values())

    @property
    def total(self) -> int:
        """The number of errors judged."""
        return sum(total for _, total in self.kinds.values())

    def as_kinds(self) -> tuple[tuple[str, int, int], ...]:
        """Return each kind with how many were caught, of how many."""
        return tuple((kind, killed, total) for kind, (killed, total) in sorted(self.kinds.items()))


def _local(
    errors: Sequence["Planted"],
    exposed: dict[Span, bool],
    judged: set[Span],
    score: Score,
    tex: str,
    rng: np.random.Generator,
    clock: Clock,
) -> None:
    """Judge the errors in single parts, and search from those that expose nothing yet."""
    start = clock.spent
    survivors: list[Planted] = []
    for one in errors:
        span = one.mutant.part[1:]
        if clock.spent - start > BRISK * RATE and exposed[span]:
            continue  # of a heavy equation only what still tells something is judged
        fate = _patiently(one, rng, clock)
        if fate is None:
            continue
        judged.add(span)
        score.count(one.mutant.part[0], fate, mutate.describe(one.mutant, tex))
        if fate is Fate.CAUGHT:
            _expose(exposed, span)
        else:
            survivors.append(one)
    for one in survivors:
        if one.task is None or exposed[one.mutant.part[1:]] or not is_inequality(one.mutant.claim):
            continue
        if search(one.task, one.mutant.claim, one.drawn.cases, rng, refine=False, seconds=PATIENCE).case is not None:
            _expose(exposed, one.mutant.part[1:])
            score.found(one.mutant.part[0], mutate.describe(one.mutant, tex))


def _structural(
    question: Question, drawn: Sequence[tuple[Task, Drawn]], score: Score, rng: np.random.Generator, clock: Clock
) -> None:
    """Judge structural slips and premises that are dropped, as far as a share of the work goes; none makes it weak."""
    try:
        with clock.within(STRUCTURAL):
            for task_, found in drawn:
                for claim in task_.claims:
                    for slip in structure.slips(task_, claim, question.tex):
                        fate = _fate(slip.claim, found.cases, claim)
                        if fate is not None:
                            score.count(slip.kind, fate, say("judge.mutant", part=slip.name, what=slip.what))
            for task_, found in drawn:
                _premises(question, task_, found, score, rng, clock)
    except OutOfTime:
        if clock.over():
            raise


def _premises(
    question: Question, task_: Task, found: Drawn, score: Score, rng: np.random.Generator, clock: Clock
) -> None:
    for number in idle.droppable(task_):
        need = idle.needed(task_, found, number, rng, clock)
        if need is not None:
            given = number < len(question.premises)
            tex = question.premises[number] if given else idle.tex_of(task_.premises.statements[number], question.tex)
            name = say("judge.part", kind=say("judge.part-premise"), tex=" ".join(tex.split()))
            text = say("judge.mutant", part=name, what=say("judge.dropped"))
            score.count("premise", Fate.CAUGHT if need else Fate.MISSED, text)
            if not need:
                score.idle[say("judge.idle", tex=tex)] = None


def _tied(question: Question, drawn: Sequence[tuple[Task, Drawn]]) -> list[str]:
    """Say which symbols are one in every instance, so that no planted error could tell them apart."""
    out: dict[str, None] = {}
    for task_, found in drawn:
        if found.count < LEAST:
            continue
        for group in structure.ties(task_, found.cases):
            names = ", ".join(symbol.name for symbol in group)
            if not excused(say("judge.part", kind=say("judge.part-swap"), tex=names), question.excuse):
                out[say("judge.tied" if group[0].type.rank else "judge.tied-number", names=names)] = None
    return list(out)


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted error with the instances it is judged on; `rough` where it stands in an approximation."""

    mutant: mutate.Mutant
    drawn: Drawn
    claim: Node
    task: Task | None = None
    rough: Fitted | None = None


def _planted(drawn: Sequence[tuple[Task, Drawn]], rough: Sequence[Fitted]) -> list[Planted]:
    """Return the errors to plant, the first of every part before the second of any."""
    found: list[Planted] = []
    for task_, cases in drawn:
        found += [Planted(mutant, cases, claim, task_) for claim in task_.claims for mutant in mutate.mutants(claim)]
    for one in rough:
        found += [
            Planted(mutant, one.drawn, one.link, None, one)
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


def _patiently(one: Planted, rng: np.random.Generator, clock: Clock) -> Fate | None:
    """Judge one planted error within a moment; one that takes longer is left out of the count."""
    try:
        with clock.within(PATIENCE):
            if one.rough is not None:
                return _rough_fate(one.rough, one.mutant.claim, rng)
            return _fate(one.mutant.claim, one.drawn.cases, one.claim)
    except OutOfTime:
        if clock.over():
            raise
        return None


def _fate(changed: Node, cases: Sequence[Case], claim: Node) -> Fate | None:
    """Tell what becomes of a planted error: caught where refuted or nowhere with a value; None if it cannot be read."""
    meant = False
    seen: list[Truth] = []
    for case in cases:
        try:
            found = case.truth(changed)
        except OutOfTime:
            raise
        except CheckError:
            return None
        if found.violated.any():
            return Fate.CAUGHT
        meant = meant or bool(found.valid.any())
        seen.append(found)
    if not meant:
        return Fate.CAUGHT
    alike = all(_agree(case.truth(claim), found) for case, found in zip(cases, seen, strict=True))
    return Fate.SAME if alike else Fate.MISSED


def _agree(a: Truth, b: Truth) -> bool:
    """Tell whether two claims have a meaning on the same instances, and the same signed slack there."""
    valid, other, x, y = np.broadcast_arrays(a.valid, b.valid, a.slack, b.slack)
    return bool((valid == other).all()) and np.allclose(x[valid], y[valid], rtol=ALIKE, atol=ALIKE)


def _rough_fate(one: Fitted, link: Node, rng: np.random.Generator) -> Fate | None:
    try:
        return Fate.CAUGHT if one.failure(link, rng) else Fate.MISSED
    except OutOfTime:
        raise
    except CheckError:
        return None


def excused(name: str, excuse: Mapping[str, str]) -> bool:
    """Tell whether the author excused a part: named as the report names it in any language, or by its TeX alone."""
    names = [name.split(" ", 1)[-1], *(told(name, language) for language in LANGUAGES)]
    wanted = {"".join(written.split()) for written in names}
    return any("".join(key.split()) in wanted for key in excuse)
