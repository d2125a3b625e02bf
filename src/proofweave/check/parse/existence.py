"""Existence: \\exists x > 0: f(x) = a says that there is a value of a declared symbol for which the rest holds."""

from collections.abc import Sequence

from proofweave.check.language import BOOL, BRACES, Node, Symbol, Token, nesting, refuse_if, required
from proofweave.check.parse.clauses import clause, joined, member_at, set_range
from proofweave.check.parse.connectives import joining
from proofweave.check.syntax import CLOSERS, OPENERS, PUNCTUATION, RELATIONS, Parser, constraint, node

SIGN = r"\exists"


def existence(top: Parser, line: Sequence[Token], conditions: list[Node]) -> Node | None:
    """Parse a row that begins with \\exists; None for other rows."""
    tokens = [t for t in line if t.kind not in ("amp", "sep")]
    place = next((k for k, t in enumerate(tokens) if t.text == SIGN), None)
    if place is None:
        return None
    refuse_if(place > 0, "parse.exists-first", tokens[place].at)
    cut = _cut(tokens)
    refuse_if(not 1 < cut < len(tokens) - 1, "parse.exists-form", tokens[0].at)
    symbols: list[Symbol] = []
    claims: list[Node] = []
    for part in _parts(tokens[1:cut]):
        symbols.append(_sought(top, part))
        inside = member_at(part) is not None
        if len(part) > 1 and not (inside and set_range(top, part, False, conditions)):
            claims.append(constraint(top, part))
    found = clause(top, tokens[cut + 1 :], None, conditions)
    refuse_if(bool(found.premises) or not found.claims, "parse.exists-form", tokens[cut].at)
    body = joined([*claims, *found.claims])
    return node("exists", (body,), BOOL, tokens[0].at, body.end, tuple(symbols))


def _cut(tokens: Sequence[Token]) -> int:
    """Return where what there is ends: at a colon or `such that`, else at the first comma."""
    depth, comma = 0, 0
    for place, token in enumerate(tokens):
        depth += nesting(token) + (token.text in OPENERS) - (token.text in CLOSERS)
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if not depth and ((token.text == ":" and after != "=") or joining(token) == "such"):
            return place
        if not depth and not comma and token.text in PUNCTUATION:
            comma = place
    return comma


def _parts(tokens: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += BRACES.get(token.kind, 0) + (token.text in OPENERS) - (token.text in CLOSERS)
        if token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _sought(top: Parser, part: Sequence[Token]) -> Symbol:
    """Return the drawn symbol that a part names first."""
    at = part[0].at if part else top.here()
    match = top.scope.match(part, 0) if part and part[0].kind == "name" else None
    named = match is not None and (match.stop == len(part) or part[match.stop].text in RELATIONS | {r"\in"})
    free = match is not None and named and match.symbol.role == "free" and not match.symbol.holes and not match.entries
    return required(match.symbol if match is not None and free else None, "parse.exists-name", at)
