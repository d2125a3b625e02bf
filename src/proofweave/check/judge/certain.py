"""Whether a violation that was met is a fact: balls confirm it, or it stands out by far where balls cannot look."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from proofweave.check.evaluate import Array, Env, each
from proofweave.check.instances import Case, Task, open_case, take
from proofweave.check.judge.shrink import describe, simplest, violations
from proofweave.check.judge.verdict import Counterexample
from proofweave.check.language import Node, OutOfTime, Symbol

if TYPE_CHECKING:
    from proofweave.check.balls import Drawn, Fate

SHOWING = 0.5
SHOWN = (6, 17, 40, 100)  # digits of a side, the first of them that tell two sides apart
SHOWN_BITS = 512
TRIED = 8
BRIEFLY = 40_000  # visits of nodes for each instance after the first


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of a case's violations.

    `case` is one instance that refutes the claim, `certain` or by a wide margin; without one `bad` are the instances
    that the fast evaluator is wrong or too unsure about, of which `open` are not known to hold.
    """

    case: Case | None
    certain: bool
    bad: Array
    open: int


def rule(task: Task, claim: Node, case: Case, rng: np.random.Generator) -> Ruling:
    """Judge the violations of a claim in a case: the simplest one first, then those that stand out most."""
    bad = violations(case, claim)
    far: Case | None = None
    held = 0
    for number, one in enumerate(_candidates(task, claim, case, bad, rng)):
        found = fate(task, claim, one, None if not number else BRIEFLY)
        if found == "refuted":
            return Ruling(one, True, bad, 0)
        if found == "beyond" and far is None and one.far_off(claim):
            far = one
        held += number > 0 and found == "holds"
    return Ruling(far, False, bad, int(bad.sum()) - held)


def _candidates(task: Task, claim: Node, case: Case, bad: Array, rng: np.random.Generator) -> list[Case]:
    """Return cases of one instance that violate the claim: the simplest that could be found, and some as drawn."""
    found: list[Case] = []
    case.env.clock.extend(SHOWING)
    with suppress(OutOfTime):
        found.append(simplest(task, claim, case, rng))
    case.env.clock.extend(SHOWING)
    truth = case.truth(claim)
    slack = each(np.where(truth.violated, truth.slack, np.inf), case.env.batch).min(axis=1)
    ranked = np.flatnonzero(bad)[np.argsort(slack[bad], kind="stable")]
    places = np.unique(np.linspace(0, len(ranked) - 1, TRIED).astype(int))
    found += [open_case(task, take(case.env, ranked[place : place + 1])) for place in places]
    return [one for one in found if one.violated(claim) is not None]


def fate(
    task: Task, claim: Node, case: Case, work: int | None = None, briefly: bool = False, endless: bool = False
) -> "Fate":
    """Return what balls say of a claim at a case's one instance; `briefly` at two of the lower precisions alone.

    With sums that are `endless` nothing is for certain.
    """
    from proofweave.check.balls import MOST_WORK, Asked, confirm

    asked = Asked(claim, task.free, task.conditions, task.randoms, task.premises.statements)
    instance = plain(task.plan, task.premises.assigned, case.env)
    return confirm(asked, instance, MOST_WORK if work is None else work, briefly, endless)


def exactly(task: Task, claim: Node, case: Case, tex: str) -> Counterexample:
    """Return what a case of one instance shows; where rounding hides it, with the sides' values as balls have them."""
    from proofweave.check.balls import evaluated

    spot = case.violated(claim)
    if spot is not None:
        return describe(task, claim, case, tex, spot)
    example = describe(task, claim, case, tex, np.zeros(1 + len(task.free), dtype=int))
    if task.free or claim.op != "chain" or claim.args[0].type.rank or len(claim.args) != 2:
        return example
    instance = plain(task.plan, task.premises.assigned, case.env)
    sides = [evaluated(side, instance, SHOWN_BITS) for side in claim.args]
    if None in sides:
        return example
    for digits in SHOWN:
        left, right = (side[0].str(digits, radius=False) for side in sides if side)
        if left != right:
            break
    return replace(example, left_value=left, right_value=right)


def plain(plan: Sequence[Symbol], assigned: Sequence[tuple[Symbol, Node]], env: Env) -> "Drawn":
    """Return a batch's one instance as plain numbers."""
    from proofweave.check.balls import Drawn, Sample

    kept = [s for s in env.values if s.role in ("free", "int", "random", "weights")]
    functions = {}
    for symbol, sampled in env.functions.items():
        names = ("scale", "shape", "shift", "slope", "offset", "basis", "bowl")
        functions[symbol] = Sample(**{name: getattr(sampled, name)[0].tolist() for name in names})
    values = {symbol: env.values[symbol].v[0].tolist() for symbol in kept}
    return Drawn(env.sizes, plan, values, functions, assigned)
