"""Functions at arguments: f(x), f'(x), \\dot{x}(t)."""

import re
from collections.abc import Sequence
from dataclasses import replace

from proofweave.check.language import SCALAR, CheckError, FunctionAt, Match, Node, Rate, Symbol, Token
from proofweave.check.syntax.build import fit, node
from proofweave.check.syntax.dots import collected
from proofweave.check.syntax.indices import member_places
from proofweave.check.syntax.parser import CALL, Parser
from proofweave.core import say


def base(p: Parser, match: Match) -> Node:
    """Step over a declared name and return it, with its member indices if it names a family's member."""
    at = p.here()
    p.place = match.stop
    members = member_places(p, match)
    return node("member" if members else "sym", members, match.symbol.type, at, p.reached, match.symbol)


def called(p: Parser, symbol: Symbol, function: Node) -> Node:
    """Parse the arguments after a function and return the call."""
    arguments = arguments_of(p, symbol)
    return apply(symbol, function, arguments, p.reached)


def apply(symbol: Symbol, function: Node, arguments: Sequence[Node], end: int) -> Node:
    """Return the node of a call; `function` holds the member indices of a family of functions."""
    result = symbol.type.result or SCALAR
    return node("call", (*arguments, *function.args), result, function.at, end, symbol)


def arguments_of(p: Parser, symbol: Symbol) -> list[Node]:
    """Parse (x, y) after a function and check the arguments' types."""
    opening = p.peek()
    if opening is None or opening.text not in ("(", "["):
        raise CheckError("parse.function", p.here(), name=symbol.name)
    with p.within(")" if opening.text == "(" else "]", opening.at, CALL):
        arguments = [p.expression()]
        while p.take(",") or p.take(";") or p.take("|") or p.take(r"\|"):
            arguments.append(p.expression())
    wanted = symbol.type.args
    if any(argument.op == "dots" for argument in arguments):
        arguments = [collected(arguments, opening.at, p.reached)]
    if len(arguments) != len(wanted):
        raise CheckError("parse.arity", opening.at, name=symbol.name, wanted=len(wanted), found=len(arguments))
    what = say("parse.argument-of", name=symbol.name)
    return [fit(arg, type_, what) for arg, type_ in zip(arguments, wanted, strict=True)]


def primed_call(p: Parser, symbol: Symbol, function: Node, sup: Sequence[Token]) -> Node:
    """Parse f'(x) and f''(x) of a function of a scalar."""
    order = len(sup)
    if any(t.text != "'" for t in sup) or symbol.type.args != (SCALAR,) or order > 2:
        raise CheckError("parse.primes", sup[0].at)
    return _rate(symbol, called(p, symbol, function), order, function.at)


def _rate(symbol: Symbol, call: Node, order: int, at: int) -> Node:
    """Return a derivative of a function of one scalar, vector-valued ones too."""
    result = symbol.type.result or SCALAR
    if symbol.role == "flow":
        return node("rate", call.args, result, at, call.end, Rate(symbol, order))
    return node("gradient" if order == 1 else "hessian", call.args, result, at, call.end, FunctionAt(symbol, 0))


def dotted(p: Parser, token: Token) -> Node | None:
    """Parse \\dot{x}(t) and \\ddot{x}(t) of a function of one scalar; None for other names."""
    found = re.fullmatch(r"\\(d?dot)\{(.*)\}", token.text)
    if found is None:
        return None
    tokens = [*p.tokens[: p.place], replace(token, text=found.group(2)), *p.tokens[p.place + 1 :]]
    match = p.scope.match(tokens, p.place)
    if match is None or match.symbol.type.args != (SCALAR,) or match.sup or match.entries or match.symbol.holes:
        return None
    call = called(p, match.symbol, base(p, match))
    return _rate(match.symbol, call, len(found.group(1)) - 2, token.at)
