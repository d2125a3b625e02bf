"""What was read of a file: in document order its questions, and the verdicts that reading alone gives."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from proofweave.check.explain import Explanation, defined, explained
from proofweave.check.judge import (
    Answer,
    Kind,
    Memory,
    Options,
    Question,
    Seen,
    Verdict,
    check,
    key_of,
    recall,
    remember,
    seed_of,
)
from proofweave.check.language import CheckError, Entry, Scope, Symbol
from proofweave.check.sheet.unused import notes
from proofweave.check.symbols import declare
from proofweave.core import Equation, SymbolSpec, Where, say


@dataclass(slots=True)
class Asked:
    """An equation in its place: its question once it is read, its verdict once there is one, symbols of its own.

    `symbol` is what it defines.
    """

    equation: Equation
    place: Callable[[int], Where] | None = None
    question: Question | None = None
    verdict: Verdict | None = None
    symbol: Symbol | None = None
    own: list[Entry] = field(default_factory=list)
    seconds: float = 0.0

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
                found = (answer.kind, self.equation.where, answer.reason, answer.instances)
                rest = (answer.counterexample, answer.mutants)
                self.verdict = Verdict(self.equation.id, *found, *rest, seconds=self.seconds)

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

    `complete` says whether all that could use a symbol was there to be read.
    """

    def __init__(self, verdicts: Iterable[Verdict] = (), complete: bool = True) -> None:
        self.items: list[Verdict | Asked] = list(verdicts)
        self.entries: list[Entry] = []
        self.complete = complete

    def add(self, asked: Asked) -> None:
        """Add an equation."""
        self.items.append(asked)

    def declare(self, scope: Scope, symbols: Iterable[SymbolSpec]) -> None:
        """Declare symbols; a name that cannot be read is an error verdict."""
        for spec in symbols:
            try:
                self.entries += declare(scope, [spec])
            except CheckError as error:
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
        for item in self.items:
            if isinstance(item, Verdict):
                found.append(item)
                continue
            found.append(item.judge(options, memory))
            if found[-1].kind is not Kind.ERROR:
                found += [*idle(found[-1]), *notes(item.own)]
        return (*found, *(notes(self.entries) if self.complete else ()))


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
