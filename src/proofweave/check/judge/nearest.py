"""Where the sides of an inequality come nearest: the gap itself is made smaller by Newton's steps from several starts.

A share of the sides says nothing far from where they meet, as that of (x − 70)² ≥ 10⁻⁶ does, which is almost 1 there.
With few numbers to move, a line of each is looked at as well, far out and finely.
"""

from collections.abc import Sequence

import numpy as np

from proofweave.check.evaluate import Array, Env, each, ev, exact
from proofweave.check.instances import Case, Task, lengths, met, moved, open_case, take
from proofweave.check.language import Node, Symbol, pairs

STARTS = 6
ROUNDS = 8
MOST_COORDINATES = 24
WIDTH = 1e-3  # of the differences, in coordinates of which a domain is about 1 wide
LONGEST = 1e3
LINES = frozenset(("scalar", "positive", "nonneg"))
ALONG = 1 << 15  # places on a line
FAR = 4096.0
PEAKS = 64
MOST_ALONG = 2  # coordinates of an instance
LADDER = np.array([1.0, 0.5, 0.1, 1e-2, 2.0, 4.0])
BELOW = dict.fromkeys(("<", r"\le", r"\preceq", r"\prec"), 1.0)
BELOW |= dict.fromkeys((">", r"\ge", r"\succeq", r"\succ"), -1.0)


def nearest(task: Task, claim: Node, case: Case, symbols: Sequence[Symbol], rng: np.random.Generator) -> Case | None:
    """Return instances that violate an inequality, found where its sides come nearest, or None."""
    if claim.op != "chain" or not any(_ordered(left, sign) for left, _, sign in pairs(claim)):
        return None
    first = _gaps(claim, case)
    order = np.argsort(np.where(np.isfinite(first), first, np.inf))
    rows = np.unique(np.concatenate([order[:2], rng.permutation(len(order))[: STARTS - 2]]))
    return _closer(task, claim, take(case.env, rows), symbols, rng) or _along(task, claim, case, symbols, rng)


def _along(task: Task, claim: Node, case: Case, symbols: Sequence[Symbol], rng: np.random.Generator) -> Case | None:
    """Return instances that violate an inequality, met where one number goes far along a line, or None.

    Waves of several lengths come together, and their sum near its bound, only now and then.
    """
    numbers = [s for s in symbols if not s.type.rank and not s.holes and s.data["domain"] in LINES]
    if sum(lengths(symbols, case.env)) > MOST_ALONG:
        return None
    row = int(_gaps(claim, case).argmin())
    for symbol in numbers:
        line = take(case.env, np.full(ALONG, row))
        places = (np.arange(ALONG) + rng.random()) / ALONG
        line.values[symbol] = exact(FAR * (2 * places - 1 if symbol.data["domain"] == "scalar" else places))
        found, gaps, line = _tried(task, claim, line, rng)
        if found is None:
            found = _closer(task, claim, take(line, np.argsort(_dips(gaps))[:PEAKS]), symbols, rng)
        if found is not None:
            return found
    return None


def _dips(gaps: Array) -> Array:
    """Return how low a gap comes near each place of a line: the least of the parabola through it and its neighbours."""
    before, after = np.roll(gaps, 1), np.roll(gaps, -1)
    bend = before - 2 * gaps + after
    lowest = gaps - np.square(after - before) / (8 * np.where(bend > 0, bend, np.inf))
    dips = (gaps <= before) & (gaps <= after)
    return np.where(dips & np.isfinite(lowest), lowest, gaps)


def _closer(task: Task, claim: Node, env: Env, symbols: Sequence[Symbol], rng: np.random.Generator) -> Case | None:
    """Return instances that violate an inequality, reached from some by Newton's steps, or None."""
    p = sum(lengths(symbols, env))
    if not 0 < p <= MOST_COORDINATES:
        return None
    around = WIDTH * np.concatenate([np.zeros((1, p)), np.eye(p), -np.eye(p)])
    for _ in range(ROUNDS):
        found, gaps, _ = _tried(task, claim, moved(env, symbols, np.tile(around, (env.batch, 1, 1))), rng)
        if found is not None:
            return found
        step = _step(gaps.reshape(env.batch, -1), p)
        tried = moved(env, symbols, LADDER[None, :, None] * step[:, None])
        found, gaps, after = _tried(task, claim, tried, rng)
        if found is not None:
            return found
        gaps, now = gaps.reshape(env.batch, -1), _gaps(claim, open_case(task, env))
        best = gaps.argmin(axis=1)
        better = gaps[np.arange(env.batch), best] < now
        if not better.any():
            return None
        env = take(after, (np.arange(env.batch) * len(LADDER) + best)[better])
    return None


def _ordered(left: Node, sign: str) -> bool:
    return sign in BELOW and left.type.kind != "matrix"


def _step(gaps: Array, p: int) -> Array:
    """Return Newton's step for each coordinate on its own; where the gap does not bend, one down its slope."""
    here, up, down = gaps[:, :1], gaps[:, 1 : p + 1], gaps[:, p + 1 :]
    slope, bend = (up - down) / (2 * WIDTH), np.abs(up - 2 * here + down) / WIDTH**2
    step = -slope / np.where(bend > 1e-9 * np.abs(slope), bend, np.abs(slope) + 1e-300)
    return np.clip(np.where(np.isfinite(step), step, 0.0), -LONGEST, LONGEST)


def _gaps(claim: Node, case: Case) -> Array:
    """Return by how much an inequality holds on each instance where it is tightest; infinite where it has no value."""
    out = np.full(case.env.batch, np.inf)
    for left, right, sign in pairs(claim):
        if _ordered(left, sign):
            gap = BELOW[sign] * (ev(right, case.inner).v - ev(left, case.inner).v)
            gap = np.where(np.isfinite(gap), gap, np.inf)
            if case.mask is not None:
                gap = np.where(case.mask.reshape(case.mask.shape + (1,) * left.type.rank), gap, np.inf)
            out = np.minimum(out, each(gap, case.env.batch).min(axis=1))
    return out


def _tried(task: Task, claim: Node, env: Env, rng: np.random.Generator) -> tuple[Case | None, Array, Env]:
    """Return the instances that violate the claim, if any, each one's gap (infinite where premises fail), and all."""
    good = met(task.premises, task.plan, env, rng)
    case = open_case(task, env)
    gaps = np.where(good, _gaps(claim, case), np.inf)
    if (gaps < 0).any():
        bad = each(case.truth(claim).violated, env.batch).any(axis=1) & good
        if bad.any():
            return open_case(task, take(env, np.flatnonzero(bad))), gaps, env
    return None, gaps, env
