"""Claims on laws: X \\overset{d}{=} Y, X \\sim \\mathcal{N}(\\mu, \\Sigma), and laws that stand for densities."""

from collections.abc import Sequence

from proofweave.check.language import (
    BOOL,
    SCALAR,
    Dim,
    Node,
    Symbol,
    Type,
    degree,
    number,
    refuse_if,
    required,
    settle,
    tokenise,
    unbound_random,
    unify,
)
from proofweave.check.parse.laws import NOWHERE, Law, density, fitted
from proofweave.check.syntax import CLAIMS, EQUAL_IN_LAW, Parser, chain, node
from proofweave.core import say

ALIKE = (EQUAL_IN_LAW, r"\sim")
Signs = Sequence[tuple[str, int]]


@CLAIMS(*ALIKE, "literal")
def lawful(p: Parser, sides: Sequence[Node], signs: Signs) -> Node:
    """Return what a chain claims in which a sign speaks of laws, or a law is a side."""
    sides = _as_densities(p, sides, signs)
    parts: list[Node] = []
    start = 0
    for place, (sign, at) in enumerate(signs):
        literal = "literal" in (sides[place].op, sides[place + 1].op)
        if not literal and not _alike(sign, sides[place : place + 2]):
            continue
        if place > start:
            parts.append(chain(sides[start : place + 1], signs[start:place]))
        parts.append(_pair(sides[place], sides[place + 1], sign, at))
        start = place + 1
    if start < len(signs):
        parts.append(chain(sides[start:], signs[start:]))
    return parts[0] if len(parts) == 1 else node("and", parts, BOOL, sides[0].at, sides[-1].end)


def _alike(sign: str, sides: Sequence[Node]) -> bool:
    """Tell whether a sign speaks of laws; \\sim between what is not random compares growth."""
    return sign in ALIKE and (sign == EQUAL_IN_LAW or bool(unbound_random(sides)))


def _as_densities(p: Parser, sides: Sequence[Node], signs: Signs) -> Sequence[Node]:
    """Return the sides, laws as densities of x where one is a number named p(x|…) and none is a random value."""
    named = next((side for side in sides if side.op == "sym" and side.type == SCALAR and "(" in side.data.name), None)
    if named is None or any(sign in ALIKE for sign, _ in signs):
        return sides
    inside = tokenise(named.data.name[named.data.name.index("(") + 1 :])
    match = p.scope.match(inside, 0)
    subject = required(match, "parse.density-subject", named.at, name=named.data.name).symbol
    value = Node("sym", (), subject.type, named.at, named.at, subject)
    return [
        density(fitted(Law(side.data, side.args, side.at), subject.type), value, side.at, side.end)
        if side.op == "literal"
        else side
        for side in sides
    ]


def _pair(one: Node, two: Node, sign: str, at: int) -> Node:
    """Return the claim that two sides have one law."""
    if one.op == two.op == "literal":
        refuse_if(
            sign not in ("=", r"\neq", r"\approx") or one.data != two.data or one.data != "N", "parse.laws-compared", at
        )
        type_ = two.args[0].type if one.args[0].op == "num" else one.args[0].type
        laws = [normal(fitted(Law("N", side.args, side.at), type_), side) for side in (one, two)]
        return node("chain", laws, BOOL, one.at, two.end, (sign,))
    refuse_if(sign not in ALIKE, "parse.law-equals", at)
    if one.op == "literal":
        one, two = two, one
    over = unbound_random([one])
    refuse_if(not over, "parse.law-nothing-random", one.at)
    refuse_if(one.type.kind not in ("scalar", "vector"), "parse.law-of", one.at, type=one.type)
    if two.op != "literal":
        type_ = unify(one.type, two.type, two.at, say("parse.two-sides"))
        return _same(settle(one, type_), settle(two, type_), at)
    if two.data == "N":
        return _normally(one, fitted(Law("N", two.args, two.at), one.type), two)
    law = fitted(Law(two.data, two.args, two.at), one.type)
    refuse_if(law.continuous, "parse.law-compared", two.at)
    drawn = Symbol("law", NOWHERE, SCALAR, "law", data={"law": law})
    drawn.needs = tuple(unbound_random(two.args))
    refuse_if(drawn.needs, "parse.law-given", two.at)
    return _same(one, Node("sym", (), SCALAR, two.at, two.end, drawn), at)


def _normally(value: Node, law: Law, written: Node) -> Node:
    """Return the claim that a value is normal: where its mean is random, given that mean."""
    mean, covariance = law.params
    refuse_if(unbound_random([covariance]), "parse.law-given", covariance.at)
    if not unbound_random([mean]):
        return _chain(law_of(value), normal(law, written))
    rest = Node("add", (value, Node("neg", (mean,), mean.type, mean.at, mean.end)), value.type, value.at, value.end)
    zero = number(0) if value.type == SCALAR else Node("zero", (), value.type, mean.at, mean.at)
    centred = normal(Law("N", (zero, covariance), law.at), written)
    dims = (*value.type.dims, *value.type.dims)
    apart_type = SCALAR if not dims else Type("matrix", dims)
    over = unbound_random([rest, mean])
    _affine(rest, over)
    apart = Node("covariance", (rest, mean), apart_type, value.at, mean.end, over)
    none = settle(number(0, value.at, value.at), apart_type)
    independent = node("chain", (apart, none), BOOL, value.at, mean.end, ("=",))
    return node("and", (_chain(law_of(rest), centred), independent), BOOL, value.at, written.end)


def _same(one: Node, two: Node, at: int) -> Node:
    """Return the claim that two values have one law: by mean and covariance, or by the weights of finite laws."""
    kinds = {kind_of(symbol) for symbol in unbound_random([one, two])}
    refuse_if(len(kinds) > 1 or None in kinds, "parse.law-compared", at)
    if kinds == {"normal"}:
        return _chain(law_of(one), law_of(two))
    gap = Node("lawgap", (one, two), SCALAR, one.at, two.end)
    return node("chain", (gap, number(0, two.end, two.end)), BOOL, one.at, two.end, ("=",))


def kind_of(symbol: Symbol) -> str | None:
    """Return whether a random symbol is finite or normal; None where it is neither."""
    if symbol.role == "random":
        return "finite"
    law: Law = symbol.data["law"]
    return "normal" if law.name == "N" else None if law.continuous or law.name == "Poisson" else "finite"


def _chain(one: Node, two: Node) -> Node:
    return node("chain", (one, two), BOOL, one.at, two.end, ("=",))


def _law_type(type_: Type) -> Type:
    dim = type_.dims[0] if type_.dims else Dim((), 1)
    return Type("law", (dim, None if dim is None else dim + Dim((), 1)))


def law_of(value: Node) -> Node:
    """Return the law of a value that is affine in normal ones: its mean and covariance."""
    over = unbound_random([value])
    _affine(value, over)
    return Node("lawof", (value,), _law_type(value.type), value.at, value.end, over)


def _affine(value: Node, over: Sequence[Symbol]) -> None:
    refuse_if(any(kind_of(symbol) != "normal" for symbol in over), "parse.law-compared", value.at)
    refuse_if(degree(value, frozenset(over)) not in (0, 1), "parse.law-compared", value.at)


def normal(law: Law, written: Node) -> Node:
    """Return a normal law as a value: its mean and covariance."""
    type_ = law.params[0].type
    return Node("normal", law.params, _law_type(type_), written.at, written.end)
