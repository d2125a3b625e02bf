"""What stands below an operator: indices with ranges, conditions on them, and symbols to optimise over."""

from collections.abc import Sequence
from dataclasses import dataclass

from proofweave.check.language import BRACES, SCALAR, CheckError, Index, Node, Symbol, Token, group, refuse_if
from proofweave.check.syntax import RELATIONS, Parser, check_domain, chosen, index_set

COMPARISONS = frozenset(("<", ">", r"\le", r"\ge", r"\neq", "="))


@dataclass(slots=True)
class Binding:
    """A binder's subscript: indices with written ranges, conditions on them, and symbols it optimises over."""

    indices: list[tuple[str, Index, Node | None, Node | None]]
    conditions: list[tuple[Token, ...]]
    symbols: list[Symbol]


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
        depth += BRACES.get(token.kind, 0)
        depth += {"(": 1, r"\langle": 1, "[": 1, r"\{": 1, ")": -1, r"\rangle": -1, "]": -1, r"\}": -1}.get(
            token.text, 0
        )
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
            refuse_if(not sup, "parse.upper-bound", token.at, text=token.text)
            hi = p.whole(sup, token.at)
        binding.indices.append((first.text, index, _number(lo), _number(hi)))
        return
    if r"\in" in texts or r"\notin" in texts:
        _member(p, binding, part, texts.index(r"\in" if r"\in" in texts else r"\notin"))
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
    refuse_if(value.type != SCALAR, "parse.bound", value.at, type=value.type)
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
        refuse_if(token.kind != "name", "parse.below-operator", token.at, text=token.text)
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
    where = part[cut + 1 :]
    range_ = index_set(p, where)
    if range_ is not None:
        binding.indices.append((part[0].text, Index(part[0].text), *range_))
        return
    if cut > 1 and {name for name, *_ in binding.indices} & {t.text for t in part[:cut]}:
        binding.conditions.append(part)  # a condition on what is bound, as in i: x_i \in [0, 1]
        return
    range_ = chosen(p, where) if cut == 1 and part[0].kind == "name" else None
    if range_ is not None:
        if part[0].text not in {name for name, *_ in binding.indices}:
            binding.indices.append((part[0].text, Index(part[0].text), *range_))
        binding.conditions.append(part)
        return
    match = p.scope.match(part, 0)
    if match is None or match.stop != cut:
        raise CheckError("parse.set-below", part[0].at)
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
            refuse_if(not leading, "parse.optimise-over", part[0].at)
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
        depth += BRACES.get(token.kind, 0)
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
