"""Entropies and mutual information of random values: H(X), H(X, Y), H(X|Y), I(X; Y), I(X; Y|Z), in nats."""

from collections.abc import Sequence

from proofweave.check.language import SCALAR, Node, Token, degree, fontless, nesting, refuse_if, unbound_random
from proofweave.check.parse.inlaw import kind_of
from proofweave.check.parse.laws import Law, expectation, log_density
from proofweave.check.syntax import CALL, CLOSING, Parser, node, postfix

ENTROPY, MUTUAL = frozenset("Hh"), frozenset("I")
Signed = tuple[tuple[int, tuple[int, ...]], ...]


def name_in(token: Token) -> str:
    """Return the bare letter of a name such as \\operatorname{H}."""
    return fontless(token.text)


def information(p: Parser, token: Token) -> Node | None:
    """Parse an entropy or a mutual information of random values; None where something else is meant."""
    letter, opening = name_in(token), p.peek(1)
    if letter not in ENTROPY | MUTUAL or opening is None or opening.text not in ("(", "["):
        return None
    if letter in MUTUAL and not _holds_semicolon(p.tokens[p.place + 1 :]):
        return None
    start = p.place
    p.place += 1
    groups: list[list[Node]] = [[]]
    signs: list[str] = []
    with p.within(CLOSING[opening.text], opening.at, CALL):
        groups[-1].append(p.expression())
        while (sign := next((s for s in (",", ";", "|", r"\mid") if p.take(s)), None)) is not None:
            if sign != ",":
                groups.append([])
                signs.append("|" if sign == r"\mid" else sign)
            groups[-1].append(p.expression())
    values = [value for group in groups for value in group]
    if letter in ENTROPY and not unbound_random(values):
        p.place = start
        return None
    return postfix(p, _read(letter, groups, signs, values, token, p.reached))


def _holds_semicolon(tokens: Sequence[Token]) -> bool:
    depth = 0
    for token in tokens:
        depth += nesting(token) + (token.text in CLOSING) - (token.text in CLOSING.values())
        if depth <= 0:
            return False
        if token.text == ";" and depth == 1:
            return True
    return False


def _read(letter: str, groups: list[list[Node]], signs: list[str], values: list[Node], token: Token, end: int) -> Node:
    wanted = ([], ["|"]) if letter in ENTROPY else ([";"], [";", "|"])
    refuse_if(signs not in wanted, "parse.information", token.at, text=token.text)
    for value in values:
        refuse_if(not unbound_random([value]), "parse.given-not-random", value.at)
        refuse_if(value.type.kind not in ("scalar", "vector"), "parse.law-of", value.at, type=value.type)
    over = unbound_random(values)
    if (smooth := _smooth(values)) is not None:
        less = Node("neg", (log_density(smooth, values[0]),), SCALAR, 0, 0)
        return expectation(smooth, over[0], less, token.at, end)
    kinds = {kind_of(symbol) for symbol in over}
    affine = all(degree(value, frozenset(over)) in (0, 1) for value in values)
    refuse_if(
        kinds not in ({"finite"}, {"normal"}) or (kinds == {"normal"} and not affine), "parse.law-compared", token.at
    )
    return node("information", values, SCALAR, token.at, end, _signed(groups, signs))


def _smooth(values: list[Node]) -> Law | None:
    """Return the law of a lone number that has a density and is not normal."""
    if len(values) != 1 or values[0].op != "sym" or values[0].data.role != "law":
        return None
    law: Law = values[0].data.data["law"]
    return law if law.continuous and law.name != "N" else None


def _signed(groups: list[list[Node]], signs: list[str]) -> Signed:
    """Return the joint entropies, by the places of their values, whose signed sum is meant."""
    places: list[tuple[int, ...]] = []
    count = 0
    for group in groups:
        places.append(tuple(range(count, count + len(group))))
        count += len(group)
    given = places.pop() if signs[-1:] == ["|"] else ()
    joint = tuple(place for group in places for place in group)
    parts = [*((1, (*group, *given)) for group in places)]
    if len(places) > 1:
        parts.append((-1, (*joint, *given)))
    if given:
        parts.append((-1, given))
    return tuple(parts)
