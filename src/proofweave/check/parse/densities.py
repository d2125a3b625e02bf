"""Densities of named laws at a value, laws as sides of a relation, and divergences."""

from dataclasses import replace

from proofweave.check.language import SCALAR, Node, Symbol, Token, Type, refuse_if, required, scripts
from proofweave.check.parse.laws import (
    ARITY,
    NOWHERE,
    Law,
    density,
    divergence,
    fitted,
    named_law,
    read_law,
    type_of,
)
from proofweave.check.syntax import CALL, CLOSING, Parser, node, postfix

DIVERGENCE = frozenset((r"\operatorname{KL}", r"\mathrm{KL}", r"\mathbb{KL}", "D"))
BARS = ("|", r"\mid")


def law_density(p: Parser, token: Token) -> Node | None:
    """Parse \\mathcal{N}(x; \\mu, \\Sigma), a density at a value; None for other names."""
    following = p.peek(1)
    if named_law(token) is None or following is None or following.text != "(":
        return None
    start = p.place
    p.place += 1
    with p.within(")", following.at, CALL):
        value = p.expression()
        if not (p.take(";") or any(p.take(bar) for bar in BARS)):
            params = [value]
            while p.take(","):
                params.append(p.expression())
            name = named_law(token) or ""
            refuse_if(len(params) != ARITY[name], "parse.density", token.at)
            value = node("literal", params, Type("law"), token.at, token.end, name)
        inside = p.place
        while value.op != "literal" and p.expression() is not None and p.take(","):
            pass
        stop = p.place
    if value.op == "literal":
        return replace(value, end=p.reached)
    opening, closing = following, p.tokens[p.place - 1]
    law = fitted(read_law(p, [p.tokens[start], opening, *p.tokens[inside:stop], closing], token.at), value.type)
    return density(law, value, token.at, p.reached)


def kl(p: Parser, token: Token) -> Node | None:
    """Parse \\mathrm{KL}(p \\| q) and D_{\\mathrm{KL}}(p \\| q) of points of a simplex, or of two laws."""
    sub, sup, stop = scripts(p.tokens, p.place + 1)
    plain = "".join(t.text for t in sub)
    if token.text == "D" and "KL" not in plain:
        return None
    if sup or stop >= len(p.tokens) or p.tokens[stop].text not in ("(", "["):
        return None
    opening = p.tokens[stop]
    p.place = stop
    first = p.peek(1)
    with p.within(CLOSING[opening.text], opening.at, CALL):
        if first is not None and named_law(first) is not None:
            laws = _two_laws(p, token)
            found = _divergence(*laws, token.at, p.here())
        else:
            one = p.expression()
            refuse_if(not (p.take(r"\|") or p.take(",")), "parse.kl", token.at)
            two = p.expression()
            vectors = one.type.kind == two.type.kind == "vector"
            refuse_if(not vectors, "parse.kl", token.at)
            found = node("kl", (one, two), SCALAR, token.at, p.here())
    return postfix(p, found)


def _divergence(one: Law, two: Law, at: int, end: int) -> Node:
    """Return the divergence of two laws; of normal vectors as the mean of a quadratic."""
    sized = [law for law in (one, two) if law.name == "N" and law.params[1].type.kind == "matrix"]
    sized = [law for law in sized if law.params[1].type.dims[0] is not None]
    if not sized or one.name != two.name:
        return divergence(one, two, at, end)
    type_ = type_of(sized[0])
    first, second = fitted(one, type_), fitted(two, type_)
    symbol = Symbol("x", NOWHERE, type_, "law", data={"law": first})
    value = Node("sym", (), type_, 0, 0, symbol)
    logs = [node("func", (density(law, value, 0, 0),), SCALAR, 0, 0, ("log", False)) for law in (first, second)]
    body = Node("add", (logs[0], Node("neg", (logs[1],), SCALAR, 0, 0)), SCALAR, at, end)
    return node("expect", (body,), SCALAR, at, end, (symbol,))


def _two_laws(p: Parser, token: Token) -> tuple[Law, Law]:
    depth, cut, place = 0, None, p.place
    while place < len(p.tokens):
        text = p.tokens[place].text
        depth += (text in ("(", "[")) - (text in (")", "]"))
        if depth < 0:
            break
        if text == r"\|" and not depth:
            cut = place
        place += 1
    split = required(cut, "parse.kl", token.at)
    laws = read_law(p, p.tokens[p.place : split], token.at), read_law(p, p.tokens[split + 1 : place], token.at)
    p.place = place
    return laws
