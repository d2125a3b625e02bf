"""A file's equations in document order: scopes of symbols, definitions for what follows, premises, questions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from proofweave.check.judge import Answer, Kind, Memory, Options, Question, Verdict
from proofweave.check.language import CheckError, Entry, Node, Scope, Symbol, refuse_if
from proofweave.check.parse import Statement, read_expression, read_statement
from proofweave.check.sheet.covered import STATED, Instances, covered, instances_of
from proofweave.check.sheet.paper import Asked, Paper
from proofweave.check.sheet.said import NOTHING, Said
from proofweave.check.sheet.unused import mention, mention_text
from proofweave.check.symbols import declare, define
from proofweave.core import (
    THEOREM_LIKE,
    Block,
    BlockKind,
    Equation,
    Outline,
    Section,
    Step,
    SymbolSpec,
    Text,
    Where,
    displays_of,
    say,
)


@dataclass(frozen=True, slots=True)
class Level:
    """The scopes in force, from the outermost in, what `instances:` narrow there, the text around and all of it.

    What is declared in a block about a special case is a `hypothesis`.
    """

    scopes: tuple[Scope, ...] = ()
    instances: tuple[Instances, ...] = ()
    said: Said = NOTHING
    whole: Said = NOTHING
    hypothesis: bool = False

    def within(
        self, paper: Paper, symbols: Iterable[SymbolSpec], instances: Iterable[SymbolSpec], said: Said | None = None
    ) -> "Level":
        """Return the level one further in, with symbols of its own."""
        scope = Scope(self.scopes[-1] if self.scopes else None)
        level = replace(self, scopes=(*self.scopes, scope), said=said or self.said)
        paper.entries += level.declare(symbols, paper.refuse)
        return replace(level, instances=(*self.instances, *paper.narrow(scope, instances)))

    def declare(
        self, symbols: Iterable[SymbolSpec], refuse: Callable[[SymbolSpec, CheckError], None] | None = None
    ) -> list[Entry]:
        """Declare symbols here; what cannot be declared, or quotes what the text does not hold, is refused."""
        found: list[Entry] = []
        for spec in symbols:
            try:
                found += self._declared(replace(spec, stated=spec.stated or (STATED if self.hypothesis else "")))
            except CheckError as error:
                if refuse is None:
                    raise
                refuse(spec, error)
        return found

    def _declared(self, spec: SymbolSpec) -> list[Entry]:
        scope = self.scopes[-1]
        entries = declare(scope, [spec])
        for entry in entries:
            entry.says = partial(self._says, entry, scope)
        missing = spec.stated not in ("", STATED) and not self.said.quotes(spec.stated)
        refuse_if(missing, "scope.unstated", None, spec.where, quote=spec.stated)
        return entries

    def _says(self, entry: Entry, scope: Scope, symbol: Symbol, around: bool) -> bool:
        return (self.said if around else self.whole).defines(symbol, entry, scope)


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
    symbols: Iterable[SymbolSpec],
    equations: Sequence[Equation],
    places: Sequence[Callable[[int], Where]] = (),
    instances: Iterable[SymbolSpec] = (),
) -> Paper:
    """Read a list of equations that share symbols."""
    paper = Paper()
    level = Level(whole=Said("\n".join(f"${equation.tex}$" for equation in equations)))
    level = level.within(paper, symbols, instances)
    for number, equation in enumerate(equations):
        paper.add(read_one(equation, level, places[number] if places else None))
    return paper


def read_outlined(outline: Outline) -> Paper:
    """Read every equation of an outline; symbols that nothing uses are told where nothing is left to be written."""
    paper = Paper(complete=not any(block.slots() for block in outline.blocks()), prose=True)
    whole = _texts(outline.blocks())
    top = Level(whole=whole).within(paper, outline.symbols, outline.instances, whole)
    for section in outline.sections:
        outer = top.within(paper, section.symbols, section.instances, _texts(_blocks(section)))
        for leaf in section.sections or (section,):
            own = (leaf.symbols, leaf.instances) if leaf is not section else ((), ())
            inner = outer.within(paper, *own, _texts(leaf.blocks))
            for block in leaf.blocks:
                around = replace(inner, hypothesis=block.kind is BlockKind.SPECIAL_CASE)
                _block(block, around.within(paper, block.symbols, block.instances, _texts([block])), paper)
    return paper


def _blocks(section: Section) -> tuple[Block, ...]:
    return tuple(block for leaf in section.sections or (section,) for block in leaf.blocks)


def _texts(blocks: Iterable[Block]) -> Said:
    """Return all that some blocks say in words and formulas."""
    return Said(
        "\n".join(text for block in blocks for text in (block.name, block.inputs, block.outputs, *_said(block)))
    )


def _said(block: Block) -> Iterator[str]:
    """Yield the texts of a block's parts, displays as inline math."""
    for part in block.parts():
        if isinstance(part, Text):
            yield part.text
        elif isinstance(part, Step):
            yield from (part.because, part.intuition)
    yield from (f"${equation.tex}$" for equation in displays_of(block.parts()))


def _block(block: Block, level: Level, paper: Paper) -> None:
    """Read a block's equations; what a theorem claims is never a definition."""
    claims = {id(part) for part in block.statement} if block.kind in THEOREM_LIKE else set()
    for part in block.parts():
        equation = part.equation if isinstance(part, Step) else part
        for text in (part.because, part.intuition) if isinstance(part, Step) else ():
            mention_text(level.scopes[-1], text)
        if isinstance(part, Text):
            mention_text(level.scopes[-1], part.text)
        if not isinstance(equation, Equation):
            continue
        asked = read_one(equation, level)
        if id(part) in claims and equation.check.defines is not None:
            what = say("sheet.no-definition", kind=say(f"kind.{block.kind}"), name=equation.check.defines)
            asked.verdict = Verdict(equation.id, Kind.ERROR, equation.where, what)
        paper.add(asked)
    for equation in block.checks():
        paper.add(read_one(equation, level))


def read_one(equation: Equation, level: Level, place: Callable[[int], Where] | None = None) -> Asked:
    """Read one equation; a definition enters all scopes around it."""
    asked = Asked(equation, place)
    asked.attempt(lambda: _read(asked, level))
    return asked


def _read(asked: Asked, level: Level) -> Answer | None:
    """Read an equation's question; of one that is not checked, return the answer there is to it."""
    equation, check = asked.equation, asked.equation.check
    scope = Scope(level.scopes[-1])
    asked.own += replace(level, scopes=(*level.scopes, scope)).declare(equation.symbols)
    if check.skip is not None or check.assume is not None:
        mention(scope, equation.tex)
        return Answer(Kind.SKIPPED, say("sheet.assumed", why=check.assume) if check.skip is None else check.skip)
    if check.defines is not None:
        symbol = asked.symbol = define(equation, check.defines, scope)
        symbol.data["written"] = equation.tex
        for outer in level.scopes:
            outer.bind(symbol)
        return Answer(Kind.DEFINED, say("sheet.defines", name=symbol.name, type=str(symbol.type)))
    statement = read_statement(equation.tex, scope)
    given = tuple(_premise(text, scope, number) for number, text in enumerate(check.given))
    order = _order(check.order, scope)
    rest = (order, check.excuse, tuple(check.given))
    question = Question(equation.tex, statement, given, check.tight, check.strict, *rest)
    instances = (*level.instances, *instances_of(scope, equation.instances))
    asked.question, asked.covered = covered(question, check, instances)
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
