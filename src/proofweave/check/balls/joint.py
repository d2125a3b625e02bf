"""Functions of all coordinates at once in balls, F(u): maxima, norms, soft maxima and wells, with two derivatives."""

from collections.abc import Callable, Sequence
from itertools import combinations

from flint import fmpq

from proofweave.check.balls.numbers import (
    Cannot,
    Num,
    add,
    div,
    exp,
    is_zero,
    larger,
    length,
    log,
    mul,
    nan,
    neg,
    sign,
    sub,
    total,
    whole,
)

JOINT = 8  # the numbers before are shapes of single terms
MAXIMUM, NORM, SOFTMAX, HYPERBOLOID, WELL = range(JOINT, JOINT + 5)

Vector = Sequence[Num]
Square = list[list[Num]]


def _squares(u: Vector) -> list[Num]:
    return [mul(x, x) for x in u]


def _same(i: int, j: int) -> Num:
    return whole(int(i == j))


def _first_largest(u: Vector) -> int | None:
    """Return which of 0, u_1, …, u_d is the first largest, or None where the balls leave it open."""
    pieces = [whole(0), *u]
    best = 0
    for place, piece in enumerate(pieces[1:], 1):
        side = sign(sub(piece, pieces[best]))
        if side is None:
            return None
        best = place if side > 0 else best
    return best


def _maximum(u: Vector) -> Num:
    out = whole(0)
    for x in u:
        out = larger(out, x, True)
    return out


def _maximum_slope(u: Vector) -> list[Num]:
    best = _first_largest(u)
    return [nan() if best is None else _same(place, best) for place in range(1, len(u) + 1)]


def _maximum_bend(u: Vector) -> Square:
    entry = nan() if _first_largest(u) is None else whole(0)
    return [[entry for _ in u] for _ in u]


def _norm(u: Vector) -> Num:
    return length(_squares(u), True)


def _norm_slope(u: Vector) -> list[Num]:
    return [whole(0) for _ in u] if all(map(is_zero, u)) else [div(x, _norm(u)) for x in u]


def _round(slopes: Vector, height: Num) -> Square:
    """Return (1 − g gᵀ)/h: the bend of a norm or hyperboloid of height h and slope g."""
    n = range(len(slopes))
    return [[div(sub(_same(i, j), mul(slopes[i], slopes[j])), height) for j in n] for i in n]


def _weights(u: Vector) -> tuple[list[Num], Num]:
    raised = [exp(x) for x in u]
    return raised, total([whole(1), *raised])


def _shares(u: Vector) -> list[Num]:
    raised, together = _weights(u)
    return [div(x, together) for x in raised]


def _soft_bend(u: Vector) -> Square:
    p = _shares(u)
    return [[sub(mul(_same(i, j), x), mul(x, y)) for j, y in enumerate(p)] for i, x in enumerate(p)]


def _height(u: Vector) -> Num:
    return length([whole(1), *_squares(u)], True)


def _hyperbola_slope(u: Vector) -> list[Num]:
    return [div(x, _height(u)) for x in u]


def _bell(u: Vector) -> Num:
    return exp(neg(div(total(_squares(u)), whole(2))))


def _well_bend(u: Vector) -> Square:
    n = range(len(u))
    return [[mul(_bell(u), sub(_same(i, j), mul(u[i], u[j]))) for j in n] for i in n]


VALUES: dict[int, Callable[[Vector], Num]] = {
    MAXIMUM: _maximum,
    NORM: _norm,
    SOFTMAX: lambda u: log(_weights(u)[1], True),
    HYPERBOLOID: _height,
    WELL: lambda u: neg(_bell(u)),
}
SLOPES: dict[int, Callable[[Vector], list[Num]]] = {
    MAXIMUM: _maximum_slope,
    NORM: _norm_slope,
    SOFTMAX: _shares,
    HYPERBOLOID: _hyperbola_slope,
    WELL: lambda u: [mul(x, _bell(u)) for x in u],
}
BENDS: dict[int, Callable[[Vector], Square]] = {
    MAXIMUM: _maximum_bend,
    NORM: lambda u: _round(_norm_slope(u), _norm(u)),
    SOFTMAX: _soft_bend,
    HYPERBOLOID: lambda u: _round(_hyperbola_slope(u), _height(u)),
    WELL: _well_bend,
}


def steepest(kind: int, scale: Vector) -> Num:
    """Return the least Lipschitz constant of F(scale t) in t."""
    top = _largest([_size(a) for a in scale])
    return mul(top, exp(fmpq(-1, 2))) if kind == WELL else top


def curviest(kind: int, scale: Vector) -> Num:
    """Return the least bound on the curvature of F(scale t) in t."""
    squares = _squares(scale)
    if kind in (MAXIMUM, NORM):
        raise Cannot
    if kind != SOFTMAX:
        return _largest(squares)
    sums = [add(x, y) for x, y in combinations(squares, 2)] or squares
    return div(_largest(sums), whole(4))


def _size(x: Num) -> Num:
    return larger(x, neg(x))


def _largest(found: Vector) -> Num:
    out = found[0]
    for one in found[1:]:
        out = larger(out, one)
    return out
