"""Operators that bind: sums, products, minima, maxima, expectations, indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from proofweave.check.language.kinds import BOOL, SCALAR, CheckError
from proofweave.check.language.names import group, scripts
from proofweave.check.language.scope import Symbol
from proofweave.check.language.tokens import Token
from proofweave.check.language.tree import Index, Node, number
from proofweave.check.parse.parser import RELATIONS, Parser, node

BIG = {r"\sum": "sum", r"\prod": "prod"}
COMPARISONS = frozenset(("<", ">", r"\le", r"\ge", r"\neq", "="))


@dataclass(frozen=True, slots=True)
class Optimum:
    """What an extremum over a symbol asks for; the node's arguments are the body and the constraints."""

    symbol: Symbol
    sense: int
    argument: bool


@dataclass(slots=True)
class Binding:
    """A binder's subscript: indices with written ranges, conditions on them, and symbols it optimises over."""

    indices: list[tuple[str, Index, Node | None, Node | None]]
    conditions: list[tuple[Token, ...]]
    symbols: list[Symbol]


def big_operator(p: Parser) -> Node:
    """Parse \\sum or \\prod; it reaches to the next + or − at its level."""
    token = p.peek()
    assert token is not None
    p.place += 1
    sub, sup, p.place = scripts(p.tokens, p.place)
    if not sub:
        raise CheckError(f"{token.text} needs an index: {token.text}_{{i=1}}^n", token.at)
    binding = read_binding(p, sub, sup, token)
    if binding.symbols:
        raise CheckError(f"{token.text} runs over an index, not over {binding.symbols[0].name}", token.at)
    return bind(p, BIG[token.text], binding, token, [])


def extremum(p: Parser, argument: bool) -> Node:
    """Parse \\min, \\max, \\arg\\min, \\arg\\max: of a list, over an index, or over a declared symbol."""
    token = p.peek()
    assert token is not None
    sense = "min" if token.text in ("min", "inf", "argmin") else "max"
    p.place += 1
    sub, sup, p.place = scripts(p.tokens, p.place)
    if sup and sub:
        raise CheckError(rf"\{sense} takes no power; put parentheses around it", token.at)
    if not sub:
        if argument or sup:
            raise CheckError(rf"\{token.text} needs an index or a symbol below it", token.at)
        return listed(p, sense, token)
    binding = read_binding(p, sub, (), token)
    if not binding.symbols:
        if argument and len(binding.indices) != 1:
            raise CheckError("an argmin is over one index", token.at)
        return bind(p, f"arg{sense}" if argument else sense, binding, token, [])
    body = p.body()
    if body.type != SCALAR:
        raise CheckError(f"a {body.type} has no smallest value", body.at)
    _reach(p, binding.symbols, token)
    constraints = [constraint(p, c) for c in binding.conditions]
    if argument and len(binding.symbols) != 1:
        raise CheckError("an argmin is over one symbol", token.at)
    for place, symbol in enumerate(reversed(binding.symbols)):
        what = Optimum(symbol, 1 if sense == "min" else -1, argument)
        type_ = symbol.type if argument else SCALAR
        body = node("optimum", (body, *(constraints if place == 0 else ())), type_, token.at, body.end, what)
    return body


def constraint(p: Parser, tokens: Sequence[Token]) -> Node:
    """Parse one condition below an operator."""
    from proofweave.check.parse.statement import relation

    inner = p.sub(tokens, tokens[0].at)
    found = relation(inner)
    inner.finish()
    return found


def _reach(p: Parser, symbols: Sequence[Symbol], token: Token) -> None:
    """Refuse a bound symbol that occurs again after the operator's reach at the same level."""
    depth = 0
    for place in range(p.place, len(p.tokens)):
        later = p.tokens[place]
        if later.text in RELATIONS or later.kind in ("row", "word") or later.text == ",":
            break
        depth += {"open": 1, "close": -1}.get(later.kind, 0)
        if later.kind == "name":
            match = p.scope.match(p.tokens, place)
            if match is not None and match.symbol in symbols:
                raise CheckError(
                    rf"\{token.text} reaches to the next + or −, but {match.symbol.name} occurs after it; put braces",
                    later.at,
                )


def listed(p: Parser, sense: str, token: Token) -> Node:
    """Parse \\min(a, b) and \\min\\{a, b\\}; of one vector, its smallest entry."""
    opening = p.peek()
    closers = {"(": ")", r"\{": r"\}", "[": "]"}
    if opening is None or opening.text not in closers:
        raise CheckError(rf"\{sense} needs a list in parentheses or an index below it", token.at)
    p.place += 1
    p.closers.append(closers[opening.text])
    items = [p.expression()]
    while p.take(","):
        items.append(p.expression())
    p.closers.pop()
    p.expect(closers[opening.text], opening.at)
    end = p.tokens[p.place - 1].end
    from proofweave.check.parse.atoms import postfix

    if len(items) == 1 and items[0].type.kind == "vector":
        return postfix(p, node("entries", items, SCALAR, token.at, end, sense))
    for item in items:
        if item.type != SCALAR:
            raise CheckError(f"a {item.type} cannot be compared", item.at)
    return postfix(p, node("list", items, SCALAR, token.at, end, sense))


def bind(p: Parser, op: str, binding: Binding, token: Token, extra: list[Node]) -> Node:
    """Parse the body of an index binder and close its indices, the innermost last."""
    saved = dict(p.indices)
    for name, index, _, _ in binding.indices:
        p.indices[name] = index
    uses_before = len(p.uses)
    conditions = [constraint(p, tokens) for tokens in binding.conditions]
    body = p.body()
    p.indices = saved
    uses = p.uses[uses_before:]
    if body.type.kind in ("function", "bool"):
        raise CheckError(f"{token.text} needs values", body.at)
    if op != "sum" and body.type != SCALAR:
        raise CheckError(f"{token.text} of a {body.type} is not understood", body.at)
    for place, (name, index, lo, hi) in enumerate(reversed(binding.indices)):
        low, high = range_of(name, index, lo, hi, uses, token)
        condition = number(1) if place or not conditions else _all(conditions)
        type_ = body.type if op == "sum" else SCALAR
        body = node(op, (low, high, condition, body, *extra), type_, token.at, body.end, index)
    return body


def range_of(
    name: str,
    index: Index,
    lo: Node | None,
    hi: Node | None,
    uses: Sequence[tuple[Index, Node, Node]],
    token: Token,
) -> tuple[Node, Node]:
    """Return an index's range: as written, or what it subscripts."""
    found = next(((low, high) for used, low, high in uses if used is index), None)
    low, high = (lo or found[0], hi or found[1]) if found else (lo, hi)
    if low is None or high is None:
        raise CheckError(f"the range of {name} is not known; write {token.text}_{{{name}=1}}^n", token.at)
    index.lo, index.hi = low, high
    return low, high


def _all(conditions: Sequence[Node]) -> Node:
    if len(conditions) == 1:
        return conditions[0]
    return node("and", conditions, BOOL, conditions[0].at, conditions[-1].end)


def read_binding(p: Parser, sub: Sequence[Token], sup: Sequence[Token], token: Token) -> Binding:
    """Read what stands below (and above) an operator."""
    binding = Binding([], [], [])
    parts = _parts(sub)
    last = len(parts) - 1
    for place, part in enumerate(parts):
        _read_part(p, binding, part, sup if place == last else (), token, parts)
    return binding


def _parts(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Split at top-level commas and colons, but keep `i = 1, \\ldots, n` together."""
    if any(t.text == r"\ldots" for t in tokens):
        return [tuple(tokens)]
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        depth += {"(": 1, r"\langle": 1, ")": -1, r"\rangle": -1}.get(token.text, 0)
        if token.text in (",", ":", ";") and not depth:
            parts.append([])
        elif token.kind not in ("sep", "word"):
            parts[-1].append(token)
    return [tuple(part) for part in parts if part]


def _read_part(
    p: Parser,
    binding: Binding,
    part: tuple[Token, ...],
    sup: Sequence[Token],
    token: Token,
    parts: list[tuple[Token, ...]],
) -> None:
    first = part[0]
    texts = [t.text for t in part]
    if first.kind == "name" and len(part) > 2 and texts[1] == "=" and _fresh(p, part, 1):
        index = Index(first.text)
        if r"\ldots" in texts:
            cut = texts.index(r"\ldots")
            start = list(part[2:cut])
            comma = next((k for k, t in enumerate(start) if t.text == ","), len(start))
            lo = p.whole(start[:comma], first.at)
            hi = p.whole(part[cut + 2 :], first.at)
        else:
            lo = p.whole(part[2:], first.at)
            if not sup:
                raise CheckError(f"an upper bound is missing above {token.text}", token.at)
            hi = p.whole(sup, token.at)
        binding.indices.append((first.text, index, _number(lo), _number(hi)))
        return
    if r"\in" in texts:
        _member(p, binding, part, texts.index(r"\in"))
        return
    if not any(text in COMPARISONS for text in texts):
        for piece in names_in(p, part):
            match, name = piece
            if match is not None and match.role not in ("int", "size"):
                binding.symbols.append(match)
            else:
                binding.indices.append((name, Index(name), None, None))
        return
    _condition(p, binding, part, token, parts)


def _number(value: Node) -> Node:
    if value.type != SCALAR:
        raise CheckError(f"a bound must be a number, not a {value.type}", value.at)
    return value


def _fresh(p: Parser, part: Sequence[Token], stop: int) -> bool:
    """Tell whether `x = …` binds a new index rather than constraining a declared symbol."""
    match = p.scope.match(part, 0)
    return match is None or match.stop != stop or match.symbol.type == SCALAR


def names_in(p: Parser, part: Sequence[Token]) -> list[tuple[Symbol | None, str]]:
    """Return the names listed below an operator, with the symbols that are declared."""
    found: list[tuple[Symbol | None, str]] = []
    place = 0
    while place < len(part):
        token = part[place]
        if token.kind != "name":
            raise CheckError(f"{token.text} is not understood below an operator", token.at)
        match = p.scope.match(part, place)
        if match is not None and not match.entries and not match.sup:
            found.append((match.symbol, token.text))
            place = match.stop
        else:
            found.append((None, token.text))
            place += 1
    return found


def _member(p: Parser, binding: Binding, part: tuple[Token, ...], cut: int) -> None:
    """Read `i \\in \\{1, …, n\\}`, `i \\in [n]`, `u \\in \\mathbb{R}^d`, `\\lambda \\in \\Delta`."""
    from proofweave.check.parse.sets import check_domain, index_set

    where = part[cut + 1 :]
    range_ = index_set(p, where)
    if range_ is not None:
        binding.indices.append((part[0].text, Index(part[0].text), *range_))
        return
    match = p.scope.match(part, 0)
    if match is None or match.stop != cut:
        raise CheckError("the set below this operator is not understood", part[0].at)
    check_domain(p, match.symbol, where)
    binding.symbols.append(match.symbol)


def _condition(
    p: Parser, binding: Binding, part: tuple[Token, ...], token: Token, parts: list[tuple[Token, ...]]
) -> None:
    """Read `i < j`, `j \\neq i`, `1 \\le i < j \\le n`, `\\|u\\| = 1`: bind what is new, keep the condition."""
    names = [place for place in _named_places(part) if part[place].text not in p.indices]
    declared = [p.scope.match(part, place) for place in names]
    real = [m.symbol for m in declared if m is not None and m.symbol.role not in ("int", "size")]
    already = {name for name, *_ in binding.indices}
    unknown = [part[place].text for place in names if p.scope.match(part, place) is None]
    fresh = [name for name in dict.fromkeys(unknown) if name not in already]
    if real and not fresh and not already:
        if not binding.symbols:
            candidates = [s for s in dict.fromkeys(real) if s.role == "free"]
            leading = [s for s in candidates if s.type != SCALAR] or candidates
            if not leading:
                raise CheckError("no symbol to optimise over is named here", part[0].at)
            binding.symbols.append(leading[0])
        binding.conditions.append(part)
        return
    if any(t.text == r"\neq" for t in part) and len(fresh) == 2 and _elsewhere(p, fresh[1]):
        fresh = fresh[:1]
    bounds = _bounds(p, part, fresh)
    for name in fresh:
        lo, hi = bounds.get(name, (None, None))
        binding.indices.append((name, Index(name), lo, hi))
    binding.conditions.append(part)


def _named_places(part: Sequence[Token]) -> list[int]:
    """Return where names stand in a condition, the kind of a norm (\\|W\\|_F) left out."""
    places: list[int] = []
    place = 0
    while place < len(part):
        if part[place].text == "_" and place and part[place - 1].text == r"\|":
            _, place = group(part, place + 1)
            continue
        if part[place].kind == "name":
            places.append(place)
        place += 1
    return places


def _elsewhere(p: Parser, name: str) -> bool:
    """Tell whether an index occurs outside the term at hand, so that it is free there."""
    if name in p.free or (any(t.text == name for t in p.tokens[: p.place] if t.kind == "name") and _before(p, name)):
        return True
    depth = 0
    for place in range(p.place, len(p.tokens)):
        token = p.tokens[place]
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if not depth and (token.text in RELATIONS or token.text in ("+", "-")):
            return any(t.text == name for t in p.tokens[place:])
    return False


def _before(p: Parser, name: str) -> bool:
    """Tell whether the name stands before the operator's own subscript."""
    opener = p.place
    depth = 0
    while opener > 0:
        opener -= 1
        depth += {"close": 1, "open": -1}.get(p.tokens[opener].kind, 0)
        if p.tokens[opener].text == "_" and not depth:
            break
    return any(t.text == name for t in p.tokens[:opener])


def _bounds(p: Parser, part: Sequence[Token], fresh: Sequence[str]) -> dict[str, tuple[Node | None, Node | None]]:
    """Return what a chain such as 1 \\le i < j \\le n says of its ends."""
    cuts = [k for k, t in enumerate(part) if t.text in (r"\le", "<")]
    if len(cuts) < 2:
        return {}
    pieces = [part[a + 1 : b] for a, b in zip([-1, *cuts], [*cuts, len(part)], strict=True)]
    names = [piece[0].text if len(piece) == 1 else "" for piece in pieces]
    if names[0] in fresh or names[-1] in fresh:
        return {}
    lo, hi = p.whole(pieces[0], part[0].at), p.whole(pieces[-1], part[0].at)
    return {name: (lo, hi) for name in fresh if name in names}
