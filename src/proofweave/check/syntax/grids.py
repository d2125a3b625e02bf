"""Matrices with dots in one row and one column: what the corners around them leave as the only reading.

Where every row that is written goes on along its own dots, the rows are a run themselves. Rows of numbers instead stand
for diagonals: what is not 0 in the upper left corner goes on along its diagonal to the lower right one, and all else is
0. Rows of the first kind may stand above or below such rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from proofweave.check.language import (
    BOOL,
    SCALAR,
    Dim,
    Index,
    Node,
    is_number,
    matrix,
    number,
    refuse_if,
    required,
    row,
    same,
    substitute,
    vector,
)
from proofweave.check.syntax.build import add, as_dim, multiply, node
from proofweave.check.syntax.dots import Run, Whole, moves, run, whole

Line = Sequence[Node]
ONE = Whole((), 1)


def grid(cells: Sequence[Line], at: int, end: int) -> Node | None:
    """Return the matrix that cells with one row and one column of dots stand for; None for other cells."""
    rows = [i for i, line in enumerate(cells) if all(cell.op == "dots" for cell in line)]
    columns = [j for j, line in enumerate(zip(*cells, strict=True)) if all(cell.op == "dots" for cell in line)]
    count = sum(cell.op == "dots" for line in cells for cell in line)
    if len(rows) != 1 or len(columns) != 1 or count != len(cells) + len(cells[0]) - 1 or count < 5:
        return None
    down, across = rows[0], columns[0]
    refuse_if(any(cell.type != SCALAR for line in cells for cell in line), "parse.dots-matrix", at)
    runs = [i != down and _runs(line, across) for i, line in enumerate(cells)]
    if all(found for i, found in enumerate(runs) if i != down):
        return _full(cells, down, across, at, end)
    head = next((i for i, found in enumerate(runs) if not found), 0)
    tail = next((i for i, found in enumerate(reversed(runs)) if not found), 0)
    refuse_if(sum(runs) != head + tail or not head <= down < len(cells) - tail, "parse.dots-matrix", at)
    lines = [_line(cells[i], across, at, end) for i, found in enumerate(runs) if found]
    width = lines[0][1] if lines else None
    refuse_if(any(other.key() != lines[0][1].key() for _, other in lines), "parse.dots-matrix", at)
    banded = _Bands(cells, (head, len(cells) - tail), (down, across), at, end).matrix(width)
    if not lines:
        return banded
    parts = [*(line for line, _ in lines[:head]), banded, *(line for line, _ in lines[head:])]
    heights = [part.type.dims[0] if part.type.kind == "matrix" else Dim((), 1) for part in parts]
    total = sum((required(height, "parse.part-open", at) for height in heights), Dim())
    return node("block", parts, matrix(total, banded.type.dims[1]), at, end, 1)


def _runs(line: Line, across: int) -> bool:
    """Tell whether a row goes on along its dots, rather than hold the same number on both sides of them."""
    beside = line[across - 1 : across + 2 : 2] if 0 < across < len(line) - 1 else ()
    plain = [found is not None and not found.terms for found in map(whole, beside)]
    return len(beside) == 2 and bool(moves(*beside)) and not all(plain)


def _followed(items: Line, place: int) -> tuple[Run, Whole]:
    """Return the run of the dots at a place with all that stands after them, and how many terms it has."""
    found = run(items[: place + 2], place)
    at = items[place].at
    refuse_if(found.before != place - 1 or found.count is None, "parse.dots-list", at)
    assert found.count is not None
    after = items[place + 1 :]
    for one, two in pairwise(after):
        steps = moves(one, two) or {}
        told = {path: y.plus(x, -1).key() for path, (x, y) in steps.items()}
        wanted = {path: Whole((), step).key() for path, (_, step) in found.steps.items()}
        refuse_if(told != wanted, "parse.dots-run", at)
    return found, found.count.plus(Whole((), found.before + len(after)))


def _term(found: Run, index: Index) -> Node:
    """Return a run's term at an index that counts from 1."""
    own = Index(index.name)
    here = Node("index", (), SCALAR, 0, 0, index)
    ahead = found.origin - found.before - 1
    return substitute(found.at(own), {own: add([here, number(ahead)]) if ahead else here})


def _line(line: Line, across: int, at: int, end: int, index: Index | None = None) -> tuple[Node, Whole]:
    """Return a row with dots, and its length."""
    found, length = _followed(line, across)
    index = index or Index("j")
    return _row(_term(found, index), index, length, line[0].at, line[-1].end), length


def _row(body: Node, index: Index, length: Whole, at: int, end: int) -> Node:
    dim = as_dim(length.tree())
    entries = node("collect", (number(1), length.tree(), number(1), body), vector(dim), at, end, index)
    return node("transpose", (entries,), row(dim), at, end)


def _full(cells: Sequence[Line], down: int, across: int, at: int, end: int) -> Node:
    """Return the matrix whose rows are all runs, and a run one below the other."""
    index, place = Index("j"), Index("i")
    found = [_followed(line, across) if i != down else None for i, line in enumerate(cells)]
    length = next(one[1] for one in found if one)
    refuse_if(any(one and one[1].key() != length.key() for one in found), "parse.dots-matrix", at)
    items = [_term(one[0], index) if one else cells[i][0] for i, one in enumerate(found)]
    rows, height = _followed(items, down)
    return _stacked(_row(_term(rows, place), index, length, at, end), place, ONE, height, at, end)


def _stacked(line: Node, index: Index, lo: Whole, hi: Whole, at: int, end: int) -> Node:
    height = as_dim(hi.plus(lo, -1).plus(ONE).tree())
    return node("collect", (lo.tree(), hi.tree(), number(1), line), matrix(height, line.type.dims[0]), at, end, index)


class _Bands:
    """Rows that hold what goes on along diagonals: those from `rows[0]` up to `rows[1]`, with dots at `place`."""

    def __init__(self, cells: Sequence[Line], rows: tuple[int, int], place: tuple[int, int], at: int, end: int) -> None:
        self.cells, self.rows, self.place, self.at, self.end = cells, rows, place, at, end

    def matrix(self, width: Whole | None) -> Node:
        """Return the rows as a matrix of that width; where it is None, a diagonal has to tell it."""
        upper, lower = self._corner(-1, -1), self._corner(1, 1)
        empty = not any((*self._corner(-1, 1).values(), *self._corner(1, -1).values()))
        refuse_if(not empty or len(upper) != len(lower) or not upper, "parse.dots-matrix", self.at)
        shifts = {one - two for one, two in zip(sorted(upper), sorted(lower), strict=True)}
        refuse_if(len(shifts) != 1, "parse.dots-matrix", self.at)
        shift = shifts.pop()
        index, across = Index("i"), Index("j")
        terms: list[Node] = []
        height = None if width is None else width.plus(Whole((), -shift))
        for offset in sorted(upper):
            value, told = self._along(upper[offset], lower[offset - shift], index)
            refuse_if(told and height and told.key() != height.key(), "parse.dots-matrix", self.at)
            height = height or told
            terms.append(_on(value, index, across, offset))
        height = required(height, "parse.dots-size", self.at)
        length = height.plus(Whole((), shift))
        line = _row(add(terms), across, length, self.at, self.end)
        first, last = Whole((), self.rows[0] + 1), height.plus(Whole((), self.rows[1] - len(self.cells)))
        return _stacked(line, index, first, last, self.at, self.end)

    def _corner(self, below: int, right: int) -> dict[int, list[tuple[int, Node]]]:
        """Return the diagonals of a corner on which something stands: rows with cells, counted from the near ends."""
        down, across = self.place
        height, width = len(self.cells), len(self.cells[0])
        rows = range(self.rows[0], down) if below < 0 else range(down + 1, self.rows[1])
        columns = range(across) if right < 0 else range(across + 1, width)
        found: dict[int, list[tuple[int, Node]]] = {}
        for i in rows:
            for j in columns:
                y, x = (i if below < 0 else i - height), (j if right < 0 else j - width)
                found.setdefault(x - y, []).append((y, self.cells[i][j]))
        return {offset: line for offset, line in found.items() if not all(is_number(cell, 0) for _, cell in line)}

    def _along(
        self, upper: list[tuple[int, Node]], lower: list[tuple[int, Node]], index: Index
    ) -> tuple[Node, Whole | None]:
        """Return what stands on a diagonal in the row at an index, and how many rows the matrix has, where it tells."""
        items = [cell for _, cell in (*upper, *lower)]
        if all(same(item, items[0]) for item in items):
            return items[0], None
        dots = self.cells[self.place[0]][self.place[1]]
        found, count = _followed([*items[: len(upper)], dots, *items[len(upper) :]], len(upper))
        start = upper[0][0]
        here = Node("index", (), SCALAR, 0, 0, index)
        term = substitute(_term(found, index), {index: add([here, number(-start)]) if start else here})
        return term, count.plus(Whole((), start - lower[-1][0] - 1))


def _on(value: Node, index: Index, across: Index, offset: int) -> Node:
    """Return a value on one diagonal, 0 elsewhere."""
    here, there = (Node("index", (), SCALAR, 0, 0, one) for one in (index, across))
    place = add([here, number(offset)]) if offset else here
    on = node("chain", (there, place), BOOL, 0, 0, ("=",))
    return multiply([value, node("indicator", (on,), SCALAR, 0, 0)])


def zeros_after(line: Line, at: int, end: int) -> Node | None:
    """Return a list that ends with zeros and dots among them as multiples of unit vectors, whose size is open."""
    place = next((k for k, cell in enumerate(line) if cell.op == "dots"), 0)
    rest = [cell for k, cell in enumerate(line) if k >= place - 1 and k != place]
    if not 1 < place < len(line) - 1 or not all(is_number(cell, 0) for cell in rest):
        return None
    units = [node("unit", (number(k + 1),), vector(None), cell.at, cell.end) for k, cell in enumerate(line[:place])]
    parts = [(cell, unit) for cell, unit in zip(line, units, strict=False) if not is_number(cell, 0)]
    terms = [unit if is_number(cell, 1) else multiply([cell, unit]) for cell, unit in parts]
    return replace(add(terms), at=at, end=end) if terms else None
