"""The table of how operations are written, and what every printer shares: groups, names, reach."""

from collections.abc import Callable, Sequence

from proofweave.check.language import (
    Node,
    Registry,
    Symbol,
    Token,
    occurrence,
    split,
    tokenise,
    words,
)

PRINTERS: Registry[Callable[[Node], str]] = Registry()
"""How an operation is written, by its name."""

SIMPLE = frozenset(("num", "constant", "imaginary", "index", "sym", "member", "dim"))
CLOSED = SIMPLE | words(
    "norm div root binom inner array call list entries expect variance covariance conditional information indicator"
)
CLOSED |= words("matfunc diag diagonal msign softmax eigenvalue singular bigo littleo differential func entry pow")
CLOSED |= words("transpose inverse pinv gradient hessian rate")
"""Operations that need no parentheses around them in a product: what they reach over is marked."""


def printed(node: Node) -> str:
    """Return a tree as TeX."""
    return PRINTERS[node.op](node)


def was_written(lo: Node, hi: Node) -> bool:
    """Tell whether a range was written, rather than read from what the index subscripts."""
    return bool(lo.end or hi.end)


def grouped(node: Node) -> str:
    """Return a tree as a factor: in parentheses, unless nothing beside it could be taken for a part of it."""
    bare = node.op in CLOSED and not is_differential(node)
    return printed(node) if bare else f"({printed(node)})"


def is_differential(node: Node) -> bool:
    """Tell whether a name would be read as a differential where another name follows."""
    return node.op in ("sym", "member", "index") and name_of(node).startswith("d")


def operand(node: Node) -> str:
    """Return a tree as what a superscript or a sign hangs on."""
    plain = node.op in ("num", "constant", "index") or (node.op == "sym" and not {"^", "'", "_"} & set(node.data.name))
    return printed(node) if plain else f"({printed(node)})"


def name_of(node: Node) -> str:
    """Return a name as declared, its indices replaced by what stands for them."""
    symbol: Symbol = node.data
    return named(symbol, node.args)


def named(symbol: Symbol, members: Sequence[Node]) -> str:
    """Return the name of a symbol, or of a family's member at some indices."""
    if not members:
        return symbol.name
    places = {hole.token: printed(arg) for hole, arg in zip(symbol.holes, members, strict=True)}
    tokens = tokenise(symbol.name)
    place = 0
    while (last := occurrence(tokens, place)).stop < len(tokens):
        place = last.stop
    below = [_replaced(symbol.name, group, places) for group in split(last.sub)]
    primes = [t for t in last.sup if t.text == "'"]
    above = " ".join(places.pop(t.text, t.text) for t in last.sup[len(primes) :])
    below += places.values()
    scripts = (f"_{{{', '.join(below)}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return symbol.name[: tokens[place].end] + "'" * len(primes) + scripts


def _replaced(name: str, group: Sequence[Token], places: dict[str, str]) -> str:
    """Return a part of a subscript, or what stands for it where it is an index of the family."""
    written = name[group[0].at : group[-1].end]
    return places.pop(written, written)


def reached(body: Node) -> str:
    """Return what an operator reaches over."""
    return printed(body) if body.op in CLOSED else f"({printed(body)})"


def called(symbol: Symbol, args: Sequence[Node], primes: str = "") -> str:
    """Return a call; after the arguments stand the indices of a family's member."""
    arity = len(symbol.type.args)
    arguments = ", ".join(map(printed, args[:arity]))
    return f"{named(symbol, args[arity:])}{primes}({arguments})"
