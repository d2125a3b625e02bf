"""Which symbols an equation needs, and in which order their values are made."""

from __future__ import annotations

from collections.abc import Iterable

from proofweave.check.scope import Symbol
from proofweave.check.tree import Node, walk


def closure(symbols: Iterable[Symbol]) -> set[Symbol]:
    """Return the symbols with everything their definitions need."""
    found: set[Symbol] = set()
    stack = list(symbols)
    while stack:
        symbol = stack.pop()
        if symbol not in found:
            found.add(symbol)
            stack.extend(symbol.needs)
    return found


def in_order(symbols: Iterable[Symbol]) -> list[Symbol]:
    """Return the symbols and all they need, needs first, in a fixed order."""
    done: dict[Symbol, None] = {}

    def visit(symbol: Symbol) -> None:
        if symbol in done:
            return
        for need in symbol.needs:
            visit(need)
        done[symbol] = None

    for symbol in sorted(symbols, key=lambda s: (s.name, s.where)):
        visit(symbol)
    return list(done)


def named_in(node: Node) -> list[Symbol]:
    """Return the symbols a tree names directly, in order of occurrence."""
    found: dict[Symbol, None] = {}
    for part in walk(node):
        data = part.data
        if isinstance(data, Symbol):
            found[data] = None
        elif hasattr(data, "symbol"):
            found[data.symbol] = None
        elif hasattr(data, "steps"):
            for symbol, _, _ in data.steps:
                found[symbol] = None
        elif isinstance(data, tuple) and part.op in ("expect", "variance"):
            for symbol in data:
                found[symbol] = None
    return list(found)
