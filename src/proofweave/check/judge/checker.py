"""One equation to one verdict: instances, search, mutants."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from proofweave.check.evaluate import Clock, ev
from proofweave.check.instances import LEAST, Drawn, Half, Task, draw_cases, task
from proofweave.check.instances import read as read_premises
from proofweave.check.judge import existence, order
from proofweave.check.judge.alike import alike
from proofweave.check.judge.answer import Answer, Options, Question, Seen
from proofweave.check.judge.audit import Caught, audit, doubt
from proofweave.check.judge.certain import Ruling, exactly, fate, rule
from proofweave.check.judge.gate import Fitted, excused, gate
from proofweave.check.judge.jumps import unseen
from proofweave.check.judge.order import Rough, refuse_rough
from proofweave.check.judge.proportional import Alike
from proofweave.check.judge.repetition import refuse_circular, refuse_supposed
from proofweave.check.judge.search import is_inequality, search
from proofweave.check.judge.shrink import describe, failing
from proofweave.check.judge.strict import Attained, attained
from proofweave.check.judge.tail import Tail, far_out, planned, unmet
from proofweave.check.judge.verdict import Kind
from proofweave.check.language import CheckError, Node, Symbol, endless, refuse_if, unbound_random
from proofweave.check.parse import Statement, refuse_unmoved
from proofweave.core import say, together

NEAR = 1e-2


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
    refuse_supposed(question.statement, question.given)
    _refuse_unmoved(question)
    tasks, rough, stronger = _tasks(question)
    plan = planned([*tasks, *(task_ for task_, _ in rough)], options.instances)
    tails: list[Tail] = []
    answer = _judged(question, options, (tasks, rough, stronger), rng, clock, seen, tails)
    return replace(answer, planned=plan, reached=unmet(plan.far, tails), alike=alike(seen.drawn))


def _judged(
    question: Question,
    options: Options,
    split: tuple[list[Task], list[tuple[Task, Node]], list[Task]],
    rng: np.random.Generator,
    clock: Clock,
    seen: Seen,
    tails: list[Tail],
) -> Answer:
    tasks, rough, stronger = split
    drawn = seen.drawn
    tightest, touched = np.inf, ""
    for task_ in tasks:
        found = draw_cases(task_, options.instances, rng, clock)
        drawn.append((task_, found))
        refuted = _refuted(question, task_, found, rng)
        refuse_if(refuted is not None and task_ in stronger, "judge.approx-order", task_.claims[0].at)
        if refuted is not None:
            return refuted
        if found.half is not None:
            raise _half_defined(task_, found.half, question.tex)
        for claim in task_.claims:
            if is_inequality(claim):
                result = search(task_, claim, found.cases, rng)
                tightest = min(tightest, result.slack)
                if result.near is not None:
                    seen.near.append((task_, claim, result.near))
                ruling = None if result.case is None else rule(task_, claim, result.case, rng)
                if ruling is not None and ruling.case is not None:
                    return _refutation(question, task_, claim, ruling, found.count)
            met = attained(task_, claim, found.cases, rng)
            if met is not None and met.exact:
                return _meeting(question, task_, met, found.count)
            if met is not None:
                touched = say(
                    "judge.attained", example=str(describe(task_, met.link, met.case, question.tex, met.spot))
                )
        caught = audit(task_, found.cases, rng, clock)
        if caught is not None:
            return _caught(question, task_, caught, found.count)
        tails.append(far_out(task_, rng, clock))
        if (far := tails[-1].found) is not None:
            return _refutation(question, task_, *far, found.count + tails[-1].count)
    fits = [_fitted(*pair, question, rng, clock) for pair in rough]
    seen.rough += [fit.drawn for fit in fits]
    for fit in fits:
        failed = fit.failure(fit.link, rng)
        if failed and isinstance(fit, existence.Sought):
            existence.refuse_unfound(fit, failed)
        if failed:
            return Answer(Kind.REFUTED, failed, fit.drawn.count)
    instances = sum(found.count for _, found in drawn) + sum(fit.drawn.count for fit in fits)
    if question.tight and tightest > NEAR:
        return Answer(Kind.REFUTED, say("judge.not-tight", slack=float(tightest)), instances)
    if touched:
        return Answer(Kind.WEAK, touched, instances)
    if not options.mutants:
        answer = Answer(Kind.HOLDS, say("judge.holds", count=instances), instances)
    else:
        answer = gate(question, drawn, fits, instances, rng, clock)
    if answer.kind not in (Kind.HOLDS, Kind.VERIFIED):
        return answer
    step = _unseen_jump(drawn)
    if step is not None:
        tex = " ".join(question.tex[step.at : step.end].split())
        if not excused(tex, question.excuse):
            return replace(answer, kind=Kind.WEAK, reason=say("judge.unseen-jump", tex=tex))
    witnesses = [say("judge.witnesses") for fit in fits if isinstance(fit, existence.Sought)]
    besides = [*_seldom(drawn), *_begun(question), *witnesses]
    return replace(answer, reason=together([answer.reason, *besides], "judge.semicolon"))


def _fitted(task_: Task, link: Node, question: Question, rng: np.random.Generator, clock: Clock) -> Fitted:
    """Return a claim that is not judged by its values with the instances it is judged on."""
    if link.op == "exists":
        return existence.Sought(task_, link, rng, clock)
    if order.ALIKE in link.data:
        return Alike(task_, link, rng, clock)
    return Rough(task_, link, *question.order, rng, clock)


def _refuse_unmoved(question: Question) -> None:
    """Refuse differentials of which it is not said what moves."""
    rows = question.statement.rows
    claims = [part for row in rows for part in (row.args if row.op == "and" else (row,))]
    under = [part.args[0] for part in claims if part.op in ("implies", "iff")]
    refuse_unmoved(rows, [*under, *(row for given in question.given for row in given.rows)])


def _half_defined(task_: Task, half: Half, tex: str) -> CheckError:
    """Return the error that a relation holds only where both of its sides have values."""
    example = describe(task_, half.claim, half.case, tex, np.zeros(1 + len(task_.free), dtype=int))
    return CheckError(f"judge.half-defined-{half.side}", half.claim.at, values=example.place())


def _meeting(question: Question, task_: Task, met: Attained, count: int) -> Answer:
    """Return the refutation of a strict relation by a point where its sides are equal."""
    example = describe(task_, met.link, met.case, question.tex, met.spot)
    if fate(task_, met.link, met.case) == "refuted":
        return Answer(Kind.REFUTED, say("judge.certainly-false", example=str(example)), count, example)
    key = "judge.change-order" if met.link.data[0] == r"\neq" else "judge.equal-at"
    return Answer(Kind.REFUTED, say(key, example=str(example)), count, example)


def _caught(question: Question, task_: Task, caught: Caught, count: int) -> Answer:
    """Return the refutation by an instance that rounding hides or that lies far out."""
    example = exactly(task_, caught.claim, caught.case, question.tex)
    key = "judge.certainly-false" if caught.certain else "judge.false-far-down"
    return Answer(Kind.REFUTED, say(key, example=str(example)), count, example)


def _unseen_jump(drawn: Sequence[tuple[Task, Drawn]]) -> Node | None:
    """Return a step in an endless sum that may jump unseen, in a claim whose sides agree in all digits somewhere."""
    for task_, found in drawn:
        for claim in task_.claims:
            step = unseen(claim)
            if step is not None and any((doubt(claim, case) > 0).any() for case in found.cases):
                return step
    return None


def _seldom(drawn: Sequence[tuple[Task, Drawn]]) -> list[str]:
    """Say of each integer that took only some of its values how many."""
    seen: dict[Symbol, set[float]] = {}
    whole: dict[Symbol, int] = {}
    for case in (case for _, found in drawn for case in found.cases):
        for symbol, value in case.env.values.items():
            if symbol.role == "int" and not any(endless(symbol.data[end]) for end in ("lo", "hi")):
                seen.setdefault(symbol, set()).update(value.v.reshape(-1).tolist())
                lo, hi = (ev(symbol.data[end], case.env).v for end in ("lo", "hi"))
                whole[symbol] = max(whole.get(symbol, 0), int(hi.max() - lo.min()) + 1)
    few = (symbol for symbol in seen if len(seen[symbol]) < whole[symbol])
    return [say("judge.some-values", name=s.name, seen=len(seen[s]), all=whole[s]) for s in few]


def _begun(question: Question) -> list[str]:
    """Say of chains without end how far they were checked."""
    ends = [index.hi for index in question.statement.free if index.endless and index.hi is not None]
    return [say("judge.dots-begun", count=int(end.data) + 1) for end in ends]


def _tasks(question: Question) -> tuple[list[Task], list[tuple[Task, Node]], list[Task]]:
    """Split an equation into claims under premises; A ⇒ B is B on instances that meet A.

    The second are approximations with an order; the last, among the first, claim more than is written: a = b for
    a \\approx b without an order.
    """
    statement = question.statement
    plain: list[tuple[int, Node]] = []
    sought: list[tuple[Task, Node]] = []
    out: list[Task] = []
    for row, claim in enumerate(statement.rows):
        for part in claim.args if claim.op == "and" else (claim,):
            if part.op == "exists":
                bodies = existence.drawn_on(part.args[0])
                sought.append((task(statement, bodies, [row] * len(bodies), read_premises(question.given)), part))
                continue
            if part.op not in ("implies", "iff"):
                plain += [(row, link) for link in order.links(part)]
                continue
            a, b = part.args
            pairs = [(a, b)] if part.op == "implies" else [(a, b), (b, a)]
            for premise, conclusion in pairs:
                rows = premise.args if premise.op == "and" else (premise,)
                given = (*question.given, Statement(rows, statement.free, statement.conditions))
                out.append(_conditional(statement, given, conclusion, row))
    refuse_rough([row for given in question.given for row in given.rows])
    refuse_rough([row for row in statement.rows if row.op in ("implies", "iff", "or")])
    premises = read_premises(question.given)
    exact = [(row, claim) for row, claim in plain if not order.has_order(claim)]
    if exact:
        out.insert(0, task(statement, [claim for _, claim in exact], [row for row, _ in exact], premises))
    near = [
        (task(statement, [order.to_draw(claim)], [row], premises), claim)
        for row, claim in plain
        if order.has_order(claim)
    ]
    if question.order[0] is not None:
        return out, [*near, *sought], []
    stronger = [task_ for task_, claim in near if not order.has_order(order.equal(claim))]
    return [*out, *stronger], [*(pair for pair in near if pair[0] not in stronger), *sought], stronger


def _conditional(statement: Statement, given: tuple[Statement, ...], conclusion: Node, row: int) -> Task:
    """Return the task of a conclusion under a premise; free indices are bound once for both where they are shared."""
    premises = read_premises(given, frozenset((len(given) - 1,)))
    return task(statement, [conclusion], [row], premises)


def _refuted(question: Question, task_: Task, drawn: Drawn, rng: np.random.Generator) -> Answer | None:
    """Return the refutation by an instance drawn; violations that are none leave the instances."""
    count = drawn.count
    place = 0
    while place < len(drawn.cases):
        case = drawn.cases[place]
        claim = next((claim for claim in task_.claims if case.violated(claim) is not None), None)
        if claim is None:
            place += 1
            continue
        ruling = rule(task_, claim, case, rng)
        if ruling.case is not None:
            return _refutation(question, task_, claim, ruling, drawn.count)
        drawn.without(task_, place, ruling.bad, ruling.open)
    refuse_if(drawn.count < min(LEAST, count), "judge.undecided", None, None, count=drawn.count, least=LEAST)
    return None


def _refutation(question: Question, task_: Task, claim: Node, ruling: Ruling, count: int) -> Answer:
    assert ruling.case is not None
    spot = ruling.case.violated(claim)
    if spot is not None:
        left, right, sign = failing(claim, ruling.case, spot)
        noise = [unbound_random([side]) for side in (left, right)]
        refuse_if(sign in ("=", r"\approx") and all(noise) and noise[0] != noise[1], "judge.in-law", right.at)
    example = describe(task_, claim, ruling.case, question.tex)
    key = "judge.certainly-false" if ruling.certain else "judge.numerically-false"
    return Answer(Kind.REFUTED, say(key, example=str(example)), count, example)
