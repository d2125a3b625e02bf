"""Single factors: numbers, brackets, norms, inner products, fractions and roots, with the scripts after them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from proofweave.check.language import SCALAR, CheckError, Node, Token, group, meet, number, refuse_if, required, scripts
from proofweave.check.parse.blocks import beside
from proofweave.check.parse.derivatives import derivative_fraction
from proofweave.check.syntax import (
    CLOSING,
    KINDS,
    READERS,
    RELATIONS,
    Parser,
    bracket,
    dim_node,
    divide,
    inner,
    node,
    postfix,
    raised,
)
from proofweave.core import say

LONGEST_NUMBER = 300
BARE = frozenset(("sym", "member", "entry", "index", "num", "constant"))


@KINDS("digit")
def digits(p: Parser, first: Token) -> Node:
    """Parse a decimal number."""
    text, end = "", first.at
    while (token := p.peek()) is not None and (token.kind == "digit" or (token.text == "." and "." not in text)):
        text += token.text
        end = token.end
        p.place += 1
    refuse_if(end - first.at > LONGEST_NUMBER, "parse.long-number", first.at, most=LONGEST_NUMBER)
    _no_exponent(p, text, first.at, end)
    value = float(text) if "." in text else int(text)
    return postfix(p, number(value, first.at, end))


def _no_exponent(p: Parser, text: str, at: int, end: int) -> None:
    """Refuse 1e-3 and 2E5: TeX sets them as products with Euler's number."""
    if (letter := p.peek()) is None or letter.text not in ("e", "E") or letter.at != end:
        return
    rest = p.tokens[p.place + 1 : p.place + 3]
    if not rest:
        return
    signed = rest[0].text in ("+", "-") and rest[0].at == letter.end
    power = rest[1] if signed and len(rest) > 1 else rest[0]
    if power.kind == "digit" and power.at == (rest[0].end if signed else letter.end):
        raise CheckError("parse.e-notation", at, text=text, power=("-" if rest[0].text == "-" else "") + power.text)


@KINDS("open")
def braces(p: Parser, token: Token) -> Node:
    """Parse what stands in braces."""
    inside, p.place = group(p.tokens, p.place)
    return postfix(p, p.whole(inside, token.at))


@READERS(*CLOSING)
def brackets(p: Parser, token: Token) -> Node:
    """Parse what stands in brackets; a name alone in [ ] or \\{ \\} would be set in them for a meaning."""
    if token.text == "[" and (joined := beside(p, token)) is not None:
        return postfix(p, joined)
    found = bracket(p)
    entry = (script := p.peek()) is not None and script.text == "_"
    if token.text in ("[", r"\{") and found.op in BARE and not entry:
        raise CheckError("parse.bracket-meaning", token.at, open=token.text, close=CLOSING[token.text])
    return postfix(p, found)


@READERS(r"\underbrace", r"\overbrace")
def braced(p: Parser, token: Token) -> Node:
    """Parse what a brace stands over or under; what the brace says is left out, unless it claims something."""
    inside, p.place = group(p.tokens, p.place + 1)
    below, above, p.place = scripts(p.tokens, p.place)
    said = next((t for t in (*below, *above) if t.text in RELATIONS), None)
    refuse_if(said is not None, "parse.brace-claim", said.at if said else None)
    return postfix(p, p.whole(inside, token.at))


@READERS("|", r"\|")
def bars(p: Parser, token: Token) -> Node:
    """Parse |x| and the norms; what \\left or \\big makes large ends where the same is said again."""
    with p.within(token.text, token.at, token.text + token.hint):
        inside = p.expression()
    if token.text == "|" and inside.type.kind == "set":
        return postfix(p, node("card", (inside,), SCALAR, token.at, p.reached))
    if token.text == "|":
        refuse_if(inside.type.kind != "scalar", "parse.bars", token.at, type=inside.type)
        return postfix(p, node("func", (inside,), SCALAR, token.at, p.reached, ("abs", False)))
    index, power, p.place = scripts(p.tokens, p.place)
    if _plain("".join(t.text for t in index)) == "RMS":
        found = _mean_square(inside, token, p.reached)
    else:
        which, args = _norm_kind(p, inside, token, index)
        found = node("norm", (inside, *args), SCALAR, token.at, p.reached, which)
    return postfix(p, raised(p, found, power, p.reached) if power else found)


def _plain(text: str) -> str:
    """Return a norm's index without the fonts of words."""
    return re.sub(r"\\(?:mathrm|text|operatorname)\{|\}", "", text)


def _mean_square(inside: Node, token: Token, end: int) -> Node:
    """Return \\|x\\|_{RMS}, the norm by the root of how many entries there are."""
    refuse_if(inside.type.kind not in ("vector", "row"), "parse.root-mean-square", token.at, type=inside.type)
    count = dim_node(required(inside.type.dims[0], "parse.part-open", token.at))
    length = node("norm", (inside,), SCALAR, token.at, end, "2")
    below = node("root", (count, number(2, token.at, token.at)), SCALAR, token.at, token.at)
    return node("div", (length, below), SCALAR, token.at, end)


def _norm_kind(p: Parser, inside: Node, token: Token, index: Sequence[Token]) -> tuple[str, tuple[Node, ...]]:
    kind = inside.type.kind
    refuse_if(kind not in ("vector", "row", "matrix", "scalar"), "parse.no-norm", token.at, type=inside.type)
    text = "".join(t.text for t in index)
    if not text:
        refuse_if(kind == "matrix", "parse.norm-readings", token.at)
        return "2", ()
    plain = _plain(text)
    if kind == "matrix":
        known = {"F": "F", "2": "op", "op": "op", "*": "nuclear", r"\infty": "rows", "1": "columns"}
        if plain in known:
            return known[plain], ()
        if plain == "nuc":
            return "nuclear", ()
        raise CheckError("parse.norm-unknown", index[0].at, text=text)
    if plain in ("2", "F"):
        return "2", ()
    if plain == r"\infty":
        return "inf", ()
    power = p.whole(index, index[0].at)
    if power.type.kind == "scalar":
        return "p", (power,)
    if power.type.kind == "matrix":
        meet(power.type.dims[0], inside.type.dims[0], index[0].at, say("parse.norm"))
        return "weighted", (power,)
    raise CheckError("parse.names-no-norm", index[0].at, type=power.type)


@READERS(r"\langle")
def angle(p: Parser, token: Token) -> Node:
    """Parse an inner product."""
    with p.within(r"\rangle", token.at):
        left = p.expression()
        refuse_if(not p.take(",") and not p.take("|"), "parse.langle", token.at)
        right = p.expression()
    if (script := p.peek()) is not None and script.text == "_":
        index, p.place = group(p.tokens, p.place + 1)
        refuse_if("".join(t.text for t in index) != "F", "parse.langle-index", script.at)
    return postfix(p, inner(left, right, token.at, p.reached))


@READERS(r"\frac", r"\binom")
def fraction(p: Parser, token: Token) -> Node:
    """Parse \\frac and \\binom; a \\frac of differentials is a derivative."""
    above, stop = group(p.tokens, p.place + 1)
    below, stop = group(p.tokens, stop)
    if token.text == r"\frac" and (derived := derivative_fraction(p, above, below, stop)) is not None:
        return postfix(p, derived)
    p.place = stop
    top, bottom = p.whole(above, token.at), p.whole(below, token.at)
    end = p.tokens[stop - 1].end
    if token.text == r"\binom":
        refuse_if(top.type.kind != "scalar" or bottom.type.kind != "scalar", "parse.binom", token.at)
        return postfix(p, node("binom", (top, bottom), SCALAR, token.at, end))
    return postfix(p, replace(divide(top, bottom), at=token.at, end=end))


@READERS(r"\sqrt")
def root(p: Parser, token: Token) -> Node:
    """Parse \\sqrt[n]{x}."""
    p.place += 1
    degree: Node = number(2, token.at, token.at)
    if (opening := p.peek()) is not None and opening.text == "[":
        with p.within("]", token.at):
            degree = p.expression()
    inside, p.place = group(p.tokens, p.place)
    body = p.whole(inside, token.at)
    if body.type.kind == "matrix":
        half = number(0.5, token.at, token.at)
        return postfix(p, node("pow", (body, half), body.type, token.at, p.reached))
    refuse_if(body.type.kind != "scalar", "parse.no-root", body.at, type=body.type)
    return postfix(p, node("root", (body, degree), SCALAR, token.at, p.reached))
