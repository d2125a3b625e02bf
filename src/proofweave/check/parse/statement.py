"""What an equation claims: rows of chained relations, implications, and conditions on free indices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from proofweave.check.language import (
    BOOL,
    BRACES,
    CheckError,
    Index,
    Node,
    Scope,
    Token,
    nesting,
    number,
    refuse_if,
    required,
    tokenise,
    walk,
)
from proofweave.check.parse.constructs import formula
from proofweave.check.syntax import (
    ARROWS,
    PUNCTUATION,
    RELATIONS,
    UNREAD,
    Parser,
    check_domain,
    chosen,
    claimable,
    dim_node,
    implied,
    index_set,
    node,
    relation,
    used_range,
)

SIGNS = {r"\pm": ("+", "-"), r"\mp": ("-", "+")}


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed equation: one claim per row, the free indices with their ranges, and conditions on those."""

    rows: tuple[Node, ...]
    free: tuple[Index, ...]
    conditions: tuple[Node, ...]

    def nodes(self) -> tuple[Node, ...]:
        """Return every tree of the statement, ranges of free indices included."""
        ranges = [end for index in self.free for end in (index.lo, index.hi) if end is not None]
        return (*self.rows, *self.conditions, *ranges)


def read_statement(tex: str, scope: Scope) -> Statement:
    """Parse an equation's TeX into what it claims; \\pm and \\mp stand for two equations, which hold both."""
    tokens = scope.named(tokenise(tex))
    refuse_if(not tokens, "parse.empty", 0)
    top = formula(tokens, scope)
    rows: list[Node] = []
    conditions: list[Node] = []
    for reading in readings(tokens):
        before: Node | None = None
        for line in _rows(reading):
            claims, before = _row(top, line, before, conditions)
            if claims is not None:
                rows.append(claims)
    refuse_if(not rows, "parse.claims-nothing", 0)
    _refuse_dots(rows)
    free = _close_free(top, rows)
    return Statement(tuple(rows), free, tuple(conditions))


def read_expression(tex: str, scope: Scope, indices: Mapping[str, Index] | None = None) -> Node:
    """Parse one expression without free indices but those given."""
    parser = formula(scope.named(tokenise(tex)), scope)
    parser.indices.update(indices or {})
    found = parser.expression()
    parser.finish()
    _refuse_dots([found])
    if parser.free:
        raise CheckError("parse.not-declared", name=next(iter(parser.free)))
    return found


def read_relation(tex: str, scope: Scope) -> Node:
    """Parse one relation without free indices."""
    statement = read_statement(tex, scope)
    refuse_if(len(statement.rows) != 1 or statement.free or statement.conditions, "parse.one-relation")
    return statement.rows[0]


def readings(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Return an equation with its upper signs and with its lower ones; itself where it has no \\pm and \\mp."""
    if not any(token.text in SIGNS for token in tokens):
        return [tuple(tokens)]
    return [tuple(replace(t, text=SIGNS[t.text][way]) if t.text in SIGNS else t for t in tokens) for way in (0, 1)]


def _refuse_dots(trees: Sequence[Node]) -> None:
    """Refuse dots that stand where nothing says what they leave out."""
    for tree in trees:
        for part in walk(tree):
            refuse_if(part.op == "dots", "parse.dots", part.at)


def _close_free(top: Parser, rows: Sequence[Node]) -> tuple[Index, ...]:
    """Give each free index the range of what it subscripts, of a unit vector that it names last."""
    for part in (part for row in rows for part in walk(row)):
        if part.op == "unit" and part.args[0].op == "index" and part.type.dims[0] is not None:
            top.uses.append((part.args[0].data, number(1), dim_node(part.type.dims[0])))
    for index in top.free.values():
        if index.lo is None:
            index.lo, index.hi = required(used_range(index, top.uses), "parse.no-range", 0, name=index.name)
    return tuple(top.free.values())


def _rows(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split at \\\\ outside environments; a row without a relation belongs to the row above."""
    rows: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += nesting(token)
        if token.kind == "row" and not depth:
            rows.append([])
        else:
            rows[-1].append(token)
    joined: list[list[Token]] = []
    for line in rows:
        if not any(t.kind not in ("amp", "sep") for t in line):
            continue
        relational = any(t.text in RELATIONS | ARROWS | {r"\in"} for t in _outside(line))
        if joined and not relational:
            joined[-1].extend(line)
        else:
            joined.append(line)
    return joined


def _row(
    top: Parser, line: Sequence[Token], before: Node | None, conditions: list[Node]
) -> tuple[Node | None, Node | None]:
    parts: list[list[Token]] = [[]]
    arrows: list[Token] = []
    depth = 0
    for token in line:
        depth += BRACES.get(token.kind, 0)
        if token.text in ARROWS and not depth:
            arrows.append(token)
            parts.append([])
        else:
            parts[-1].append(token)
    claims: list[Node] = []
    last = before
    for place, part in enumerate(parts):
        found, last = _segment(top, part, before if not place else None, conditions)
        if found is None and arrows:
            raise CheckError("parse.implication", arrows[0].at)
        if found is not None:
            claims.append(found)
    if not claims:
        return None, before
    if not arrows:
        return claims[0], last
    pairs = [
        node("implies" if arrow.text == r"\Rightarrow" else "iff", (a, b), BOOL, a.at, b.end)
        for arrow, a, b in zip(arrows, claims, claims[1:], strict=False)
    ]
    return (pairs[0] if len(pairs) == 1 else node("and", pairs, BOOL, pairs[0].at, pairs[-1].end)), last


def _segment(
    top: Parser, part: Sequence[Token], before: Node | None, conditions: list[Node]
) -> tuple[Node | None, Node | None]:
    """Parse relations joined by commas; ranges and conditions of free indices are taken out."""
    claims: list[Node] = []
    last = before
    pieces = _shared_sets(top, _index_ranges(top, _pieces(part)))
    for place, piece in enumerate(pieces):
        piece = _unwrapped(piece)
        if not _relational(piece):
            if _mention(top, piece):
                continue
            unread = next((t for t in piece if t.text in UNREAD), piece[0])
            raise CheckError(UNREAD.get(unread.text, "parse.part-claims-nothing"), unread.at, text=unread.text)
        alone = all(_cut(other) is not None or _mention(top, other) for other in pieces)
        if _cut(piece) is not None and _set_range(top, piece, alone, conditions):
            continue
        inner = top.sub(piece, piece[0].at)
        inner.indices, inner.depth = top.indices, top.depth + 1
        found = relation(inner, last if not place else None, dotted=True)
        inner.finish()
        if claims and _only_indices(found):
            conditions.append(found)
            continue
        claims.append(found)
        last = found.args[-1] if found.op == "chain" else None
    if not claims:
        return None, before
    if len(claims) == 1:
        return claims[0], last
    return node("and", claims, BOOL, claims[0].at, claims[-1].end), last


def _pieces(part: Sequence[Token]) -> list[list[Token]]:
    """Split at top-level commas, words and spaces that stand between relations."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for place, token in enumerate(part):
        depth += nesting(token)
        if token.text in ("(", "[", r"\{", r"\langle"):
            depth += 1
        elif token.text in (")", "]", r"\}", r"\rangle"):
            depth -= 1
        decimal = token.text == "." and place + 1 < len(part) and part[place + 1].kind == "digit"
        if (
            depth <= 0
            and not decimal
            and (token.text in PUNCTUATION or token.kind == "word" or token.text in (r"\forall", r"\land"))
        ):
            pieces.append([])
        elif depth <= 0 and token.kind == "sep":
            following = next((t for t in part[place + 1 :] if t.kind not in ("sep", "amp")), None)
            if following is None or following.text in RELATIONS | {"+", "-"} or not _relational(pieces[-1]):
                continue
            pieces.append([])
        elif depth <= 0 and token.text == "." and place + 1 == len(part):
            continue
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if any(t.kind != "amp" for t in piece)]


def _relational(piece: Sequence[Token]) -> bool:
    return any(t.text in RELATIONS | {r"\in"} for t in _outside(piece))


def _outside(piece: Sequence[Token]) -> list[Token]:
    """Return the tokens outside braces and environments."""
    out: list[Token] = []
    depth = 0
    for token in piece:
        depth += nesting(token)
        if not depth:
            out.append(token)
    return out


def _index_ranges(top: Parser, pieces: list[list[Token]]) -> list[list[Token]]:
    """Take `i = 1, …, n` out of the pieces and give the free index that range."""
    out: list[list[Token]] = []
    place = 0
    while place < len(pieces):
        dots = next(
            (k for k in range(place + 1, min(place + 4, len(pieces))) if [t.text for t in pieces[k]] == [r"\ldots"]),
            None,
        )
        piece = pieces[place]
        if dots is not None and dots + 1 < len(pieces) and len(piece) > 2 and piece[1].text == "=":
            index = top.free.setdefault(piece[0].text, Index(piece[0].text))
            index.lo = top.whole(piece[2:], piece[0].at)
            index.hi = top.whole(pieces[dots + 1], piece[0].at)
            place = dots + 2
            continue
        out.append(piece)
        place += 1
    return out


def _cut(piece: Sequence[Token]) -> int | None:
    """Return where \\in stands in a piece outside braces, or None."""
    return next((k for k, t in enumerate(piece) if t.text == r"\in" and not _depth(piece, k)), None)


def _shared_sets(top: Parser, pieces: list[list[Token]]) -> list[list[Token]]:
    """Return the pieces with x, y \\in S written out as x \\in S and y \\in S."""
    out = list(pieces)
    for place, piece in enumerate(pieces):
        cut = _cut(piece)
        if cut is None or not _bare(top, piece[:cut]):
            continue
        before = place - 1
        while before >= 0 and _bare(top, out[before]):
            out[before] = [*out[before], *piece[cut:]]
            before -= 1
    return out


def _bare(top: Parser, piece: Sequence[Token]) -> bool:
    """Tell whether a piece is only the name of a declared value."""
    match = top.scope.match(piece, 0) if piece and piece[0].kind in ("name", "op") else None
    if match is None or match.stop != len(piece) or match.symbol.role in ("int", "size"):
        return False
    return not match.sup and not match.entries


def _set_range(top: Parser, piece: Sequence[Token], alone: bool, conditions: list[Node]) -> bool:
    """Read `i \\in [n]` and `i \\in \\{1, …, n\\}` as the range of a free index, `x \\in S` as x's declared domain.

    False where it is a claim: of an expression, or of a symbol that stands alone.
    """
    tokens = [t for t in piece if t.kind not in ("amp", "sep")]
    cut = next(k for k, t in enumerate(tokens) if t.text == r"\in" and not _depth(tokens, k))
    match = top.scope.match(tokens, 0) if tokens[0].kind in ("name", "op") else None
    if match is not None and _bare(top, tokens[:cut]):
        where = tokens[cut + 1 :]
        if alone and claimable(top, match.symbol, where):
            return False
        if not implied(top, match.symbol, where):
            check_domain(top, match.symbol, where)
        return True
    range_ = index_set(top, tokens[cut + 1 :]) if cut == 1 else None
    among = chosen(top, tokens[cut + 1 :]) if cut == 1 and match is None and range_ is None else None
    if range_ is None and among is None:
        return False
    index = top.free.setdefault(tokens[0].text, Index(tokens[0].text))
    index.lo, index.hi = range_ or among or (None, None)
    if among is not None:
        inner = top.sub(tokens, tokens[0].at)
        inner.indices = {**top.indices, tokens[0].text: index}
        conditions.append(relation(inner))
    return True


def _depth(tokens: Sequence[Token], place: int) -> int:
    return sum(BRACES.get(t.kind, 0) for t in tokens[:place])


def _unwrapped(piece: list[Token]) -> list[Token]:
    """Drop parentheses around a whole relation, as in (i \\neq j)."""
    texts = [t.text for t in piece]
    if texts[0] != "(" or texts[-1] != ")":
        return piece
    depth = 0
    for place, text in enumerate(texts):
        depth += {"(": 1, ")": -1}.get(text, 0)
        if not depth and place + 1 < len(texts):
            return piece
    return piece[1:-1] if _relational(piece) else piece


def _mention(top: Parser, piece: Sequence[Token]) -> bool:
    """Tell whether a piece only names an index or symbol, as after `for all`."""
    tokens = [t for t in piece if t.kind != "amp"]
    if tokens[0].text == r"\ldots":
        return False
    if len(tokens) == 1 and tokens[0].text in top.subscripted:
        return True
    match = top.scope.match(tokens, 0) if tokens[0].kind == "name" else None
    return match is not None and match.stop == len(tokens)


def _only_indices(found: Node) -> bool:
    leaves = [n for n in walk(found) if not n.args]
    return any(n.op == "index" for n in leaves) and all(
        n.op in ("index", "num", "dim") or (n.op == "sym" and n.data.role in ("int", "size")) for n in leaves
    )
