"""Where symbols go when they move: a direction of its own for each, which keeps the structure it was declared with."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Node,
    Registry,
    Symbol,
    closure,
    named_in,
    number,
    refuse_if,
    required,
    walk,
)
from proofweave.check.syntax import dim_node, multiply, node
from proofweave.core import say

SIGN = r"\mathrm{d} "
NAMES = frozenset(("sym", "member"))
PARTS = ("transpose", "entry", "column", "line")
PASSED = frozenset(("free", "define", "sequence", "solve", "function", "int", "bound"))
"""The roles of what a value that has a differential may follow from."""

SHAPED = frozenset(("symmetric", "diagonal"))
DOMAINS = {"psd": "symmetric", "spd": "symmetric"}
TANGENTS: Registry[Callable[[Node, Node], Node]] = Registry()
"""What is left of any direction within a structure, by the name of the domain: of a value and the direction."""


def roots(tree: Node) -> tuple[Symbol, ...]:
    """Return the drawn symbols whose moves move a tree, in order of their names."""
    found: list[Symbol] = []
    for symbol in closure(named_in(tree)):
        moving = symbol.role == "free"
        odd = symbol.role not in PASSED or is_direction(symbol) or (moving and symbol.type.kind == "set")
        refuse_if(odd, "parse.differential-of", tree.at, name=symbol.name)
        if moving:
            found.append(symbol)
    return tuple(sorted(found, key=lambda symbol: (symbol.name, symbol.where)))


def is_direction(symbol: Symbol) -> bool:
    """Tell whether a symbol is the direction in which another moves."""
    return "moves" in symbol.data


def along(body: Node, at: int, end: int) -> Node:
    """Return the differential of a tree; of a part of a name, that of its differential; of a name, its direction."""
    if body.op in PARTS and body.args[0].op in (*NAMES, *PARTS):
        return replace(body, args=(along(body.args[0], at, body.args[0].end), *body.args[1:]), at=at, end=end)
    movers = roots(body)
    refuse_if(not movers, "parse.differential-still", at)
    if body.op in NAMES and body.data.role == "free":
        return replace(body, data=_direction(body.data, at), at=at, end=end)
    ways = (_named(_direction(symbol, at)) for symbol in movers)
    return node("differential", (body, *ways), body.type, at, end, movers)


def _direction(symbol: Symbol, at: int) -> Symbol:
    """Return the direction in which a symbol moves, made once."""
    found = symbol.data.get("direction")
    if found is None:
        found = symbol.data["direction"] = _made(symbol, at)
    assert isinstance(found, Symbol)
    return found


def _made(symbol: Symbol, at: int) -> Symbol:
    domain = DOMAINS.get(symbol.data["domain"], symbol.data["domain"])
    within = TANGENTS.get(domain)
    refuse_if(within is not None and symbol.holes, "parse.differential-of", at, name=symbol.name)
    kind = "vector" if symbol.type.kind == "row" else symbol.type.kind
    data = {"domain": domain if domain in SHAPED else kind, "moves": symbol}
    sizes = tuple(need for need in symbol.needs if need.role == "int")
    name = SIGN + symbol.name
    free = Symbol(name, symbol.where, symbol.type, "free", symbol.holes, data, needs=sizes)
    if within is None:
        return free
    free.name = say("parse.any-direction", name=symbol.name)
    body = within(_named(symbol), _named(free))
    defined = {"body": body, "indices": (), "moves": symbol}
    return Symbol(name, symbol.where, symbol.type, "define", (), defined, (), (body,), (symbol, free, *sizes))


def _named(symbol: Symbol) -> Node:
    return node("sym", (), symbol.type, 0, 0, symbol)


@TANGENTS("unit")
def _unit(value: Node, way: Node) -> Node:
    """Return the part of a direction across a unit vector."""
    return _less(way, multiply([node("inner", (value, way), SCALAR, 0, 0), value]))


@TANGENTS("simplex")
def _simplex(value: Node, way: Node) -> Node:
    """Return a direction with the mean taken off its entries, which then add up to 0."""
    ones = node("ones", (), value.type, 0, 0)
    count = dim_node(required(value.type.dims[0], "parse.part-open"))
    mean = node("div", (node("inner", (way, ones), SCALAR, 0, 0), count), SCALAR, 0, 0)
    return _less(way, multiply([mean, ones]))


@TANGENTS("orthogonal")
def _orthogonal(value: Node, way: Node) -> Node:
    """Return an orthogonal matrix times a skew-symmetric one."""
    skew = _less(way, node("transpose", (way,), way.type, 0, 0))
    return multiply([number(0.5), value, skew])


def _less(way: Node, part: Node) -> Node:
    return node("add", (way, node("neg", (part,), part.type, 0, 0)), way.type, 0, 0)


def refuse_unmoved(trees: Sequence[Node], premises: Sequence[Node]) -> None:
    """Refuse differentials in which it is not said what moves and what stands still.

    What a differential may move must have a differential of its own somewhere, even one that is said to be 0; and no
    equation among the premises may tie what moves, as the directions would have to keep it.
    """
    parts = [part for tree in (*trees, *premises) for part in walk(tree) if part.end > part.at]
    told: set[Symbol] = set()
    for part in parts:
        if part.op in NAMES and is_direction(part.data):
            told.add(part.data.data["moves"])
        elif part.op == "differential" and part.args[0].op in NAMES:
            told.update(part.data)
    for part in parts:
        for symbol in part.data if part.op == "differential" else ():
            if symbol not in told:
                raise CheckError("parse.differential-unmoved", part.at, name=symbol.name)
    for premise in premises if told else ():
        named = closure(named_in(premise))
        if _equates(premise) and named & told and not any(map(is_direction, named)):
            raise CheckError("parse.differential-tied", premise.at, name=min(s.name for s in named & told))


def _equates(premise: Node) -> bool:
    return any(part.op == "chain" and {"=", r"\perp"} & set(part.data) for part in walk(premise))
