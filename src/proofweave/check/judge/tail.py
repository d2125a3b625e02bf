"""What was to be drawn, said beforehand, and the sizes far out: nothing is searched or planted there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from proofweave.check.evaluate import Clock
from proofweave.check.instances import (
    FIRST_VALUES,
    LEVELS,
    Case,
    Task,
    far_case,
    ladders,
    size_symbols,
    sparing,
    unbounded,
)
from proofweave.check.judge.certain import Ruling, rule
from proofweave.check.judge.verdict import Planned
from proofweave.check.language import CheckError, Node, OutOfTime, Symbol, TooLarge

NAMED = ("function", "family", "random", "law")
"""The forms of specifications whose value is the type or class that is drawn."""


@dataclass(slots=True)
class Tail:
    """How far each open integer went, and the violation that was met, with the instances looked at."""

    reached: dict[str, int] = field(default_factory=dict)
    found: tuple[Node, Ruling] | None = None
    count: int = 0


def far_out(task: Task, rng: np.random.Generator, clock: Clock) -> Tail:
    """Look at the claims of a task at one large value of each open integer, and of all sizes."""
    tail = Tail()
    for symbols, values in ladders(task):
        name = _name(symbols)
        tail.reached[name] = 0
        for value in values:
            case = _meant(task, symbols, value, rng, clock)
            if case is not None:
                try:
                    tail.found = _violation(task, case, rng)
                except TooLarge:
                    continue
                tail.reached[name] = value
                tail.count += case.env.batch
                break
        if tail.found is not None:
            break
    return tail


def _name(symbols: Sequence[Symbol]) -> str:
    return ", ".join(symbol.name for symbol in symbols)


def _meant(task: Task, symbols: Sequence[Symbol], value: int, rng: np.random.Generator, clock: Clock) -> Case | None:
    """Return the instances at a large value if some claim has a value there, within a small share of the work."""
    try:
        with sparing(clock):
            case = far_case(task, symbols, value, rng, clock)
            if case is None:
                return None
            meant = [case.truth(claim).valid.any() for claim in task.claims]  # each claim must be within the share
            return case if any(meant) else None
    except OutOfTime:
        if clock.over():
            raise
        return None
    except (CheckError, MemoryError):
        return None


def _violation(task: Task, case: Case, rng: np.random.Generator) -> tuple[Node, Ruling] | None:
    for claim in task.claims:
        if case.violated(claim) is not None:
            ruling = rule(task, claim, case, rng)
            if ruling.case is not None:
                return claim, ruling
    return None


def planned(tasks: Sequence[Task], instances: int) -> Planned:
    """Return what is drawn for some tasks, as far as it follows from the declarations alone."""
    near: dict[str, str] = {}
    far: dict[str, int] = {}
    kinds: dict[str, str] = {}
    for task in tasks:
        sizes = size_symbols(task.plan, task.sizes)
        far.update({_name(symbols): values[0] for symbols, values in ladders(task)})
        for symbol in task.plan:
            if symbol.role == "int":
                near[symbol.name] = _range(symbol, LEVELS if symbol in sizes else FIRST_VALUES)
            elif symbol.role in ("free", "function", "random", "law") and "parent" not in symbol.data:
                kinds[symbol.name] = _kind(symbol.data.get("written", ""))
    return Planned(instances, near, far, kinds)


def _range(symbol: Symbol, count: int) -> str:
    """Return the range an integer is drawn from."""
    if not unbounded(symbol):
        return _inside(symbol.data.get("written", ""))
    lo = symbol.data["lo"]
    if lo.op != "num":
        return _inside(symbol.data.get("written", ""))
    return f"{int(lo.data)}..{int(lo.data) + count - 1}"


def _inside(written: object) -> str:
    text = str(written)
    return text[text.find("(") + 1 : text.rfind(")")] if "(" in text else text


def _kind(written: object) -> str:
    if not isinstance(written, Mapping):
        return str(written)
    return next((str(written[name]) for name in NAMED if name in written), "")


def unmet(planned_far: Mapping[str, int], tails: Iterable[Tail]) -> dict[str, int]:
    """Return the large values that were planned and not reached, each with what was reached instead."""
    least: dict[str, int] = {}
    for tail in tails:
        for name, value in tail.reached.items():
            least[name] = min(value, least.get(name, value))
    return {name: value for name, value in least.items() if value < planned_far.get(name, value)}
