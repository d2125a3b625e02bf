"""What was read of a file: in document order its questions, and the verdicts that reading alone gives."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from proofweave.check.explain import Explanation, defined, explained
from proofweave.check.judge import (
    Answer,
    Kind,
    Memory,
    Narrowing,
    Options,
    Question,
    Seen,
    Verdict,
    check,
    key_of,
    pattern,
    recall,
    remember,
    seed_of,
)
from proofweave.check.language import CheckError, Entry, Scope, Symbol
from proofweave.check.sheet.covered import Covered, Instances, instances_of
from proofweave.check.sheet.unused import bare_notes, notes
from proofweave.core import Equation, SymbolSpec, Where, say


@dataclass(slots=True)
class Asked:
    """An equation in its place: its question once it is read, its verdict once there is one, symbols of its own.

    `symbol` is what it defines, `covered` what a verdict covers.
    """

    equation: Equation
    place: Callable[[int], Where] | None = None
    question: Question | None = None
    verdict: Verdict | None = None
    symbol: Symbol | None = None
    own: list[Entry] = field(default_factory=list)
    seconds: float = 0.0
    covered: Covered = field(default_factory=Covered)

    def attempt(self, work: Callable[[], Answer | None]) -> None:
        """Do some of the work on this equation; its answer or what stops it is the verdict."""
        started = time.thread_time()
        try:
            answer = work()
        except CheckError as error:
            at = None if error.where else error.at
            where = error.where or (self.place(at or 0) if self.place else located(self.equation, at))
            self._stopped(started, error.what, where, at)
        except RecursionError:
            self._stopped(started, say("judge.too-deep"), self.equation.where)
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            # a fault of the checker, not of the text: still a verdict, so that one equation never stops the others
            what = say("sheet.failed", error=f"{type(error).__name__}: {error}")
            self._stopped(started, what, self.equation.where)
        else:
            self.seconds += time.thread_time() - started
            if answer is not None:
                self.verdict = self._verdict(answer)

    def _verdict(self, answer: Answer) -> Verdict:
        """Return the verdict that an answer is, with what it covers."""
        told, narrowings = self._told_apart(answer)
        return Verdict(
            self.equation.id,
            told.kind,
            self.equation.where,
            told.reason,
            told.instances,
            told.counterexample,
            told.mutants,
            seconds=self.seconds,
            narrowings=(*self.covered.narrowings, *narrowings),
            conditions=tuple(self.covered.conditions),
            planned=told.planned,
            reached=told.reached,
        )

    def _told_apart(self, answer: Answer) -> tuple[Answer, list[Narrowing]]:
        """Return an answer, weak where numbers are always equal and nobody says so; excused ones narrow the claim."""
        narrowings: list[Narrowing] = []
        excuses = {"".join(part.split()): why for part, why in self.equation.check.excuse.items()}
        stated = {condition.name for condition in self.covered.conditions if condition.kind == "stated"}
        for first, second in answer.alike:
            both = [f"{a}={b}".replace(" ", "") for a, b in ((first, second), (second, first))]
            why = next((excuses[pair] for pair in both if pair in excuses), "")
            if stated & {first, second}:
                continue
            what = say("scope.equal", first=first, second=second)
            narrowings.append(Narrowing(f"{first}, {second}", f"{first} = {second}", what, why))
            if not why and answer.kind in (Kind.VERIFIED, Kind.HOLDS):
                answer = replace(answer, kind=Kind.WEAK, reason=say("scope.alike", first=first, second=second))
        return answer, narrowings

    def _stopped(self, started: float, what: str, where: Where, at: int | None = None) -> None:
        self.seconds += time.thread_time() - started
        self.verdict = Verdict(self.equation.id, Kind.ERROR, where, what, at=at, seconds=self.seconds)

    def judge(self, options: Options, memory: Memory | None = None) -> Verdict:
        """Return the verdict on the equation, judged if it is not yet."""
        if self.verdict is None:
            self.attempt(lambda: self._answer(options, memory))
        assert self.verdict is not None
        return self.verdict

    def explain(self, options: Options) -> Explanation:
        """Judge the equation, whatever is known of it, and explain what was seen."""
        question, seen = self.question, Seen()
        if self.symbol is not None and self.verdict is not None:
            return defined(self.symbol, self.equation.tex, self.verdict)
        if question is None:
            return Explanation(self.judge(options), self.equation.tex)
        seed = seed_of(question.tex, *self.equation.check.given)
        self.attempt(lambda: check(question, options, seed, seen))
        assert self.verdict is not None
        return explained(question, self.verdict, seen, seed)

    def _answer(self, options: Options, memory: Memory | None) -> Answer:
        question, given = self.question, self.equation.check.given
        assert question is not None
        if memory is None:
            return check(question, options, seed_of(question.tex, *given))
        key = key_of(question, self.equation.check, options)
        answer = recall(memory, key)
        if answer is None:
            answer = check(question, options, seed_of(question.tex, *given))
            if answer.lasting:
                remember(memory, key, answer)
        return answer


class Paper:
    """A file's equations as they were read; judging one changes nothing for the others.

    `complete` says whether all that could use a symbol was there to be read, `prose` whether a text stands around.
    """

    def __init__(self, verdicts: Iterable[Verdict] = (), complete: bool = True, prose: bool = False) -> None:
        self.items: list[Verdict | Asked] = list(verdicts)
        self.entries: list[Entry] = []
        self.complete = complete
        self.prose = prose

    def add(self, asked: Asked) -> None:
        """Add an equation."""
        self.items.append(asked)

    def narrow(self, scope: Scope, instances: Iterable[SymbolSpec]) -> list[Instances]:
        """Return the entries of an `instances:`; one of no declared name, or without a reason, is an error verdict."""
        found: list[Instances] = []
        for spec in instances:
            try:
                found += instances_of(scope, [spec])
            except CheckError as error:
                self.refuse(spec, error)
        return found

    def refuse(self, spec: SymbolSpec, error: CheckError) -> None:
        """Add the error verdict on a declaration."""
        what = say("symbols.symbol", name=spec.name, what=error.what)
        self.items.append(Verdict(spec.name, Kind.ERROR, spec.where, what))

    def asked(self) -> list[Asked]:
        """Return the equations in document order."""
        return [item for item in self.items if isinstance(item, Asked)]

    def questions(self) -> list[Asked]:
        """Return the equations that are still to be judged, in document order."""
        return [asked for asked in self.asked() if asked.verdict is None]

    def verdicts(self, options: Options, memory: Memory | None = None) -> tuple[Verdict, ...]:
        """Return the verdicts in document order, then notes on symbols that nothing uses."""
        found: list[Verdict] = []
        patterns: dict[object, str] = {}
        for item in self.items:
            if isinstance(item, Verdict):
                found.append(item)
                continue
            verdict = item.judge(options, memory)
            found.append(verdict)
            if verdict.kind is not Kind.ERROR:
                found += [*idle(verdict), *notes(item.own)]
                found += _repeats(item, patterns)
        covered = [asked.covered for asked in self.asked()]
        bare = {entry: what for each in covered for entry, what in each.bare.items()}
        bare |= {entry: what for each in covered if self.prose for entry, what in each.unsaid.items()}
        return (*found, *bare_notes(bare), *(notes(self.entries) if self.complete else ()))


def _repeats(asked: Asked, known: dict[object, str]) -> Iterator[Verdict]:
    """Yield a note where an earlier equation says the same, up to the names of its symbols."""
    if asked.question is None:
        return
    own = pattern(asked.question.statement, asked.question.given)
    if own is not None and known.setdefault(own, asked.equation.id) != asked.equation.id:
        yield Verdict(asked.equation.id, Kind.NOTE, asked.equation.where, say("sheet.repeats", id=known[own]))


def idle(verdict: Verdict) -> list[Verdict]:
    """Return a note on each premise that an equation holds without."""
    texts = verdict.mutants.idle if verdict.mutants is not None else ()
    return [Verdict(verdict.id, Kind.NOTE, verdict.where, text) for text in texts]


def located(equation: Equation, at: int | None) -> Where:
    """Return where an offset in an equation's TeX stands in its file."""
    where = equation.where
    before = equation.tex[: at or 0]
    lines = before.count("\n")
    if not lines:
        return Where(where.file, where.line, where.column + len(before))
    return Where(where.file, where.line + lines, where.column + len(before) - before.rindex("\n") - 1)
