"""Differentials: \\mathrm{d}\\|W\\|_F, dW, du_1^\\top. Where d may be a size too, it must be said which is meant."""

from collections.abc import Sequence

from proofweave.check.language import CheckError, Match, Node, Token, refuse_if
from proofweave.check.parse.directions import along
from proofweave.check.syntax import RELATIONS, Parser

UPRIGHT = frozenset((r"\mathrm{d}", r"\operatorname{d}"))
LETTERS = UPRIGHT | {"d"}
ROLE = "differential"
OPENING = frozenset((r"\|", "|", r"\langle", "(", "[", r"\frac", r"\sqrt", r"\sum", r"\prod", r"\underbrace"))
WHOLE = frozenset(("int", "size"))
POWERED = frozenset(("sym", "member", "entry", "call", "func", "differential"))


def differential(p: Parser, token: Token) -> Node | None:
    """Parse a differential; None where d is a name of its own."""
    if token.text not in LETTERS or token.text in p.indices:
        return None
    match = p.scope.match(p.tokens, p.place)
    follows = _follows(p, p.place + 1)
    refuse_if(match is not None and match.symbol.role == ROLE and not follows, "parse.differential-alone", token.at)
    if not follows or (match is not None and _named(p, token, match)):
        return None
    p.place += 1
    body = p.factor()
    _refuse_power(p, body)
    return along(body, token.at, p.reached)


def _named(p: Parser, token: Token, match: Match) -> bool:
    """Tell whether d is what it was declared as, which a relation between two of them leaves open."""
    if match.stop > p.place + 1:
        return True
    if match.symbol.role == ROLE or (token.text in UPRIGHT and match.symbol.name == "d"):
        return False
    refuse_if(token.text == "d" and _both_sides(p), "parse.d-or-differential", token.at)
    return True


def _follows(p: Parser, place: int) -> bool:
    """Tell whether something that may move follows."""
    following = p.tokens[place] if place < len(p.tokens) else None
    return following is not None and (following.kind in ("name", "op") or following.text in OPENING)


def _both_sides(p: Parser) -> bool:
    """Tell whether a d before a norm, a function or a name stands on both sides of a relation."""
    sides: list[bool] = [False]
    for place, token in enumerate(p.formula):
        if token.text in RELATIONS or token.kind == "row":
            sides.append(False)
        sides[-1] = sides[-1] or (token.text in LETTERS and _moving(p, place))
    return sum(sides) > 1


def _moving(p: Parser, place: int) -> bool:
    """Tell whether a d may be a differential: a factor on which nothing hangs, before what is no whole number."""
    tokens = p.formula
    if place + 1 >= len(tokens) or _argument(tokens, place):
        return False
    following = tokens[place + 1]
    if following.text in (r"\|", r"\langle") or following.kind == "op":
        return following.hint != ")"
    match = p.scope.match(tokens, place + 1) if following.kind == "name" else None
    return match is not None and match.symbol.role not in WHOLE


def _argument(tokens: Sequence[Token], place: int) -> bool:
    """Tell whether a token is a script, or an argument without braces, as in \\sqrt d."""
    before = [t.text for t in tokens[max(place - 2, 0) : place]]
    after = tokens[place + 1].kind == "script"
    hung = bool(before) and (tokens[place - 1].kind == "script" or before[-1] in (r"\sqrt", r"\frac", r"\binom"))
    return after or hung or (len(before) > 1 and before[0] in (r"\frac", r"\binom"))


def _refuse_power(p: Parser, body: Node) -> None:
    """Refuse \\mathrm{d}x^2, which is (\\mathrm{d}x)^2 to some and \\mathrm{d}(x^2) to others."""
    bracketed = p.tokens[p.place - 1].text in (")", "]") and p.tokens[p.place - 1].kind != "close"
    if body.op in ("pow", "elementpow") and not bracketed and body.args[0].op in POWERED:
        raise CheckError("parse.differential-square", body.at)
