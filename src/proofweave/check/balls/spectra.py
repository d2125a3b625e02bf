"""Matrices in balls: products, inverses, determinants, ranks, and what follows from a spectrum.

A symmetric matrix of balls is turned by Jacobi's rotations, each a ball that holds a true rotation, until little is off
the diagonal; the eigenvalues are as far from it as that is large, at most (Weyl), alike or not. Singular values are the
roots of those of AᵀA. A function of a matrix is Sylvester's formula over its distinct eigenvalues.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flint import acb, arb, arb_mat, ctx, fmpq, fmpq_mat, fmpz

from proofweave.check.balls import numbers as nu
from proofweave.check.balls.numbers import Cannot, Cx, Jet, Num, Unclear, add, div, mul, neg, sub, total
from proofweave.check.balls.state import RULES, State, Value, flat, numeral, value_of
from proofweave.check.language import Node

MOST_SIZE = 12  # of a matrix whose spectrum is asked for
MOST_POWER = 4096
SWEEPS = 40  # of Jacobi's rotations; each squares what is off the diagonal
MOST_ISOLATED = 300  # bits of an entry of a matrix whose eigenvalues are told apart exactly
MOST_EXPANDED = 6  # rows of a determinant that is expanded along them
MOST_ELIMINATED = 40  # rows of a matrix whose pivots are found one by one

Matrix = Sequence[Sequence[Num]]


def transposed(x: Matrix) -> list[list[Num]]:
    """Return the transpose."""
    return [list(column) for column in zip(*x, strict=True)]


def product(x: Matrix, y: Matrix) -> list[list[Num]]:
    """Return the matrix product."""
    if not (_generic(x) or _generic(y)):
        left, right = _rational(x), _rational(y)
        if left is not None and right is not None:
            return [[nu.tidy(entry) for entry in line] for line in (left * right).tolist()]
        return list((_balls(x) * _balls(y)).tolist())
    columns = transposed(y)
    return [[total([mul(a, b) for a, b in zip(line, column, strict=True)]) for column in columns] for line in x]


def _rational(x: Matrix) -> fmpq_mat | None:
    """Return the matrix as an exact one, or None where an entry is a ball."""
    entries = flat([list(line) for line in x])
    if not all(isinstance(entry, fmpq) for entry in entries):
        return None
    return fmpq_mat(len(x), len(x[0]), entries)


def _balls(x: Matrix) -> arb_mat:
    return arb_mat([[nu.ball(entry) for entry in line] for line in x])


def _generic(x: Matrix) -> bool:
    """Tell whether an entry is a jet or complex, which the routines for balls do not take."""
    return any(isinstance(entry, Jet | acb | Cx) for entry in flat([list(line) for line in x]))


def _blank(rows: int, columns: int) -> list[list[Num]]:
    return [[nu.nan() for _ in range(columns)] for _ in range(rows)]


def inverse(x: Matrix) -> list[list[Num]]:
    """Return the inverse; a matrix that may be singular has none."""
    n = len(x)
    if _generic(x):
        return _eliminated(x)
    rational = _rational(x)
    try:
        if rational is not None:
            return [[nu.tidy(entry) for entry in line] for line in rational.inv().tolist()]
        return list(_balls(x).inv().tolist())
    except ZeroDivisionError:
        return _blank(n, n)


def _eliminated(x: Matrix) -> list[list[Num]]:
    """Return the inverse by elimination, which asks nothing of its numbers but their signs."""
    n = len(x)
    if n > MOST_SIZE:
        raise Cannot
    rows = [[*line, *(fmpq(int(i == j)) for j in range(n))] for i, line in enumerate(x)]
    for k in range(n):
        pivots = [i for i in range(k, n) if _nonzero(rows[i][k])]
        if not pivots:
            return _blank(n, n)
        rows[k], rows[pivots[0]] = rows[pivots[0]], rows[k]
        rows[k] = [div(entry, rows[k][k]) for entry in rows[k]]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [sub(a, mul(factor, b)) for a, b in zip(rows[i], rows[k], strict=True)]
    return [line[n:] for line in rows]


def _nonzero(x: Num) -> bool:
    x = nu.primal(x)
    if isinstance(x, Cx):
        return _nonzero(x.re) or _nonzero(x.im)
    if isinstance(x, acb):
        return bool(x.abs_lower() > 0)
    return nu.sign(x) in (-1, 1)


def determinant(x: Matrix) -> Num:
    """Return the determinant."""
    rational = _rational(x)
    if rational is not None:
        return nu.tidy(rational.det())
    if not _generic(x):
        return _balls(x).det()
    if len(x) == 1:
        return x[0][0]
    if len(x) > MOST_EXPANDED:
        raise Cannot
    minors = [[list(line[:k]) + list(line[k + 1 :]) for line in x[1:]] for k in range(len(x))]
    terms = [mul(entry, determinant(minor)) for entry, minor in zip(x[0], minors, strict=True)]
    return total([neg(term) if k % 2 else term for k, term in enumerate(terms)])


def rank(x: Matrix) -> Num:
    """Return the rank of an exact matrix; of balls only a full one can be told."""
    rational = _rational(x)
    if rational is not None:
        return fmpq(rational.rank())
    if _generic(x):
        raise Cannot
    thin = x if len(x) >= len(x[0]) else transposed(x)
    if nu.sign(determinant(product(transposed(thin), thin))) == 1:
        return fmpq(len(thin[0]))
    raise Unclear


def power(x: Matrix, exponent: Num) -> list[list[Num]]:
    """Return A^k: by products for whole k, by the spectrum of a symmetric matrix for others."""
    if not isinstance(exponent, fmpq):
        raise Cannot
    if exponent.q != 1:
        return function(x, lambda root: nu.real_power(_nonnegative(root), exponent))
    count = int(exponent.p)
    if abs(count) > MOST_POWER:
        raise Cannot
    base = inverse(x) if count < 0 else [list(line) for line in x]
    out: list[list[Num]] = [[fmpq(int(i == j)) for j in range(len(x))] for i in range(len(x))]
    for bit in bin(abs(count))[2:]:
        out = product(out, out)
        if bit == "1":
            out = product(out, base)
    return out


def _symmetric(x: Matrix) -> fmpq_mat | arb_mat:
    """Return a matrix that is symmetric, as far as can be told."""
    n = len(x)
    if n > MOST_SIZE or _generic(x):
        raise Cannot
    rational = _rational(x)
    if rational is not None:
        if rational != rational.transpose():
            raise Cannot
        return rational
    balls = _balls(x)
    if not all(entry.is_finite() for entry in balls.entries()):
        raise Unclear
    if not balls.overlaps(balls.transpose()):
        raise Cannot
    return balls


def eigenvalues(x: Matrix) -> list[Num]:
    """Return the eigenvalues of a symmetric matrix, largest first."""
    found = _symmetric(x)
    n = len(x)
    if isinstance(found, fmpq_mat) and all(found[i, j] == 0 for i in range(n) for j in range(n) if i != j):
        return sorted((found[i, i] for i in range(n)), reverse=True)
    turned, off = _turned([[nu.ball(entry) for entry in line] for line in x])
    middles = sorted((turned[i][i].mid().fmpq() for i in range(n)), reverse=True)
    apart = off + max((turned[i][i].rad() for i in range(n)), key=lambda radius: radius.fmpq())
    return [arb(middle) + arb(0, apart.abs_upper()) for middle in middles]


def _turned(rows: list[list[arb]]) -> tuple[list[list[arb]], arb]:
    """Return the matrix after Jacobi's rotations, each a ball that holds a true one, and the size of what is off."""
    n = len(rows)
    tiny = arb(2) ** (-ctx.prec - 8)
    for _ in range(SWEEPS):
        scale = sum((abs(line[i]).mid() for i, line in enumerate(rows)), arb(0))
        moved = False
        for p in range(n):
            for q in range(p + 1, n):
                corner = rows[p][q].mid()
                if not abs(corner) > scale * tiny or not abs(corner) > rows[p][q].rad() / 4:
                    continue
                moved = True
                _rotate(rows, p, q, corner)
        if not moved:
            break
    gaps = [rows[i][j].abs_upper() ** 2 for i in range(n) for j in range(n) if i != j]
    return rows, sum(gaps, arb(0)).sqrt().abs_upper()


def _rotate(rows: list[list[arb]], p: int, q: int, corner: arb) -> None:
    ratio = ((rows[q][q].mid() - rows[p][p].mid()) / (2 * corner)).mid()
    slope = (1 / (abs(ratio) + (1 + ratio * ratio).sqrt())).mid()
    slope = -slope if ratio < 0 else slope
    cosine = 1 / (1 + slope * slope).sqrt()
    sine = slope * cosine
    for line in rows:
        line[p], line[q] = cosine * line[p] - sine * line[q], sine * line[p] + cosine * line[q]
    upper, lower = rows[p], rows[q]
    rows[p] = [cosine * a - sine * b for a, b in zip(upper, lower, strict=True)]
    rows[q] = [sine * a + cosine * b for a, b in zip(upper, lower, strict=True)]


def singular_values(x: Matrix) -> list[Num]:
    """Return the singular values, largest first."""
    flipped = transposed(x)
    square = product(flipped, x) if len(flipped) <= len(x) else product(x, flipped)
    return [nu.sqrt(_nonnegative(root)) for root in eigenvalues(square)]


def _nonnegative(x: Num) -> Num:
    """Return a number that is known not to be negative."""
    return x.nonnegative_part() if isinstance(x, arb) and x.is_finite() else x


def function(x: Matrix, of: Callable[[Num], Num]) -> list[list[Num]]:
    """Return a function of a symmetric matrix by Sylvester's formula over its distinct eigenvalues."""
    found = _symmetric(x)
    n = len(x)
    roots = [_settled(root) for root in _distinct(found)] if isinstance(found, fmpq_mat) else eigenvalues(x)
    out: list[list[Num]] = [[fmpq(0)] * n for _ in range(n)]
    for place, root in enumerate(roots):
        projector: list[list[Num]] = [[fmpq(int(i == j)) for j in range(n)] for i in range(n)]
        for other in roots[:place] + roots[place + 1 :]:
            shifted = [[sub(entry, other) if i == j else entry for j, entry in enumerate(x[i])] for i in range(n)]
            gap = sub(root, other)
            projector = [[div(entry, gap) for entry in line] for line in product(projector, shifted)]
        value = of(root)
        out = [[add(out[i][j], mul(value, projector[i][j])) for j in range(n)] for i in range(n)]
    return out


def _distinct(middle: fmpq_mat) -> list[arb]:
    """Return the distinct eigenvalues of an exact symmetric matrix, the isolated roots of its polynomial."""
    if any(entry.height_bits() > MOST_ISOLATED for entry in middle.entries()):
        raise Cannot
    found: Any = middle.charpoly().numer().complex_roots()
    return [root.real for root, _ in found]


def _settled(root: arb) -> Num:
    """Return an isolated root, an exact one that is 0 as such."""
    return fmpq(0) if root == 0 else root


@RULES("inverse")
def _inverse(node: Node, state: State) -> Value:
    return inverse(value_of(node.args[0], state))


@RULES("pinv")
def _pseudoinverse(node: Node, state: State) -> Value:
    x = value_of(node.args[0], state)
    rational = _rational(x)
    if rational is None:
        raise Cannot
    echelon, count = rational.rref()
    rows, columns = len(x), len(x[0])
    if not count:
        return [[fmpq(0)] * rows for _ in range(columns)]
    pivots = [next(j for j in range(columns) if echelon[i, j] != 0) for i in range(count)]
    left = fmpq_mat(rows, count, [rational[i, j] for i in range(rows) for j in pivots])
    right = fmpq_mat(count, columns, [echelon[i, j] for i in range(count) for j in range(columns)])
    lt, rt = left.transpose(), right.transpose()
    return [[nu.tidy(e) for e in line] for line in (rt * (right * rt).inv() * (lt * left).inv() * lt).tolist()]


@RULES("eigenvalue", "singular")
def _spectrum(node: Node, state: State) -> Num:
    x = value_of(node.args[0], state)
    found = eigenvalues(x) if node.op == "eigenvalue" else singular_values(x)
    if node.data in ("max", "min"):
        return found[0] if node.data == "max" else found[-1]
    place = nu.whole_of(numeral(node.args[1], state)) - 1
    return found[place] if 0 <= place < len(found) else nu.nan()


@RULES("matfunc")
def _matrix_function(node: Node, state: State) -> Num:
    x = value_of(node.args[0], state)
    if node.data == "tr":
        return total([line[k] for k, line in enumerate(x)])
    return rank(x) if node.data == "rank" else determinant(x)


@RULES("diag")
def _diag(node: Node, state: State) -> Value:
    x = value_of(node.args[0], state)
    return [[entry if i == j else fmpq(0) for j in range(len(x))] for i, entry in enumerate(x)]


@RULES("diagonal")
def _diagonal(node: Node, state: State) -> Value:
    return [line[k] for k, line in enumerate(value_of(node.args[0], state))]


@RULES("msign")
def _matrix_sign(node: Node, state: State) -> Value:
    """Return A (AᵀA)^(−1/2) on what A does not send to 0."""
    x = value_of(node.args[0], state)
    square = product(transposed(x), x)

    def inverted(root: Num) -> Num:
        return fmpq(0) if nu.is_zero(root) else nu.real_power(_nonnegative(root), fmpq(-1, 2))

    return product(x, function(square, inverted))


def positive(x: Matrix, strict: bool = False) -> bool | None:
    """Tell whether a symmetric matrix is positive semidefinite, by elimination with its surest pivots (Sylvester).

    `strict` asks whether it is definite.
    """
    n = len(x)
    if n > MOST_ELIMINATED:
        raise Cannot
    if any(nu.sign(sub(x[i][j], x[j][i])) in (-1, 1) for i in range(n) for j in range(i)):
        return False
    rows = [list(line) for line in x]
    left = list(range(n))
    while left:
        signs = {i: nu.sign(rows[i][i]) for i in left}
        if any(side == -1 or (strict and side == 0) for side in signs.values()):
            return False
        sure = [i for i in left if signs[i] == 1]
        if not sure and strict:
            return None
        if not sure:
            rest = [nu.sign(rows[i][j]) for i in left for j in left]
            if any(signs[i] == 0 and nu.sign(rows[i][j]) in (-1, 1) for i in left for j in left):
                return False
            return True if all(side == 0 for side in rest) else None
        pivot = max(sure, key=lambda i: float(nu.ball(rows[i][i]).mid()))
        left.remove(pivot)
        for i in left:
            factor = div(rows[i][pivot], rows[pivot][pivot])
            for j in left:
                rows[i][j] = sub(rows[i][j], mul(factor, rows[pivot][j]))
    return True


def definite(x: Matrix) -> bool:
    """Tell whether a symmetric matrix is certainly positive definite."""
    rational = _rational(x)
    n = len(x)
    if rational is None or n > MOST_ELIMINATED or rational != rational.transpose():
        return False
    return all(
        fmpq_mat(k, k, [rational[i, j] for i in range(k) for j in range(k)]).det() > fmpz(0) for k in range(1, n + 1)
    )
