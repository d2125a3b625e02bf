"""What is asked about one equation, and what was found out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from proofweave.check.evaluate import Env
from proofweave.check.instances import Drawn, Task
from proofweave.check.judge.verdict import NOTHING, Counterexample, Kind, Mutants, Planned
from proofweave.check.language import Node
from proofweave.check.parse import Statement

SECONDS = 5.0
MEGABYTES = 512


@dataclass(frozen=True, slots=True)
class Options:
    """How much to check: instances per equation, a seed or None for the content's own, mutants, and the limits.

    An equation is stopped after so many seconds' work, or where the process holds more than so many megabytes, which
    `resident` tells.
    """

    instances: int = 400
    seed: int | None = None
    mutants: bool = True
    megabytes: float = MEGABYTES
    resident: Callable[[], float] | None = None
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Question:
    """An equation ready to be checked: its statement, premises (and how they are written), and what its author asks."""

    tex: str
    statement: Statement
    given: tuple[Statement, ...] = ()
    tight: bool = False
    strict: bool = False
    order: tuple[Node | None, float | None] = (None, None)
    excuse: Mapping[str, str] = field(default_factory=dict)
    premises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out about one equation; not `lasting` where the machine's load had a part in it.

    `reached` are the large values that were planned and cost too much, each with what was reached instead; `alike` are
    pairs of numbers that were equal on all instances.
    """

    kind: Kind
    reason: str = ""
    instances: int = 0
    counterexample: Counterexample | None = None
    mutants: Mutants | None = None
    lasting: bool = True
    planned: Planned = NOTHING
    reached: Mapping[str, int] = field(default_factory=dict)
    alike: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Seen:
    """What a check saw on its way to the answer: what was drawn (`rough` for approximations), and where
    the search for a violation of each inequality ended.
    """

    drawn: list[tuple[Task, Drawn]] = field(default_factory=list)
    rough: list[Drawn] = field(default_factory=list)
    near: list[tuple[Task, Node, Env]] = field(default_factory=list)
