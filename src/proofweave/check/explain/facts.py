"""What a check saw: values that were drawn, premises, and the tightest instance of each inequality."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from proofweave.check.evaluate import Env, each, known
from proofweave.check.explain.printed import printed, printed_statement
from proofweave.check.instances import Case, Task, assign, open_case, take
from proofweave.check.judge import Counterexample, Question, Seen, describe, formula, is_inequality, nice
from proofweave.check.language import CheckError, Node, Symbol, closure, in_order, named_in, pairs
from proofweave.core import say

DRAWS = 3
SLACKEN = 1.0  # seconds' work allowed for looking at instances again
ROLES = ("free", "int", "function", "random", "define", "solve", "least", "sequence", "flow", "constant")


@dataclass(frozen=True, slots=True)
class Fact:
    """A symbol of an equation: its type, how it was declared, where its values come from, and some of them."""

    name: str
    type: str
    written: str
    role: str
    draws: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Premise:
    """A premise or condition as it was read, and how it was met."""

    tex: str
    how: str


@dataclass(frozen=True, slots=True)
class Tight:
    """The instance on which the two sides of an inequality come nearest, and the slack in units of the sides."""

    example: Counterexample
    slack: float


def facts(trees: Iterable[Node], seen: Seen) -> Iterator[Fact]:
    """Yield what is known of each symbol that trees need, in the order in which values are made."""
    drawn = [*(drawn for _, drawn in seen.drawn), *seen.rough]
    envs = [case.env for one in drawn[:1] for case in one.cases]
    for symbol in in_order(closure(symbol for tree in trees for symbol in named_in(tree))):
        if symbol.role in ROLES and "parent" not in symbol.data:
            draws = tuple(_values(symbol, envs))
            yield Fact(symbol.name, _type(symbol), _written(symbol), say(f"explain.role-{symbol.role}"), draws)


def _type(symbol: Symbol) -> str:
    holes = ", ".join(f"{hole.token} = {hole.lo}..{hole.hi}" for hole in symbol.holes)
    return say("explain.for-each", type=str(symbol.type), holes=holes) if holes else str(symbol.type)


def _written(symbol: Symbol) -> str:
    """Return how a symbol was declared, as its author wrote it."""
    written = symbol.data.get("written", "")
    if isinstance(written, Mapping):
        return ", ".join(f"{key}: {_plainly(value)}" for key, value in written.items())
    return _plainly(written)


def _plainly(value: object) -> str:
    texts = value if isinstance(value, list | tuple) else [value]
    return ", ".join(" ".join(str(text).split()) for text in texts)


def _values(symbol: Symbol, envs: Sequence[Env]) -> Iterator[object]:
    """Yield some values of a symbol, from as many batches as there are first."""
    places = [(env, row) for row in range(DRAWS) for env in envs if row < env.batch][: DRAWS if envs else 0]
    for env, row in places:
        if (value := known(symbol, env)) is not None:
            v = value.v
            yield nice(v[min(row, v.shape[0] - 1)])
        elif symbol in env.functions:
            yield formula(take(env, np.array([row])), symbol)


def premises(question: Question, seen: Seen) -> Iterator[Premise]:
    """Yield the premises and the conditions on indices, and how instances came to meet them."""
    count = sum(drawn.count for _, drawn in seen.drawn)
    fixed = {id(s): symbol for task, _ in seen.drawn for symbol, s in task.premises.assigned}
    for given in question.given:
        sides = [side for row in given.rows if row.op == "chain" for side in row.args]
        by = next((fixed[id(side)].name for side in sides if id(side) in fixed), "")
        how = say("explain.premise-set", name=by) if by else say("explain.premise-kept", count=count)
        yield Premise(printed_statement(given), how)
    for condition in question.statement.conditions:
        yield Premise(printed(condition), say("explain.premise-index"))


def tightest(question: Question, seen: Seen, rng: np.random.Generator) -> Iterator[Tight]:
    """Yield the tightest instance of each inequality, among those drawn and those the search found."""
    for task, drawn in seen.drawn:
        for claim in task.claims:
            cases = [*drawn.cases, *_found(task, claim, seen, rng)]
            for link in _links(claim) if is_inequality(claim) else ():
                found = _nearest(task, link, cases, question.tex)
                if found is not None:
                    yield found


def _found(task: Task, claim: Node, seen: Seen, rng: np.random.Generator) -> Iterator[Case]:
    for owner, one, env in seen.near:
        if owner is task and one is claim:
            assign(task.premises, task.plan, env, rng)
            yield open_case(task, env)


def _links(claim: Node) -> Iterator[Node]:
    """Yield the single inequalities in a claim."""
    if claim.op != "chain":
        for arg in claim.args if claim.op in ("and", "or") else ():
            yield from _links(arg)
        return
    for left, right, sign in pairs(claim):
        link = replace(claim, args=(left, right), data=(sign,), at=left.at, end=right.end)
        if is_inequality(link):
            yield link


def _nearest(task: Task, link: Node, cases: Sequence[Case], tex: str) -> Tight | None:
    best: tuple[float, Case, int] | None = None
    for case in cases:
        slack = _slack(link, case)
        row = int(slack.argmin())
        if np.isfinite(slack[row]) and (best is None or slack[row] < best[0]):
            best = float(slack[row]), case, row
    if best is None:
        return None
    alone = open_case(task, take(best[1].env, np.array([best[2]])))
    found = alone.truth(link)
    slack = np.where(found.valid, found.slack, np.inf)
    spot = np.array(np.unravel_index(int(slack.argmin()), slack.shape))
    return Tight(describe(task, link, alone, tex, spot), best[0])


def _slack(link: Node, case: Case) -> np.ndarray:
    """Return the least slack of each instance of a case."""
    try:
        found = case.truth(link)
    except CheckError:
        return np.array([np.inf])
    slack = each(np.where(found.valid, found.slack, np.inf), case.env.batch)
    return np.asarray(slack.min(axis=1)) if slack.size else np.array([np.inf])
