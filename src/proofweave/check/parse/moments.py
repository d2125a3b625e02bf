"""Expectations, variances, probabilities and indicators."""

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Node,
    Symbol,
    Token,
    group,
    refuse_if,
    required,
    scripts,
    unbound_random,
)
from proofweave.check.parse.binding import names_in
from proofweave.check.syntax import CLOSING, READERS, Parser, bracket, bracketed, constraint, node, postfix, relation

EXPECTATION = frozenset((r"\mathbb{E}", r"\mathop{\mathbb{E}}", r"\operatorname{E}"))
MOMENTS = EXPECTATION | {r"\mathbb{P}", r"\mathbb{V}"}


@READERS("Var", "Cov")
def moment(p: Parser, token: Token) -> Node:
    """Parse \\mathbb{E}, \\mathbb{E}_\\xi, \\mathrm{Var} and \\mathbb{P}: exact sums over finite supports."""
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    over: tuple[Symbol, ...] | None = None
    if sub:
        cut = next((k for k, t in enumerate(sub) if t.text == r"\sim"), len(sub))
        found = [m for m, _ in names_in(p, [t for t in sub[:cut] if t.text != ","])]
        if any(m is None or m.role != "random" for m in found):
            raise CheckError("parse.below-expectation", sub[0].at)
        listed = [m for m in found if m is not None]
        samples = [m.data["sample"] for m in listed if "sample" in m.data]
        over = tuple(dict.fromkeys([*listed, *samples]))
    if sup:
        raise CheckError("parse.power-after-brackets", sup[0].at)
    if token.text == r"\mathbb{P}":
        inside = condition_inside(p, token)
        body = node("indicator", (inside,), SCALAR, inside.at, inside.end)
        return _moment("expect", body, over, token, p)
    op = "expect" if token.text in EXPECTATION else "variance"
    if (opening := bracketed(p)) is not None:
        body = bracket(p)
        refuse_if(token.text == "Cov", "parse.covariance", opening.at)
        return postfix(p, _moment(op, body, over, token, p))
    refuse_if(op == "variance", "parse.variance-brackets", token.at)
    return _moment(op, p.body(), over, token, p)


def _moment(op: str, body: Node, over: tuple[Symbol, ...] | None, token: Token, p: Parser) -> Node:
    refuse_if(body.type.kind in ("function", "bool"), "parse.expectation", body.at)
    if op == "variance" and body.type.kind not in ("scalar", "vector"):
        raise CheckError("parse.variance", body.at, type=body.type)
    if over is not None:  # an average over what the body does not hold is the body
        inside = set(unbound_random([body]))
        over = tuple(symbol for symbol in over if symbol in inside) or over[:1]
    refuse_if(over is None and not unbound_random([body]), "parse.nothing-random", token.at)
    type_ = SCALAR if op == "variance" else body.type
    return node(op, (body,), type_, token.at, body.end, over)


def condition_inside(p: Parser, token: Token) -> Node:
    """Parse a relation in brackets."""
    opening = required(bracketed(p), "parse.needs-brackets", token.at, text=token.text)
    with p.within(CLOSING[opening.text], opening.at):
        inside = relation(p)
    return inside


def indicator(p: Parser, token: Token) -> Node:
    """Parse \\mathbb{1}[x > 0], \\mathbb{1}\\{…\\} and \\mathbb{1}_{x > 0}."""
    p.place += 1
    if (script := p.peek()) is not None and script.text == "_":
        inside, p.place = group(p.tokens, p.place + 1)
        if inside and inside[0].text == r"\{":
            inside = inside[1:-1]
        found = constraint(p, inside)
    else:
        found = condition_inside(p, token)
    return node("indicator", (found,), SCALAR, token.at, found.end)
