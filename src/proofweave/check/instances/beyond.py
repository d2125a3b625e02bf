"""Cases beyond those that are counted: values far out, and every integer of a range that can be gone through."""

from collections.abc import Iterator, Sequence

import numpy as np

from proofweave.check.evaluate import Array, Clock, Env, exact
from proofweave.check.instances.cases import Case, Task, open_case
from proofweave.check.instances.moves import take
from proofweave.check.instances.premises import impose
from proofweave.check.instances.rules import state
from proofweave.check.instances.sample import draw, int_bounds, size_groups, wide_integers
from proofweave.check.language import Symbol

REMOTE = 96
MOST = 120_000  # combinations of integers gone through
CHUNKS = (64, 512, 4096)


def remote_cases(task: Task, rng: np.random.Generator, clock: Clock) -> Iterator[Case]:
    """Yield cases of values far out, at the least sizes and at others."""
    groups = size_groups(task.plan, task.sizes, rng, clock)
    for sizes in groups[:1] if len(groups) == 1 else (groups[0], groups[-1]):
        env = draw(task.plan, sizes, REMOTE, rng, clock, remote=True, bent=task.bent)
        yield from _imposed(task, env, rng)


def whole_cases(task: Task, rng: np.random.Generator, clock: Clock) -> Iterator[Case]:
    """Yield cases that go through all values of the integers that are no sizes, if there are few enough."""
    symbols = wide_integers(task.plan, task.sizes)
    if not symbols:
        return
    sizes = size_groups(task.plan, task.sizes, rng, clock)[0]
    grid = _grid(symbols, sizes, clock)
    if grid is None:
        return
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


def _grid(symbols: Sequence[Symbol], sizes: dict[str, int], clock: Clock) -> dict[Symbol, Array] | None:
    """Return all combinations of the integers' values, or None where they are too many."""
    env = state(1, dict(sizes), clock)
    for name_symbol in symbols:
        lo, hi = (np.broadcast_to(end, (env.batch,)) for end in int_bounds(name_symbol, env))
        counts = (hi - lo + 1).astype(int)
        if int(counts.sum()) > MOST:
            return None
        first = np.repeat(np.cumsum(counts) - counts, counts)
        values = np.repeat(lo, counts) + np.arange(int(counts.sum())) - first
        if env.values:
            env = take(env, np.repeat(np.arange(env.batch), counts))
        else:
            env = state(len(values), dict(sizes), clock)
        env.values[name_symbol] = exact(values)
    return {symbol: np.broadcast_to(env.values[symbol].v, (env.batch,)) for symbol in symbols}
