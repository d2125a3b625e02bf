"""Sizes far out: of each open range one large value, alone, and all sizes fairly large, on few instances.

Each is tried as far as a small share of the work goes.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from proofweave.check.evaluate import RATE, Clock
from proofweave.check.instances.cases import Case, Task, open_case
from proofweave.check.instances.premises import impose
from proofweave.check.instances.rules import state
from proofweave.check.instances.sample import bounds, draw, size_groups, size_symbols, unbounded
from proofweave.check.language import Dim, Symbol, Type, walk

INSTANCES = 4
SHARE = 0.01  # of the work, for each value that is tried
LADDERS = {
    "matrix": (16, 8),
    "vector": (64, 16, 8),
    "count": (10_000, 1_000, 100, 30, 10),
    "number": (1_000_000, 10_000, 1_000, 100),
    "all": (16, 8),
}
"""The values that are tried, from the first on until one is met: of what has so many rows or columns, so many entries,
so many members, of an integer that is no size, and of all sizes at once."""


def ladders(task: Task) -> list[tuple[tuple[Symbol, ...], tuple[int, ...]]]:
    """Return the open integers of a task, each and all sizes together, with the large values to try, largest first."""
    sizes = size_symbols(task.plan, task.sizes)
    trees = [*task.claims, *task.premises.trees(), *(tree for symbol in task.plan for tree in symbol.trees)]
    types = [part.type for tree in trees for part in walk(tree)] + [symbol.type for symbol in task.plan]
    types += [argument for symbol in task.plan for argument in symbol.type.args]
    supports = [symbol.data["support"] for symbol in task.plan if symbol.role == "random" and "support" in symbol.data]
    found: list[tuple[tuple[Symbol, ...], tuple[int, ...]]] = []
    for symbol in task.plan:
        if symbol.role == "int" and unbounded(symbol):
            use = _use(symbol, types, supports) if symbol in sizes else "number"
            found.append(((symbol,), LADDERS[use]))
    together = tuple(symbol for symbol in sizes if unbounded(symbol))
    return [*found, (together, LADDERS["all"])] if len(together) > 1 else found


def _use(symbol: Symbol, types: Sequence[Type], supports: Sequence[Dim]) -> str:
    kinds = {type_.kind for type_ in types if any(dim and symbol.name in dim.names() for dim in type_.dims)}
    if "matrix" in kinds:
        return "matrix"
    return "vector" if kinds or any(symbol.name in dim.names() for dim in supports) else "count"


@contextmanager
def sparing(clock: Clock) -> Iterator[None]:
    """Limit what is done inside to the share of the work that one large value may take."""
    with clock.within(SHARE * clock.whole / RATE):
        yield


def far_case(task: Task, far: Sequence[Symbol], value: int, rng: np.random.Generator, clock: Clock) -> Case | None:
    """Return a few instances at a large value of some integers; None where none meets the premises."""
    group = size_groups(task.plan, task.sizes, rng, clock)[-1]
    sizes = _around(task, far, value, group, clock)
    given = {symbol: np.full(INSTANCES, float(value)) for symbol in far if symbol.name not in sizes}
    env = draw(task.plan, sizes, INSTANCES, rng, clock, far=True, integers=given)
    env = impose(task.premises, task.plan, env, rng)
    return open_case(task, env) if env.batch else None


def _around(task: Task, far: Sequence[Symbol], value: int, group: dict[str, int], clock: Clock) -> dict[str, int]:
    """Return the sizes of a group with some of them large, and those whose range depends on these moved into it."""
    env = state(1, {}, clock)
    for symbol in size_symbols(task.plan, task.sizes):
        lo, hi = bounds(symbol, env)
        env.sizes[symbol.name] = max(value if symbol in far else min(group[symbol.name], hi), lo)
    return env.sizes
