"""Optima over an interval, \\max_{x \\in [a, b]} f(x), and where another is attained, x \\in \\arg\\max(|f(x)|)."""

from collections.abc import Sequence

from proofweave.check.language import (
    SCALAR,
    Node,
    Optimum,
    Scope,
    Symbol,
    Token,
    named_in,
    refuse_if,
    required,
    split,
    substitute,
)
from proofweave.check.syntax import Parser, node
from proofweave.core import Where

NOWHERE = Where("")
ENDS = {("[", "]"): True, ("(", ")"): False}
ATTAINED = frozenset(("min", "max", "argmin", "argmax"))
SENSES = {"argmin": 1, "argmax": -1}


def over_interval(p: Parser, token: Token, sub: Sequence[Token], sense: int, argument: bool) -> Node | None:
    """Parse an optimum over an interval that is written below it; None where something else stands there."""
    cut = _element(sub)
    where = sub[cut + 1 :]
    closed = ENDS.get((where[0].text, where[-1].text)) if cut and where else None
    parts = split(where[1:-1]) if closed is not None else []
    if len(parts) != 2:
        return None
    refuse_if(not closed and token.text in ATTAINED, "parse.interval-open", where[0].at, text=token.text)
    lo, hi = (p.whole(part, token.at) for part in parts)
    refuse_if((lo.type, hi.type) != (SCALAR, SCALAR), "parse.bound", where[0].at, type=lo.type)
    data = {"domain": "interval", "lo": lo, "hi": hi, "within": True}
    needs = tuple(dict.fromkeys((*named_in(lo), *named_in(hi))))
    symbol = Symbol("".join(t.text for t in sub[:cut]), NOWHERE, SCALAR, "bound", data=data, needs=needs)
    saved = p.scope
    p.scope = Scope(saved)
    p.scope.bind(symbol)
    try:
        body = p.body()
    finally:
        p.scope = saved
    refuse_if(body.type != SCALAR, "parse.no-smallest", body.at, type=body.type)
    return node("optimum", (body,), SCALAR, token.at, body.end, Optimum(symbol, sense, argument))


def over_attained(p: Parser, token: Token, sub: Sequence[Token]) -> Node | None:
    """Parse an optimum over where another one is attained: its body there, where that is one point; None for others."""
    cut = _element(sub)
    which = sub[cut + 1].text if cut and cut + 2 < len(sub) else ""
    if which not in SENSES or sub[cut + 2].text not in ("(", r"\{", "["):
        return None
    match = p.scope.match(sub, 0)
    symbol = match.symbol if match is not None and match.stop == cut and match.symbol.role == "free" else None
    variable = required(symbol, "parse.optimise-over", sub[0].at)
    refuse_if(variable.data["domain"] != "interval", "parse.optimise-within", sub[0].at, name=variable.name)
    inside = p.whole(sub[cut + 2 :], sub[cut].at)
    refuse_if(inside.type != SCALAR, "parse.no-smallest", inside.at, type=inside.type)
    data = {**variable.data, "within": True}
    own = Symbol(variable.name, variable.where, SCALAR, "bound", data=data, needs=variable.needs)
    inside = substitute(inside, {variable: node("sym", (), SCALAR, sub[0].at, sub[cut - 1].end, own)})
    what = Optimum(own, SENSES[which], True)
    place = node("optimum", (inside,), SCALAR, sub[cut + 1].at, inside.end, what)
    body = p.body()
    refuse_if(body.type != SCALAR, "parse.no-smallest", body.at, type=body.type)
    return substitute(body, {variable: place})


def _element(sub: Sequence[Token]) -> int:
    """Return where \\in stands after a name, or 0."""
    return next((k for k, t in enumerate(sub) if t.text == r"\in" and k and sub[0].kind == "name"), 0)
