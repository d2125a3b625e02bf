"""∃: for every instance a value is looked for with which the rest holds; none found is no refutation."""

from dataclasses import replace

import numpy as np

from proofweave.check.evaluate import Array, Clock, Env, Val
from proofweave.check.instances import Premises, Task, met, take
from proofweave.check.instances import draw as draw_values
from proofweave.check.judge.order import draw
from proofweave.check.language import CheckError, Node, Symbol, walk
from proofweave.check.parse import Statement
from proofweave.core import say

ATTEMPTS = 6
LEGS = 4


class Sought:
    """A claim of existence with the instances on which witnesses are looked for."""

    def __init__(self, task_: Task, link: Node, rng: np.random.Generator, clock: Clock) -> None:
        self.task, self.link = task_, link
        self.clock = clock
        self.symbols: tuple[Symbol, ...] = link.data
        self.drawn = draw(task_, rng, clock)

    def failure(self, link: Node, rng: np.random.Generator) -> str:
        """Return for how many instances no witness was found, or an empty string."""
        statement = Statement((link.args[0],), self.task.free, self.task.conditions)
        wanted = Premises((), (statement,))
        missing = 0
        for case in self.drawn.cases:
            left = np.arange(case.env.batch)
            for attempt in range(ATTEMPTS):
                if len(left):
                    tried = take(case.env, left) if not attempt else self._fresh(case.env, left, rng)
                    left = left[~self._reached(wanted, tried, rng)]
            missing += len(left)
        return say("judge.no-witness", missing=missing, count=self.drawn.count) if missing else ""

    def _reached(self, wanted: Premises, env: Env, rng: np.random.Generator) -> Array:
        """Tell which instances come to a witness; what is far off is gone on from where the last steps ended."""
        good = np.zeros(env.batch, dtype=bool)
        for _ in range(LEGS):
            good = met(wanted, self.task.plan, env, rng, always=True, only=self.symbols)
            if good.all():
                break
        return good

    def _fresh(self, env: Env, rows: Array, rng: np.random.Generator) -> Env:
        """Return some instances with other values of what is sought."""
        tried = take(env, rows)
        drawn = draw_values(self.task.plan, dict(env.sizes), tried.batch, rng, self.clock)
        for symbol in self.symbols:
            tried.values[symbol] = Val(*drawn.values[symbol])
        return tried


def refuse_unfound(one: Sought, failed: str) -> None:
    """Refuse a claim of existence of which not all witnesses were found."""
    error = CheckError("judge.no-witness", one.link.at, missing=0, count=0)
    error.what = failed
    raise error


def drawn_on(body: Node) -> tuple[Node, ...]:
    """Return what must have a value on the instances drawn, as equalities that hold: one side of each relation."""
    chains = [part for part in walk(body) if part.op == "chain"]
    return tuple(replace(chain, args=chain.args[:1] * 2, data=("=",)) for chain in chains)
