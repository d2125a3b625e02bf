"""Environments inside an expression: cases and matrices."""

from collections.abc import Sequence

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Dim,
    Node,
    Token,
    is_number,
    matrix,
    nesting,
    number,
    refuse_if,
    settle,
    unify,
    vector,
)
from proofweave.check.parse.blocks import blocks
from proofweave.check.parse.connectives import joining
from proofweave.check.parse.functions import named
from proofweave.check.syntax import KINDS, PUNCTUATION, Parser, collected, constraint, grid, node, postfix
from proofweave.core import say

DIAGONAL = r"\ddots"


@KINDS("env")
def environment(p: Parser, token: Token) -> Node:
    """Parse cases and matrices."""
    word, title = token.text.split(" ", 1)
    stop, depth = p.place + 1, 1
    while stop < len(p.tokens) and depth:
        if p.tokens[stop].kind == "env":
            depth += 1 if p.tokens[stop].text.startswith("begin") else -1
        stop += 1
    refuse_if(word != "begin" or depth, "parse.unmatched", token.at, title=title)
    rows = _cells(p.tokens[p.place + 1 : stop - 1])
    p.place = stop
    end = p.tokens[stop - 1].end
    if title in ("cases", "dcases", "rcases"):
        return cases(p, rows, token, end)
    if title in ("pmatrix", "bmatrix", "matrix", "Bmatrix", "smallmatrix", "vmatrix", "array"):
        cells = [[_cell(p, cell, token) for cell in line] for line in rows]
        width = len(cells[0])
        refuse_if(any(len(line) != width for line in cells), "parse.ragged", token.at)
        whole = grid(cells, token.at, end) or _diagonal(cells, token, end) or blocks(cells, token, end)
        if whole is not None:
            return postfix(p, named("det", whole, token, False) if title == "vmatrix" else whole)
        height = len(cells)
        flat = [_scalar_cell(cell) for line in cells for cell in line]
        column = width == 1 and height > 1
        type_ = vector(Dim((), height)) if column else matrix(Dim((), height), Dim((), width))
        literal = node("array", flat, type_, token.at, end)
        return postfix(p, named("det", literal, token, False) if title == "vmatrix" and not column else literal)
    raise CheckError("parse.environment", token.at, title=title)


def _cell(p: Parser, cell: Sequence[Token], token: Token) -> Node:
    """Return an entry of a matrix; an empty one is 0."""
    if not cell:
        return number(0, token.at, token.at)
    if [t.text for t in cell] == [DIAGONAL]:
        return node("dots", (), SCALAR, cell[0].at, cell[0].end, DIAGONAL)
    return p.whole(cell, token.at)


def _diagonal(cells: Sequence[Sequence[Node]], token: Token, end: int) -> Node | None:
    """Return the diagonal matrix that \\ddots between entries on a diagonal of zeros stand for, or None."""
    if not any(cell.op == "dots" and cell.data == DIAGONAL for line in cells for cell in line):
        return None
    others = [cell for i, line in enumerate(cells) for j, cell in enumerate(line) if i != j]
    square = len(cells) == len(cells[0])
    refuse_if(not square or not all(is_number(cell, 0) for cell in others), "parse.dots-matrix", token.at)
    return named("diag", collected([line[i] for i, line in enumerate(cells)], token.at, end), token, False)


def _scalar_cell(cell: Node) -> Node:
    refuse_if(cell.type.kind != "scalar", "parse.scalar-entries", cell.at)
    return cell


def _cells(tokens: Sequence[Token]) -> list[list[list[Token]]]:
    rows: list[list[list[Token]]] = [[[]]]
    depth = 0
    for token in tokens:
        depth += nesting(token)
        if token.kind == "row" and not depth:
            rows.append([[]])
        elif token.kind == "amp" and not depth:
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    return [line for line in rows if any(line)]


def _stripped(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without spaces at their ends and without what ends a sentence."""
    out = list(tokens)
    while out and (out[-1].kind == "sep" or out[-1].text in PUNCTUATION):
        out.pop()
    while out and (out[0].kind == "sep" or out[0].text in PUNCTUATION):
        out.pop(0)
    return out


def cases(p: Parser, rows: Sequence[Sequence[Sequence[Token]]], token: Token, end: int) -> Node:
    """Parse the branches of a cases environment; a branch without a condition is the last."""
    args: list[Node] = []
    type_ = SCALAR
    for place, line in enumerate(rows):
        value = p.whole(_stripped(line[0]), token.at)
        if not place or (is_number(args[0], 0) and not is_number(value, 0)):
            type_ = value.type
        elif not is_number(value, 0):
            type_ = unify(type_, value.type, value.at, say("parse.cases"))
        args.append(value)
        refuse_if(len(line) > 2, "parse.branch", token.at)
        when = [t for part in line[1:] for t in _stripped(part)]
        if when and joining(when[0]) == "if":
            when = when[1:]
        if len(when) == 1 and joining(when[0]) == "otherwise":
            when = []
        if when:
            args.append(constraint(p, when))
        elif place + 1 != len(rows):
            raise CheckError("parse.last-branch", token.at)
    settled = [settle(arg, type_) if k % 2 == 0 else arg for k, arg in enumerate(args)]
    return node("cases", settled, type_, token.at, end)
