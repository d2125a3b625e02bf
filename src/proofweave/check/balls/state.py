"""Where the second evaluator stands: values of symbols, what is bound, and how much work is left."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proofweave.check.balls.numbers import Cannot, Num, whole
from proofweave.check.language import Dim, Index, Node, Registry, Symbol, closure

MOST_WORK = 400_000  # nodes visited for one instance, at all precisions together

Value = Any
"""A number, or nested lists of them: a vector, a matrix, or members of a family of those."""


class Exhausted(Cannot):
    """More work than one instance is worth."""


@dataclass(frozen=True, slots=True)
class State:
    """The values in force; a child binds more and shares the rest. `work`: visits left, and tags given so far.

    Where `endless` is asked for, sums without end have the value that falling terms leave no doubt of, though no proof.
    """

    sizes: Mapping[str, int]
    values: dict[Symbol, Value]
    functions: Mapping[Symbol, Any]
    work: list[int]
    binds: Mapping[Index | Symbol, Value] = field(default_factory=dict)
    known: dict[Any, Value] = field(default_factory=dict)
    analytic: bool = False
    endless: bool = False

    def child(self, bound: Mapping[Any, Value], analytic: bool | None = None) -> "State":
        """Return a state with more bound."""
        kept = self.analytic if analytic is None else analytic
        binds = {**self.binds, **bound}
        return State(self.sizes, self.values, self.functions, self.work, binds, self.known, kept, self.endless)

    def spend(self) -> None:
        """Count a node visited."""
        self.work[0] -= 1
        if self.work[0] < 0:
            raise Exhausted

    def tag(self) -> int:
        """Return a new tag of a jet, larger than those before."""
        self.work[1] += 1
        return self.work[1]

    def size(self, dim: Dim) -> int:
        """Return a size as an integer."""
        try:
            return dim.const + sum(factor * self.sizes[name] for name, factor in dim.terms)
        except KeyError:
            raise Cannot from None

    def shape(self, node: Node) -> tuple[int, ...]:
        """Return the lengths of a value's axes."""
        if None in node.type.dims:
            raise Cannot
        return tuple(self.size(dim) for dim in node.type.dims if dim is not None)

    def touched(self, symbol: Symbol) -> bool:
        """Tell whether something that a symbol follows from is bound to another value."""
        return any(isinstance(key, Symbol) and key in _needs(symbol) for key in self.binds)


def _needs(symbol: Symbol) -> frozenset[Symbol]:
    found = symbol.data.get("follows from")
    if found is None:
        found = symbol.data["follows from"] = frozenset(closure([symbol]))
    return found


Rule = Callable[[Node, State], Value]
RULES: Registry[Rule] = Registry()
"""How an operation is evaluated, by its name."""


def value_of(node: Node, state: State) -> Value:
    """Return the value of a tree."""
    state.spend()
    rule = RULES.get(node.op)
    if rule is None:
        raise Cannot
    return rule(node, state)


def numeral(node: Node, state: State) -> Num:
    """Return the value of a tree that is a number."""
    return value_of(node, state)


def each(function: Callable[..., Num], *values: Value) -> Value:
    """Apply a function of numbers entry by entry."""
    if isinstance(values[0], list):
        return [each(function, *entries) for entries in zip(*values, strict=True)]
    return function(*values)


def flat(value: Value) -> list[Num]:
    """Return the numbers of a value, row by row."""
    return [item for entry in value for item in flat(entry)] if isinstance(value, list) else [value]


def filled(shape: tuple[int, ...], number: int) -> Value:
    """Return an array of one number."""
    if not shape:
        return whole(number)
    return [filled(shape[1:], number) for _ in range(shape[0])]
