"""Whether an instance refutes a claim for certain: both sides at rising precision, until the balls part or never do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from flint import arb, ctx

from proofweave.check.balls import arithmetic, binders, calculus, names, normals, spectra
from proofweave.check.balls import numbers as nu
from proofweave.check.balls.instance import Drawn, Snapped, snapped
from proofweave.check.balls.numbers import Cannot, Unclear
from proofweave.check.balls.state import MOST_WORK, State, flat, numeral, value_of
from proofweave.check.balls.truth import every, truth
from proofweave.check.language import Index, Node, Symbol, walk
from proofweave.check.parse import Statement

PRECISIONS = (64, 128, 256, 512, 1024, 2048, 4096)
LONG = (512, 2048)  # for sums without end
BRIEF = (64, 512)  # what the first leaves open, most often for being equal, the second settles or none
MOST_POSITIONS = 20_000
ROOMS = (arithmetic, binders, calculus, names, normals, spectra)
"""The rules: importing a module enters them into the table of operations."""


class Fate(StrEnum):
    """What balls say of a claim at an instance.

    `open`: its sides cannot be told apart to the last precision. `beyond`: balls cannot say, for want of a rule, of
    exact values that meet domains and premises, or of work.
    """

    REFUTED = "refuted"
    HOLDS = "holds"
    OPEN = "open"
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim with its free indices, their conditions, random symbols outside expectations, and premises."""

    claim: Node
    free: Sequence[Index]
    conditions: Sequence[Node]
    randoms: Sequence[Symbol]
    premises: Sequence[Statement]


def confirm(asked: Asked, drawn: Drawn, work: int = MOST_WORK, briefly: bool = False, endless: bool = False) -> Fate:
    """Return what balls say of a claim at an instance, within so many visits of nodes.

    `briefly` at two precisions; what these leave open is not asked whether it has a value. With sums without end, where
    these are asked for, nothing is for certain.
    """
    left = [work, 0]
    precisions = LONG if endless else BRIEF if briefly else PRECISIONS
    for precision in precisions:
        with ctx.workprec(precision):
            try:
                instance = snapped(drawn, left, endless)
                found = _claimed(asked, instance.state)
            except Unclear:
                continue
            except (Cannot, RecursionError):
                return Fate.BEYOND
            if found is False:
                return Fate.REFUTED if _met(asked, instance, drawn.assigned) else Fate.BEYOND
            if found:
                return Fate.HOLDS
            final = precision == precisions[-1]
            if final:
                return Fate.OPEN if briefly or _valued(asked, instance.state) else Fate.BEYOND
    return Fate.BEYOND


def _positions(free: Sequence[Index], conditions: Sequence[Node], state: State) -> Iterator[State]:
    """Yield the states in which free indices have values that meet their conditions."""
    ranges = []
    for index in free:
        if index.lo is None or index.hi is None:
            raise Cannot
        lo, hi = (nu.whole_of(numeral(end, state)) for end in (index.lo, index.hi))
        ranges.append(range(lo, hi + 1))
    count = 1
    for one in ranges:
        count *= len(one)
    if count > MOST_POSITIONS:
        raise Cannot
    for places in product(*ranges):
        inner = state.child({index: nu.whole(place) for index, place in zip(free, places, strict=True)})
        meant = every([truth(condition, inner) for condition in conditions])
        if meant is None:
            raise Unclear
        if meant:
            yield inner


def _claimed(asked: Asked, state: State) -> bool | None:
    """Return whether the claim holds at all positions and outcomes; one where it fails for certain is enough."""
    found: list[bool | None] = []
    trouble: Exception | None = None
    for position in _positions(asked.free, asked.conditions, state):
        for inner, _ in binders.joint(asked.randoms, position):
            try:
                found.append(truth(asked.claim, inner))
            except (Cannot, Unclear) as error:
                trouble = error
            if found and found[-1] is False:
                return False
    if trouble is not None:
        raise trouble
    return every(found)


def _met(asked: Asked, instance: Snapped, assigned: Sequence[tuple[Symbol, Node]]) -> bool:
    """Tell whether the instance certainly meets its domains and premises; those that set a symbol hold by that."""
    if instance.loose:
        return False
    setting = {id(node) for _, node in assigned}
    try:
        return all(
            truth(relation, inner) is True
            for premise in asked.premises
            for inner in _positions(premise.free, premise.conditions, instance.state)
            for relation in premise.rows
            if not any(id(side) in setting for side in relation.args)
        )
    except (Cannot, Unclear):
        return False


def _valued(asked: Asked, state: State) -> bool:
    """Tell whether both sides of the claim's relations have values."""
    try:
        for position in _positions(asked.free, asked.conditions, state):
            for inner, _ in binders.joint(asked.randoms, position):
                for side in _sides(asked.claim):
                    if not all(nu.is_finite(entry) for entry in flat(value_of(side, inner))):
                        return False
    except (Cannot, Unclear):
        return False
    return True


def _sides(claim: Node) -> Iterator[Node]:
    for part in walk(claim):
        if part.op == "chain":
            yield from part.args
            return


def evaluated(node: Node, drawn: Drawn, precision: int) -> list[arb] | None:
    """Return the balls of a tree's value at an instance, row by row; None where there are none at that precision."""
    with ctx.workprec(precision):
        try:
            found = value_of(node, snapped(drawn, [MOST_WORK, 0]).state)
        except (Cannot, Unclear):
            return None
        entries = [nu.ball(entry) for entry in flat(found)]
        return None if any(isinstance(entry, nu.Cx) for entry in entries) else entries
