"""Numbers of a claim that are equal on all instances: what holds only where they are would pass too."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from proofweave.check.evaluate import known
from proofweave.check.instances import Drawn, Task
from proofweave.check.language import Node, Symbol, closure, pairs, walk

NEAR = 0.01  # of their size
SHARE = 0.99  # of the instances
NAMED = frozenset(("sym", "num"))
FREE = frozenset(("free", "constant"))


def alike(drawn: Sequence[tuple[Task, Drawn]]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of numbers in a claim that no instance tells apart, but for those that are said to be equal."""
    found: dict[tuple[str, str], None] = {}
    for task, cases in drawn:
        named = sorted(set(_numbers(task.claims)), key=lambda symbol: (symbol.name, symbol.where))
        said = _said(task)
        for a, b in combinations(named, 2):
            if not (a in said and said[a] is said.get(b)) and _always_equal(a, b, cases):
                found[a.name, b.name] = None
    return tuple(found)


def _numbers(claims: Iterable[Node]) -> Iterator[Symbol]:
    """Yield the real numbers that claims name and that may take any value, as far as the claims say."""
    for claim in claims:
        for part in walk(claim):
            if part.op == "sym" and part.type.kind == "scalar" and _arbitrary(part.data):
                yield part.data


def _arbitrary(symbol: Symbol) -> bool:
    """Tell whether a number is free, or a formula of free numbers alone, without a norm or a function."""
    if symbol.role in FREE:
        return not symbol.type.rank
    if symbol.role != "define" or symbol.holes or symbol.params:
        return False
    return all(s.type.kind == "scalar" and s.role in ("free", "int", "define", "constant") for s in closure([symbol]))


def _said(task: Task) -> dict[object, set[object]]:
    """Return for each symbol that a claim or premise sets equal to another, or to a number, all that is equal to it."""
    groups: dict[object, set[object]] = {}
    for tree in (*task.claims, *task.premises.trees()):
        for chain in walk(tree):
            for left, right, sign in pairs(chain) if chain.op == "chain" else ():
                if sign == "=" and left.op in NAMED and right.op in NAMED:
                    merged = groups.get(left.data, {left.data}) | groups.get(right.data, {right.data})
                    groups.update(dict.fromkeys(merged, merged))
    return groups


def _always_equal(a: Symbol, b: Symbol, drawn: Drawn) -> bool:
    equal = total = 0
    for case in drawn.cases:
        values = [known(symbol, case.env) for symbol in (a, b)]
        first, second = (np.broadcast_to(value.v, (case.env.batch,)) if value else None for value in values)
        if first is None or second is None:
            return False
        size = np.maximum(np.abs(first), np.abs(second))
        equal += int((np.abs(first - second) <= NEAR * size).sum())
        total += case.env.batch
    return total > 0 and equal >= SHARE * total
