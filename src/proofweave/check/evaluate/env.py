"""Where evaluation stands: the batch of instances, bound indices and symbols, limits and a cache of subtrees."""

from typing import Any

import numpy as np

from proofweave.check.evaluate.clock import NODE, Clock
from proofweave.check.evaluate.values import Array, Val, exact
from proofweave.check.language import TIMES, Dim, Index, Symbol, TooLarge, Type, closure, refuse_if, stochastic

MOST_POSITIONS = 4_000_000
DEEPEST = 60


class Env:
    """The state of evaluation; children add one index axis (`depth` of them) or rebind symbols, and share the rest."""

    __slots__ = (
        "axes",
        "batch",
        "binds",
        "cache",
        "caching",
        "clock",
        "depth",
        "flows",
        "functions",
        "kept",
        "level",
        "notes",
        "over",
        "parent",
        "room",
        "sizes",
        "stamp",
        "values",
    )

    def __init__(self, batch: int, sizes: dict[str, int], clock: Clock) -> None:
        self.batch = batch
        self.sizes = sizes
        self.clock = clock
        self.values: dict[Symbol, Val] = {}
        self.functions: dict[Symbol, Any] = {}
        self.flows: dict[Symbol, tuple[Any, ...]] = {}
        self.axes: tuple[int, ...] = ()
        self.depth = 0
        self.binds: dict[Index | Symbol, tuple[Val, int]] = {}
        self.over: frozenset[Symbol] = frozenset()
        self.stamp: Any = None
        self.cache: dict[Any, Val] = {}
        self.caching = False
        self.room = [0]
        self.kept: frozenset[int] = frozenset()
        self.notes: dict[str, None] = {}
        self.level = 0
        self.parent: Env | None = None

    def child(self, stamp: object, axis: int | None = None) -> "Env":
        """Return a state one level further in, with a new index axis of that length if given."""
        self.clock.spend(NODE)
        new = Env.__new__(Env)
        new.batch, new.sizes, new.clock = self.batch, self.sizes, self.clock
        new.values, new.functions, new.flows = self.values, self.functions, self.flows
        new.axes = self.axes if axis is None else (*self.axes, axis)
        new.depth = len(new.axes)
        cells = self.batch
        for length in new.axes:
            cells *= max(length, 1)
        if cells > MOST_POSITIONS:
            raise TooLarge("evaluate.positions", cells=cells, most=MOST_POSITIONS)
        new.binds = dict(self.binds)
        new.over = self.over
        new.stamp = (self.stamp, stamp)
        new.cache, new.caching, new.kept, new.room = self.cache, self.caching, self.kept, self.room
        new.notes = self.notes
        new.level, new.parent = self.level + 1, self
        refuse_if(new.level > DEEPEST, "evaluate.too-deep")
        return new

    def root(self) -> "Env":
        """Return the state outside all operators."""
        new = Env(self.batch, self.sizes, self.clock)
        new.values, new.functions, new.flows, new.notes = self.values, self.functions, self.flows, self.notes
        return new

    def rows(self, rows: Array) -> "Env":
        """Return the state outside all operators of the batch of some instances."""
        new = Env(len(rows), self.sizes, self.clock)
        for symbol, value in self.values.items():
            new.values[symbol] = value.through(lambda part: part[rows] if part.shape[0] > 1 else part)
        new.functions = {symbol: sampled.rows(rows) for symbol, sampled in self.functions.items()}
        return new

    def bind(self, key: Index | Symbol, value: Val) -> None:
        """Bind an index or symbol to a value at this depth."""
        self.binds[key] = (value, self.depth)
        if isinstance(key, Symbol):
            self.over = self.over | {key}

    def lift(self, value: Val, depth: int) -> Val:
        """Return a value made at a smaller depth with axes for the indices bound since."""
        extra = self.depth - depth
        if not extra:
            return value
        cut = 1 + depth
        ones = (1,) * extra
        return value.through(lambda part: part.reshape(part.shape[:cut] + ones + part.shape[cut:]))

    def size(self, dim: Dim) -> int:
        """Return a size as an integer."""
        total = dim.const
        for term, factor in dim.terms:
            for name in term.split(TIMES):
                refuse_if(name not in self.sizes, "evaluate.size-not-drawn", name=name)
                factor *= self.sizes[name]
            total += factor
        return total

    def shape(self, type_: Type) -> tuple[int, ...]:
        """Return the lengths of a type's axes, those that are open left out."""
        return tuple(self.size(dim) for dim in type_.dims if dim is not None)

    def constant(self, value: float) -> Val:
        """Return a number at this depth."""
        return exact(np.full((1,) * (1 + self.depth), float(value)))

    def index_axis(self, values: Array) -> Val:
        """Return index values along the newest axis."""
        return exact(values.astype(float).reshape((1,) * self.depth + (-1,)))

    def touched(self, symbol: Symbol) -> bool:
        """Tell whether something this symbol needs has been rebound, so that its stored value is stale."""
        return bool(self.over) and not self.over.isdisjoint(_closure(symbol))

    def moving(self, symbol: Symbol) -> "Env | None":
        """Return the outermost state with this one's bindings of what a symbol needs; None if not outcomes alone."""
        moved = self.over & _closure(symbol)
        if any(other.role not in ("random", "law") for other in moved):
            return None
        state = self
        while state.parent is not None and all(state.parent.binds.get(s) is self.binds[s] for s in moved):
            state = state.parent
        return state


_CLOSURES = "closure"


def _closure(symbol: Symbol) -> frozenset[Symbol]:
    found = symbol.data.get(_CLOSURES)
    if found is None:
        seen = stochastic(symbol)
        found = frozenset(
            s for s in closure([symbol]) if s is not symbol and (s.role not in ("random", "law") or s in seen)
        )
        symbol.data[_CLOSURES] = found
    return found
