"""Indices and sizes: members of families, entries of vectors and matrices, integer combinations of size symbols."""

from collections.abc import Sequence

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Dim,
    Index,
    Match,
    Node,
    Token,
    number,
    refuse_if,
    required,
    row,
    vector,
)
from proofweave.check.syntax.build import dim_node, node
from proofweave.check.syntax.parser import Parser
from proofweave.check.syntax.slices import sliced

Uses = Sequence[tuple[Index, Node, Node]]


def used_range(index: Index, uses: Uses) -> tuple[Node, Node] | None:
    """Return the range of what an index subscripts first, or None."""
    return next(((lo, hi) for used, lo, hi in uses if used is index), None)


def member_places(p: Parser, match: Match) -> list[Node]:
    """Return the indices that pick a family's member."""
    return [
        index_expression(p, tokens, dim_node(hole.lo), dim_node(hole.hi))
        for hole, tokens in zip(match.symbol.holes, match.members, strict=True)
    ]


def entry_places(p: Parser, groups: Sequence[Sequence[Token]], dims: Sequence[Dim | None], at: int) -> list[Node]:
    """Return the indices that pick an entry."""
    places = []
    for tokens, dim in zip(groups, dims, strict=False):
        places.append(index_expression(p, tokens, number(1), dim_node(required(dim, "parse.part-open", at))))
    return places


def entries(p: Parser, base: Node, groups: Sequence[Sequence[Token]], end: int) -> Node:
    """Return an entry of a vector or matrix."""
    kind, dims = base.type.kind, base.type.dims
    groups = list(groups)
    if (cut := sliced(p, base, groups, end)) is not None:
        return cut
    if kind == "vector" and len(groups) == 1 and _wrapped(groups[0], "[", "]"):
        base, groups = node("sorted", (base,), base.type, base.at, end), [groups[0][1:-1]]
    if kind == "matrix" and (found := _slice(p, base, groups, end)) is not None:
        return found
    if kind == "matrix" and len(groups) == 1 and len(groups[0]) == 2:
        groups = [[t] for t in groups[0] if t.kind in ("name", "digit")]
    wanted = {"vector": 1, "row": 1, "matrix": 2}.get(kind)
    if wanted is None or len(groups) != wanted:
        what = "".join(t.text for part in groups for t in part)
        raise CheckError("parse.entry", base.at, what=what, type=base.type)
    return node("entry", (base, *entry_places(p, groups, dims, base.at)), SCALAR, base.at, end)


EVERY = frozenset((":", r"\cdot", "*"))


def _slice(p: Parser, base: Node, groups: list[Sequence[Token]], end: int) -> Node | None:
    """Return the column A_{:,j} or the row A_{i,:} of a matrix, or None where an entry is meant."""
    parts = groups
    if len(parts) == 1 and len(parts[0]) > 1 and {parts[0][0].text, parts[0][-1].text} & EVERY:
        lead = parts[0][0].text in EVERY
        parts = [parts[0][:1], parts[0][1:]] if lead else [parts[0][:-1], parts[0][-1:]]
        if any(len(part) != 1 for part in parts):
            return None
    every = [len(part) == 1 and part[0].text in EVERY for part in parts]
    if len(parts) != 2 or every[0] == every[1]:
        return None
    axis = every.index(False)
    places = entry_places(p, parts[axis : axis + 1], base.type.dims[axis : axis + 1], base.at)
    kept = base.type.dims[1 - axis]
    op, type_ = ("column", vector(kept)) if axis else ("line", row(kept))
    return node(op, (base, *places), type_, base.at, end)


def _wrapped(tokens: Sequence[Token], opening: str, closing: str) -> bool:
    """Tell whether brackets stand around the whole of an index, as in x_{[i]}."""
    texts = [t.text for t in tokens]
    return texts[:1] == [opening] and texts[-1:] == [closing] and opening not in texts[1:]


def index_expression(p: Parser, tokens: Sequence[Token], lo: Node, hi: Node) -> Node:
    """Parse an index; a bare name not declared becomes a free index that runs over what it subscripts."""
    refuse_if(not tokens, "parse.index-missing", p.here())
    if _wrapped(tokens, "(", ")") or _wrapped(tokens, "[", "]"):
        raise CheckError("parse.order-statistic", tokens[0].at)
    inner = p.sub(tokens, tokens[0].at)
    inner.in_index = True
    value = inner.expression()
    inner.finish()
    refuse_if(value.type.kind != "scalar", "parse.index-number", tokens[0].at, type=value.type)
    if value.op == "sym" and value.data.role == "free":
        raise CheckError("parse.real-index", tokens[0].at, name=value.data.name)
    if value.op == "index":
        p.uses.append((value.data, lo, hi))
    return node("at", (value, lo, hi), SCALAR, tokens[0].at, tokens[-1].end)
