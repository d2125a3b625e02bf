"""Brackets around an expression."""

from proofweave.check.language import SCALAR, CheckError, Node, Token, refuse_if
from proofweave.check.syntax.build import node
from proofweave.check.syntax.dots import collected
from proofweave.check.syntax.parser import Parser

CLOSING = {"(": ")", "[": "]", r"\{": r"\}", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}
ROUNDED = {r"\lfloor": "floor", r"\lceil": "ceil"}


def bracket(p: Parser) -> Node:
    """Parse a bracketed expression."""
    token = p.peek()
    assert token is not None
    with p.within(CLOSING[token.text], token.at):
        inside = p.expression()
        if (found := p.peek()) is not None and found.text == ",":
            inside = _listed(p, inside, found, token)
    if token.text in ROUNDED:
        return node("func", (inside,), SCALAR, token.at, p.reached, (ROUNDED[token.text], False))
    return inside


def _listed(p: Parser, first: Node, comma: Token, opening: Token) -> Node:
    """Parse (x_1, x_2, \\ldots, x_n) as a vector, and [a_1, \\ldots, a_n] of vectors as a matrix of these columns."""
    items = [first]
    while p.take(","):
        items.append(p.expression())
    if opening.text not in ("(", "[") or not any(item.op == "dots" for item in items):
        raise CheckError("parse.list", comma.at)
    found = collected(items, opening.at, p.here())
    refuse_if(first.type != SCALAR and (opening.text == "(" or first.type.kind != "vector"), "parse.list", comma.at)
    return found


def bracketed(p: Parser) -> Token | None:
    """Return the token at hand if it opens the brackets of an argument."""
    token = p.peek()
    return token if token is not None and token.text in ("(", "[", r"\{") else None
