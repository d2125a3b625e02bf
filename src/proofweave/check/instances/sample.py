"""Instances: sizes first, then values over several scales, with small integers and degenerate cases among them."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

import numpy as np

from proofweave.check.evaluate import EPS, VALUES, Array, Clock, Env, Val, ev, exact
from proofweave.check.instances.distant import distant, rare
from proofweave.check.instances.rules import state
from proofweave.check.instances.ties import coincide
from proofweave.check.language import CheckError, Dim, Symbol, TooLarge, endless, refuse_if
from proofweave.check.operations import functions, supports

GROUPS = 8
MOST_ALONE = 12  # values of a lone size that are all drawn
LEVELS = 3  # values from the least of an open size that are drawn in combination with others
MOST_DRAWN = 1 << 19  # numbers in one batch; up to eight batches are kept
NICE, PLAIN, WIDE = 0, 1, 2
MARKS = 24  # squares among the integers at which floors jump
NEAR, WHOLE = 13, 64  # integers drawn from the lower end of a range; ranges up to WHOLE are drawn whole
FIRST_VALUES = WHOLE  # values from the least of an open integer that is no size


def size_symbols(plan: Sequence[Symbol], written: frozenset[str] = frozenset()) -> list[Symbol]:
    """Return the int symbols that serve as sizes, of symbols or as `written` in formulas, in order of need."""
    names = set(written.union(*(dim.names() for symbol in plan for dim in _dims(symbol))))
    for symbol in reversed(plan):  # a size that ends at another one makes it a size
        if symbol.role == "int" and symbol.name in names:
            names.update(needed.name for needed in symbol.needs)
    return [symbol for symbol in plan if symbol.role == "int" and symbol.name in names]


def _dims(symbol: Symbol) -> list[Dim]:
    dims = [dim for dim in symbol.type.dims if dim is not None]
    for type_ in symbol.type.args:
        dims += [dim for dim in type_.dims if dim is not None]
    for hole in symbol.holes:
        dims += [hole.lo, hole.hi]
    if symbol.role == "random" and "support" in symbol.data:
        dims.append(symbol.data["support"])
    return dims


def bounds(symbol: Symbol, env: Env) -> tuple[int, int]:
    """Return an int symbol's range at the sizes drawn so far; of an open one its first values."""
    lo, hi = (int(end.flat[0]) for end in int_bounds(symbol, env, LEVELS))
    refuse_if(hi < lo, "judge.range-empty", None, symbol.where, name=symbol.name, lo=lo, hi=hi)
    refuse_if(hi > 10**9 or lo < -(10**9), "judge.range-wide", None, symbol.where, name=symbol.name, lo=lo, hi=hi)
    return lo, hi


def size_groups(
    plan: Sequence[Symbol], written: frozenset[str], rng: np.random.Generator, clock: Clock
) -> list[dict[str, int]]:
    """Return the sizes of each group of instances: all least, all largest, then others; of few, every one.

    Where one is open, each has its first values, and any two of them every combination of theirs.
    """
    sizes = size_symbols(plan, written)
    if not sizes:
        return [{}]
    if any(unbounded(symbol) for symbol in sizes):
        return _first_sizes(sizes, rng, clock)
    found: dict[tuple[int, ...], dict[str, int]] = {}
    count = 1
    env = state(1, {}, clock)
    for symbol in sizes:
        lo, hi = bounds(symbol, env)
        env.sizes[symbol.name] = lo
        count *= hi - lo + 1
    groups = count if count <= (MOST_ALONE if len(sizes) == 1 else GROUPS) else GROUPS
    for attempt in range(6 * groups):
        env = state(1, {}, clock)
        for symbol in sizes:
            lo, hi = bounds(symbol, env)
            value = lo if attempt == 0 else hi if attempt == 1 else int(rng.integers(lo, hi + 1))
            env.sizes[symbol.name] = value
        found.setdefault(tuple(env.sizes.values()), env.sizes)
        if len(found) == groups:
            break
    return list(found.values())


def unbounded(symbol: Symbol) -> bool:
    """Tell whether an int symbol's range has no upper end."""
    return endless(symbol.data["hi"])


def _first_sizes(sizes: Sequence[Symbol], rng: np.random.Generator, clock: Clock) -> list[dict[str, int]]:
    found: dict[tuple[int, ...], dict[str, int]] = {}
    for levels in _pairwise(len(sizes)):
        env = state(1, {}, clock)
        for symbol, level in zip(sizes, levels, strict=True):
            lo, hi = bounds(symbol, env)
            values = (lo, hi, int(rng.integers(lo, hi + 1))) if hi - lo >= LEVELS else range(lo, hi + 1)
            env.sizes[symbol.name] = values[min(level, len(values) - 1)]
        found.setdefault(tuple(env.sizes.values()), env.sizes)
    return list(found.values())


def _pairwise(count: int) -> list[tuple[int, ...]]:
    """Return rows of levels, all least first, in which any two of up to 13 columns take every pair of levels.

    The columns are the linear functions, up to a factor, on a plane or space over the field of three elements.
    """
    width = 2 if count <= 4 else 3
    points = list(product(range(LEVELS), repeat=width))
    functions = [point for point in points if next((x for x in point if x), 0) == 1]
    chosen = [functions[place % len(functions)] for place in range(count)]
    return [tuple(sum(a * b for a, b in zip(f, point, strict=True)) % LEVELS for f in chosen) for point in points]


def wide_integers(plan: Sequence[Symbol], written: frozenset[str]) -> list[Symbol]:
    """Return the integers that are no sizes, whose ranges may be too wide to be drawn whole."""
    sizes = size_symbols(plan, written)
    return [symbol for symbol in plan if symbol.role == "int" and symbol not in sizes]


def draw(
    plan: Sequence[Symbol],
    sizes: dict[str, int],
    batch: int,
    rng: np.random.Generator,
    clock: Clock,
    far: bool = False,
    remote: bool = False,
    integers: Mapping[Symbol, Array] | None = None,
    bent: bool = False,
) -> Env:
    """Draw a batch of instances of the free symbols; derived ones are still to be made.

    Integers come from the near end of their range, or, where it is small, from all of it; `far` draws both ends and
    values between them at all scales, `remote` real values of extreme size or near the ends of their domains too.
    `integers` are those that are given. Gradients of smooth functions may have kinks where they are `bent`.
    """
    env = state(batch, dict(sizes), clock)
    env.values.update({symbol: exact(value) for symbol, value in (integers or {}).items()})
    _afford(plan, env)
    regime = rng.choice(3, size=batch, p=[0.3, 0.5, 0.2])
    for symbol in plan:
        if symbol.role == "free":
            shape = (batch, *_members(symbol, env), *_shape(symbol, env))
            value = _free(symbol, shape, env, regime, rng)
            if remote:
                value = distant(symbol, value, env, rng)
            env.values[symbol] = exact(value)
            if symbol.data["domain"] in (
                "unit",
                "simplex",
                "orthogonal",
            ):  # these meet their constraint only to rounding
                env.values[symbol] = Val(value, np.broadcast_to(4 * EPS * np.abs(value).max(), value.shape))
        elif symbol.role == "int" and symbol in env.values:
            continue
        elif symbol.role == "int" and symbol.name not in env.sizes:
            env.values[symbol] = exact(_integers(*int_bounds(symbol, env), batch, rng, far or remote))
        elif symbol.role == "int":
            env.values[symbol] = exact(np.array([float(env.sizes[symbol.name])]))
        elif symbol.role == "function":
            dims = symbol.type.args[0].dims
            d = env.size(dims[0]) if dims and dims[0] is not None else 1
            env.functions[symbol] = functions.draw(symbol, d, _members(symbol, env), batch, rng, bent)
    if not remote:
        coincide(plan, env, rng, far)
    return env


def _integers(lo: Array, hi: Array, batch: int, rng: np.random.Generator, far: bool) -> Array:
    """Return integers of a range: near its lower end, or both ends and all scales between them; and near 0."""
    count = np.broadcast_to(hi - lo + 1, (batch,))
    if not far:
        some = np.minimum(count, max(NEAR, min(batch, WHOLE)))
        steps = rng.permutation(batch) % some
        around = np.clip(-lo - some // 2 + steps, 0, count - some + steps)  # the same steps, with 0 in their middle
        return np.asarray(lo + np.where((rng.random(batch) < 0.5) & (lo < 0) & (hi > 0), around, steps))
    scaled = np.floor(np.exp(rng.random(batch) * np.log(count)))
    steps = np.where(rng.random(batch) < 0.5, scaled, count - scaled)
    steps = np.where(rng.random(batch) < 0.3, np.floor(rng.random(batch) * count), steps)
    marks = landmarks(float(hi.max()))
    known = marks[rng.integers(len(marks), size=batch)]
    inside = (rng.random(batch) < 0.3) & (known >= lo) & (known <= hi)
    steps = np.where(inside, known - lo, steps)
    ends = rng.permutation(batch)
    steps = np.where(ends % 4 == 0, 0, np.where(ends % 4 == 1, count - 1, steps))
    return np.asarray(lo + np.minimum(steps, count - 1))


def landmarks(most: float) -> Array:
    """Return integers up to one at which floors, digits and logarithms jump: powers, squares, and their neighbours."""
    most = max(most, 2.0)
    powers = [base ** np.arange(0, np.log(most) / np.log(base) + 1) for base in (2.0, 3.0, 10.0)]
    squares = np.unique(np.rint(np.exp(np.linspace(0, np.log(most) / 2, MARKS)))) ** 2
    marks = np.concatenate([*powers, squares, squares[: MARKS // 2] ** 1.5])
    near = (np.rint(marks)[:, None] + np.array([-1.0, 0.0, 1.0])).reshape(-1)
    return np.unique(near[near <= most])


def _afford(plan: Sequence[Symbol], env: Env) -> None:
    """Refuse a batch whose drawn values would take too much memory, before any is drawn."""
    cells = 0
    for symbol in plan:
        if symbol.role in ("free", "random", "function") and "parent" not in symbol.data:
            lengths = [*_members(symbol, env), *_shape(symbol, env)]
            if symbol.role == "random":
                lengths.append(env.size(symbol.data["support"]))
            if symbol.role == "function" and symbol.type.args[0].dims:
                lengths += [env.size(dim) for dim in symbol.type.args[0].dims * 2 if dim is not None]
            cells += prod(lengths)
    if cells * env.batch > MOST_DRAWN:
        raise TooLarge("judge.one-instance", cells=cells, most=MOST_DRAWN)


def int_bounds(symbol: Symbol, env: Env, reach: int = WHOLE) -> tuple[Array, Array]:
    """Return an integer's least and largest value at each instance; so many values stand for an open range."""
    lo, hi = np.ceil(ev(symbol.data["lo"], env).v), np.floor(ev(symbol.data["hi"], env).v)
    lo = np.where(np.isinf(lo), np.minimum(hi + 1, reach // 2) - reach, lo)
    hi = np.where(np.isinf(hi), lo + reach - 1, hi)
    refuse_if((hi < lo).any(), "judge.range-empty-somewhere", None, symbol.where, name=symbol.name)
    return lo, hi


def complete(plan: Sequence[Symbol], env: Env, rng: np.random.Generator, remote: bool = False) -> None:
    """Draw the outcomes that are not there yet, and forget what followed from other values: it is made when needed.

    Outcomes of random values may lie far out where `remote` says so.
    """
    env.values = {s: v for s, v in env.values.items() if s.role not in VALUES}
    env.flows = {}
    for symbol in plan:
        if symbol.role == "random" and "support" in symbol.data and symbol not in env.values:
            _support(symbol, env, rng, remote)


def _support(symbol: Symbol, env: Env, rng: np.random.Generator, remote: bool) -> None:
    count = env.size(symbol.data["support"])
    refuse_if(not 1 <= count <= 64, "judge.support", None, symbol.where, name=symbol.name, count=count)
    regime = rng.choice(3, size=env.batch, p=[0.3, 0.5, 0.2])
    points = _free(symbol, (env.batch, count, *_shape(symbol, env)), env, regime, rng)
    mean = symbol.data["mean"]
    weights = symbol.data["weights"]
    if mean is not None:
        value = ev(mean, env).v
        mean = np.broadcast_to(value, (env.batch, *value.shape[1:]))
    if weights is not None:
        weights = np.broadcast_to(ev(weights, env).v, (env.batch, count))
    if remote:
        points = distant(symbol, points, env, rng)
        weights = rare(env.batch, count, rng) if weights is None and not symbol.data["uniform"] else weights
    points, weights, error = supports.draw(symbol, points, rng, mean, weights)
    env.values[symbol] = Val(points, error)
    env.values[symbol.data["weights_symbol"]] = Val(weights, 2e-16 * weights)


def _members(symbol: Symbol, env: Env) -> tuple[int, ...]:
    counts = tuple(env.size(hole.hi) - env.size(hole.lo) + 1 for hole in symbol.holes)
    if any(count < 0 or count > 100_000 for count in counts):
        raise CheckError("evaluate.members", None, symbol.where, name=symbol.name, count=counts)
    return counts


def _shape(symbol: Symbol, env: Env) -> tuple[int, ...]:
    shape = env.shape(symbol.type)
    refuse_if(any(n < 1 or n > 400 for n in shape), "judge.size", None, symbol.where, name=symbol.name, shape=shape)
    return shape


def _free(symbol: Symbol, shape: tuple[int, ...], env: Env, regime: Array, rng: np.random.Generator) -> Array:
    wide = (slice(None), *(None,) * (len(shape) - 1))
    scale = np.where(
        regime == WIDE, 10 ** rng.uniform(-2, 2, size=len(regime)), np.exp(rng.normal(0, 0.4, len(regime)))
    )
    domain: str = symbol.data["domain"]
    nice = np.broadcast_to((regime == NICE)[wide], shape)
    if domain in ("scalar", "vector", "matrix"):
        z = rng.normal(size=shape)
        return np.where(nice, np.rint(z * 1.6), z * scale[wide])
    if domain in ("positive", "nonneg"):
        z = np.exp(rng.normal(0, 0.7, size=shape)) * scale[wide]
        z = np.where(nice, rng.choice([0.25, 0.5, 1.0, 1.0, 2.0, 3.0], size=shape), z)
        if domain == "positive":
            return z
        z = np.where(rng.random(shape) < 0.15, 0.0, z)
        if symbol.type.rank:
            z = np.where((rng.random(len(regime)) < 0.05)[wide], 0.0, z)  # all entries at once
        return z
    if domain == "interval":
        return _interval(symbol, shape, env, nice, rng)
    from proofweave.check.instances.shapes import SHAPED

    return SHAPED[domain](shape, regime, scale, rng)


def _interval(symbol: Symbol, shape: tuple[int, ...], env: Env, nice: Array, rng: np.random.Generator) -> Array:
    wide = (slice(None), *(None,) * (len(shape) - 1))
    lo, hi = ev(symbol.data["lo"], env).v[wide], ev(symbol.data["hi"], env).v[wide]
    refuse_if((hi <= lo).any(), "judge.interval-empty", None, symbol.where, name=symbol.name)
    part = np.where(rng.random(shape) < 0.75, rng.random(shape), rng.beta(0.15, 0.15, size=shape))
    part = np.where(nice, rng.choice([0.25, 0.5, 0.5, 0.75], size=shape), np.clip(part, 1e-4, 1 - 1e-4))
    tail = np.exp(rng.normal(0, 1, size=shape))
    with np.errstate(invalid="ignore"):
        inside = lo + (hi - lo) * part
    inside = np.where(np.isinf(hi) & ~np.isinf(lo), lo + tail, inside)
    inside = np.where(np.isinf(lo) & ~np.isinf(hi), hi - tail, inside)
    return np.where(np.isinf(lo) & np.isinf(hi), rng.normal(size=shape), inside)
