"""A file's equations in document order: scopes of symbols, definitions for what follows, premises, verdicts."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from proofweave.check.judge import (
    Answer,
    Kind,
    Memory,
    Options,
    Question,
    Verdict,
    check,
    key_of,
    recall,
    remember,
    seed_of,
)
from proofweave.check.language import CheckError, Entry, Node, Scope, refuse_if
from proofweave.check.parse import Statement, read_expression, read_statement
from proofweave.check.sheet.unused import mention, mention_text, notes
from proofweave.check.symbols import declare, define
from proofweave.core import THEOREM_LIKE, Block, Equation, Outline, Step, SymbolSpec, Text, Where, say


def check_equations(
    symbols: Iterable[SymbolSpec],
    equations: Sequence[Equation],
    options: Options,
    places: Sequence[Callable[[int], Where]] = (),
    memory: Memory | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdicts on a list of equations that share symbols; `places` tell where offsets of their TeX stand."""
    scope = Scope()
    verdicts: list[Verdict] = []
    entries = declare_all(scope, symbols, verdicts)
    for number, equation in enumerate(equations):
        verdicts += check_one(equation, [scope], options, places[number] if places else None, memory)
    return (*verdicts, *notes(entries))


def check_outline(
    outline: Outline, options: Options | None = None, memory: Memory | None = None
) -> tuple[Verdict, ...]:
    """Return the verdicts on every equation of an outline, in document order, and notes on what nothing uses."""
    options = options or Options()
    verdicts: list[Verdict] = []
    top = Scope()
    entries = declare_all(top, outline.symbols, verdicts)
    for section in outline.sections:
        outer = Scope(top)
        entries += declare_all(outer, section.symbols, verdicts)
        for leaf in section.sections or (section,):
            inner = Scope(outer)
            if leaf is not section:
                entries += declare_all(inner, leaf.symbols, verdicts)
            for block in leaf.blocks:
                scope = Scope(inner)
                entries += declare_all(scope, block.symbols, verdicts)
                verdicts += _block(block, [top, outer, inner, scope], options, memory)
    # what a model is still to write may use every symbol
    written = not any(block.slots() for block in outline.blocks())
    return (*verdicts, *(notes(entries) if written else ()))


def _block(block: Block, scopes: Sequence[Scope], options: Options, memory: Memory | None) -> Iterator[Verdict]:
    """Yield the verdicts on a block's equations; what a theorem claims is never a definition."""
    claims = {id(part) for part in block.statement} if block.kind in THEOREM_LIKE else set()
    for part in block.parts():
        equation = part.equation if isinstance(part, Step) else part
        for text in (part.because, part.intuition) if isinstance(part, Step) else ():
            mention_text(scopes[-1], text)
        if isinstance(part, Text):
            mention_text(scopes[-1], part.text)
        if not isinstance(equation, Equation):
            continue
        found = check_one(equation, scopes, options, None, memory)
        if id(part) in claims and equation.check.defines is not None:
            what = say("sheet.no-definition", kind=say(f"kind.{block.kind}"), name=equation.check.defines)
            found = (Verdict(equation.id, Kind.ERROR, equation.where, what), *found[1:])
        yield from found


def declare_all(scope: Scope, symbols: Iterable[SymbolSpec], verdicts: list[Verdict]) -> list[Entry]:
    """Declare symbols and return them; a name that cannot be read is an error verdict."""
    entries: list[Entry] = []
    for spec in symbols:
        try:
            entries += declare(scope, [spec])
        except CheckError as error:
            what = say("symbols.symbol", name=spec.name, what=error.what)
            verdicts.append(Verdict(spec.name, Kind.ERROR, spec.where, what))
    return entries


def check_one(
    equation: Equation,
    scopes: Sequence[Scope],
    options: Options,
    place: Callable[[int], Where] | None = None,
    memory: Memory | None = None,
) -> tuple[Verdict, ...]:
    """Return the verdict on one equation, and notes on symbols of its own that it does not use.

    `scopes` go from the outermost in, and a definition enters all of them.
    """
    own: list[Entry] = []
    verdict = _verdict(equation, scopes, options, place, memory, own)
    return (verdict, *notes(own)) if verdict.kind is not Kind.ERROR else (verdict,)


def _verdict(
    equation: Equation,
    scopes: Sequence[Scope],
    options: Options,
    place: Callable[[int], Where] | None,
    memory: Memory | None,
    own: list[Entry],
) -> Verdict:
    started = time.thread_time()
    try:
        answer = _answer(equation, scopes, options, memory, own)
    except CheckError as error:
        at = None if error.where else error.at
        where = error.where or (place(at or 0) if place else located(equation, at))
        return Verdict(equation.id, Kind.ERROR, where, error.what, at=at, seconds=time.thread_time() - started)
    except RecursionError:
        what = say("judge.too-deep")
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # a fault of the checker, not of the text: still a verdict, so that one equation never stops the others
        what = say("sheet.failed", error=f"{type(error).__name__}: {error}")
    else:
        example, seconds = answer.counterexample, time.thread_time() - started
        found = (answer.kind, equation.where, answer.reason, answer.instances, example, answer.mutants)
        return Verdict(equation.id, *found, seconds=seconds)
    return Verdict(equation.id, Kind.ERROR, equation.where, what, seconds=time.thread_time() - started)


def located(equation: Equation, at: int | None) -> Where:
    """Return where an offset in an equation's TeX stands in its file."""
    where = equation.where
    before = equation.tex[: at or 0]
    lines = before.count("\n")
    if not lines:
        return Where(where.file, where.line, where.column + len(before))
    return Where(where.file, where.line + lines, where.column + len(before) - before.rindex("\n") - 1)


def _answer(
    equation: Equation, scopes: Sequence[Scope], options: Options, memory: Memory | None, own: list[Entry]
) -> Answer:
    asked = equation.check
    scope = Scope(scopes[-1])
    own += declare(scope, equation.symbols)
    if asked.skip is not None or asked.assume is not None:
        mention(scope, equation.tex)
        return Answer(Kind.SKIPPED, say("sheet.assumed", why=asked.assume) if asked.skip is None else asked.skip)
    if asked.defines is not None:
        symbol = define(equation, asked.defines, scope)
        symbol.data["written"] = equation.tex
        for outer in scopes:
            outer.bind(symbol)
        return Answer(Kind.DEFINED, say("sheet.defines", name=symbol.name, type=str(symbol.type)))
    statement = read_statement(equation.tex, scope)
    given = tuple(_premise(text, scope, number) for number, text in enumerate(asked.given))
    order = _order(asked.order, scope)
    question = Question(equation.tex, statement, given, asked.tight, asked.strict, order, asked.excuse)
    if memory is None:
        return check(question, options, seed_of(equation.tex, *asked.given))
    key = key_of(question, asked, options)
    answer = recall(memory, key)
    if answer is None:
        answer = check(question, options, seed_of(equation.tex, *asked.given))
        if answer.lasting:
            remember(memory, key, answer)
    return answer


def _premise(text: str, scope: Scope, number: int) -> Statement:
    try:
        return read_statement(text, scope)
    except CheckError as error:
        if error.where is None:
            error.what, error.at = say("sheet.premise", number=number + 1, text=text, what=error.what), None
        raise


def _order(asked: Mapping[str, str] | None, scope: Scope) -> tuple[Node | None, float | None]:
    """Read order: {in: 1/k, at_least: 1}."""
    if asked is None:
        return None, None
    unknown = set(asked) - {"in", "at_least"}
    refuse_if(unknown or "in" not in asked, "sheet.order")
    try:
        least = float(Fraction(str(asked.get("at_least", "1"))))
    except (ValueError, ZeroDivisionError):
        raise CheckError("sheet.order-number", found=asked["at_least"]) from None
    return read_expression(str(asked["in"]), scope), least
