"""Which symbols an equation needs, and in which order their values are made."""

from collections.abc import Iterable

from proofweave.check.language.scope import Symbol
from proofweave.check.language.tree import Node, walk

MOMENTS = frozenset(("expect", "variance", "covariance", "lawof"))
"""Operations over the random symbols in their data, or over all that are unbound in them where it is None."""


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
    open_: set[Symbol] = set()

    def visit(symbol: Symbol) -> None:
        if symbol in done or symbol in open_:
            return
        open_.add(symbol)  # flows may need one another
        for need in symbol.needs:
            visit(need)
        done[symbol] = None

    for symbol in sorted(symbols, key=lambda s: (s.name, s.where)):
        visit(symbol)
    return list(done)


def unbound_random(nodes: Iterable[Node]) -> tuple[Symbol, ...]:
    """Return the random symbols that stand outside every expectation over them, through definitions."""
    found: dict[Symbol, None] = {}
    for node in nodes:
        found.update(dict.fromkeys(_unbound(node)))
    return tuple(sorted(found, key=lambda s: (s.name, bool(s.holes))))


def _unbound(node: Node) -> set[Symbol]:
    if node.op in MOMENTS:
        return set() if node.data is None else set().union(*map(_unbound, node.args)) - set(node.data)
    if node.op in ("lawgap", "information"):
        return set()
    if node.op == "conditional":
        return set().union(*map(_unbound, node.args[1:]))
    if node.op in ("integral", "space"):
        return set().union(*(_unbound(arg) for arg in node.args)).difference(bound_by(node))
    found: set[Symbol] = set()
    for arg in node.args:
        found |= _unbound(arg)
    for symbol in (
        [node.data] if isinstance(node.data, Symbol) else [node.data.symbol] if hasattr(node.data, "symbol") else []
    ):
        found |= stochastic(symbol)
    return found


def varying(nodes: Iterable[Node]) -> set[Symbol]:
    """Return the symbols whose drawn values matter: those named outside the operators that bind them."""
    found: set[Symbol] = set()
    for node in nodes:
        inner = varying(node.args)
        if node.op == "optimum":
            inner = inner - {node.data.symbol}
        elif node.op in ("integral", "space"):
            inner = inner.difference(bound_by(node))
        else:
            inner = inner | {s for s in _own(node) if s.role != "bound"}
        found |= inner
    return found


def _own(node: Node) -> list[Symbol]:
    if isinstance(node.data, Symbol):
        return [node.data]
    if hasattr(node.data, "steps"):
        return [symbol for symbol, _, _ in node.data.steps]
    return [node.data.symbol] if hasattr(node.data, "symbol") else []


def stochastic(symbol: Symbol) -> frozenset[Symbol]:
    """Return the random symbols on whose outcome a symbol's value depends."""
    known = symbol.data.get("stochastic")
    if known is None:
        symbol.data["stochastic"] = frozenset()
        if symbol.role in ("random", "law"):
            known = frozenset((symbol,))
        else:
            known = frozenset(s for tree in symbol.trees for s in _unbound(tree))
        symbol.data["stochastic"] = known
    return known


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
        elif isinstance(data, tuple) and part.op in (*MOMENTS, "conditional", "space"):
            for symbol in data:
                found[symbol] = None
    return list(found)


def bound_by(node: Node) -> tuple[Symbol, ...]:
    """Return the symbols that an integral is over."""
    return node.data if node.op == "space" else (node.data,) if node.op == "integral" else ()
