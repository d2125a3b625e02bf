"""Limits, \\lim_{x \\to a}, and values whose gradient is stopped."""

from collections.abc import Sequence

from proofweave.check.language import SCALAR, Approach, Node, Scope, Symbol, Token, refuse_if, scripts
from proofweave.check.syntax import READERS, Parser, bracket, bracketed, node, postfix
from proofweave.core import Where

NOWHERE = Where("")
STOPPED = frozenset(rf"\{font}{{sg}}" for font in ("operatorname", "mathrm")) | {r"\operatorname{stopgrad}"}
SIDES = {"+": 1, "-": -1}


@READERS(r"\lim")
def limit(p: Parser, token: Token) -> Node:
    """Parse \\lim_{x \\to a} f(x), from one side (0^+) or both, also at \\infty; it reaches to the next + or −."""
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    cut = next((k for k, t in enumerate(sub) if t.text == r"\to"), 0)
    refuse_if(sup or cut == 0 or cut + 1 == len(sub), "parse.limit", token.at)
    where, side = _side(sub[cut + 1 :])
    target = p.whole(where, token.at)
    refuse_if(target.type != SCALAR, "parse.limit", token.at)
    name = "".join(t.text for t in sub[:cut])
    declared = p.scope.match(sub, 0)
    whole = declared is not None and declared.stop == cut and declared.symbol.role in ("int", "size")
    symbol = Symbol(name, NOWHERE, SCALAR, "bound")
    saved = p.scope
    p.scope = Scope(saved)
    p.scope.bind(symbol)
    try:
        body = p.body()
    finally:
        p.scope = saved
    refuse_if(body.type.kind in ("function", "bool"), "parse.limit", body.at)
    return node("limit", (target, body), body.type, token.at, body.end, Approach(symbol, side, whole))


def _side(where: Sequence[Token]) -> tuple[Sequence[Token], int]:
    """Return where a limit goes, and the side it comes from: 1 above, −1 below, 0 both."""
    bare = [t for t in where if t.kind not in ("open", "close")]
    if len(bare) > 2 and bare[-2].text == "^" and bare[-1].text in SIDES:
        return bare[:-2], SIDES[bare[-1].text]
    return where, 0


def stopped(p: Parser, token: Token) -> Node | None:
    """Parse \\operatorname{sg}[x]: x itself, constant to every derivative; None for other names."""
    if token.text not in STOPPED:
        return None
    p.place += 1
    refuse_if(bracketed(p) is None, "parse.needs-brackets", token.at, text=token.text)
    inside = bracket(p)
    refuse_if(inside.type.kind in ("function", "bool"), "parse.needs-values", inside.at, text=token.text)
    return postfix(p, node("stopped", (inside,), inside.type, token.at, p.reached))
