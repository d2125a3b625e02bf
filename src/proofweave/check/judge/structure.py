"""Structural slips: two symbols swapped, another symbol, function or point in one place; and symbols that are tied."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import Any

import numpy as np

from proofweave.check.evaluate import SAFETY, known
from proofweave.check.instances import Case, Task
from proofweave.check.judge.mutate import bound_in, others_in, silent
from proofweave.check.language import Node, Symbol, closure, in_order, named_in, pairs, same, shape, stochastic, walk
from proofweave.core import say

MOST = {"swap": 6, "point": 6, "function": 4, "symbol": 6}
"""How many slips of a kind are planted in a claim, those that tell most first."""
COUNTED = {"function": "another function"}
"""The name of a kind among all kinds, where a part of a formula has the same."""
AT_POINTS = frozenset(("call", "gradient", "hessian"))

Edit = tuple[Node, str, Node]  # what is changed, what it becomes, the tree instead of it


@dataclass(frozen=True, slots=True)
class Slip:
    """A claim with one structural slip: its kind, what was changed, and how."""

    kind: str
    name: str
    what: str
    claim: Node


def slips(task: Task, claim: Node, tex: str) -> Iterator[Slip]:
    """Yield a claim with one slip at a time, kind after kind."""
    bound = bound_in(claim)
    here = [s for s in _occurring(claim) if s not in bound]
    yield from islice(_swaps(claim, here), MOST["swap"])
    all_ = dict.fromkeys([*here, *(s for s in in_order(task.plan) if s.role != "bound" and not stochastic(s))])
    edits: dict[str, Callable[[Node], Iterator[Edit]]] = {
        "point": _points(claim, here, tex),
        "function": lambda node: _functions(node, all_, bound),
        "symbol": lambda node: _symbols(node, all_, bound, others_in(claim)),
    }
    for kind, edit in edits.items():
        found = [one for one in _edited(claim, edit) if not same(one[2], claim)]
        for part, became, changed in islice(_in_turn(found), MOST[kind]):
            name = _named(kind, " ".join(tex[part.at : part.end].split()) or _name(part))
            yield Slip(COUNTED.get(kind, kind), name, say("judge.became-other", name=became), changed)


def _named(kind: str, tex: str) -> str:
    return say("judge.part", kind=say(f"judge.part-{kind}"), tex=tex)


def _name(node: Node) -> str:
    return str(_function_of(node).name)


def _occurring(claim: Node) -> list[Symbol]:
    """Return the symbols that stand in a claim as values, in order of occurrence."""
    leaves = (node for node in walk(claim) if node.op in ("sym", "member"))
    return list(dict.fromkeys(node.data for node in leaves if isinstance(node.data, Symbol)))


def alike(a: Symbol, b: Symbol) -> bool:
    """Tell whether one symbol may stand for another: one type and range of members, both whole numbers, both random."""
    mine, other = (
        (s.type, [(hole.lo, hole.hi) for hole in s.holes], s.role == "int", bool(stochastic(s))) for s in (a, b)
    )
    return a is not b and mine == other


def _swaps(claim: Node, here: Sequence[Symbol]) -> Iterator[Slip]:
    for a, b in combinations(here, 2):
        if alike(a, b):
            changed = _exchanged(claim, {a: b, b: a})
            if not _mirrored(changed, claim):
                yield Slip("swap", _named("swap", f"{a.name}, {b.name}"), say("judge.swapped"), changed)


def _exchanged(node: Node, other: dict[Symbol, Symbol]) -> Node:
    """Return a tree in which symbols stand for one another."""
    args = tuple(_exchanged(arg, other) for arg in node.args)
    if node.op in ("sym", "member") and node.data in other:
        return replace(node, args=args, data=other[node.data])
    return replace(node, args=args) if args else node


def _mirrored(a: Node, b: Node) -> bool:
    """Tell whether two claims are the same, sides of an equality exchanged or not."""
    if a.op == "chain" and set(a.data) == {"="} and same(replace(a, args=a.args[::-1]), b):
        return True
    return same(a, b)


def _edited(node: Node, edit: Callable[[Node], Iterator[Edit]]) -> Iterator[Edit]:
    """Yield a tree with one of its parts edited at a time."""
    yield from edit(node)
    for place, arg in enumerate(node.args):
        if not silent(node, place):
            for part, became, changed in _edited(arg, edit):
                yield part, became, node.with_args((*node.args[:place], changed, *node.args[place + 1 :]))


def _in_turn(found: Iterable[Edit]) -> list[Edit]:
    """Return edits without repeats, the first of every part before the second of any."""
    seen: Counter[object] = Counter()
    once: dict[object, tuple[int, Edit]] = {}
    for edit in found:
        key = shape(edit[0])
        if (key, edit[1]) not in once:
            once[key, edit[1]] = seen[key], edit
            seen[key] += 1
    return [edit for _, edit in sorted(once.values(), key=lambda pair: pair[0])]


def _points(claim: Node, here: Sequence[Symbol], tex: str) -> Callable[[Node], Iterator[Edit]]:
    """Return the edit that evaluates a function or derivative at another point of the claim."""
    known: dict[object, tuple[str, Node]] = {}
    for node in walk(claim):
        leaf = node.op in ("sym", "member") and node.data in here
        for point in (node,) if leaf else node.args[: _arity(node)] if node.op in AT_POINTS else ():
            if point.end > point.at and not any(part.op == "index" and part is not point for part in walk(point)):
                known.setdefault(shape(point), (" ".join(tex[point.at : point.end].split()), point))

    def edit(node: Node) -> Iterator[Edit]:
        for place in range(_arity(node) if node.op in AT_POINTS else 0):
            for name, point in known.values():
                if point.type == node.args[place].type and not same(point, node.args[place]):
                    args = (*node.args[:place], point, *node.args[place + 1 :])
                    yield node.args[place], name, node.with_args(args)

    return edit


def _function_of(node: Node) -> Symbol:
    found: Symbol = node.data if isinstance(node.data, Symbol) else node.data.symbol
    return found


def _arity(node: Node) -> int:
    return len(_function_of(node).type.args)


def _functions(node: Node, known: Iterable[Symbol], bound: set[Symbol]) -> Iterator[Edit]:
    if node.op not in AT_POINTS:
        return
    mine = _function_of(node)
    for other in known:
        if alike(mine, other) and other not in bound:
            yield node, other.name, replace(node, data=other if node.op == "call" else replace(node.data, symbol=other))


def _symbols(node: Node, known: Iterable[Symbol], bound: set[Symbol], first: dict[Symbol, Symbol]) -> Iterator[Edit]:
    """Yield a symbol replaced by each of its type but the one that a slip of the pen puts in its place already."""
    if node.op not in ("sym", "member") or node.data in bound or not node.end or node.type.kind == "function":
        return
    for other in known:
        if alike(node.data, other) and other not in bound and first.get(node.data) is not other:
            yield node, other.name, replace(node, data=other)


def ties(task: Task, cases: Sequence[Case]) -> list[list[Symbol]]:
    """Return the groups of symbols in a task's claims that are equal on every instance, though no text says so."""
    here = dict.fromkeys(s for claim in task.claims for s in _occurring(claim) if s not in bound_in(claim))
    found = [pair for pair in combinations(here, 2) if alike(*pair) and _equal(*pair, cases)]
    named = dict.fromkeys(s for claim in task.claims for s in named_in(claim))
    found += [(a, b) for a in here for b in _aliased(a, named)]
    said = _Classes((_key(a), _key(b)) for a, b in _stated(task))
    return _Classes((a, b) for a, b in found if not said.joined(_key(_leaf(a)), _key(_leaf(b)))).all()


def _leaf(symbol: Symbol) -> Node:
    return Node("sym", (), symbol.type, 0, 0, symbol)


def _key(node: Node) -> object:
    """Return what tells sides apart: a member of a family stands for all of it."""
    return shape(_leaf(node.data) if node.op == "member" else node)


class _Classes:
    """Classes of things that are equal, from pairs of them."""

    def __init__(self, pairs_: Iterable[tuple[Any, Any]]) -> None:
        self.of: dict[Any, list[Any]] = {}
        for a, b in pairs_:
            first, second = (self.of.setdefault(one, [one]) for one in (a, b))
            if first is not second:
                first += second
                self.of.update((one, first) for one in second)

    def joined(self, a: object, b: object) -> bool:
        """Tell whether two things are in one class."""
        return a in self.of and self.of[a] is self.of.get(b)

    def all(self) -> list[list[Any]]:
        """Return the classes."""
        return list({id(group): group for group in self.of.values()}.values())


def _equal(a: Symbol, b: Symbol, cases: Sequence[Case]) -> bool:
    """Tell whether two symbols have one value on all instances, as far as rounding tells."""
    for case in cases:
        x, y = (known(symbol, case.env) for symbol in (a, b))
        if x is None or y is None or x.v.shape[1:] != y.v.shape[1:]:
            return False
        if not np.array_equal(x.v, y.v, equal_nan=True) and not (np.abs(x.v - y.v) <= SAFETY * (x.e + y.e)).all():
            return False
    return True


def _aliased(symbol: Symbol, named: Iterable[Symbol]) -> Iterator[Symbol]:
    """Yield the symbol that another one merely repeats, where what is claimed depends on it by another way too."""
    body = symbol.data.get("body")
    if symbol.role != "define" or body is None or body.op != "sym" or _by_equation(symbol):
        return
    seen: set[Symbol] = set()
    stack = [other for other in named if other is not symbol]
    while stack:
        one = stack.pop()
        if one is not symbol and one not in seen:
            seen.add(one)
            stack.extend(one.needs)
    if body.data in seen and isinstance(body.data, Symbol):
        yield body.data


def _by_equation(symbol: Symbol) -> bool:
    """Tell whether a displayed equation, and not a specification, defines a symbol."""
    return isinstance(symbol.data.get("written"), str)


def _stated(task: Task) -> Iterator[tuple[Node, Node]]:
    """Yield the sides of all equalities that claims, premises and displayed definitions state."""
    for tree in (*task.claims, *task.premises.trees()):
        for node in walk(tree):
            if node.op == "chain":
                yield from ((a, b) for a, b, sign in pairs(node) if sign == "=")
    for symbol in closure(s for claim in task.claims for s in named_in(claim)):
        if symbol.role == "define" and _by_equation(symbol) and not symbol.holes and not symbol.params:
            yield _leaf(symbol), symbol.data["body"]
