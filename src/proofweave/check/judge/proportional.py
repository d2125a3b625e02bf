"""∝: the ratio of two sides stays the same as what the right side names moves, with all else fixed."""

import numpy as np

from proofweave.check.evaluate import NARROW, WIDE, Array, Clock, Env, Val, compare, ev
from proofweave.check.evaluate import values as va
from proofweave.check.instances import Task, assign, holds, open_case, take
from proofweave.check.judge.order import draw
from proofweave.check.language import SCALAR, CheckError, Node, Symbol, closure, named_in, refuse_if
from proofweave.core import say, together

TURNS = (1, 2, 3)
MOVED = frozenset(("free", "int"))


class Alike:
    """A proportionality with the instances it is tried on; each takes what moves from others."""

    def __init__(self, task_: Task, link: Node, rng: np.random.Generator, clock: Clock) -> None:
        self.task, self.link = task_, link
        left, right = link.args
        refuse_if(left.type != SCALAR, "parse.of-type", link.at, text=r"\propto", type=left.type)
        self.drawn = draw(task_, rng, clock)
        sizes = {name for case in self.drawn.cases for name in case.env.sizes}
        size = next((s for s in named_in(right) if s.name in sizes), None)
        refuse_if(size is not None, "judge.propto-size", link.at, name=size.name if size else "")
        self.movers = [s for s in closure(named_in(right)) if s.role in MOVED and s.name not in sizes]
        refuse_if(not self.movers, "judge.propto-fixed", right.at)

    def failure(self, link: Node, rng: np.random.Generator) -> str:
        """Return two ratios that differ, or an empty string."""
        told = False
        for case in self.drawn.cases:
            for turn in TURNS:
                one, two = self._pair(case.env, turn, link, rng)
                across, back = va.mul(one[0], two[1]), va.mul(two[0], one[1])
                told = told or bool(compare(across, back, "=", "scalar", 0, NARROW).valid.any())
                bad = compare(across, back, "=", "scalar", 0, WIDE).violated
                if bad.any():
                    return self._said(one, two, bad)
        if not told:
            raise CheckError("judge.error-no-value", link.at)
        return ""

    def _pair(self, env: Env, turn: int, link: Node, rng: np.random.Generator) -> tuple[list[Val], list[Val]]:
        """Return both sides on the instances, and on those that have what moves from others."""
        other = take(env, np.arange(env.batch))
        rows = np.roll(np.arange(env.batch), turn)
        for symbol in self.movers:
            v, e = other.values[symbol]
            other.values[symbol] = Val(v[rows] if len(v) > 1 else v, e[rows] if len(e) > 1 else e)
        assign(self.task.premises, self.task.plan, other, rng)
        kept = np.flatnonzero(holds(self.task.premises, other))
        cases = [open_case(self.task, take(each, kept)) for each in (env, other)]
        one, two = ([ev(side, case.inner) for side in link.args] for case in cases)
        for case, sides in zip(cases, (one, two), strict=True):
            if case.mask is not None:
                sides[0] = Val(np.where(case.mask, sides[0].v, np.nan), sides[0].e)
        return one, two

    def _said(self, one: list[Val], two: list[Val], bad: Array) -> str:
        spot = tuple(np.argwhere(bad)[0])
        ratios = (np.broadcast_to(left.v / right.v, bad.shape)[spot] for left, right in (one, two))
        found, other = (float(ratio) for ratio in ratios)
        names = together([symbol.name for symbol in _sorted(self.movers)], "judge.comma")
        return say("judge.propto-not", names=names, one=found, other=other)


def _sorted(symbols: list[Symbol]) -> list[Symbol]:
    return sorted(symbols, key=lambda symbol: symbol.name)
