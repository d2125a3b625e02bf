"""Gradients and derivatives."""

from collections.abc import Sequence

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Dim,
    FunctionAt,
    Node,
    Symbol,
    Token,
    Type,
    Wrt,
    closure,
    group,
    matrix,
    named_in,
    refuse_if,
    required,
    scripts,
)
from proofweave.check.parse.names import declared
from proofweave.check.syntax import (
    READERS,
    Parser,
    base,
    called,
    entry_places,
    member_places,
    multiply,
    node,
    postfix,
)

DIFFERENTIALS = frozenset(("d", r"\mathrm{d}", r"\partial", r"\operatorname{d}"))


@READERS(r"\nabla")
def nabla(p: Parser, token: Token) -> Node:
    """Parse \\nabla f(x), \\nabla_x q, \\nabla^2 f(x)."""
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    order = 1
    if sup:
        texts = [t.text for t in sup]
        if texts != ["2"]:
            raise CheckError("parse.nabla-order", sup[0].at)
        order = 2
    following = required(p.peek(), "parse.nabla-alone", token.at)
    match = p.scope.match(p.tokens, p.place) if following.kind == "name" else None
    if match is not None and match.symbol.type.kind == "function" and not match.sup:
        return postfix(p, _of_function(p, token, sub, order))
    symbol, places = _variable(p, sub, token) if sub else (None, ())
    body = p.factor()
    symbol = required(symbol, "parse.nabla-variable", token.at)
    body = _until_it_varies(p, body, symbol)
    return postfix(p, _gradient(body, symbol, order, token.at, body.end, places))


def _until_it_varies(p: Parser, body: Node, symbol: Symbol) -> Node:
    """Return the factors up to the first that depends on the variable: \\nabla_x \\frac{1}{2} q(x) is that of both."""
    factors = [body]
    while symbol not in closure(named_in(factors[-1])) and p.beside() is not None:
        factors.append(p.factor())
    return multiply(factors)


def _of_function(p: Parser, token: Token, sub: Sequence[Token], order: int) -> Node:
    match = p.scope.match(p.tokens, p.place)
    assert match is not None
    symbol = match.symbol
    start = p.place
    opening = p.tokens[match.stop].text if match.stop < len(p.tokens) else ""
    refuse_if(opening not in ("(", "["), "parse.nabla-argument", p.tokens[start].at, name=symbol.name)
    wrt = "".join(t.text for t in sub)
    params = [param.name for param in symbol.params]
    which = 0
    if sub and wrt in params:
        which = params.index(wrt)
    elif sub:
        variable, places = _variable(p, sub, token, optional=True)
        if variable is not None:
            call = declared(p, p.tokens[p.place], match)
            if variable in closure(named_in(call)):
                if _is_plain(call, variable) and symbol.role == "function":
                    return _at(symbol, call, 0, order, token.at)
                return _gradient(call, variable, order, token.at, call.end, places)
            if len(symbol.type.args) == 1:
                return _at(symbol, call, 0, order, token.at)
        refuse_if(len(symbol.type.args) > 1, "parse.no-argument", token.at, wrt=wrt, name=symbol.name)
    elif len(symbol.type.args) > 1:
        raise CheckError("parse.nabla-several", token.at)
    return _at(symbol, called(p, symbol, base(p, match)), which, order, token.at)


def _is_plain(call: Node, variable: Symbol) -> bool:
    return call.op == "call" and call.args[0].op == "sym" and call.args[0].data is variable


def _at(symbol: Symbol, call: Node, which: int, order: int, at: int) -> Node:
    """Return the gradient or Hessian of a function by one argument, at the argument."""
    result = symbol.type.result or SCALAR
    refuse_if(result != SCALAR, "parse.nabla-values", at, type=result)
    type_ = _gradient_type(symbol.type.args[which], order, at)
    return node("gradient" if order == 1 else "hessian", call.args, type_, at, call.end, FunctionAt(symbol, which))


def _gradient_type(type_: Type, order: int, at: int) -> Type:
    if order == 1:
        return type_
    if type_.kind == "scalar":
        return type_
    if type_.kind == "vector":
        return matrix(type_.dims[0], type_.dims[0])
    raise CheckError("parse.hessian", at, type=type_)


def _gradient(body: Node, symbol: Symbol, order: int, at: int, end: int, places: tuple[Node, ...] = ()) -> Node:
    if body.type.kind == "vector" and order == 1 and not places:
        return _gradients(body, symbol, at, end)
    refuse_if(body.type != SCALAR, "parse.nabla-type", body.at, type=body.type)
    type_ = SCALAR if places and len(places) >= len(symbol.holes) + symbol.type.rank else symbol.type
    members = min(len(places), len(symbol.holes))
    entry = len(places) - members
    if order == 2:
        _gradient_type(symbol.type, 2, at)
        type_ = _gradient_type(type_, 2, at)
    steps = ((symbol, members, entry),) * order
    return node("derive", (body, *(places * order)), type_, at, end, Wrt(steps))


def _gradients(body: Node, symbol: Symbol, at: int, end: int) -> Node:
    """Return the gradients of a vector's entries, which an inner product with a vector turns into one."""
    refuse_if(symbol.type.kind not in ("scalar", "vector") or symbol.holes, "parse.nabla-type", body.at, type=body.type)
    dims = (*body.type.dims, *symbol.type.dims)
    type_ = Type("gradients", dims) if symbol.type.rank else body.type
    return node("derive", (body,), type_, at, end, Wrt(((symbol, 0, 0),)))


def _variable(
    p: Parser, tokens: Sequence[Token], token: Token, optional: bool = False
) -> tuple[Symbol | None, tuple[Node, ...]]:
    """Read the variable of a derivative: a declared symbol, a member of a family, or an entry."""
    tokens = (
        [t for t in tokens if t.kind not in ("open", "close")] if tokens and tokens[0].kind == "open" else list(tokens)
    )
    match = p.scope.match(tokens, 0) if tokens and tokens[0].kind in ("name", "op") else None
    if match is None or match.stop != len(tokens) or match.sup:
        if optional:
            return None, ()
        written = "".join(t.text for t in tokens)
        raise CheckError("parse.by-undeclared", token.at, written=written)
    symbol = match.symbol
    places = member_places(p, match)
    groups = list(match.entries)
    if symbol.type.kind == "matrix" and len(groups) == 1 and len(groups[0]) == 2:
        groups = [(t,) for t in groups[0]]
    refuse_if(groups and len(groups) != symbol.type.rank, "parse.no-entry", token.at, name=symbol.name)
    return symbol, (*places, *entry_places(p, groups, symbol.type.dims, token.at))


def derivative_fraction(p: Parser, above: Sequence[Token], below: Sequence[Token], stop: int) -> Node | None:
    """Parse \\frac{\\partial f}{\\partial x}, \\frac{d}{dt} … and second derivatives; None for other fractions."""
    if len(below) > 1 and below[1].text == "_":  # the name d_{in}
        return None
    if _quotient(above, below) and _declared(p, "d"):
        raise CheckError("parse.d-declared", above[0].at)
    if not above or not below or not _differential(p, above[0]) or below[0].text != above[0].text or len(below) < 2:
        return None
    token = p.tokens[p.place]
    order, start = _order(above, 1)
    steps = _steps(p, below, token)
    refuse_if(len(steps) != order, "parse.orders-differ", above[0].at, above=order, below=len(steps))
    rest = above[start:]
    p.place = stop
    body = p.whole(rest, token.at) if rest else p.body()
    end = max(body.end, p.tokens[stop - 1].end)
    return _partial(body, steps, token.at, end)


def _quotient(above: Sequence[Token], below: Sequence[Token]) -> bool:
    """Tell whether a fraction of d … over d … may be a derivative."""
    alone = [t.text for t in above] == ["d"] and len(below) > 1
    named = all(len(part) > 1 and part[1].kind in ("name", "op") for part in (above, below))
    return above[:1] != () and (alone or named) and above[0].text == below[0].text == "d"


def _differential(p: Parser, token: Token) -> bool:
    return token.text in DIFFERENTIALS and not (token.text == "d" and p.scope.near("d") and _declared(p, "d"))


def _declared(p: Parser, nucleus: str) -> bool:
    own = p.scope.get(nucleus)
    hidden = own is not None and own.role == "differential"
    return not hidden and any(entry.key[0].nucleus == nucleus for entry in p.scope.near(nucleus))


def _order(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    if place < len(tokens) and tokens[place].text == "^":
        inside, stop = group(tokens, place + 1)
        if len(inside) == 1 and inside[0].kind == "digit":
            return int(inside[0].text), stop
        raise CheckError("parse.order-digit", tokens[place].at)
    return 1, place


def _steps(p: Parser, below: Sequence[Token], token: Token) -> list[tuple[Symbol, tuple[Node, ...]]]:
    steps: list[tuple[Symbol, tuple[Node, ...]]] = []
    sign = below[0].text
    place = 0
    while place < len(below):
        refuse_if(below[place].text != sign, "parse.in-derivative", below[place].at, text=below[place].text)
        place += 1
        start = place
        while place < len(below) and below[place].text != sign:
            place += 1
        part = list(below[start:place])
        order = 1
        for cut in range(len(part) - 1):
            if part[cut].text == "^" and part[cut + 1].kind == "digit":
                order = int(part[cut + 1].text)
                part = part[:cut]
                break
        symbol, places = _variable(p, part, token)
        assert symbol is not None
        steps.extend([(symbol, places)] * order)
    return steps


def _partial(body: Node, steps: Sequence[tuple[Symbol, tuple[Node, ...]]], at: int, end: int) -> Node:
    wrt: list[tuple[Symbol, int, int]] = []
    args: list[Node] = [body]
    dims: list[Dim | None] = []
    kinds: list[Type] = []
    for symbol, places in steps:
        members = min(len(places), len(symbol.holes))
        entry = len(places) - members
        refuse_if(members < len(symbol.holes), "parse.name-member", at, name=symbol.name)
        wrt.append((symbol, members, entry))
        args.extend(places)
        if not entry and symbol.type.rank:
            dims.extend(symbol.type.dims)
            kinds.append(symbol.type)
    type_ = _derived_type(body.type, kinds, dims, at)
    return node("derive", args, type_, at, end, Wrt(tuple(wrt)))


def _derived_type(body: Type, kinds: Sequence[Type], dims: Sequence[Dim | None], at: int) -> Type:
    if not kinds:
        return body
    if body == SCALAR and len(kinds) == 1:
        return kinds[0]
    if body == SCALAR and [k.kind for k in kinds] == ["vector", "vector"]:
        return matrix(dims[0], dims[1])
    if body.kind == "vector" and [k.kind for k in kinds] == ["vector"]:
        return matrix(body.dims[0], dims[0])
    raise CheckError("parse.derivative", at, type=body, by=kinds[0])


@READERS(r"\partial")
def partial(p: Parser, token: Token) -> Node:
    """Refuse a \\partial outside a fraction."""
    raise CheckError("parse.partial", token.at)
