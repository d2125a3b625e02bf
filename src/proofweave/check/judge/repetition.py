"""What proves nothing: sides that are the same once definitions are written out, a premise that is what is claimed,
what an earlier equation says already."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from proofweave.check.calculus import rate_tree
from proofweave.check.language import CheckError, Index, Node, Symbol, pairs, same, shape, substitute, walk
from proofweave.check.parse import Statement

MOST = 20_000
SMALL = 7
"""The size of a tree up to which two that look alike say nothing about each other."""

TURNED = {r"\ge": r"\le", ">": "<", r"\succeq": r"\preceq"}


class _TooLong(Exception):
    """The written-out form grew beyond use."""


def refuse_circular(statement: Statement) -> None:
    """Refuse an equation that proves nothing."""
    links: list[bool] = []
    restated = repeated = False
    names: dict[str, None] = {}
    for row in statement.rows:
        for claim in row.args if row.op == "and" else (row,):
            if claim.op != "chain":
                return
            for left, right, sign in pairs(claim):
                if sign != "=":
                    return
                try:
                    trivial = same(expand(left, names, [0]), expand(right, names, [0]))
                except _TooLong:
                    return
                links.append(trivial)
                repeated = repeated or same(left, right)
                restated = restated or any(_defined(side) for side in (left, right))
    if all(links) and (restated or repeated):
        raise CheckError("judge.circular" if names else "judge.same-sides", 0, names=", ".join(names))


def refuse_supposed(statement: Statement, given: Sequence[Statement]) -> None:
    """Refuse an equation that claims nothing but its premises."""
    supposed = {link for premise in given for link in _links(premise)}
    claimed = set(_links(statement))
    if claimed and claimed <= supposed:
        raise CheckError("judge.supposed", 0)


def pattern(statement: Statement, given: Sequence[Statement]) -> object:
    """Return what two equations share that say the same of symbols declared alike, whatever the symbols are called.

    None where there is too little to tell: a comparison of two names.
    """
    names: dict[Any, tuple[object, ...]] = {}
    rows = [_renamed(row, names) for one in (statement, *given) for row in one.rows]
    size = sum(1 for one in (statement,) for row in one.rows for _ in walk(row))
    return (len(statement.rows), *rows) if size > SMALL else None


def _renamed(node: Node, names: dict[Any, tuple[object, ...]]) -> tuple[object, ...]:
    """Return a tree with each symbol and index as the place it first stands at, and what it was declared as."""
    data: object = node.data
    if isinstance(node.data, Symbol):
        symbol = node.data
        kind = (symbol.type.kind, symbol.role, str(symbol.data.get("domain")), len(symbol.holes))
        data = names.setdefault(symbol, (len(names), *kind))
    elif isinstance(node.data, Index):
        data = names.setdefault(node.data, (len(names), "index"))
    elif not isinstance(node.data, str | int | float | tuple | type(None)):
        data = names.setdefault(id(node.data), (len(names), "data"))
    return (node.op, repr(data), *(_renamed(arg, names) for arg in node.args))


def _links(statement: Statement) -> Iterator[tuple[object, ...]]:
    """Yield each relation of a statement as a comparable form, read from its smaller side."""
    for row in statement.rows:
        for claim in row.args if row.op == "and" else (row,):
            if claim.op != "chain":
                continue
            for left, right, sign in pairs(claim):
                turned = TURNED.get(sign)
                sides = (shape(right), shape(left)) if turned else (shape(left), shape(right))
                yield (turned or sign, *(sorted(sides, key=repr) if sign in ("=", r"\neq") else sides))


def _defined(side: Node) -> bool:
    """Tell whether a side is a definition's own left side; inside a larger formula its value is put in."""
    if side.op == "rate":
        return True
    return side.op in ("sym", "member", "call") and isinstance(side.data, Symbol) and side.data.role == "define"


def expand(node: Node, names: dict[str, None], count: list[int]) -> Node:
    """Return a tree with defined symbols, family members and calls replaced by what they stand for."""
    count[0] += 1
    if count[0] > MOST:
        raise _TooLong
    symbol = node.data if isinstance(node.data, Symbol) else None
    if symbol is not None and symbol.role == "define" and node.op in ("sym", "member", "call"):
        names[symbol.name] = None
        arity = len(symbol.params)
        values: dict[Index | Symbol, Node] = dict(zip(symbol.params, node.args[:arity], strict=True))
        for index, place in zip(symbol.data["indices"], node.args[arity:], strict=True):
            values[index] = place.args[0]
        return expand(substitute(symbol.data["body"], values), names, count)
    if node.op == "rate":
        names[node.data.symbol.name] = None
        return expand(rate_tree(node), names, count)
    if not node.args:
        return node
    return replace(node, args=tuple(expand(arg, names, count) for arg in node.args))
