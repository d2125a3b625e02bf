"""Gradients, derivatives and integrals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type, matrix
from proofweave.check.language.names import group, scripts
from proofweave.check.language.scope import Match, Scope, Symbol
from proofweave.check.language.tokens import Token
from proofweave.check.language.tree import Node
from proofweave.check.parse.parser import Parser, node
from proofweave.core.types import Where

DIFFERENTIALS = frozenset(("d", r"\mathrm{d}", r"\partial", r"\operatorname{d}"))
NOWHERE = Where("")


@dataclass(frozen=True, slots=True)
class Wrt:
    """What a derivative is taken by, one after the other: a symbol with its member and entry counts.

    The node's arguments are the body, then for each step the member and entry indices.
    """

    steps: tuple[tuple[Symbol, int, int], ...]


def nabla(p: Parser) -> Node:
    """Parse \\nabla f(x), \\nabla_x q, \\nabla^2 f(x)."""
    token = p.peek()
    assert token is not None
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    order = 1
    if sup:
        texts = [t.text for t in sup]
        if texts != ["2"]:
            raise CheckError(r"only \nabla and \nabla^2 are understood", sup[0].at)
        order = 2
    following = p.peek()
    if following is None:
        raise CheckError(r"\nabla needs a function", token.at)
    match = p.scope.match(p.tokens, p.place) if following.kind == "name" else None
    if match is not None and match.symbol.type.kind == "function" and not match.sup:
        return _of_function(p, token, sub, order)
    symbol, places = _variable(p, sub, token) if sub else (None, ())
    body = p.factor()
    if symbol is not None:
        body = _until_it_varies(p, body, symbol)
    if symbol is None:
        raise CheckError(r"\nabla of an expression needs its variable: \nabla_x", token.at)
    if body.type != SCALAR:
        raise CheckError(rf"\nabla of a {body.type} is not understood; write \frac{{\partial}}{{\partial x}}", body.at)
    return _gradient(body, symbol, order, token.at, body.end, places)


def _until_it_varies(p: Parser, body: Node, symbol: Symbol) -> Node:
    """Return the factors up to the first that depends on the variable: \\nabla_x \\frac{1}{2} q(x) is that of both."""
    from proofweave.check.language.needs import closure, named_in
    from proofweave.check.parse.parser import multiply

    factors = [body]
    while symbol not in closure(named_in(factors[-1])):
        following = p.peek()
        if following is None or p.stops(following) or following.text in ("/", r"\cdot", r"\times", r"\odot", "*"):
            break
        factors.append(p.factor())
    return multiply(factors)


def _of_function(p: Parser, token: Token, sub: Sequence[Token], order: int) -> Node:
    from proofweave.check.parse.names import apply, call_arguments, declared

    match = p.scope.match(p.tokens, p.place)
    assert match is not None
    symbol = match.symbol
    start = p.place
    opening = p.tokens[match.stop].text if match.stop < len(p.tokens) else ""
    if opening not in ("(", "["):
        raise CheckError(f"write the argument: \\nabla {symbol.name}(x)", p.tokens[start].at)
    wrt = "".join(t.text for t in sub)
    params = [param.name for param in symbol.params]
    which = 0
    if sub and wrt in params:
        which = params.index(wrt)
    elif sub:
        variable, places = _variable(p, sub, token, optional=True)
        if variable is not None:
            called = declared(p, p.tokens[p.place], match)
            from proofweave.check.language.needs import closure, named_in

            if variable in closure(named_in(called)):
                if _is_plain(called, variable) and symbol.role == "function":
                    return _at(symbol, called, 0, order, token.at, called.end)
                return _gradient(called, variable, order, token.at, called.end, places)
            if len(symbol.type.args) == 1:
                return _at(symbol, called, 0, order, token.at, called.end)
        if len(symbol.type.args) > 1:
            raise CheckError(f"{wrt} is no argument of {symbol.name}", token.at)
    elif len(symbol.type.args) > 1:
        raise CheckError(r"\nabla of a function of several arguments needs its variable below", token.at)
    base = declared_base(p, match)
    arguments = call_arguments(p, symbol)
    called = apply(symbol, base, arguments, p.tokens[p.place - 1].end)
    return _at(symbol, called, which, order, token.at, called.end)


def _is_plain(called: Node, variable: Symbol) -> bool:
    return called.op == "call" and called.args[0].op == "sym" and called.args[0].data is variable


def declared_base(p: Parser, match: Match) -> Node:
    """Step over a function's name and return it with its member indices."""
    from proofweave.check.parse.names import dim_node, index_expression

    symbol = match.symbol
    at = p.here()
    p.place = match.stop
    members = [
        index_expression(p, tokens, dim_node(hole.lo), dim_node(hole.hi))
        for hole, tokens in zip(symbol.holes, match.members, strict=True)
    ]
    return node("member" if members else "sym", members, symbol.type, at, p.tokens[p.place - 1].end, symbol)


def _at(symbol: Symbol, called: Node, which: int, order: int, at: int, end: int) -> Node:
    """Return the gradient or Hessian of a function by one argument, at the argument."""
    result = symbol.type.result or SCALAR
    if result != SCALAR:
        raise CheckError(rf"\nabla of a function with {result} values is not understood", at)
    type_ = _gradient_type(symbol.type.args[which], order, at)
    return node("gradient" if order == 1 else "hessian", called.args, type_, at, end, FunctionAt(symbol, which))


@dataclass(frozen=True, slots=True)
class FunctionAt:
    """A derivative of a function by one of its arguments; the node's arguments are those of the call."""

    symbol: Symbol
    which: int


def _gradient_type(type_: Type, order: int, at: int) -> Type:
    if order == 1:
        return type_
    if type_.kind == "scalar":
        return type_
    if type_.kind == "vector":
        return matrix(type_.dims[0], type_.dims[0])
    raise CheckError(f"a Hessian by a {type_} is not understood", at)


def _gradient(body: Node, symbol: Symbol, order: int, at: int, end: int, places: tuple[Node, ...] = ()) -> Node:
    type_ = SCALAR if places and len(places) >= len(symbol.holes) + symbol.type.rank else symbol.type
    members = min(len(places), len(symbol.holes))
    entry = len(places) - members
    if order == 2:
        _gradient_type(symbol.type, 2, at)
        type_ = _gradient_type(type_, 2, at)
    steps = ((symbol, members, entry),) * order
    return node("derive", (body, *(places * order)), type_, at, end, Wrt(steps))


def _variable(
    p: Parser, tokens: Sequence[Token], token: Token, optional: bool = False
) -> tuple[Symbol | None, tuple[Node, ...]]:
    """Read the variable of a derivative: a declared symbol, a member of a family, or an entry."""
    from proofweave.check.parse.names import dim_node, index_expression

    tokens = (
        [t for t in tokens if t.kind not in ("open", "close")] if tokens and tokens[0].kind == "open" else list(tokens)
    )
    match = p.scope.match(tokens, 0) if tokens and tokens[0].kind in ("name", "op") else None
    if match is None or match.stop != len(tokens) or match.sup:
        if optional:
            return None, ()
        written = "".join(t.text for t in tokens)
        raise CheckError(f"{written} is not a declared symbol to differentiate by", token.at)
    symbol = match.symbol
    places = [
        index_expression(p, part, dim_node(hole.lo), dim_node(hole.hi))
        for hole, part in zip(symbol.holes, match.members, strict=True)
    ]
    groups = list(match.entries)
    if symbol.type.kind == "matrix" and len(groups) == 1 and len(groups[0]) == 2:
        groups = [(t,) for t in groups[0]]
    if groups and len(groups) != symbol.type.rank:
        raise CheckError(f"{symbol.name} has no such entry", token.at)
    for part, dim in zip(groups, symbol.type.dims, strict=False):
        if dim is None:
            raise CheckError("the size of this part is open", token.at)
        places.append(index_expression(p, part, dim_node(Dim((), 1)), dim_node(dim)))
    return symbol, tuple(places)


def derivative_fraction(p: Parser, above: Sequence[Token], below: Sequence[Token], stop: int) -> Node | None:
    """Parse \\frac{\\partial f}{\\partial x}, \\frac{d}{dt} … and second derivatives; None for other fractions."""
    if [t.text for t in above] == ["d"] and len(below) > 1 and below[0].text == "d" and _declared(p, "d"):
        raise CheckError(
            r"d is declared, so \frac{d}{dt} would be a quotient; write \mathrm{d} for a derivative", above[0].at
        )
    if not above or not below or not _differential(p, above[0]) or below[0].text != above[0].text or len(below) < 2:
        return None
    token = p.tokens[p.place]
    order, start = _order(above, 1)
    steps = _steps(p, below, token)
    if len(steps) != order:
        raise CheckError(f"the order above ({order}) and below ({len(steps)}) the line differ", above[0].at)
    rest = above[start:]
    if rest:
        body = p.whole(rest, token.at)
        p.place = stop
    else:
        p.place = stop
        body = p.body()
    end = max(body.end, p.tokens[stop - 1].end)
    return _partial(body, steps, token.at, end)


def _differential(p: Parser, token: Token) -> bool:
    return token.text in DIFFERENTIALS and not (token.text == "d" and p.scope.near("d") and _declared(p, "d"))


def _declared(p: Parser, nucleus: str) -> bool:
    return any(entry.key[0].nucleus == nucleus for entry in p.scope.near(nucleus))


def _order(tokens: Sequence[Token], place: int) -> tuple[int, int]:
    if place < len(tokens) and tokens[place].text == "^":
        inside, stop = group(tokens, place + 1)
        if len(inside) == 1 and inside[0].kind == "digit":
            return int(inside[0].text), stop
        raise CheckError("the order of a derivative must be a digit", tokens[place].at)
    return 1, place


def _steps(p: Parser, below: Sequence[Token], token: Token) -> list[tuple[Symbol, tuple[Node, ...]]]:
    steps: list[tuple[Symbol, tuple[Node, ...]]] = []
    sign = below[0].text
    place = 0
    while place < len(below):
        if below[place].text != sign:
            raise CheckError(f"{below[place].text} is not understood in a derivative", below[place].at)
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
        if members < len(symbol.holes):
            raise CheckError(f"name the member of {symbol.name}", at)
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
    raise CheckError(f"the derivative of a {body} by a {kinds[0]} is not understood; use entries", at)


def prime(p: Parser, base: Node, sup: Sequence[Token], end: int) -> Node:
    """Refuse a prime that belongs to no declared name."""
    raise CheckError("a prime stands only in a declared name or after a function: f'(x)", sup[0].at)


def primed_call(p: Parser, symbol: Symbol, base: Node, sup: Sequence[Token]) -> Node:
    """Parse f'(x) and f''(x) of a function of a scalar."""
    from proofweave.check.parse.names import apply, call_arguments

    order = len(sup)
    if any(t.text != "'" for t in sup) or symbol.type.args != (SCALAR,) or order > 2:
        raise CheckError(r"primes are read for functions of one scalar, at most two; write \nabla", sup[0].at)
    arguments = call_arguments(p, symbol)
    called = apply(symbol, base, arguments, p.tokens[p.place - 1].end)
    return _rate(symbol, called, order, base.at)


def _rate(symbol: Symbol, called: Node, order: int, at: int) -> Node:
    """Return a derivative of a function of one scalar, vector-valued ones too."""
    result = symbol.type.result or SCALAR
    if symbol.role == "flow":
        from proofweave.check.calculus.flows import Rate

        return node("rate", called.args, result, at, called.end, Rate(symbol, order))
    return node("gradient" if order == 1 else "hessian", called.args, result, at, called.end, FunctionAt(symbol, 0))


def dotted(p: Parser, token: Token) -> Node | None:
    """Parse \\dot{x}(t) and \\ddot{x}(t) of a function of one scalar; None for other names."""
    from proofweave.check.parse.names import apply, call_arguments

    found = re.fullmatch(r"\\(d?dot)\{(.*)\}", token.text)
    if found is None:
        return None
    tokens = [*p.tokens[: p.place], replace(token, text=found.group(2)), *p.tokens[p.place + 1 :]]
    match = p.scope.match(tokens, p.place)
    if match is None or match.symbol.type.args != (SCALAR,) or match.sup or match.entries or match.symbol.holes:
        return None
    p.place = match.stop
    base = node("sym", (), match.symbol.type, token.at, p.tokens[p.place - 1].end, match.symbol)
    called = apply(match.symbol, base, call_arguments(p, match.symbol), p.tokens[p.place - 1].end)
    return _rate(match.symbol, called, len(found.group(1)) - 2, token.at)


def integral(p: Parser) -> Node:
    """Parse \\int_a^b … \\mathrm{d}x."""
    token = p.peek()
    assert token is not None
    lower, upper, p.place = scripts(p.tokens, p.place + 1)
    if not lower or not upper:
        raise CheckError("an integral needs both bounds", token.at)
    lo, hi = p.whole(lower, token.at), p.whole(upper, token.at)
    cut = _find_differential(p, token)
    variable, stop = _integration_variable(p, cut)
    inside = p.tokens[p.place : cut]
    scope = p.scope
    match = scope.match(p.tokens, cut + 1)
    if match is not None and match.stop == stop and match.symbol.type == SCALAR and match.symbol.role == "free":
        symbol = match.symbol
    else:
        symbol = Symbol(variable, NOWHERE, SCALAR, "bound")
        scope = Scope(p.scope)
        scope.bind(symbol)
    inner = Parser(inside, scope, p, token.at)
    if inside:
        body = inner.expression()
        inner.finish()
    else:
        raise CheckError("the integrand is missing", token.at)
    if body.type.kind in ("function", "bool"):
        raise CheckError("an integrand must be a value", body.at)
    p.place = stop
    return node("integral", (lo, hi, body), body.type, token.at, p.tokens[stop - 1].end, symbol)


def _find_differential(p: Parser, token: Token) -> int:
    depth, nested = 0, 0
    for place in range(p.place, len(p.tokens) - 1):
        current = p.tokens[place]
        depth += {"open": 1, "close": -1}.get(current.kind, 0)
        if current.text == r"\int":
            nested += 1
        plain = current.text in ("d", r"\mathrm{d}", r"\operatorname{d}") and p.tokens[place + 1].kind == "name"
        if plain and not depth and (place == 0 or p.tokens[place - 1].text != "_"):
            if not nested:
                return place
            nested -= 1
    raise CheckError(r"the integral has no differential \mathrm{d}x at its level", token.at)


def _integration_variable(p: Parser, cut: int) -> tuple[str, int]:
    _, sup, stop = scripts(p.tokens, cut + 2)
    if sup:
        raise CheckError("a differential takes no power", p.tokens[cut + 1].at)
    return "".join(t.text for t in p.tokens[cut + 1 : stop]), stop
