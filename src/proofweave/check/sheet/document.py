"""A file's equations in document order: scopes of symbols, definitions for what follows, premises, questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from proofweave.check.judge import Answer, Kind, Memory, Options, Question, Verdict
from proofweave.check.language import CheckError, Node, Scope, refuse_if
from proofweave.check.parse import Statement, read_expression, read_statement
from proofweave.check.sheet.paper import Asked, Paper
from proofweave.check.sheet.unused import mention, mention_text
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
    return read_listed(symbols, equations, places).verdicts(options, memory)


def read_listed(
    symbols: Iterable[SymbolSpec], equations: Sequence[Equation], places: Sequence[Callable[[int], Where]] = ()
) -> Paper:
    """Read a list of equations that share symbols."""
    paper = Paper()
    scope = Scope()
    paper.declare(scope, symbols)
    for number, equation in enumerate(equations):
        paper.add(read_one(equation, [scope], places[number] if places else None))
    return paper


def read_outlined(outline: Outline) -> Paper:
    """Read every equation of an outline; symbols that nothing uses are told where nothing is left to be written."""
    paper = Paper(complete=not any(block.slots() for block in outline.blocks()))
    top = Scope()
    paper.declare(top, outline.symbols)
    for section in outline.sections:
        outer = Scope(top)
        paper.declare(outer, section.symbols)
        for leaf in section.sections or (section,):
            inner = Scope(outer)
            if leaf is not section:
                paper.declare(inner, leaf.symbols)
            for block in leaf.blocks:
                scope = Scope(inner)
                paper.declare(scope, block.symbols)
                _block(block, [top, outer, inner, scope], paper)
    return paper


def _block(block: Block, scopes: Sequence[Scope], paper: Paper) -> None:
    """Read a block's equations; what a theorem claims is never a definition."""
    claims = {id(part) for part in block.statement} if block.kind in THEOREM_LIKE else set()
    for part in block.parts():
        equation = part.equation if isinstance(part, Step) else part
        for text in (part.because, part.intuition) if isinstance(part, Step) else ():
            mention_text(scopes[-1], text)
        if isinstance(part, Text):
            mention_text(scopes[-1], part.text)
        if not isinstance(equation, Equation):
            continue
        asked = read_one(equation, scopes)
        if id(part) in claims and equation.check.defines is not None:
            what = say("sheet.no-definition", kind=say(f"kind.{block.kind}"), name=equation.check.defines)
            asked.verdict = Verdict(equation.id, Kind.ERROR, equation.where, what)
        paper.add(asked)


def read_one(equation: Equation, scopes: Sequence[Scope], place: Callable[[int], Where] | None = None) -> Asked:
    """Read one equation; `scopes` go from the outermost in, and a definition enters all of them."""
    asked = Asked(equation, place)
    asked.attempt(lambda: _read(asked, scopes))
    return asked


def _read(asked: Asked, scopes: Sequence[Scope]) -> Answer | None:
    """Read an equation's question; of one that is not checked, return the answer there is to it."""
    equation, check = asked.equation, asked.equation.check
    scope = Scope(scopes[-1])
    asked.own += declare(scope, equation.symbols)
    if check.skip is not None or check.assume is not None:
        mention(scope, equation.tex)
        return Answer(Kind.SKIPPED, say("sheet.assumed", why=check.assume) if check.skip is None else check.skip)
    if check.defines is not None:
        symbol = asked.symbol = define(equation, check.defines, scope)
        symbol.data["written"] = equation.tex
        for outer in scopes:
            outer.bind(symbol)
        return Answer(Kind.DEFINED, say("sheet.defines", name=symbol.name, type=str(symbol.type)))
    statement = read_statement(equation.tex, scope)
    given = tuple(_premise(text, scope, number) for number, text in enumerate(check.given))
    order = _order(check.order, scope)
    rest = (order, check.excuse, tuple(check.given))
    asked.question = Question(equation.tex, statement, given, check.tight, check.strict, *rest)
    return None


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
