"""A file's equations in document order: scopes of symbols, definitions for what follows, premises, questions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from proofweave.check.judge import Answer, Kind, Memory, Options, Question, Verdict
from proofweave.check.language import CheckError, Node, Scope, refuse_if
from proofweave.check.parse import Statement, read_expression, read_statement
from proofweave.check.sheet.covered import STATED, Instances, covered, instances_of, refuse_unstated
from proofweave.check.sheet.paper import Asked, Paper
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
    say,
)


@dataclass(frozen=True, slots=True)
class Level:
    """The scopes in force, from the outermost in, what `instances:` narrow there, and the text around.

    What is declared in a block about a special case is a `hypothesis`.
    """

    scopes: tuple[Scope, ...] = ()
    instances: tuple[Instances, ...] = ()
    said: str = ""
    hypothesis: bool = False

    def within(
        self, paper: Paper, symbols: Iterable[SymbolSpec], instances: Iterable[SymbolSpec], said: str = ""
    ) -> "Level":
        """Return the level one further in, with symbols of its own."""
        scope = Scope(self.scopes[-1] if self.scopes else None)
        said = said or self.said
        paper.declare(scope, hypotheses(symbols) if self.hypothesis else symbols, said)
        return replace(
            self,
            scopes=(*self.scopes, scope),
            instances=(*self.instances, *paper.narrow(scope, instances)),
            said=said,
        )


def hypotheses(symbols: Iterable[SymbolSpec]) -> list[SymbolSpec]:
    """Return the symbols of a block about a special case."""
    return [replace(spec, stated=spec.stated or STATED) for spec in symbols]


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
    level = Level().within(paper, symbols, instances)
    for number, equation in enumerate(equations):
        paper.add(read_one(equation, level, places[number] if places else None))
    return paper


def read_outlined(outline: Outline) -> Paper:
    """Read every equation of an outline; symbols that nothing uses are told where nothing is left to be written."""
    paper = Paper(complete=not any(block.slots() for block in outline.blocks()))
    top = Level().within(paper, outline.symbols, outline.instances, _texts(outline.blocks()))
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


def _texts(blocks: Iterable[Block]) -> str:
    """Return all that some blocks say in words."""
    return "\n".join(text for block in blocks for text in (block.name, block.inputs, block.outputs, *_said(block)))


def _said(block: Block) -> Iterator[str]:
    """Yield the texts of a block's parts."""
    for part in block.parts():
        if isinstance(part, Text):
            yield part.text
        elif isinstance(part, Step):
            yield from (part.because, part.intuition)


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


def read_one(equation: Equation, level: Level, place: Callable[[int], Where] | None = None) -> Asked:
    """Read one equation; a definition enters all scopes around it."""
    asked = Asked(equation, place)
    asked.attempt(lambda: _read(asked, level))
    return asked


def _read(asked: Asked, level: Level) -> Answer | None:
    """Read an equation's question; of one that is not checked, return the answer there is to it."""
    equation, check = asked.equation, asked.equation.check
    scope = Scope(level.scopes[-1])
    symbols = hypotheses(equation.symbols) if level.hypothesis else equation.symbols
    for spec in symbols:
        refuse_unstated(spec, level.said)
    asked.own += declare(scope, symbols)
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
    question = Question(equation.tex, statement, given, check.tight, check.strict, order, check.excuse)
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
