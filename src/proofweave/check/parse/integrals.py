"""Integrals, up to the differential at their own level."""

from proofweave.check.language import BRACES, SCALAR, CheckError, Match, Node, Scope, Symbol, Token, refuse_if, scripts
from proofweave.check.parse.spaces import differentials, is_space, over_space
from proofweave.check.syntax import READERS, Parser, node
from proofweave.core import Where

NOWHERE = Where("")


@READERS(r"\int")
def integral(p: Parser, token: Token) -> Node:
    """Parse \\int_a^b … \\mathrm{d}x, and \\int … \\mathrm{d}x over all vectors x."""
    lower, upper, p.place = scripts(p.tokens, p.place + 1)
    if not upper and is_space(lower) and (found := _over_space(p, token)) is not None:
        return found
    refuse_if(not lower or not upper, "parse.both-bounds", token.at)
    lo, hi = p.whole(lower, token.at), p.whole(upper, token.at)
    cut = _find_differential(p, token)
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
    cut = _find_differential(p, token)
    over = differentials(p, cut)
    if over is None:
        return None
    inside = p.sub(p.tokens[p.place : cut], token.at)
    refuse_if(p.place == cut, "parse.integrand-missing", token.at)
    body = inside.expression()
    inside.finish()
    variables, p.place = over
    return over_space(body, variables, token.at, p.reached)


def _find_differential(p: Parser, token: Token) -> int:
    depth, nested = 0, 0
    for place in range(p.place, len(p.tokens) - 1):
        current = p.tokens[place]
        depth += BRACES.get(current.kind, 0)
        if current.text == r"\int":
            nested += 1
        plain = current.text in ("d", r"\mathrm{d}", r"\operatorname{d}") and p.tokens[place + 1].kind == "name"
        if plain and not depth and (place == 0 or p.tokens[place - 1].text != "_"):
            if not nested:
                return place
            nested -= 1
    raise CheckError("parse.differential", token.at)


def _integration_variable(p: Parser, cut: int, match: Match | None) -> tuple[str, int]:
    _, sup, stop = scripts(p.tokens, cut + 2)
    if match is not None and match.stop > stop and not match.sup:
        stop = match.stop  # a declared name that goes on, such as P_i(t)
    refuse_if(sup, "parse.differential-power", p.tokens[cut + 1].at)
    return "".join(t.text for t in p.tokens[cut + 1 : stop]), stop
