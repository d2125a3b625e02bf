"""Expectations, variances, covariances, probabilities and indicators; conditioned on events or on random values."""

from collections.abc import Sequence

from proofweave.check.language import (
    BOOL,
    SCALAR,
    CheckError,
    Index,
    Node,
    Scope,
    Symbol,
    Token,
    Type,
    closure,
    degree,
    group,
    named_in,
    nesting,
    number,
    refuse_if,
    required,
    same,
    scripts,
    unbound_random,
)
from proofweave.check.parse.binders import range_of
from proofweave.check.parse.binding import names_in
from proofweave.check.parse.connectives import joining
from proofweave.check.parse.densities import BARS
from proofweave.check.parse.laws import (
    DEGREE,
    NOWHERE,
    Law,
    average,
    expectation,
    fitted,
    named_law,
    read_law,
    type_of,
)
from proofweave.check.syntax import (
    CALL,
    CLOSING,
    READERS,
    RELATIONS,
    Parser,
    bracketed,
    constraint,
    multiply,
    node,
    postfix,
    relation,
)

EXPECTATION = frozenset((r"\mathbb{E}", r"\mathop{\mathbb{E}}", r"\operatorname{E}"))
MOMENTS = EXPECTATION | {r"\mathbb{P}", r"\mathbb{V}"}
Given = Node | list[Node] | tuple[Symbol, ...] | None
"""What a moment is conditioned on: an event, values, or random symbols that are held fixed."""


@READERS("Var", "Cov")
def moment(p: Parser, token: Token) -> Node:
    """Parse \\mathbb{E}, \\mathbb{E}_\\xi, \\mathbb{E}_{x\\sim\\mathcal{N}(0, 1)}, \\mathrm{Var} and \\mathbb{P}."""
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    if sup:
        raise CheckError("parse.power-after-brackets", sup[0].at)
    saved = p.scope
    p.scope = Scope(saved)
    try:
        below, given = _below(p, sub)
        over, index = _over(p, below)
        if index is not None:
            return _over_index(p, index, token)
        found = _moment(p, token, over, given)
        _refuse_hidden(found, over or (), token)
        return found
    finally:
        p.scope = saved


def _refuse_hidden(found: Node, over: tuple[Symbol, ...], token: Token) -> None:
    """Refuse a value drawn anew below an expectation where something inside is defined by the declared one."""
    for symbol in over:
        old = symbol.data.get("instead of")
        for other in named_in(found) if old is not None else ():
            refuse_if(old in closure([other]), "parse.law-hidden", token.at, name=symbol.name, other=other.name)


def _moment(p: Parser, token: Token, over: tuple[Symbol, ...] | None, below: Given) -> Node:
    if token.text == r"\mathbb{P}":
        first = required(bracketed(p), "parse.needs-brackets", token.at, text=token.text)
        with p.within(CLOSING[first.text], first.at, _bar(p)):
            inside = event(p)
            given = _given(p) or below
        if given is None and (half := _half_space(inside, over, token, p.reached)) is not None:
            return postfix(p, half)
        body = node("indicator", (inside,), SCALAR, inside.at, inside.end)
        return postfix(p, _conditioned("expect", body, over, given, token, p))
    op = "expect" if token.text in EXPECTATION else "variance"
    if (opening := bracketed(p)) is None:
        refuse_if(op == "variance", "parse.variance-brackets", token.at)
        return _conditioned(op, p.body(), over, below, token, p)
    with p.within(CLOSING[opening.text], opening.at, _bar(p)):
        body = p.expression()
        other = p.expression() if token.text == "Cov" and p.take(",") else None
        given = _given(p) or below
    if token.text == "Cov":
        refuse_if(other is None and body.type.kind != "vector", "parse.covariance", opening.at)
        return postfix(p, _covariance(body, other or body, over, token, p.reached))
    return postfix(p, _conditioned(op, body, over, given, token, p))


def _half_space(inside: Node, over: tuple[Symbol, ...] | None, token: Token, end: int) -> Node | None:
    """Return the probability that what is affine in normal values lies on one side of another, by erfc; else None."""
    if inside.op != "chain" or len(inside.data) != 1 or inside.data[0] not in ("<", ">", r"\le", r"\ge"):
        return None
    low, high = inside.args if inside.data[0] in ("<", r"\le") else reversed(inside.args)
    gap = Node("add", (low, Node("neg", (high,), high.type, high.at, high.end)), low.type, inside.at, inside.end)
    noise = unbound_random([gap])
    whole = bool(noise) and set(noise) <= set(over or noise) and gap.type == SCALAR
    if not whole or not all(map(_is_normal, noise)) or degree(gap, frozenset(noise)) != 1:
        return None
    mean, spread = (node(op, (gap,), SCALAR, inside.at, inside.end, noise) for op in ("expect", "variance"))
    root = Node("root", (Node("mul", (number(2), spread), SCALAR, 0, 0), number(2)), SCALAR, 0, 0)
    tail = Node("func", (Node("div", (mean, root), SCALAR, 0, 0),), SCALAR, 0, 0, ("erfc", False))
    return Node("div", (tail, number(2)), SCALAR, token.at, end)


def _is_normal(symbol: Symbol) -> bool:
    return symbol.role == "law" and symbol.data["law"].name == "N"


def _bar(p: Parser) -> str:
    """Return how a bar in the brackets at hand is read: an odd number of them divides, an even one is moduli."""
    depth = bars = 0
    for token in p.tokens[p.place :]:
        depth += nesting(token) + (token.text in CLOSING) - (token.text in CLOSING.values())
        if depth <= 0:
            break
        bars += depth == 1 and token.text == "|"
    return CALL if bars % 2 else ""


# -- what an expectation is over


def _below(p: Parser, sub: Sequence[Token]) -> tuple[Sequence[Token], Given]:
    """Split x|y and x \\sim p(x|y) into what is averaged over and what is given."""
    texts = [t.text for t in sub]
    if r"\sim" in texts:
        cut = texts.index(r"\sim")
        bars = [text for text in texts[cut + 1 :] if text in BARS]
        if not bars or not _density(sub[cut + 1 :]):
            return sub, None
        names, sub = sub[:cut], sub[cut + 3 : -1]
        texts = [t.text for t in sub]
        refuse_if(
            texts[:cut] != [t.text for t in names] or texts[cut : cut + 1] not in (["|"], [r"\mid"]),
            "parse.law-of-what",
            names[0].at,
        )
    bar = next((k for k, text in enumerate(texts) if text in BARS), None)
    if bar is None:
        return sub, None
    refuse_if(bar in (0, len(sub) - 1), "parse.below-expectation", sub[bar].at)
    inner = p.sub(sub[bar + 1 :], sub[bar].at)
    given = _values(inner)
    inner.finish()
    return sub[:bar], given


def _density(tokens: Sequence[Token]) -> bool:
    """Tell whether p(…), the density of what stands in it, is written."""
    texts = [t.text for t in tokens]
    return texts[1:2] == ["("] and texts[-1] == ")" and tokens[0].kind == "name" and named_law(tokens[0]) is None


def _values(p: Parser) -> list[Node]:
    """Parse values that are given: expressions with commas between them."""
    found = [p.expression()]
    while p.take(","):
        found.append(p.expression())
    return found


def _over(p: Parser, sub: Sequence[Token]) -> tuple[tuple[Symbol, ...] | None, Token | None]:
    """Return the symbols below an expectation, laws written there bound; or the index it averages over."""
    if not sub:
        return None, None
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in sub:
        depth += nesting(token) + (token.text in ("(", "[")) - (token.text in (")", "]"))
        if token.text in (",", ";") and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    found: list[Symbol] = []
    waiting: list[list[Token]] = []
    for part in parts:
        cut = next((k for k, t in enumerate(part) if t.text == r"\sim"), None)
        if cut is None:
            waiting.append(part)
            continue
        if _density(part[cut + 1 :]):
            inside = [t.text for t in part[cut + 3 : -1]]
            refuse_if(inside != [t.text for t in part[:cut]], "parse.law-of-what", part[0].at)
            waiting.append(part[:cut])
            continue
        for names in [*waiting, part[:cut]]:
            found.append(_drawn(p, names, part[cut + 1 :]))
        waiting = []
    lone = waiting[0][0] if len(waiting) == 1 == len(waiting[0]) and not found else None
    if lone is not None and lone.kind == "name" and p.scope.match([lone], 0) is None and lone.text in p.subscripted:
        return None, lone
    for names in waiting:
        listed = [m for m, _ in names_in(p, names)]
        if any(m is None or m.role not in ("random", "law") for m in listed):
            raise CheckError("parse.below-expectation", names[0].at)
        found += [m for m in listed if m is not None]
    samples = [m.data["sample"] for m in found if "sample" in m.data]
    return tuple(dict.fromkeys([*found, *samples])), None


def _drawn(p: Parser, names: Sequence[Token], law: Sequence[Token]) -> Symbol:
    """Bind a name to a law written below an expectation; a symbol declared with that law keeps its own."""
    at = names[0].at if names else p.here()
    match = p.scope.match(names, 0) if names and names[0].kind == "name" else None
    refuse_if(not names or (match is not None and match.stop != len(names)), "parse.below-expectation", at)
    if match is None and (len(names) != 1 or names[0].kind != "name"):
        raise CheckError("parse.below-expectation", at)
    read = read_law(p, law, at)
    declared = match.symbol if match is not None else None
    if declared is not None and declared.role == "random":
        raise CheckError("parse.law-twice", at, name=declared.name)
    type_ = declared.type if declared is not None else type_of(read)
    if declared is not None and declared.role == "law" and _alike(declared.data["law"], fitted(read, type_)):
        return declared
    name = declared.name if declared is not None else names[0].text
    symbol = Symbol(name, NOWHERE, type_, "law", data={"law": fitted(read, type_), "instead of": declared})
    symbol.needs = declared.needs if declared is not None else ()
    p.scope.bind(symbol)
    return symbol


def _alike(one: Law, two: Law) -> bool:
    return one.name == two.name and all(map(same, one.params, two.params))


def _over_index(p: Parser, index: Token, token: Token) -> Node:
    """Parse \\mathbb{E}_i[a_i]: the mean over the range of what the index subscripts."""
    refuse_if(token.text not in EXPECTATION, "parse.below-expectation", index.at)
    opening = required(bracketed(p), "parse.needs-brackets", token.at, text=token.text)
    bound, outer, uses = Index(index.text), p.indices, len(p.uses)
    p.indices = {**outer, index.text: bound}
    with p.within(CLOSING[opening.text], opening.at):
        body = p.expression()
    p.indices = outer
    lo, hi = range_of(index.text, bound, None, None, p.uses[uses:], token)
    total = node("sum", (lo, hi, number(1), body), body.type, token.at, p.reached, bound)
    count = Node("add", (hi, Node("neg", (lo,), SCALAR, 0, 0), number(1)), SCALAR, 0, 0)
    return Node("div", (total, count), total.type, token.at, total.end)


# -- events and conditions


def event(p: Parser) -> Node:
    """Parse an event: relations joined by commas, and, or, \\cap, \\cup."""
    found = relation(p)
    while token := p.peek():
        op = {",": "and", r"\cap": "and", r"\cup": "or"}.get(token.text) or joining(token)
        if op not in ("and", "or"):
            break
        refuse_if(found.op in ("and", "or") and found.op != op, "parse.event-mixed", token.at)
        p.place += 1
        more = relation(p)
        args = (*found.args, more) if found.op == op else (found, more)
        found = node(op, args, BOOL, args[0].at, more.end)
    return found


def _given(p: Parser) -> Given:
    """Parse what stands after a bar: an event, random values that are held fixed, or values that follow from such."""
    if not any(p.take(bar) for bar in BARS):
        return None
    start = p.place
    held: list[Symbol] = []
    while (token := p.peek()) is not None and token.kind == "name":
        match = p.scope.match(p.tokens, p.place)
        if match is None or match.symbol.role not in ("random", "law") or match.entries or match.sup or match.members:
            break
        held.append(match.symbol)
        p.place = match.stop
        if not p.take(","):
            break
    ends = (token := p.peek()) is not None and token.text in CLOSING.values()
    if held and ends:
        return tuple(held)
    p.place = start
    return event(p) if _relational(p) else _values(p)


def _relational(p: Parser) -> bool:
    """Tell whether a relation stands before the bracket at hand closes."""
    depth = 0
    for token in p.tokens[p.place :]:
        depth += nesting(token) + (token.text in CLOSING) - (token.text in CLOSING.values())
        if depth < 0:
            return False
        if token.text in RELATIONS or token.text in (r"\in", r"\notin"):
            return True
    return False


def _conditioned(
    op: str,
    body: Node,
    over: tuple[Symbol, ...] | None,
    given: Given,
    token: Token,
    p: Parser,
) -> Node:
    if given is None:
        return _expected(op, body, over, token)
    refuse_if(op == "variance", "parse.variance-given", token.at)
    if isinstance(given, tuple):
        left = tuple(symbol for symbol in (over or unbound_random([body])) if symbol not in given)
        return _expected(op, body, left, token) if left else body
    if isinstance(given, list):
        return _conditional(body, given, token, p)
    happened = node("indicator", (given,), SCALAR, given.at, given.end)
    both = over or unbound_random([body, given])
    refuse_if(not unbound_random([given]), "parse.nothing-random", given.at)
    above = _expected(op, multiply([happened, body]), both, token)
    return average(above, _expected(op, happened, both, token), token.at, p.reached)


def _conditional(body: Node, given: list[Node], token: Token, p: Parser) -> Node:
    """Return the mean of a polynomial in normal values given values that are affine in them."""
    over = unbound_random([body, *given])
    for one in given:
        refuse_if(not unbound_random([one]), "parse.given-not-random", one.at)
        refuse_if(one.type.kind not in ("scalar", "vector"), "parse.conditional-affine", one.at)
    normal = frozenset(over)
    refuse_if(
        not all(map(_is_normal, over)) or any(degree(one, normal) != 1 for one in given),
        "parse.conditional-affine",
        given[0].at,
    )
    most = degree(body, normal)
    refuse_if(most is None or most > DEGREE, "parse.law-polynomial", body.at)
    return node("conditional", (body, *given), body.type, token.at, p.reached, over)


def _expected(op: str, body: Node, over: tuple[Symbol, ...] | None, token: Token) -> Node:
    refuse_if(body.type.kind in ("function", "bool"), "parse.expectation", body.at)
    if op == "variance" and body.type.kind not in ("scalar", "vector"):
        raise CheckError("parse.variance", body.at, type=body.type)
    inside = unbound_random([body])
    refuse_if(over is None and not inside, "parse.nothing-random", token.at)
    wanted = inside if over is None else tuple(symbol for symbol in over if symbol in inside) or over[:1]
    normal = frozenset(filter(_is_normal, wanted))
    most = degree(body, normal)
    polynomial = most is not None and most * (1 + (op == "variance")) <= DEGREE
    refuse_if(not polynomial and any(s.type != SCALAR for s in normal), "parse.law-polynomial", body.at)
    smooth = [s for s in wanted if s.role == "law" and s.data["law"].continuous and not (s in normal and polynomial)]
    if op == "variance" and smooth:
        return _variance(body, over, token)
    type_ = SCALAR if op == "variance" else body.type
    found = body
    for symbol in smooth:
        if symbol in inside:
            found = expectation(symbol.data["law"], symbol, found, token.at, body.end)
    finite = tuple(symbol for symbol in wanted if symbol not in smooth)
    if finite or (not smooth and over is not None):
        found = node(op, (found,), type_, token.at, body.end, finite if over is not None or smooth else None)
    return found


def _variance(body: Node, over: tuple[Symbol, ...] | None, token: Token) -> Node:
    """Return E|b|² − |E b|², for laws with a density."""
    refuse_if(body.type != SCALAR, "parse.variance", body.at, type=body.type)
    square = Node("pow", (body, number(2)), SCALAR, body.at, body.end)
    mean = _expected("expect", body, over, token)
    second = _expected("expect", square, over, token)
    less = Node("neg", (Node("pow", (mean, number(2)), SCALAR, token.at, body.end),), SCALAR, token.at, body.end)
    return Node("add", (second, less), SCALAR, token.at, body.end)


def _covariance(one: Node, two: Node, over: tuple[Symbol, ...] | None, token: Token, end: int) -> Node:
    """Return E[a b] − E[a]E[b] of numbers, or the matrix of these for the entries of two vectors."""
    refuse_if(one.type.kind != two.type.kind or one.type.kind not in ("scalar", "vector"), "parse.covariance", one.at)
    type_, op = SCALAR, "mul"
    if one.type.kind == "vector":
        type_, op = Type("matrix", (one.type.dims[0], two.type.dims[0])), "outer"
    product = Node(op, (one, two), type_, one.at, two.end)
    means = Node(op, (_expected("expect", one, over, token), _expected("expect", two, over, token)), type_, 0, 0)
    less = Node("neg", (means,), type_, token.at, end)
    return Node("add", (_expected("expect", product, over, token), less), type_, token.at, end)


# -- indicators, densities, divergences


def condition_inside(p: Parser, token: Token) -> Node:
    """Parse an event in brackets."""
    opening = required(bracketed(p), "parse.needs-brackets", token.at, text=token.text)
    with p.within(CLOSING[opening.text], opening.at):
        inside = event(p)
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
