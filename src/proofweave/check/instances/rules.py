"""All operations: importing a module enters its rules into the tables of evaluation and differentiation."""

from proofweave.check.calculus import (
    derivatives,
    differentials,
    flows,
    integrals,
    limits,
    spaces,
    tangent_functions,
    tangent_names,
    tangent_rules,
)
from proofweave.check.evaluate import Clock, Env, names
from proofweave.check.operations import (
    arithmetic,
    binders,
    bindings,
    entropies,
    exponentials,
    functions,
    linear,
    matrices,
    memberships,
    moments,
    scalars,
)
from proofweave.check.optimum import solve

VALUES = (
    names,
    arithmetic,
    linear,
    scalars,
    binders,
    bindings,
    functions,
    memberships,
    matrices,
    exponentials,
    moments,
    entropies,
)
CHANGES = (
    derivatives,
    differentials,
    tangent_names,
    tangent_rules,
    tangent_functions,
    flows,
    integrals,
    limits,
    spaces,
    solve,
)


def state(batch: int, sizes: dict[str, int], clock: Clock) -> Env:
    """Return a state of evaluation in which every operation is known."""
    return Env(batch, sizes, clock)
