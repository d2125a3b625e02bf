"""What operators that optimise or differentiate hold beside their arguments, as a node's `data`."""

from dataclasses import dataclass

from proofweave.check.language.scope import Symbol


@dataclass(frozen=True, slots=True)
class Optimum:
    """What an extremum over a symbol asks for; the node's arguments are the body and the constraints."""

    symbol: Symbol
    sense: int
    argument: bool


@dataclass(frozen=True, slots=True)
class Wrt:
    """What a derivative is taken by, one after the other: a symbol with its member and entry counts.

    The node's arguments are the body, then for each step the member and entry indices.
    """

    steps: tuple[tuple[Symbol, int, int], ...]


@dataclass(frozen=True, slots=True)
class FunctionAt:
    """A derivative of a function by one of its arguments; the node's arguments are those of the call."""

    symbol: Symbol
    which: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A time derivative of a flow, of some order; the node's argument is the time."""

    symbol: Symbol
    order: int


@dataclass(frozen=True, slots=True)
class Approach:
    """How a limit's variable moves: from above (1), below (−1) or both sides (0), through whole numbers or not.

    The node's arguments are where it goes and the body.
    """

    symbol: Symbol
    side: int
    whole: bool
