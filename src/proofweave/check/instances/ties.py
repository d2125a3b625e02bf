"""Degenerate instances, where errors like to hide and true bounds are tight: zeros, ties, parallels, eigenvectors."""

from collections.abc import Callable, Sequence

import numpy as np

from proofweave.check.evaluate import Array, Env
from proofweave.check.language import Symbol, same

OPEN = frozenset(("scalar", "vector", "matrix"))
SHARE = 0.35

Change = Callable[["Draw", Array], None]


class Draw:
    """The free symbols of a batch, for changing some rows in place."""

    def __init__(self, plan: Sequence[Symbol], env: Env, rng: np.random.Generator) -> None:
        self.env, self.rng = env, rng
        free = [s for s in plan if s.role == "free"]
        self.open = [s for s in free if s.data["domain"] in OPEN]
        self.families = [s for s in free if s.holes and env.values[s].v.shape[1] > 1]
        self.vectors = [s for s in self.open if s.type.kind == "vector"]
        self.matrices = [s for s in self.open if s.type.kind == "matrix"]
        self.alike: list[tuple[Symbol, Symbol]] = []
        for place, a in enumerate(free):
            for b in free[place + 1 :]:
                if a.type == b.type and a.holes == b.holes and _one_domain(a, b):
                    self.alike.append((a, b))
        self.ordered = [pair for pair in self.alike if pair[0].data["domain"] in ("symmetric", "psd", "spd")]
        self.eigen = [
            (v, m)
            for v in self.vectors
            for m in free
            if not v.holes
            and not m.holes
            and m.data["domain"] in ("symmetric", "psd", "spd")
            and m.type.dims[0] == v.type.dims[0]
        ]

    def value(self, symbol: Symbol) -> Array:
        """Return a symbol's values, to be changed in place."""
        return self.env.values[symbol].v

    def one_of(self, symbols: Sequence[Symbol]) -> Symbol:
        """Return a random symbol of a list."""
        return symbols[int(self.rng.integers(len(symbols)))]


def _one_domain(a: Symbol, b: Symbol) -> bool:
    """Tell whether two symbols take their values from the same set."""
    if a.data["domain"] != b.data["domain"]:
        return False
    return all(same(a.data[end], b.data[end]) for end in ("lo", "hi") if end in a.data)


def coincide(plan: Sequence[Symbol], env: Env, rng: np.random.Generator, few: bool = False) -> None:
    """Turn about a third of a batch into degenerate instances; of a `few`, those that grow with sizes come first."""
    draw = Draw(plan, env, rng)
    changes: list[Change] = []
    if draw.open:
        changes += [_zero, _same_entries]
    if draw.alike:
        changes += [_equal, _parallel]
    if draw.families:
        changes += [_all_equal, _two_equal, _opposed]
    if few and any(symbol in draw.vectors for symbol in draw.families):
        changes.append(_apart)
    if draw.vectors:
        changes += [_axis, _axis_all, _flat]
    if draw.matrices:
        changes += [_orthogonal, _low_rank, _nilpotent]
    if len(draw.matrices) > 1:
        changes.append(_sparse)
    if draw.ordered:
        changes.append(_above)
    if draw.eigen:
        changes.append(_eigenvector)
    if not changes or env.batch < 4:
        return
    count = max(int(env.batch * SHARE), min(len(changes), env.batch // 2))
    if few and count < len(changes):
        first: list[Change] = [change for change in (_orthogonal, _apart, _flat) if change in changes]
        changes = first[:count] or changes
    rows = rng.permutation(env.batch)[:count]
    for change, part in zip(changes, np.array_split(rows, len(changes)), strict=True):
        if len(part):
            change(draw, part)


def _zero(draw: Draw, rows: Array) -> None:
    draw.value(draw.one_of(draw.open))[rows] = 0.0


def _same_entries(draw: Draw, rows: Array) -> None:
    symbol = draw.one_of(draw.open)
    value = draw.value(symbol)
    if symbol.type.rank:
        value[rows] = value[rows][..., :1]
    elif symbol.holes:
        value[rows] = value[rows][:, :1]
    else:
        value[rows] = draw.rng.choice([-1.0, 1.0], size=value[rows].shape)


def _equal(draw: Draw, rows: Array) -> None:
    a, b = draw.alike[int(draw.rng.integers(len(draw.alike)))]
    draw.value(b)[rows] = draw.value(a)[rows]


def _parallel(draw: Draw, rows: Array) -> None:
    a, b = draw.alike[int(draw.rng.integers(len(draw.alike)))]
    if b.data["domain"] not in OPEN:
        draw.value(b)[rows] = draw.value(a)[rows]
        return
    value = draw.value(b)
    factor = draw.rng.choice([-2.0, -1.0, -0.5, 0.5, 2.0], size=(len(rows), *(1,) * (value.ndim - 1)))
    value[rows] = factor * draw.value(a)[rows]


def _above(draw: Draw, rows: Array) -> None:
    """Make one symmetric matrix another and a semidefinite one of rank one, so that they are comparable."""
    a, b = draw.ordered[int(draw.rng.integers(len(draw.ordered)))]
    base = draw.value(a)[rows]
    along = draw.rng.normal(size=base.shape[:-1])
    size = np.exp(draw.rng.normal(0, 1.5, size=(len(rows), *(1,) * (base.ndim - 1))))
    draw.value(b)[rows] = base + size * along[..., :, None] * along[..., None, :]


def _all_equal(draw: Draw, rows: Array) -> None:
    value = draw.value(draw.one_of(draw.families))
    value[rows] = value[rows][:, :1]


def _two_equal(draw: Draw, rows: Array) -> None:
    value = draw.value(draw.one_of(draw.families))
    first, second = draw.rng.permutation(value.shape[1])[:2]
    value[rows, second] = value[rows, first]


def _opposed(draw: Draw, rows: Array) -> None:
    symbol = draw.one_of(draw.families)
    value = draw.value(symbol)
    if symbol.data["domain"] not in OPEN:
        return
    shape = (len(rows), value.shape[1], *(1,) * (value.ndim - 2))
    value[rows] = value[rows][:, :1] * draw.rng.choice([-2.0, -1.0, 1.0, 1.0, 3.0], size=shape)


def _axis(draw: Draw, rows: Array) -> None:
    value = draw.value(draw.one_of(draw.vectors))
    axis = np.eye(value.shape[-1])[draw.rng.integers(value.shape[-1], size=value[rows].shape[:-1])]
    value[rows] = axis * draw.rng.choice([-1.0, 1.0, 2.0], size=(*axis.shape[:-1], 1))


def _axis_all(draw: Draw, rows: Array) -> None:
    for symbol in draw.vectors:
        value = draw.value(symbol)
        axis = np.eye(value.shape[-1])[draw.rng.integers(value.shape[-1], size=value[rows].shape[:-1])]
        value[rows] = axis * draw.rng.choice([-1.0, 1.0], size=(*axis.shape[:-1], 1))


def _apart(draw: Draw, rows: Array) -> None:
    """Make the members of a family orthogonal and of one length, as far as there is room."""
    value = draw.value(draw.one_of([symbol for symbol in draw.families if symbol in draw.vectors]))
    if value.ndim == 3:
        value[rows] = np.eye(value.shape[-1])[np.arange(value.shape[1]) % value.shape[-1]]


def _flat(draw: Draw, rows: Array) -> None:
    value = draw.value(draw.one_of(draw.vectors))
    signs = draw.rng.choice([-1.0, 1.0], size=value[rows].shape)
    value[rows] = signs * draw.rng.choice([0.5, 1.0, 1.0, 2.0], size=(len(rows), *(1,) * (value.ndim - 1)))


def _orthogonal(draw: Draw, rows: Array) -> None:
    """Make singular values equal, or nearly so."""
    value = draw.value(draw.one_of(draw.matrices))
    u, _, v = np.linalg.svd(value[rows] + 1e-3 * draw.rng.normal(size=value[rows].shape), full_matrices=False)
    near = draw.rng.choice([0.0, 0.0, 1e-2], size=(len(rows), *(1,) * (value.ndim - 1)))
    value[rows] = u @ v + near * draw.rng.normal(size=value[rows].shape)


def _low_rank(draw: Draw, rows: Array) -> None:
    """Make matrices singular: of rank one, or with a row that repeats another."""
    value = draw.value(draw.one_of(draw.matrices))
    one = value[rows][..., :1] * np.rint(2 * draw.rng.normal(size=value[rows][..., :1, :].shape))
    twice = value[rows]
    twice[..., -1, :] = twice[..., 0, :]
    value[rows] = np.where(draw.rng.random((len(rows), *(1,) * (value.ndim - 1))) < 0.5, one, twice)


def _nilpotent(draw: Draw, rows: Array) -> None:
    value = draw.value(draw.one_of(draw.matrices))
    value[rows] = np.triu(value[rows], 1)


def _sparse(draw: Draw, rows: Array) -> None:
    """Make all matrices of zeros and few ones, where A B may vanish and B A not."""
    for symbol in draw.matrices:
        value = draw.value(symbol)
        value[rows] = (draw.rng.random(value[rows].shape) < 0.35) * 1.0


def _eigenvector(draw: Draw, rows: Array) -> None:
    vector, matrix = draw.eigen[int(draw.rng.integers(len(draw.eigen)))]
    _, vectors = np.linalg.eigh(draw.value(matrix)[rows])
    pick = draw.rng.choice([0, vectors.shape[-1] - 1], size=len(rows))
    draw.value(vector)[rows] = vectors[np.arange(len(rows)), :, pick]
