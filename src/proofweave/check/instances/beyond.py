"""Cases beyond those that are counted: values far out, and the integers of a range, all or where floors jump."""

from collections.abc import Iterator, Sequence

import numpy as np

from proofweave.check.evaluate import Array, Clock, Env, exact
from proofweave.check.instances.cases import Case, Task, open_case
from proofweave.check.instances.moves import take
from proofweave.check.instances.premises import impose
from proofweave.check.instances.rules import state
from proofweave.check.instances.sample import (
    complete,
    draw,
    int_bounds,
    landmarks,
    size_groups,
    unbounded,
    wide_integers,
)
from proofweave.check.language import Symbol

REMOTE = 96
MOST = 120_000  # combinations of integers gone through
FURTHEST = 10_000  # values of an open range, or as many as leave few enough combinations
MOST_ALONE = 1_000_000  # of a lone integer, after those at which floors jump
REMOTEST = 10**9  # of a lone integer with an open range, where floors jump
CHUNKS = (64, 512, 4096, 4096, 16384, 65536)


def remote_cases(task: Task, rng: np.random.Generator, clock: Clock) -> Iterator[Case]:
    """Yield cases of values far out, at the least sizes and at others."""
    groups = size_groups(task.plan, task.sizes, rng, clock)
    for sizes in groups[:1] if len(groups) == 1 else (groups[0], groups[-1]):
        env = draw(task.plan, sizes, REMOTE, rng, clock, remote=True, bent=task.bent)
        complete(task.plan, env, rng, remote=True)
        yield from _imposed(task, env, rng)


def whole_cases(task: Task, rng: np.random.Generator, clock: Clock) -> Iterator[Case]:
    """Yield cases that go through the integers that are no sizes: all values, of wide ranges where floors jump."""
    symbols = wide_integers(task.plan, task.sizes)
    if not symbols:
        return
    sizes = size_groups(task.plan, task.sizes, rng, clock)[0]
    alone = len(symbols) == 1
    reach = min(FURTHEST, int(MOST ** (1 / len(symbols))))
    for most, far in ((MOST, reach), (MOST, REMOTEST), (MOST_ALONE, MOST_ALONE)):
        if far > reach and not alone:
            return
        grid, whole = _grid(symbols, sizes, clock, most, far)
        if grid is not None:
            yield from _through(task, grid, sizes, rng, clock)
        if whole and not unbounded(symbols[0]):
            return


def _through(
    task: Task, grid: dict[Symbol, Array], sizes: dict[str, int], rng: np.random.Generator, clock: Clock
) -> Iterator[Case]:
    """Yield cases of ever more of the combinations of integers, in order."""
    count = len(next(iter(grid.values())))
    start = 0
    for number in range(count):
        end = min(start + CHUNKS[min(number, len(CHUNKS) - 1)], count)
        if start == end:
            return
        part = {symbol: values[start:end] for symbol, values in grid.items()}
        env = draw(task.plan, sizes, end - start, rng, clock, integers=part, bent=task.bent)
        yield from _imposed(task, env, rng)
        start = end


def _imposed(task: Task, env: Env, rng: np.random.Generator) -> Iterator[Case]:
    env = impose(task.premises, task.plan, env, rng)
    if env.batch:
        yield open_case(task, env)


def _marked(lo: Array, hi: Array) -> tuple[Array, Array]:
    """Return the integers of each range at which floors jump, one range after the other, and how many they are."""
    marks = landmarks(float(hi.max()))
    parts = [marks[(marks >= a) & (marks <= b)] for a, b in zip(lo, hi, strict=True)]
    return np.concatenate(parts), np.array([len(part) for part in parts])


def _grid(
    symbols: Sequence[Symbol], sizes: dict[str, int], clock: Clock, most: int, reach: int
) -> tuple[dict[Symbol, Array] | None, bool]:
    """Return all combinations of the integers' values, of wide ranges those where floors jump, and whether it is all.

    None where there are too many. Of an open range, so many values are meant.
    """
    env, whole = state(1, dict(sizes), clock), True
    for name_symbol in symbols:
        lo, hi = (np.broadcast_to(end, (env.batch,)) for end in int_bounds(name_symbol, env, reach))
        counts = (hi - lo + 1).astype(int)
        if int(counts.sum()) > most:
            whole = False
            values, counts = _marked(lo, hi)
        else:
            first = np.repeat(np.cumsum(counts) - counts, counts)
            values = np.repeat(lo, counts) + np.arange(int(counts.sum())) - first
        if len(values) > most or not len(values):
            return None, whole
        if env.values:
            env = take(env, np.repeat(np.arange(env.batch), counts))
        else:
            env = state(len(values), dict(sizes), clock)
        env.values[name_symbol] = exact(values)
    return {symbol: np.broadcast_to(env.values[symbol].v, (env.batch,)) for symbol in symbols}, whole
