"""Circular equations: two sides that become the same text once definitions are written out prove nothing."""

from dataclasses import replace

from proofweave.check.calculus import rate_tree
from proofweave.check.language import CheckError, Index, Node, Symbol, pairs, same, substitute
from proofweave.check.parse import Statement

MOST = 20_000


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
