"""Claims of membership: what x \\in S says, as relations between values.

An interval bounds its element, a finite set holds what is nearest to its element, \\mathbb{R}^{m \\times n} says how
large an element is. The sets of reals with a sign are \\mathbb{R}_+ (0 belongs to it) and \\mathbb{R}_{++}.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from proofweave.check.language import (
    BOOL,
    SCALAR,
    CheckError,
    Dim,
    Node,
    Symbol,
    Token,
    Type,
    endless,
    is_complex,
    is_number,
    number,
    occurrence,
    refuse_if,
    required,
    same,
)
from proofweave.check.syntax.build import as_dim, node
from proofweave.check.syntax.indices import dim_node
from proofweave.check.syntax.parser import Parser
from proofweave.check.syntax.sets import REALS

IN, NOT_IN = r"\in", r"\notin"
OPENING = {"[": r"\le", "(": "<"}
CLOSING = {"]": r"\le", ")": "<"}
DEPTH = {"[": 1, "(": 1, r"\{": 1, "]": -1, ")": -1, r"\}": -1}
WHOLE = {r"\mathbb{Z}": -math.inf, r"\mathbf{Z}": -math.inf, r"\mathbb{N}": 0.0, r"\mathbf{N}": 0.0}
SIGNS = {"+": r"\ge", r"\ge0": r"\ge", "++": ">", ">0": ">", r"\le0": r"\le", "<0": "<"}
IMPLIED = {r"\ge": ("nonneg", "positive"), ">": ("positive",)}


def membership(p: Parser, subject: Node) -> Node:
    """Parse \\in S or \\notin S after a value, and return what it claims of the value."""
    token = p.peek()
    assert token is not None
    p.place += 1
    first = required(p.peek(), "parse.set-missing", token.at)
    if set_valued(p, p.tokens[p.place :]):
        return _within(subject, p.factor(), token)
    refuse_if(token.text == NOT_IN, "parse.not-in", token.at)
    start = p.place
    if first.text in DEPTH:
        stop = _closed(p.tokens, start)
        power, after = _power(p.tokens, stop)
    else:
        refuse_if(first.kind != "name", "parse.set-unknown", first.at, text=first.text)
        power, after, stop = (), occurrence(p.tokens, start).stop, start
    p.place = after
    if first.text == r"\{":
        claims = [_listed(p, subject, p.tokens[start:stop]), *_sizes(p, subject, power, first)]
    elif first.text in OPENING:
        claims = [_interval(p, subject, p.tokens[start:stop]), *_sizes(p, subject, power, first)]
    else:
        claims = _named(p, subject, p.tokens[start:after])
    return claims[0] if len(claims) == 1 else node("and", claims, BOOL, subject.at, p.reached)


def set_valued(p: Parser, where: Sequence[Token]) -> bool:
    """Tell whether tokens begin with a set of indices: a declared one, or \\operatorname{argtop}_k x."""
    if where and where[0].text == "argtop":
        return True
    match = p.scope.match(where, 0) if where and where[0].kind in ("name", "op") else None
    return match is not None and match.symbol.type.kind == "set"


def claimable(p: Parser, symbol: Symbol, where: Sequence[Token]) -> bool:
    """Tell whether x \\in S of a bare symbol can be checked as a claim rather than against its declaration."""
    first = where[0].text if where else ""
    if first in DEPTH or first in WHOLE:
        return True
    if first not in REALS:
        return False
    sub, sup = occurrence(where, 0).sub, occurrence(where, 0).sup
    return bool(sub) or (symbol.type.rank > 0 and bool(sup) and _readable(p, sup))


def implied(p: Parser, symbol: Symbol, where: Sequence[Token]) -> bool:
    """Tell whether a symbol's declaration says that it lies in a set: the same interval, a sign of the reals."""
    first, domain = where[0].text if where else "", symbol.data.get("domain")
    if first in REALS:
        return domain in IMPLIED.get(SIGNS.get(_text(occurrence(where, 0).sub), ""), ())
    if first not in OPENING or domain != "interval":
        return False
    ends = _ends(p, where[: _closed(where, 0)])
    return all(same(end, symbol.data[name]) for end, name in zip(ends, ("lo", "hi"), strict=True))


def chosen(p: Parser, where: Sequence[Token]) -> tuple[Node, Node] | None:
    """Return the range that holds a set of indices: the numbers of \\{1, 3\\}, or all from which a set is chosen."""
    if set_valued(p, where):
        found = p.whole(where, where[0].at)
        return number(1), dim_node(required(found.type.dims[0], "parse.part-open", where[0].at))
    if not where or where[0].text != r"\{":
        return None
    elements = [p.whole(part, where[0].at) for part in _split(where[1:-1])]
    for element in elements:
        as_dim(element)  # an index is whole
    ends = [node("list", elements, SCALAR, 0, 0, sense) for sense in ("min", "max")]
    return ends[0], ends[1]


def _within(subject: Node, where: Node, token: Token) -> Node:
    """Return the claim that an index belongs to a set of indices."""
    refuse_if(subject.type != SCALAR or where.type.kind != "set", "parse.no-member", token.at, type=subject.type)
    high = dim_node(required(where.type.dims[0], "parse.part-open", token.at))
    place = node("at", (subject, number(1), high), SCALAR, subject.at, subject.end)
    entry = node("entry", (where, place), SCALAR, subject.at, where.end)
    wanted = number(1 if token.text == IN else 0, token.at, token.at)
    return node("chain", (entry, wanted), BOOL, subject.at, where.end, ("=",))


def _closed(tokens: Sequence[Token], start: int) -> int:
    depth, place = 0, start
    while place < len(tokens):
        depth += DEPTH.get(tokens[place].text, 0)
        place += 1
        if not depth:
            return place
    raise CheckError("parse.close-expected", tokens[start].at, text=tokens[start].text)


def _power(tokens: Sequence[Token], stop: int) -> tuple[tuple[Token, ...], int]:
    """Return the tokens of a power after a set, and the place after it."""
    if stop >= len(tokens) or tokens[stop].text != "^":
        return (), stop
    found = occurrence(tokens, stop - 1)
    return found.sup, found.stop


def _split(tokens: Sequence[Token], sign: str = ",") -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += DEPTH.get(token.text, 0) + {"open": 1, "close": -1}.get(token.kind, 0)
        if token.text == sign and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _ends(p: Parser, tokens: Sequence[Token]) -> tuple[Node, Node]:
    parts = _split(tokens[1:-1])
    refuse_if(len(parts) != 2 or not all(parts), "parse.interval-ends", tokens[0].at)
    lo, hi = (p.whole(part, tokens[0].at) for part in parts)
    for end in (lo, hi):
        refuse_if(end.type != SCALAR, "parse.bound", end.at, type=end.type)
    return lo, hi


def _interval(p: Parser, subject: Node, tokens: Sequence[Token]) -> Node:
    refuse_if(tokens[-1].text not in CLOSING, "parse.interval-ends", tokens[0].at)
    sides, signs = [subject], []
    lo, hi = _ends(p, tokens)
    if not endless(lo):
        sides.insert(0, _filled(lo, subject.type))
        signs.append(OPENING[tokens[0].text])
    if not endless(hi):
        sides.append(_filled(hi, subject.type))
        signs.append(CLOSING[tokens[-1].text])
    refuse_if(not signs, "parse.in-reals", tokens[0].at)
    refuse_if(subject.type.kind not in ("scalar", "vector", "matrix"), "parse.no-member", subject.at, type=subject.type)
    if subject.type.kind == "matrix":
        claims = [_entrywise(a, b, sign) for a, b, sign in zip(sides, sides[1:], signs, strict=False)]
        return claims[0] if len(claims) == 1 else node("and", claims, BOOL, subject.at, tokens[-1].end)
    return node("chain", sides, BOOL, subject.at, tokens[-1].end, tuple(signs))


def _entrywise(left: Node, right: Node, sign: str) -> Node:
    """Return a comparison of matrices entry by entry, as one of the vectors of their entries."""
    both = [node("vec", (side,), Type("vector", (size_of(side.type),)), side.at, side.end) for side in (left, right)]
    return node("chain", both, BOOL, left.at, right.end, (sign,))


def size_of(type_: Type) -> Dim:
    """Return the number of entries of a matrix."""
    rows, columns = (required(dim, "parse.matrix-open") for dim in type_.dims)
    return rows.by(columns)


def _filled(value: Node, type_: Type) -> Node:
    """Return a bound as a value of its element's type."""
    if type_ == SCALAR:
        return value
    if is_number(value, 0):
        return Node("zero", (), type_, value.at, value.end)
    return node("mul", (value, Node("ones", (), type_, 0, 0)), type_, value.at, value.end)


def _listed(p: Parser, subject: Node, tokens: Sequence[Token]) -> Node:
    """Return the claim that a value equals the nearest element of \\{a, b, c\\} or \\{1, \\ldots, n\\}."""
    parts = _split(tokens[1:-1])
    at, end = tokens[0].at, tokens[-1].end
    refuse_if(not all(parts), "parse.set-missing", at)
    dots = [k for k, part in enumerate(parts) if [t.text for t in part] == [r"\ldots"]]
    elements = [p.whole(part, at) for k, part in enumerate(parts) if k not in dots]
    for element in elements:
        refuse_if(element.type != SCALAR, "parse.bound", element.at, type=element.type)
    if not dots:
        return _equal(subject, node("nearest", (subject, *elements), subject.type, at, end))
    refuse_if(dots != [len(parts) - 2] or len(parts) not in (3, 4), "parse.dots-set", at)
    try:
        first, *second, _ = map(as_dim, elements)
    except CheckError:
        raise CheckError("parse.dots-set", at) from None
    refuse_if(bool(second) and second[0] != first + Dim((), 1), "parse.dots-set", at)
    return _equal(subject, node("whole", (subject, elements[0], elements[-1]), subject.type, at, end))


def _equal(subject: Node, other: Node) -> Node:
    refuse_if(subject.type.kind not in ("scalar", "vector", "matrix"), "parse.no-member", subject.at, type=subject.type)
    return node("chain", (subject, other), BOOL, subject.at, other.end, ("=",))


def _named(p: Parser, subject: Node, tokens: Sequence[Token]) -> list[Node]:
    """Return the claims of membership in the reals or the whole numbers, with a sign and a size."""
    first, found = tokens[0], occurrence(tokens, 0)
    end = tokens[-1].end
    refuse_if(first.text not in REALS and first.text not in WHOLE, "parse.set-unknown", first.at, text=first.text)
    refuse_if(_text(found.sup) in ("+", "*"), "parse.reals-plus", first.at)
    claims = _sizes(p, subject, found.sup, first)
    if is_complex(subject) and first.text in REALS:
        imaginary = node("func", (subject,), subject.type, subject.at, subject.end, ("im", False))
        claims.append(node("chain", (imaginary, _filled(number(0), subject.type)), BOOL, subject.at, end, ("=",)))
    sign = _text(found.sub)
    refuse_if(sign and (sign not in SIGNS or first.text in WHOLE), "parse.set-unknown", first.at, text=first.text)
    if first.text in WHOLE:
        ends = (Node("constant", (), SCALAR, 0, 0, WHOLE[first.text]), Node("constant", (), SCALAR, 0, 0, math.inf))
        claims.append(_equal(subject, node("whole", (subject, *ends), subject.type, first.at, end)))
    if sign:
        zero = _filled(number(0, first.at, end), subject.type)
        matrix = subject.type.kind == "matrix"
        claims.append(
            _entrywise(subject, zero, SIGNS[sign])
            if matrix
            else node("chain", (subject, zero), BOOL, subject.at, end, (SIGNS[sign],))
        )
    refuse_if(not claims, "parse.in-reals", first.at)
    return claims


def _text(tokens: Sequence[Token]) -> str:
    return "".join(t.text for t in tokens if t.kind not in ("open", "close"))


def _readable(p: Parser, sup: Sequence[Token]) -> bool:
    try:
        _dims(p, sup)
    except CheckError:
        return False
    return True


def _dims(p: Parser, sup: Sequence[Token]) -> list[Dim]:
    return [as_dim(p.whole(part, sup[0].at)) for part in _split(sup, r"\times")]


def _sizes(p: Parser, subject: Node, sup: Sequence[Token], token: Token) -> list[Node]:
    """Return the claims that an element is as large as the power of a set says."""
    dims = _dims(p, sup) if sup else []
    wanted = {"scalar": 0, "vector": 1, "matrix": 2}.get(subject.type.kind)
    refuse_if(wanted is None or len(dims) != wanted, "parse.no-member", token.at, type=subject.type)
    claims = []
    for axis, dim in enumerate(dims):
        size = node("extent", (subject,), SCALAR, subject.at, subject.end, axis)
        said = replace(dim_node(dim), at=sup[0].at, end=sup[-1].end)
        claims.append(node("chain", (size, said), BOOL, subject.at, sup[-1].end, ("=",)))
    return claims
