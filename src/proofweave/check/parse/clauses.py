"""What stands between two arrows: relations joined by commas and words, their conditions, and ranges of indices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from proofweave.check.language import BOOL, CheckError, Index, Node, Token, nesting, refuse_if, walk
from proofweave.check.parse.connectives import joining
from proofweave.check.syntax import (
    PUNCTUATION,
    RELATIONS,
    UNREAD,
    Parser,
    check_domain,
    chosen,
    claimable,
    implied,
    index_set,
    node,
    progression,
    relation,
)

OPENING = frozenset(("(", "[", r"\{", r"\langle"))
CLOSING = frozenset((")", "]", r"\}", r"\rangle"))
MEMBER = r"\in"


@dataclass(frozen=True, slots=True)
class Piece:
    """The tokens of one relation or mention, and how it is joined to what stands before."""

    tokens: tuple[Token, ...]
    how: str

    @property
    def texts(self) -> list[str]:
        """The tokens' texts."""
        return [t.text for t in self.tokens]

    @property
    def relational(self) -> bool:
        """Whether it holds a relation outside braces."""
        return any(t.text in RELATIONS or t.text in (MEMBER, r"\notin") for t in outside(self.tokens))

    def unwrapped(self) -> "Piece":
        """Return the piece without parentheses around the whole relation, as in (i \\neq j)."""
        if self.texts[0] != "(" or self.texts[-1] != ")":
            return self
        depth = 0
        for place, text in enumerate(self.texts):
            depth += {"(": 1, ")": -1}.get(text, 0)
            if not depth and place + 1 < len(self.tokens):
                return self
        return replace(self, tokens=self.tokens[1:-1]) if self.relational else self


@dataclass(slots=True)
class Clause:
    """What a run of tokens says: claims, the conditions they are made under, and the last chain's last side."""

    last: Node | None
    claims: list[Node] = field(default_factory=list)
    premises: list[Node] = field(default_factory=list)


def outside(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens outside braces and environments."""
    depth = 0
    for token in tokens:
        depth += nesting(token)
        if not depth:
            yield token


def joined(nodes: Sequence[Node], op: str = "and") -> Node:
    """Return one node for several relations."""
    return nodes[0] if len(nodes) == 1 else node(op, nodes, BOOL, nodes[0].at, nodes[-1].end)


def clause(top: Parser, tokens: Sequence[Token], before: Node | None, conditions: list[Node]) -> Clause:
    """Parse relations joined by commas and words; ranges and conditions of free indices are taken out.

    An empty left side of the first relation continues `before`.
    """
    found = _index_ranges(top, pieces(tokens))
    alone = all(member_at(piece.tokens) is not None or mentions(top, piece.tokens) for piece in found)
    reader = _Reader(top, Clause(before), conditions, alone)
    for place, piece in enumerate(found):
        reader.read(piece, first=not place)
    return reader.finished()


class _Reader:
    """Reads pieces in order; `mode` says whether claims or conditions are met."""

    def __init__(self, top: Parser, found: Clause, conditions: list[Node], alone: bool) -> None:
        self.top, self.found, self.conditions, self.alone = top, found, conditions, alone
        self.mode = "claim"
        self.subjects: list[Piece] = []
        self.ended: Token | None = None  # where a comma ended the conditions that came first
        self.wrapped = False
        self.opened = False

    def read(self, piece: Piece, first: bool) -> None:
        """Read one piece."""
        if piece.how in ("if", "all", "then"):
            self.mode = "claim" if piece.how == "then" else piece.how
        elif piece.how == "," and self.mode != "claim" and self.opened and not self.found.claims and not self.subjects:
            self.mode, self.ended = "claim", piece.tokens[0] if self.found.premises else None
        bare = piece.unwrapped()
        if not bare.relational:
            self._mention(bare)
            return
        self.wrapped = self.wrapped or (first and bare is not piece)
        aside = bare is not piece and bool(self.found.claims) and not self.wrapped
        for one in self._shared(bare):
            self._relation(one, first, self.mode != "claim" or aside)
        self.opened = True

    def finished(self) -> Clause:
        """Return what was read."""
        if self.subjects and self.mode == "claim":
            raise CheckError("parse.part-claims-nothing", self.subjects[0].tokens[0].at)
        if self.ended is not None and len(self.found.claims) > 1:
            raise CheckError("parse.then", self.ended.at, text=self.ended.text)
        return self.found

    def _mention(self, piece: Piece) -> None:
        """Read a name alone: an index or symbol as after `for all`, or the first of several subjects."""
        if not mentions(self.top, piece.tokens):
            word = next((t for t in piece.tokens if t.kind == "word"), None)
            refuse_if(word is not None, "parse.word", (word or piece.tokens[0]).at, text=word.text if word else "")
            unread = next((t for t in piece.tokens if t.text in UNREAD), piece.tokens[0])
            raise CheckError(UNREAD.get(unread.text, "parse.part-claims-nothing"), unread.at, text=unread.text)
        index = len(piece.tokens) == 1 and piece.texts[0] in self.top.subscripted
        if index or self.mode == "all":
            self.opened = True
        if not index:
            self.subjects.append(piece)

    def _shared(self, piece: Piece) -> list[Piece]:
        """Return a relation once for each name before it that shares its left side: x, y > 0."""
        subjects, self.subjects = self.subjects, []
        if not subjects:
            return [piece]
        cut = next(k for k, t in enumerate(piece.tokens) if t.text in RELATIONS or t.text == MEMBER)
        refuse_if(not mentions(self.top, piece.tokens[:cut]), "parse.subject", piece.tokens[0].at)
        return [*(replace(one, tokens=one.tokens + piece.tokens[cut:]) for one in subjects), piece]

    def _relation(self, piece: Piece, first: bool, condition: bool) -> None:
        claimed = self.alone or condition
        if member_at(piece.tokens) is not None and set_range(self.top, piece.tokens, claimed, self.conditions):
            return
        inner = self.top.sub(piece.tokens, piece.tokens[0].at)
        inner.indices, inner.depth = self.top.indices, self.top.depth + 1
        found = relation(inner, self.found.last if first else None, dotted=True)
        inner.finish()
        into = self.found.premises if condition else self.found.claims
        if piece.how == "or":
            refuse_if(not into, "parse.between-or", piece.tokens[0].at)
            found = joined([into.pop(), found], "or")
        elif only_indices(found) and (condition or self.found.claims):
            into = self.conditions
        into.append(found)
        if into is self.found.claims:
            self.found.last = found.args[-1] if found.op == "chain" else None


def pieces(tokens: Sequence[Token]) -> list[Piece]:
    """Split at top-level commas, words and spaces that stand between relations."""
    found: list[Piece] = []
    current: list[Token] = []
    how, depth = ",", 0

    def cut(after: str) -> None:
        nonlocal how, current
        if any(t.kind not in ("amp", "sep") for t in current):
            found.append(Piece(tuple(current), how))
            how = after
        elif after != "," or not found:
            how = after
        current = []

    for place, token in enumerate(tokens):
        depth += nesting(token) + (token.text in OPENING) - (token.text in CLOSING)
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        decimal = token.text == "." and following is not None and following.kind == "digit"
        if depth > 0 or decimal:
            current.append(token)
        elif (said := joining(token)) not in (None, "otherwise"):
            refuse_if(said == "such", "parse.word", token.at, text=token.text)
            cut(said or "")
        elif token.text in PUNCTUATION or (token.kind == "sep" and _parts(tokens[place + 1 :], current)):
            cut(",")
        elif token.kind != "sep":
            current.append(token)
    cut(",")
    return found


def _parts(rest: Sequence[Token], current: Sequence[Token]) -> bool:
    """Tell whether a wide space parts two relations."""
    following = next((t for t in rest if t.kind not in ("sep", "amp")), None)
    if following is None or following.text in RELATIONS | {"+", "-"}:
        return False
    return any(t.text in RELATIONS or t.text == MEMBER for t in outside(current))


def _index_ranges(top: Parser, found: list[Piece]) -> list[Piece]:
    """Take `i = 1, …, n` out of the pieces and give the free index that range."""
    out: list[Piece] = []
    place = 0
    while place < len(found):
        piece = found[place]
        stop = place + 1
        while stop < len(found) and not found[stop].relational and found[stop].texts != [r"\ldots"]:
            stop += 1
        dotted = stop + 1 < len(found) and found[stop].texts == [r"\ldots"]
        if dotted and len(piece.tokens) > 2 and piece.texts[1] == "=" and piece.tokens[0].kind == "name":
            index = top.free.setdefault(piece.texts[0], Index(piece.texts[0]))
            terms = [piece.tokens[2:], *(one.tokens for one in found[place + 1 : stop]), found[stop + 1].tokens]
            index.lo, index.hi = progression(top, terms)
            place = stop + 2
            continue
        out.append(piece)
        place += 1
    return out


def member_at(piece: Sequence[Token]) -> int | None:
    """Return where \\in stands outside braces, or None."""
    depth = 0
    for place, token in enumerate(piece):
        depth += nesting(token)
        if token.text == MEMBER and not depth:
            return place
    return None


def set_range(top: Parser, piece: Sequence[Token], claimed: bool, conditions: list[Node]) -> bool:
    """Read `i \\in [n]` and `i \\in \\{1, …, n\\}` as the range of a free index, `x \\in S` as x's declared domain.

    False where it is a claim or a condition: of an expression, or of a symbol where one is `claimed`.
    """
    tokens = [t for t in piece if t.kind not in ("amp", "sep")]
    cut = member_at(tokens) or 0
    where = tokens[cut + 1 :]
    match = top.scope.match(tokens, 0) if tokens[0].kind in ("name", "op") else None
    whole = match is not None and match.symbol.role in ("int", "size")
    if match is not None and match.stop == cut and not (whole or match.sup or match.entries):
        if claimed and claimable(top, match.symbol, where):
            return False
        if not implied(top, match.symbol, where):
            check_domain(top, match.symbol, where)
        return True
    range_ = index_set(top, where) if cut == 1 else None
    among = chosen(top, where) if cut == 1 and match is None and range_ is None else None
    if range_ is None and among is None:
        return False
    index = top.free.setdefault(tokens[0].text, Index(tokens[0].text))
    index.lo, index.hi = range_ or among or (None, None)
    if among is not None:
        inner = top.sub(tokens, tokens[0].at)
        inner.indices = {**top.indices, tokens[0].text: index}
        conditions.append(relation(inner))
    return True


def mentions(top: Parser, piece: Sequence[Token]) -> bool:
    """Tell whether a piece only names an index or symbol."""
    tokens = [t for t in piece if t.kind != "amp"]
    if not tokens or tokens[0].text == r"\ldots":
        return False
    if len(tokens) == 1 and tokens[0].text in top.subscripted:
        return True
    match = top.scope.match(tokens, 0) if tokens[0].kind == "name" else None
    return match is not None and match.stop == len(tokens)


def only_indices(found: Node) -> bool:
    """Tell whether a relation speaks of indices and integers alone."""
    leaves = [n for n in walk(found) if not n.args]
    return any(n.op == "index" for n in leaves) and all(
        n.op in ("index", "num", "dim") or (n.op == "sym" and n.data.role in ("int", "size")) for n in leaves
    )
