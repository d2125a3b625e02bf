"""Brackets around an expression."""

from proofweave.check.language import SCALAR, CheckError, Node, Token
from proofweave.check.syntax.build import node
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
            raise CheckError("parse.list", found.at)
    if token.text in ROUNDED:
        return node("func", (inside,), SCALAR, token.at, p.reached, (ROUNDED[token.text], False))
    return inside


def bracketed(p: Parser) -> Token | None:
    """Return the token at hand if it opens the brackets of an argument."""
    token = p.peek()
    return token if token is not None and token.text in ("(", "[", r"\{") else None
