"""What an optimum is over: the variable's domain, a norm ball or sphere in it; and what a solution says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from proofweave.check.evaluate import Array, Env, Val, ev
from proofweave.check.language import CheckError, Node, Symbol

Objective = Callable[[Array], Array]
Slopes = Callable[[Array], tuple[Val, Val]]
RANK = "rank"
FREE = frozenset(("vector", "scalar", "matrix", "real"))


@dataclass(frozen=True, slots=True)
class Region:
    """Where the variable lives: its domain, and a norm ball or sphere of some radius, or a greatest rank, in it."""

    domain: str
    shape: tuple[int, ...]
    norm: str = ""
    radius: Array | None = None
    sphere: bool = False
    bounds: tuple[Array, Array] | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """A minimiser, flattened: (batch, indices…, p), its error, and the least value with its error."""

    point: Array
    error: Array
    value: Array
    value_error: Array


def region_of(variable: Symbol, constraints: Sequence[Node], env: Env) -> Region:
    """Return the set a variable ranges over under its constraints."""
    domain = str(variable.data.get("domain", variable.type.kind))
    shape = env.shape(variable.type)
    bounds = None
    if domain == "interval":
        bounds = (ev(variable.data["lo"], env).v, ev(variable.data["hi"], env).v)
    if domain == "unit":
        return Region("vector", shape, "2", np.ones((1,) * (1 + env.depth)), True)
    if not constraints:
        return Region(domain, shape, bounds=bounds)
    if len(constraints) == 1 and domain in FREE:
        ball = _ball(constraints[0], variable, env)
        if ball is not None:
            return Region(domain, shape, *ball)
        most = _rank(constraints[0], variable, env)
        if most is not None:
            return Region(domain, shape, RANK, most)
    raise CheckError("evaluate.constraint", constraints[0].at)


def _rank(constraint: Node, variable: Symbol, env: Env) -> Array | None:
    """Read rank(B) ≤ r: the greatest rank."""
    if constraint.op != "chain" or len(constraint.data) != 1:
        return None
    left, right = constraint.args if constraint.data[0] == r"\le" else reversed(constraint.args)
    rank = left.op == "matfunc" and left.data == "rank" and left.args[0].op == "sym" and left.args[0].data is variable
    return ev(right, env).v if rank and constraint.data[0] in (r"\le", r"\ge") else None


def _ball(constraint: Node, variable: Symbol, env: Env) -> tuple[str, Array, bool] | None:
    """Read ‖u‖ = r, ‖u‖ ≤ r, ‖u‖² = r, r ≥ ‖u‖: the norm, the radius, and whether it is a sphere."""
    if constraint.op != "chain" or len(constraint.data) != 1:
        return None
    left, right = constraint.args
    sign = constraint.data[0]
    if sign in (r"\ge", ">"):
        left, right, sign = right, left, r"\le"
    squared = left.op == "pow" and left.args[1].op == "num" and left.args[1].data == 2
    if squared:
        left = left.args[0]
    if left.op != "norm" or left.args[0].op != "sym" or left.args[0].data is not variable or sign not in ("=", r"\le"):
        return None
    radius = ev(right, env).v
    if squared:
        radius = np.sqrt(radius)
    kind = left.data
    if kind == "p":
        power = left.args[1]
        if power.op != "num" or power.data != 1:
            return None
        kind = "1"
    if kind == "weighted":
        return None
    return kind, radius, sign == "="
