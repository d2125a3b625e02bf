"""Integrals over all of R^d, by vectors or by members of a family of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from proofweave.check.language import (
    CheckError,
    Dim,
    Hole,
    Match,
    Node,
    Symbol,
    Token,
    closure,
    refuse_if,
    same,
    written_out,
)
from proofweave.check.syntax import Parser, as_dim, member_places, node

DIFFERENTIALS = frozenset(("d", r"\mathrm{d}", r"\operatorname{d}"))
DOTS = r"\ldots"
DRAWN = frozenset(("free", "law", "random"))


@dataclass(frozen=True, slots=True)
class Variable:
    """What is integrated over: a declared vector, a family's member at an index, or its members from one to another."""

    symbol: Symbol
    place: Node | None
    at: int
    run: Hole | None = None


def differentials(p: Parser, cut: int) -> tuple[list[Variable], int] | None:
    """Return the vectors after a run of d's and where it ends; None where it is over a number."""
    found: list[Variable] = []
    place, dotted = cut, False
    while place + 1 < len(p.tokens) and p.tokens[place].text in DIFFERENTIALS:
        match = p.scope.match(p.tokens, place + 1)
        if match is None or match.symbol.type.kind != "vector" or match.symbol.role not in DRAWN or match.entries:
            return None
        one = _variable(p, match, p.tokens[place].at)
        if dotted:
            found, dotted = [_all_members(found, one)], False
        else:
            found.append(one)
        place = match.stop
        if place < len(p.tokens) and p.tokens[place].text == DOTS:
            place, dotted = place + 1, True
    refuse_if(dotted, "parse.differential", p.tokens[cut].at)
    return found, place


def _variable(p: Parser, match: Match, at: int) -> Variable:
    refuse_if(match.sup, "parse.differential-power", at)
    places = member_places(p, match)
    refuse_if(len(places) > 1, "parse.differential", at)
    return Variable(match.symbol, places[0] if places else None, at)


def _all_members(first: Sequence[Variable], last: Variable) -> Variable:
    """Return what \\mathrm{d}x_0 \\mathrm{d}x_1 \\cdots \\mathrm{d}x_T names: a family, or a run of its members."""
    symbols = {one.symbol for one in (*first, last)}
    ends = [one.place.args[0] for one in (first[0], last) if one.place is not None]
    if len(symbols) != 1 or len(ends) != 2:
        raise CheckError("parse.differential-dots", last.at)
    hole = last.symbol.holes[0]
    run = [as_dim(end) for end in ends]
    if run in ([hole.lo, hole.hi], [hole.hi, hole.lo]):
        return Variable(last.symbol, None, last.at)
    refuse_if(len(last.symbol.holes) > 1 or not _upwards(first, run[0]), "parse.differential-dots", last.at)
    return Variable(last.symbol, None, last.at, Hole(hole.token, *run))


def _upwards(first: Sequence[Variable], start: Dim) -> bool:
    """Tell whether the members written out before the dots follow one another from the first on."""
    places = [as_dim(one.place.args[0]) for one in first if one.place is not None]
    return len(first) > 1 and places == [start + Dim((), step) for step in range(len(first))]


def over_space(body: Node, variables: Sequence[Variable], at: int, end: int) -> Node:
    """Return the integral of a body over all of the space of some vectors."""
    symbols: list[Symbol] = []
    for one in variables:
        symbol = one.symbol
        if one.place is not None or one.run is not None:
            holes = (one.run,) if one.run is not None else ()
            symbol = Symbol(symbol.name, symbol.where, symbol.type, "bound", holes, {"domain": "vector"})
            symbol.needs = tuple(s for s in one.symbol.needs if s.role == "int")
            body = _freed(body, one, symbol)
        refuse_if(symbol in symbols, "parse.differential-twice", one.at)
        symbols.append(symbol)
    kinds = ("scalar", "vector")
    refuse_if(body.type.kind not in kinds, "parse.integrand", body.at)
    return node("space", (body,), body.type, at, end, tuple(symbols))


def _freed(tree: Node, one: Variable, symbol: Symbol) -> Node:
    """Return a tree in which what is integrated over is a variable, definitions written out."""
    if tree.op == "member" and tree.data is one.symbol:
        if one.place is None:
            return replace(tree, data=symbol)
        if same(tree.args[0].args[0], one.place.args[0]):
            return Node("sym", (), tree.type, tree.at, tree.end, symbol)
        return tree
    named = tree.op in ("sym", "member", "call") and tree.data.role == "define"
    if named and one.symbol in closure([tree.data]):
        return replace(_freed(written_out(tree, tree.data), one, symbol), at=tree.at, end=tree.end)
    return tree.with_args(tuple(_freed(arg, one, symbol) for arg in tree.args)) if tree.args else tree


def is_space(tokens: Sequence[Token]) -> bool:
    """Tell whether \\mathbb{R}^d, or nothing, stands below the integral."""
    return not tokens or tokens[0].text == r"\mathbb{R}"
