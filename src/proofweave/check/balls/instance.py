"""An instance as the second evaluator takes it: parameters snapped to rationals that meet their domains exactly.

A free value is its float, bit by bit. What has a structure is made again from it: a unit vector by the stereographic
map, an orthogonal matrix by Cayley's, a point of the simplex by normalising, a semidefinite matrix from its pivots.
What cannot be is `loose`, and nothing that stands on it is certain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from flint import fmpq, fmpq_mat

from proofweave.check.balls import numbers as nu
from proofweave.check.balls import spectra
from proofweave.check.balls.numbers import Cannot, Num, add, exact, mul, sub, total
from proofweave.check.balls.sampled import Exact
from proofweave.check.balls.state import State, Value, each, flat, value_of
from proofweave.check.language import Node, Symbol

MOST_SIGNS = 8  # rows of an orthogonal matrix: two to their number is tried
MOST_NUMBERS = 20_000  # of one instance
FAINT = fmpq(1, 10**10)  # of the largest pivot: a smaller one counts as 0


@dataclass(frozen=True, slots=True)
class Sample:
    """The drawn parameters of a sampled function, as nested lists with member axes first."""

    scale: Any
    shape: Any
    shift: Any
    slope: Any
    offset: Any
    basis: Any
    bowl: Any


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn instance: sizes, the symbols in order of need with nested lists of floats, and sampled functions."""

    sizes: Mapping[str, int]
    plan: Sequence[Symbol]
    values: Mapping[Symbol, Any]
    functions: Mapping[Symbol, Sample]
    assigned: Sequence[tuple[Symbol, Node]] = ()


@dataclass(slots=True)
class Snapped:
    """A state with the snapped values, and the symbols whose values may lie beside their domains."""

    state: State
    loose: list[str] = field(default_factory=list)


def snapped(drawn: Drawn, work: list[int], endless: bool = False) -> Snapped:
    """Return the instance in exact numbers, with what premises set computed again; `work` is what may be spent."""
    if sum(len(flat(value)) for value in drawn.values.values()) > MOST_NUMBERS:
        raise Cannot
    functions: dict[Symbol, Any] = {}
    out = Snapped(State(drawn.sizes, {}, functions, work=work, endless=endless))
    taken = dict(drawn.assigned)
    for symbol in drawn.plan:
        if symbol.role == "int":
            out.state.values[symbol] = each(exact, drawn.values[symbol])
        elif symbol.role == "free" and symbol not in taken:
            out.state.values[symbol] = _free(symbol, drawn.values[symbol], out)
        elif symbol.role == "function":
            functions[symbol] = _function(symbol, drawn.functions[symbol], len(symbol.holes))
    for symbol, node in drawn.assigned:
        value: Any = value_of(node, out.state)
        for hole in reversed(symbol.holes):
            value = [value] * (out.state.size(hole.hi) - out.state.size(hole.lo) + 1)
        out.state.values[symbol] = value
        out.state.known.clear()
        if not _inside(symbol, out.state.values[symbol], len(symbol.holes), out.state):
            out.loose.append(symbol.name)
    for symbol in drawn.plan:
        if symbol.role == "random" and "parent" not in symbol.data:
            _law(symbol, drawn, out)
    return out


def _free(symbol: Symbol, value: Any, out: Snapped) -> Value:
    depth = len(symbol.holes)
    snap = SNAPS.get(symbol.data["domain"])
    plain = each(exact, value)
    if snap is None:
        if not _inside(symbol, plain, depth, out.state):
            out.loose.append(symbol.name)
        return plain
    found = _members(snap, plain, depth)
    if found is None:
        out.loose.append(symbol.name)
        return plain
    return found


def _members(snap: Callable[[Value], Value | None], value: Value, depth: int) -> Value | None:
    if not depth:
        return snap(value)
    found = [_members(snap, one, depth - 1) for one in value]
    return None if any(one is None for one in found) else found


def _inside(symbol: Symbol, value: Value, depth: int, state: State) -> bool:
    """Tell whether a value certainly lies in its symbol's domain."""
    domain: str = symbol.data["domain"]
    if domain in ("scalar", "vector", "matrix"):
        return True
    if domain in ("positive", "nonneg"):
        least = (1,) if domain == "positive" else (0, 1)
        return all(nu.sign(entry) in least for entry in flat(value))
    if domain == "interval":
        lo, hi = (value_of(symbol.data[end], state) for end in ("lo", "hi"))
        return all(nu.sign(sub(entry, lo)) == 1 and nu.sign(sub(hi, entry)) == 1 for entry in flat(value))
    if depth:
        return all(_inside(symbol, one, depth - 1, state) for one in value)
    check = CHECKS.get(domain)
    return check is not None and check(value)


def unit(value: Value) -> Value | None:
    """Return the rational unit vector nearest by: the stereographic projection's inverse, from the far pole."""
    pole = max(range(len(value)), key=lambda k: abs(value[k]))
    if value[pole] == 0:
        return None
    side = fmpq(1) if value[pole] > 0 else fmpq(-1)
    rest = {k: entry / (1 + abs(value[pole])) for k, entry in enumerate(value) if k != pole}
    square = sum((entry * entry for entry in rest.values()), fmpq(0))
    return [side * (1 - square) / (1 + square) if k == pole else 2 * rest[k] / (1 + square) for k in range(len(value))]


def simplex(value: Value) -> Value | None:
    """Return a point of the simplex: what is below 0 is 0, and the sum is 1."""
    kept = [entry if entry > 0 else fmpq(0) for entry in value]
    whole = sum(kept, fmpq(0))
    return None if whole == 0 else [entry / whole for entry in kept]


def orthogonal(value: Value) -> Value | None:
    """Return a rational orthogonal matrix nearest by: Cayley's map of the skew part, after signs that make it safe."""
    n = len(value)
    if n > MOST_SIGNS:
        return None
    best: tuple[float, tuple[int, ...]] | None = None
    for signs in product((1, -1), repeat=n):
        size = abs(float(nu.ball(_shifted(value, signs).det()).mid()))
        if best is None or size > best[0] + 1e-9:
            best = size, signs
    assert best is not None
    signs = best[1]
    try:
        inverse = _shifted(value, signs).inv()
    except ZeroDivisionError:
        return None
    identity = fmpq_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    skew = 2 * inverse - identity
    skew = (skew - skew.transpose()) * fmpq(1, 2)
    rounded = fmpq_mat(n, n, [_short(skew[i, j]) for i in range(n) for j in range(n)])
    turned = (identity - rounded) * (identity + rounded).inv()
    return [[signs[i] * turned[i, j] for j in range(n)] for i in range(n)]


def _shifted(value: Value, signs: Sequence[int]) -> fmpq_mat:
    """Return 1 + D Q."""
    n = len(value)
    return fmpq_mat(n, n, [signs[i] * value[i][j] + int(i == j) for i in range(n) for j in range(n)])


def _short(x: fmpq) -> fmpq:
    """Return a number to 60 bits behind the point."""
    return fmpq((x * (1 << 60) + fmpq(1, 2)).floor(), 1 << 60)


def symmetric(value: Value) -> Value | None:
    """Return the symmetric part."""
    n = range(len(value))
    return [[(value[i][j] + value[j][i]) / 2 for j in n] for i in n]


def diagonal(value: Value) -> Value | None:
    """Return the diagonal part."""
    return [[entry if i == j else fmpq(0) for j, entry in enumerate(line)] for i, line in enumerate(value)]


def definite(value: Value) -> Value | None:
    """Return a matrix that is positive definite."""
    found = symmetric(value)
    return found if found is not None and spectra.definite(found) else None


def semidefinite(value: Value) -> Value | None:
    """Return the sum of the matrix's rank-one pivots, largest first, those left out that rounding may have made."""
    rows = symmetric(value)
    if rows is None or len(rows) > spectra.MOST_SIZE:
        return None
    n = range(len(rows))
    out = [[fmpq(0) for _ in n] for _ in n]
    top = max(rows[i][i] for i in n)
    for _ in n:
        pivot = max(n, key=lambda i: rows[i][i])
        size = rows[pivot][pivot]
        if size <= FAINT * top:
            break
        column = [rows[i][pivot] for i in n]
        for i in n:
            for j in n:
                part = column[i] * column[j] / size
                out[i][j] += part
                rows[i][j] -= part
    return out


SNAPS: dict[str, Callable[[Value], Value | None]] = {
    "unit": unit,
    "simplex": simplex,
    "orthogonal": orthogonal,
    "symmetric": symmetric,
    "diagonal": diagonal,
    "spd": definite,
    "psd": semidefinite,
}


def _is_unit(value: Value) -> bool:
    return nu.is_zero(sub(total([mul(entry, entry) for entry in value]), fmpq(1)))


def _is_simplex(value: Value) -> bool:
    return nu.is_zero(sub(total(list(value)), fmpq(1))) and all(nu.sign(entry) in (0, 1) for entry in value)


def _is_orthogonal(value: Value) -> bool:
    square = spectra.product(value, spectra.transposed(value))
    n = range(len(value))
    return all(nu.is_zero(sub(square[i][j], fmpq(int(i == j)))) for i in n for j in n)


def _is_symmetric(value: Value) -> bool:
    n = range(len(value))
    return all(nu.is_zero(sub(value[i][j], value[j][i])) for i in n for j in range(i))


CHECKS: dict[str, Callable[[Value], bool]] = {
    "unit": _is_unit,
    "simplex": _is_simplex,
    "orthogonal": _is_orthogonal,
    "symmetric": _is_symmetric,
    "psd": lambda value: _is_symmetric(value) and spectra.positive(value) is True,
    "spd": lambda value: spectra.definite(value),
}


def _law(symbol: Symbol, drawn: Drawn, out: Snapped) -> None:
    """Set a random symbol's points and weights: weights that sum to 1, points with the mean that is asked for."""
    weights_symbol: Symbol = symbol.data["weights_symbol"]
    points = each(exact, drawn.values[symbol])
    weights = _weights(symbol, drawn.values[weights_symbol], out)
    domain: str = symbol.data["domain"]
    snap = SNAPS.get(domain)
    kept = _members(snap, points, 1) if snap is not None else points
    if kept is None or (snap is None and not _inside(symbol, points, 1, out.state)):
        out.loose.append(symbol.name)
        kept = points
    if symbol.data["mean"] is not None:
        kept = _centred(kept, weights, value_of(symbol.data["mean"], out.state))
    out.state.values[symbol] = kept
    out.state.values[weights_symbol] = weights


def _weights(symbol: Symbol, drawn: Any, out: Snapped) -> list[Num]:
    if symbol.data["weights"] is not None:
        found: list[Num] = value_of(symbol.data["weights"], out.state)
        return found
    found = [exact(weight) for weight in drawn]
    if symbol.data["uniform"]:
        return [fmpq(1, len(found))] * len(found)
    whole = sum(found, fmpq(0))
    return [weight / whole for weight in found]


def _centred(points: Value, weights: Sequence[Num], mean: Value) -> Value:
    now = each(lambda *entries: total([mul(w, entry) for w, entry in zip(weights, entries, strict=True)]), *points)
    return [each(lambda entry, was, to: add(sub(entry, was), to), point, now, mean) for point in points]


def _function(symbol: Symbol, sample: Sample, depth: int) -> Any:
    if depth:
        count = len(sample.offset)
        names = ("scale", "shape", "shift", "slope", "offset", "basis", "bowl")
        parts = [Sample(**{name: getattr(sample, name)[k] for name in names}) for k in range(count)]
        return [_function(symbol, part, depth - 1) for part in parts]
    basis = orthogonal(each(exact, sample.basis))
    if basis is None:
        raise Cannot
    numbers = [each(exact, part) for part in (sample.scale, sample.shift, sample.slope, sample.offset, sample.bowl)]
    scale, shift, slope, offset, bowl = numbers
    return Exact(scale, [int(kind) for kind in sample.shape], shift, slope, offset, basis, bowl)
