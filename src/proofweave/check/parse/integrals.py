"""Integrals, up to the differential at their own level."""

from proofweave.check.language import (
    BRACES,
    SCALAR,
    CheckError,
    Match,
    Node,
    Scope,
    Symbol,
    Token,
    group,
    refuse_if,
    scripts,
)
from proofweave.check.parse.spaces import differentials, is_space, over_space
from proofweave.check.syntax import PRODUCTS, READERS, RELATIONS, Parser, node
from proofweave.core import Where

NOWHERE = Where("")
DIFFERENTIALS = frozenset(("d", r"\mathrm{d}", r"\operatorname{d}"))


@READERS(r"\int")
def integral(p: Parser, token: Token) -> Node:
    """Parse \\int_a^b … \\mathrm{d}x, and \\int … \\mathrm{d}x over all vectors x."""
    lower, upper, p.place = scripts(p.tokens, p.place + 1)
    if not upper and is_space(lower) and (found := _over_space(p, token)) is not None:
        return found
    refuse_if(not lower or not upper, "parse.both-bounds", token.at)
    lo, hi = p.whole(lower, token.at), p.whole(upper, token.at)
    cut = _find_differential(p)
    if cut is None and (moved := _taken_out(p)) is not None:
        p.tokens = moved
        cut = _find_differential(p)
        _refuse_beside(p, cut)
    if cut is None:
        raise CheckError("parse.differential", token.at)
    inside = p.tokens[p.place : cut]
    scope = p.scope
    match = scope.match(p.tokens, cut + 1)
    variable, stop = _integration_variable(p, cut, match)
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
        raise CheckError("parse.integrand-missing", token.at)
    refuse_if(body.type.kind in ("function", "bool"), "parse.integrand", body.at)
    p.place = stop
    return node("integral", (lo, hi, body), body.type, token.at, p.tokens[stop - 1].end, symbol)


def _over_space(p: Parser, token: Token) -> Node | None:
    """Parse an integral over all of R^d; None where it is over a number."""
    cut = _find_differential(p)
    over = None if cut is None else differentials(p, cut)
    if over is None:
        return None
    inside = p.sub(p.tokens[p.place : cut], token.at)
    refuse_if(p.place == cut, "parse.integrand-missing", token.at)
    body = inside.expression()
    inside.finish()
    variables, p.place = over
    return over_space(body, variables, token.at, p.reached)


def _taken_out(p: Parser) -> list[Token] | None:
    """Return the tokens with \\frac{f\\,\\mathrm{d}x}{g} written as \\frac{f}{g}\\mathrm{d}x; None without such."""
    depth = 0
    for place in range(p.place, len(p.tokens)):
        current = p.tokens[place]
        if current.text == r"\frac" and not depth:
            above, stop = group(p.tokens, place + 1)
            name = len(above) - 1
            if name > 0 and above[name].kind == "name" and above[name - 1].text in DIFFERENTIALS:
                _, end = group(p.tokens, stop)
                one = Token("digit", "1", above[0].at, above[0].at)
                inside = above[:-2] or (one,)
                opened, closed = p.tokens[place + 1], p.tokens[stop - 1]
                over = [opened, *inside, closed, *p.tokens[stop:end], *above[-2:]]
                return [*p.tokens[: place + 1], *over, *p.tokens[end:]]
        depth += BRACES.get(current.kind, 0)
        if depth < 0 or (not depth and current.text in RELATIONS):
            break
    return None


def _refuse_beside(p: Parser, cut: int | None) -> None:
    """Refuse a factor after a fraction with the differential in it: whether it is integrated cannot be told."""
    if cut is not None and cut + 2 < len(p.tokens):
        after = p.tokens[cut + 2]
        signs = after.text in PRODUCTS or after.text == "/"
        refuse_if(signs or not p.stops(after), "parse.after-differential", after.at)


def _find_differential(p: Parser) -> int | None:
    depth, nested = 0, 0
    for place in range(p.place, len(p.tokens) - 1):
        current = p.tokens[place]
        depth += BRACES.get(current.kind, 0)
        if current.text == r"\int":
            nested += 1
        plain = current.text in DIFFERENTIALS and p.tokens[place + 1].kind == "name"
        if plain and not depth and (place == 0 or p.tokens[place - 1].text != "_"):
            if not nested:
                return place
            nested -= 1
    return None


def _integration_variable(p: Parser, cut: int, match: Match | None) -> tuple[str, int]:
    _, sup, stop = scripts(p.tokens, cut + 2)
    if match is not None and match.stop > stop and not match.sup:
        stop = match.stop  # a declared name that goes on, such as P_i(t)
    refuse_if(sup, "parse.differential-power", p.tokens[cut + 1].at)
    return "".join(t.text for t in p.tokens[cut + 1 : stop]), stop
