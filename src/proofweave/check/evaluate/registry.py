"""Evaluation of a tree over a batch of instances: each operation by the rule that is registered for it."""

from collections.abc import Callable

from proofweave.check.evaluate.clock import NODE
from proofweave.check.evaluate.env import Env
from proofweave.check.evaluate.values import Val
from proofweave.check.language import CheckError, Node, required

Rule = Callable[[Node, Env], Val]
Work = Callable[[Node, Val, Env], float]
RULES: dict[str, tuple[Rule, Work | None]] = {}
MOST_KEPT = 1 << 19  # cells of all values a case remembers
SMALL = 8


def rule(*ops: str, work: Work | None = None) -> Callable[[Rule], Rule]:
    """Register the evaluation of some operations, and what it costs besides a cell of its value each."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(ops, (function, work)))
        return function

    return register


def cubic(node: Node, value: Val, env: Env) -> float:
    """Return the extra work of products and factorisations of matrices, about n³ multiplications each."""
    sizes = [env.size(dim) for arg in node.args if arg.type.rank == 2 for dim in arg.type.dims if dim is not None]
    n = max(sizes, default=0)
    cells = n ** max(2 - node.type.rank, 0) * value.v.size
    return cells * n / 8 if n > SMALL else 0


def ev(node: Node, env: Env) -> Val:
    """Return the value of a tree: shape (batch, indices…, *axes of its type)."""
    if id(node) in env.kept:
        key = (id(node), env.stamp)
        found = env.cache.get(key)
        if found is not None:
            return found
        value = _compute(node, env)
        keep(key, value, env)
        return value
    return _compute(node, env)


def keep(key: object, value: Val, env: Env) -> None:
    """Keep a value for the evaluations that follow, if there is room."""
    if env.caching and env.room[0] >= value.v.size:
        env.room[0] -= value.v.size
        env.cache[key] = value


def _compute(node: Node, env: Env) -> Val:
    function, work = required(RULES.get(node.op), "evaluate.no-rule", node.at, op=node.op)
    try:
        value = function(node, env)
        env.clock.spend(value.v.size + NODE + (work(node, value, env) if work is not None else 0))
        return value
    except CheckError as error:
        if error.at is None:
            error.at = node.at
        raise
