"""Matrices of blocks, and columns and rows with dots."""

from collections.abc import Sequence

from proofweave.check.language import Dim, Node, Token, Type, is_number, meet, refuse_if, required, row, settle, vector
from proofweave.check.syntax import Parser, collected, node, runs_beside, zeros_after
from proofweave.core import say

Line = Sequence[Node]
ACROSS = {"matrix": 1, "row": 0}
DOWN = {"matrix": 0, "vector": 0}


def blocks(cells: Sequence[Line], token: Token, end: int) -> Node | None:
    """Return a matrix whose cells are matrices, vectors, rows or dots; None where all are numbers."""
    flat = [cell for line in cells for cell in line]
    if any(cell.op == "dots" for cell in flat):
        line = cells[0] if len(cells) == 1 else [line[0] for line in cells]
        refuse_if(len(cells) != 1 and any(len(line) != 1 for line in cells), "parse.dots-matrix", token.at)
        return _dotted(line, len(cells) == 1, token, end)
    if all(cell.type.kind == "scalar" for cell in flat):
        return None
    for cell in flat:
        refuse_if(cell.type.kind not in ("scalar", "vector", "row", "matrix"), "parse.block-cells", cell.at)
    heights = [_extent(line, DOWN, token) for line in cells]
    widths = [_extent(column, ACROSS, token) for column in zip(*cells, strict=True)]
    out = []
    for line, height in zip(cells, heights, strict=True):
        for cell, width in zip(line, widths, strict=True):
            out.append(_settled(cell, height, width))
    type_ = Type("matrix", (_total(heights), _total(widths)))
    if len(widths) == 1 and all(cell.type.kind in ("vector", "scalar") for cell in flat):
        type_ = vector(_total(heights))
    return node("block", out, type_, token.at, end, len(widths))


def beside(p: Parser, token: Token) -> Node | None:
    """Parse [A, B, c] of matrices, vectors and rows as one matrix or row, a run with dots anywhere among them.

    None where numbers, one run of vectors or something else stands in the brackets, which others read.
    """
    start, closers = p.place, list(p.closers)
    items: list[Node] = []
    with p.within("]", token.at):
        items.append(p.expression())
        while p.take(","):
            items.append(p.expression())
    kinds = {item.type.kind for item in items if item.op != "dots"}
    dotted = any(item.op == "dots" for item in items)
    if len(items) == 1 or not kinds <= set(ACROSS) | {"vector"} or (dotted and kinds == {"vector"}):
        p.place, p.closers = start, closers
        return None
    runs = runs_beside(items) if dotted else items
    if kinds != {"row"}:
        return blocks([runs], token, p.reached)
    columns = [node("transpose", (one,), vector(one.type.dims[0]), one.at, one.end) for one in runs]
    column = blocks([[one] for one in columns], token, p.reached)
    assert column is not None
    return node("transpose", (column,), Type("row", column.type.dims), token.at, p.reached)


def _dotted(line: Line, across: bool, token: Token, end: int) -> Node:
    open_ = zeros_after(line, token.at, end) if all(cell.type.kind == "scalar" for cell in line) else None
    if open_ is not None:
        return node("transpose", (open_,), row(None), token.at, end) if across else open_
    found = collected(line, token.at, end)
    kind = line[0].type.kind
    if not across:
        refuse_if(kind not in ("scalar", "row"), "parse.dots-matrix", token.at)
        return found
    refuse_if(kind not in ("scalar", "vector"), "parse.dots-matrix", token.at)
    if kind == "vector":
        return found
    size = required(found.type.dims[0], "parse.part-open", token.at)
    flat = node("transpose", (found,), Type("row", (size,)), token.at, end)
    return node("block", (flat,), Type("matrix", (Dim((), 1), size)), token.at, end, 1)


def _extent(cells: Sequence[Node], axes: dict[str, int], token: Token) -> Dim:
    """Return the height of a line of blocks, or the width of a column of them."""
    found: Dim | None = None
    for cell in cells:
        if is_number(cell, 0):
            continue
        kind = cell.type.kind
        size = cell.type.dims[axes[kind]] if kind in axes else Dim((), 1)
        found = meet(found, size, cell.at, say("parse.blocks"))
    if found is None and all(is_number(cell, 0) for cell in cells):
        return Dim((), 1)
    return required(found, "parse.part-open", token.at)


def _settled(cell: Node, height: Dim, width: Dim) -> Node:
    if is_number(cell, 0) and (height, width) != (Dim((), 1), Dim((), 1)):
        return Node("zero", (), Type("matrix", (height, width)), cell.at, cell.end)
    dims = {"vector": (height,), "row": (width,), "matrix": (height, width)}.get(cell.type.kind)
    return cell if dims is None else settle(cell, Type(cell.type.kind, dims))


def _total(sizes: Sequence[Dim]) -> Dim:
    total = Dim()
    for size in sizes:
        total = total + size
    return total
