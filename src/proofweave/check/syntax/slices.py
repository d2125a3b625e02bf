"""Parts of vectors and matrices that colons cut out: x_{[:s]}, A_{[:n,:r]}, A_{:,1:k}."""

from collections.abc import Sequence

from proofweave.check.language import (
    SCALAR,
    Dim,
    Index,
    Node,
    Token,
    Type,
    matrix,
    number,
    refuse_if,
    required,
    row,
    split,
    vector,
)
from proofweave.check.syntax.build import as_dim, dim_node, node
from proofweave.check.syntax.parser import Parser

COLON = ":"


def sliced(p: Parser, base: Node, groups: Sequence[Sequence[Token]], end: int) -> Node | None:
    """Return what the first r entries, lines or columns make up; None where no range is meant."""
    kind, dims = base.type.kind, base.type.dims
    parts = _unwrapped(groups)
    if kind not in ("vector", "row", "matrix") or len(parts) != len(dims) or not any(map(_cut, parts)):
        return None
    if not all(any(t.text == COLON for t in part) for part in parts):
        return None
    lengths = [_length(p, part) if _cut(part) else None for part in parts]
    if kind == "matrix" and (width := lengths[1]) is not None:
        base = _collected(base, width, end, "column", vector(dims[0]), matrix(dims[0], as_dim(width)))
    height = lengths[0]
    if height is None:
        return base
    if kind == "matrix":
        across = row(base.type.dims[1])
        return _collected(base, height, end, "line", across, matrix(as_dim(height), base.type.dims[1]))
    return _collected(base, height, end, "entry", SCALAR, Type(kind, (as_dim(height),)))


def cut_identity(p: Parser, sub: Sequence[Token], at: int, end: int) -> Node | None:
    """Return I_{[:r,:m]}, the first rows and columns of a large enough identity; None for other indices."""
    parts = _unwrapped([sub])
    if len(parts) != 2 or not all(map(_cut, parts)):
        return None
    size = sum((as_dim(_length(p, part)) for part in parts), Dim())
    return sliced(p, node("identity", (), matrix(size, size), at, end), parts, end)


def _unwrapped(groups: Sequence[Sequence[Token]]) -> list[list[Token]]:
    """Return the indices without brackets around all of them."""
    parts = [list(part) for part in groups]
    if len(parts) == 1 and parts[0] and (parts[0][0].text, parts[0][-1].text) == ("[", "]"):
        return [list(part) for part in split(parts[0][1:-1])]
    return parts


def _cut(part: Sequence[Token]) -> bool:
    """Tell whether a part is a range with an end, as :r and 1:k are; a colon alone is all of them."""
    return len(part) > 1 and sum(t.text == COLON for t in part) == 1


def _length(p: Parser, part: Sequence[Token]) -> Node:
    """Return how long the range :r or 1:r is; whether s: begins at s or after it depends on who writes it."""
    place = next(k for k, t in enumerate(part) if t.text == COLON)
    refuse_if([t.text for t in part[:place]] not in ([], ["1"]) or place + 1 == len(part), "parse.slice", part[0].at)
    return p.whole(part[place + 1 :], part[0].at)


def _collected(base: Node, length: Node, end: int, op: str, part: Type, whole: Type) -> Node:
    """Return the first entries, columns or lines side by side."""
    index = Index("k")
    index.lo, index.hi = number(1), length
    size = required(base.type.dims[-1 if op == "column" else 0], "parse.part-open", base.at)
    bound = node("index", (), SCALAR, base.at, end, index)
    place = node("at", (bound, number(1), dim_node(size)), SCALAR, base.at, end)
    body = node(op, (base, place), part, base.at, end)
    return node("collect", (index.lo, index.hi, number(1), body), whole, base.at, end, index)
