"""Environments inside an expression: cases and matrices."""

from __future__ import annotations

from collections.abc import Sequence

from proofweave.check.language.kinds import CheckError, Dim, matrix, vector
from proofweave.check.language.tokens import Token
from proofweave.check.language.tree import Node
from proofweave.check.parse import atoms
from proofweave.check.parse.functions import named
from proofweave.check.parse.parser import Parser, node


def environment(p: Parser, token: Token) -> Node:
    """Parse cases and matrices."""
    word, title = token.text.split(" ", 1)
    stop, depth = p.place + 1, 1
    while stop < len(p.tokens) and depth:
        if p.tokens[stop].kind == "env":
            depth += 1 if p.tokens[stop].text.startswith("begin") else -1
        stop += 1
    if word != "begin" or depth:
        raise CheckError(f"\\begin{{{title}}} and \\end do not match", token.at)
    rows = _cells(p.tokens[p.place + 1 : stop - 1])
    p.place = stop
    end = p.tokens[stop - 1].end
    if title in ("cases", "dcases", "rcases"):
        from proofweave.check.parse.statement import cases

        return cases(p, rows, token, end)
    if title in ("pmatrix", "bmatrix", "matrix", "Bmatrix", "smallmatrix", "vmatrix", "array"):
        cells = [[_scalar_cell(p.whole(cell, token.at)) for cell in line] for line in rows]
        width = len(cells[0])
        if any(len(line) != width for line in cells):
            raise CheckError("the rows of this matrix have different lengths", token.at)
        height = len(cells)
        flat = [cell for line in cells for cell in line]
        square = matrix(Dim((), height), Dim((), width))
        if width == 1 and height > 1:
            return atoms.postfix(p, node("array", flat, vector(Dim((), height)), token.at, end))
        literal = node("array", flat, square, token.at, end)
        if title == "vmatrix":
            return atoms.postfix(p, named("det", literal, token, False))
        return atoms.postfix(p, literal)
    raise CheckError(f"the environment {title} is not understood here", token.at)


def _scalar_cell(cell: Node) -> Node:
    if cell.type.kind != "scalar":
        raise CheckError("a matrix is written with scalar entries", cell.at)
    return cell


def _cells(tokens: Sequence[Token]) -> list[list[list[Token]]]:
    rows: list[list[list[Token]]] = [[[]]]
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if token.kind == "env":
            depth += 1 if token.text.startswith("begin") else -1
        if token.kind == "row" and not depth:
            rows.append([[]])
        elif token.kind == "amp" and not depth:
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    return [line for line in rows if any(line)]
