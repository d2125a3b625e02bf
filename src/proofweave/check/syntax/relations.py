"""Relations: a = b \\le c, and conditions that stand alone below an operator or in brackets."""

from collections.abc import Callable, Sequence

from proofweave.check.language import (
    BOOL,
    CheckError,
    Node,
    Registry,
    Token,
    Type,
    is_number,
    refuse_if,
    settle,
    unify,
)
from proofweave.check.syntax.build import node
from proofweave.check.syntax.dots import dotted_chain
from proofweave.check.syntax.memberships import IN, NOT_IN, membership
from proofweave.check.syntax.parser import RELATIONS, Parser
from proofweave.check.syntax.rounding import rounded
from proofweave.core import say

CLAIMS: Registry[Callable[[Parser, Sequence[Node], Sequence[tuple[str, int]]], Node]] = Registry()
"""How a chain is read that has a sign of its own, or a side by an operation of its own."""

LOEWNER = frozenset((r"\succeq", r"\preceq", r"\succ", r"\prec"))
"""Relations of symmetric matrices, and of vectors entry by entry."""


def constraint(p: Parser, tokens: Sequence[Token]) -> Node:
    """Parse a run of tokens as one relation."""
    inner = p.sub(tokens, tokens[0].at)
    found = relation(inner)
    inner.finish()
    return found


def relation(p: Parser, before: Node | None = None, dotted: bool = False) -> Node:
    """Parse a chain a = b \\le c, or x \\in S; an empty left side continues `before`.

    `dotted` says that it may be a chain with dots, which speaks of a free index.
    """
    sides: list[Node] = []
    signs: list[tuple[str, int]] = []
    start = p.here()
    p.skip_layout()
    first = p.peek()
    if first is not None and first.text in RELATIONS and before is not None:
        sides.append(before)
    else:
        sides.append(p.expression())
    while True:
        p.skip_layout()
        token = p.peek()
        if token is None or token.text not in RELATIONS:
            break
        sign = token.text
        p.place += 1
        if sign in ("<", ">") and p.take("="):
            raise CheckError("parse.write-for", token.at, text=r"\le" if sign == "<" else r"\ge", sign=sign)
        if sign == ":":
            refuse_if(not p.take("="), "parse.not-understood-here", token.at, text=":")
            sign = "="
        if sign == r"\equiv":
            sign = "="
        signs.append((sign, token.at))
        if (following := p.peek()) is not None and following.kind == "amp":
            p.place += 1
        sides.append(p.expression())
    if any(side.op == "dots" for side in sides):
        refuse_if(not dotted, "parse.dots", start)
        written, ops = dotted_chain(sides, [sign for sign, _ in signs], p.free)
        return chain(written, [(op, signs[0][1]) for op in ops])
    if (token := p.peek()) is not None and token.text in (IN, NOT_IN):
        member = membership(p, sides[-1])
        return node("and", (chain(sides, signs), member), BOOL, sides[0].at, p.reached) if signs else member
    refuse_if(not signs, "parse.relation", start)
    for name in (*(sign for sign, _ in signs), *(side.op for side in sides)):
        if name in CLAIMS:
            return CLAIMS[name](p, sides, signs)
    if signs[-1][0] == r"\approx" and (close := rounded(sides[-2], sides[-1])) is not None:
        rest = [chain(sides[:-1], signs[:-1])] if len(signs) > 1 else []
        return node("and", (*rest, close), BOOL, sides[0].at, p.reached) if rest else close
    return chain(sides, signs)


def chain(sides: Sequence[Node], signs: Sequence[tuple[str, int]]) -> Node:
    """Return a chain of relations whose sides have one type."""
    ops = tuple(sign for sign, _ in signs)
    lead = next((s for s in sides if not is_number(s, 0)), sides[0])
    if ops == (r"\perp",):
        type_ = unify(sides[0].type, sides[1].type, signs[0][1], r"\perp")
        settled = [settle(side, type_) for side in sides]
        return node("chain", settled, BOOL, sides[0].at, sides[-1].end, ops)
    type_, what = lead.type, say("parse.two-sides")
    for side in sides:
        if not is_number(side, 0):
            type_ = unify(type_, side.type, side.at, what)
    refuse_if(None in type_.dims, "parse.open-size", sides[0].at)
    _comparable(type_, signs)
    settled = [settle(side, type_, what) for side in sides]
    return node("chain", settled, BOOL, sides[0].at, sides[-1].end, ops)


def _comparable(type_: Type, signs: Sequence[tuple[str, int]]) -> None:
    refuse_if(type_.kind in ("function", "bool"), "parse.functions-compared", signs[0][1])
    if type_.kind == "set" and any(sign not in ("=", r"\neq") for sign, _ in signs):
        raise CheckError("parse.set-values", signs[0][1])
    for sign, at in signs:
        if type_.kind == "matrix" and sign in ("<", ">", r"\le", r"\ge"):
            raise CheckError("parse.matrices-compared", at, sign=sign)
        refuse_if(type_.kind == "scalar" and sign in LOEWNER, "parse.compares", at, sign=sign)
