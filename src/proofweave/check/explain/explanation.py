"""One equation explained: how it was read, what was drawn, where it is tight, which planted errors survived."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from proofweave.check.explain.facts import SLACKEN, Fact, Premise, Tight, facts, premises, tightest
from proofweave.check.explain.printed import printed, printed_statement
from proofweave.check.explain.trees import Line, lines
from proofweave.check.judge import Question, Seen, Verdict, plain
from proofweave.check.language import CheckError, Symbol
from proofweave.core import say, together, told

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one equation; of one that cannot be read, the verdict alone."""

    verdict: Verdict
    tex: str
    read: str = ""
    tree: tuple[Line, ...] = ()
    symbols: tuple[Fact, ...] = ()
    premises: tuple[Premise, ...] = ()
    tightest: tuple[Tight, ...] = ()

    def as_text(self, language: str) -> Iterator[str]:
        """Yield the lines that explain the equation."""
        yield " ".join(told(str(self.verdict), language).split())
        for text in self._said():
            yield told(text, language)

    def _said(self) -> Iterator[str]:
        if self.read:
            yield say("explain.read", tex=" ".join(self.read.split("\n")))
        if self.tree:
            yield say("explain.tree")
            yield from (self._node(line) for line in self.tree)
        yield from _listed("explain.symbols", [_symbol(fact) for fact in self.symbols])
        met = [say("explain.premise", tex=" ".join(p.tex.split()), how=p.how) for p in self.premises]
        yield from _listed("explain.premises", met)
        yield from _listed("explain.narrowings", [one.told() for one in self.verdict.narrowings])
        yield from _listed("explain.conditions", [one.told() for one in self.verdict.conditions])
        yield from _listed("explain.planned", self.verdict.drawn())
        yield from _listed("explain.tightest", [_tight(one) for one in self.tightest])
        mutants = self.verdict.mutants
        if mutants is not None:
            title = "explain.survivors" if mutants.survivors else "explain.no-survivor"
            yield say(title, killed=mutants.killed, total=mutants.total)
            yield from map(_indented, mutants.survivors)
            yield from _listed("explain.unexposed", list(mutants.unexposed))

    def _node(self, line: Line) -> str:
        tex = " ".join(self.tex[line.at : line.end].split())
        key = "explain.node" if tex else "explain.node-unwritten"
        values = {"indent": INDENT * (line.depth + 1), "what": line.what, "type": line.type}
        return say(key, **values, **({"tex": tex} if tex else {}))

    def as_json(self) -> str:
        """Return the same as JSON, in English."""
        found = {
            **self.verdict.as_json(),
            "tex": self.tex,
            "read": self.read,
            "tree": [asdict(line) for line in self.tree],
            "symbols": [asdict(fact) for fact in self.symbols],
            "premises": [asdict(premise) for premise in self.premises],
            "tightest": [
                {
                    "values": dict(one.example.values),
                    "relation": one.example.relation,
                    "left": {"tex": one.example.left, "value": one.example.left_value},
                    "right": {"tex": one.example.right, "value": one.example.right_value},
                    "slack": one.slack,
                }
                for one in self.tightest
            ],
            "unexposed": list(self.verdict.mutants.unexposed) if self.verdict.mutants else [],
        }
        return json.dumps(found, ensure_ascii=False, indent=1)


def _indented(text: str) -> str:
    return say("explain.item", indent=INDENT, text=text)


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield a title and the texts below it; nothing where there are none."""
    if texts:
        yield say(title)
        yield from map(_indented, texts)


def _symbol(fact: Fact) -> str:
    head = say("explain.symbol", name=fact.name, type=fact.type, role=fact.role)
    if fact.written and fact.written != fact.type:
        head = say("explain.symbol-written", head=head, written=fact.written)
    if not fact.draws:
        return head
    return say(
        "explain.symbol-drawn", head=head, draws=together([plain(draw) for draw in fact.draws], "judge.semicolon")
    )


def _tight(one: Tight) -> str:
    example = one.example
    values = [say("judge.equals", name=name, value=plain(value)) for name, value in example.values.items()]
    return say(
        "explain.tight",
        left=example.left,
        relation=example.relation,
        right=example.right,
        low=plain(example.left_value),
        high=plain(example.right_value),
        slack=f"{one.slack:.3g}",
        values=together(values, "judge.comma") or say("explain.nothing-drawn"),
    )


def explained(question: Question, verdict: Verdict, seen: Seen, seed: int) -> Explanation:
    """Explain an equation that was judged."""
    statement = question.statement
    rows = tuple(line for row in statement.rows for line in lines(row))
    trees = [*statement.nodes(), *(node for given in question.given for node in given.nodes())]
    near: tuple[Tight, ...] = ()
    with np.errstate(all="ignore"):
        for case in (case for _, drawn in seen.drawn for case in drawn.cases[:1]):
            case.env.clock.extend(SLACKEN)
        try:
            near = tuple(tightest(question, seen, np.random.default_rng(seed)))
        except CheckError:
            near = ()
        return Explanation(
            verdict,
            question.tex,
            printed_statement(statement),
            rows,
            tuple(facts(trees, seen)),
            tuple(premises(question, seen)),
            near,
        )


def defined(symbol: Symbol, tex: str, verdict: Verdict) -> Explanation:
    """Explain an equation that defines a symbol."""
    body = symbol.data["body"]
    return Explanation(verdict, tex, printed(body), tuple(lines(body)), tuple(facts([body], Seen())))
