"""Whether a relation holds on each instance: within the error bound its two sides carry, and no more."""

from dataclasses import dataclass

import numpy as np

from proofweave.check.evaluate import values as va
from proofweave.check.evaluate.env import Env
from proofweave.check.evaluate.registry import ev
from proofweave.check.evaluate.values import Array, Val
from proofweave.check.language import CheckError, Node, pairs, refuse_if

SAFETY = 8.0  # the bounds are first order and LAPACK's constants vary; eight of them is still far below any real error
TINY = 1e-290
MIRRORED = {">": "<", r"\ge": r"\le", r"\succeq": r"\preceq", r"\succ": r"\prec"}
ENTRYWISE = {r"\preceq": r"\le", r"\prec": "<"}
"""What the relations of symmetric matrices say of vectors."""
UNSTRICT = frozenset((r"\le", r"\ge"))


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much sides have to differ: so many error bounds, and such a part of their size."""

    bounds: float
    share: float


NARROW = Margin(SAFETY, 0.0)
WIDE = Margin(256.0, 1e-6)  # no bound that was found wrong let a gap through that was wider than this


@dataclass(frozen=True, slots=True)
class Truth:
    """For each instance and index position: whether the relation holds, whether it has a meaning there, and its slack.

    `tied` marks where a strict relation's sides cannot be told apart (None where no relation is strict).
    Slack is what is left of an inequality in units of its sides, and for an equality minus its relative gap.
    """

    holds: Array
    valid: Array
    slack: Array
    tied: Array | None = None

    @property
    def violated(self) -> Array:
        """Where the relation has a meaning and does not hold."""
        return np.asarray(self.valid & ~self.holds)


def each(found: Array, batch: int) -> Array:
    """Return what was found at the index positions, a row for each instance of the batch."""
    shape = np.broadcast_shapes(found.shape, (batch,) + (1,) * (found.ndim - 1))
    return np.asarray(np.broadcast_to(found, shape).reshape(batch, -1))


def truth(node: Node, env: Env, margin: Margin = NARROW) -> Truth:
    """Return the truth of a relation, conjunction or implication; what fails, fails by more than the margin."""
    if node.op == "chain":
        found: Truth | None = None
        for left, right, sign in pairs(node):
            link = compare(ev(left, env), ev(right, env), sign, left.type.kind, left.type.rank, margin)
            found = link if found is None else both(found, link)
        assert found is not None
        return found
    if node.op == "and":
        parts = [truth(arg, env, margin) for arg in node.args]
        out = parts[0]
        for part in parts[1:]:
            out = both(out, part)
        return out
    if node.op == "or":
        parts = [truth(arg, env) for arg in node.args]
        out = parts[0]
        for part in parts[1:]:
            out = either(out, part)
        return out
    if node.op in ("implies", "iff"):
        a, b = truth(node.args[0], env), truth(node.args[1], env, margin)
        holds = (a.holds == b.holds) if node.op == "iff" else (~a.holds | b.holds)
        return Truth(holds, a.valid & b.valid, np.where(holds, 1.0, -1.0))
    raise CheckError("parse.relation", node.at)


def slack(node: Node, env: Env) -> Array | None:
    """Return the slack of a chain of \\le and \\ge, infinite where a side has no value; None for other relations."""
    if node.op != "chain" or not UNSTRICT.issuperset(node.data):
        return None
    found: Array | None = None
    for left, right, sign in pairs(node):
        a, b = ev(left, env).v, ev(right, env).v
        gap = b - a if sign == r"\le" else a - b
        link = gap / (np.maximum(np.abs(a), np.abs(b)) + 1e-12)
        axes = tuple(range(-left.type.rank, 0))
        link = (
            np.where(np.isfinite(gap), link, np.nan).min(axis=axes)
            if axes
            else np.where(np.isfinite(gap), link, np.nan)
        )
        found = link if found is None else np.minimum(found, link)
    return None if found is None else np.where(np.isnan(found), np.inf, found)


def both(a: Truth, b: Truth) -> Truth:
    """Return the conjunction."""
    tied = b.tied if a.tied is None else a.tied if b.tied is None else a.tied | b.tied
    return Truth(a.holds & b.holds, a.valid & b.valid, np.minimum(a.slack, b.slack), tied)


def either(a: Truth, b: Truth) -> Truth:
    """Return the disjunction; it has a meaning where one side holds, whatever the other is."""
    holds = (a.valid & a.holds) | (b.valid & b.holds)
    tied = None
    for one in (a, b):
        if one.tied is not None:
            tied = one.tied & ~holds if tied is None else tied | (one.tied & ~holds)
    return Truth(holds, holds | (a.valid & b.valid), np.maximum(a.slack, b.slack), tied)


def compare(left: Val, right: Val, sign: str, kind: str, rank: int, margin: Margin = NARROW) -> Truth:
    """Compare two sides; equality within the error bounds, strictness and ≠ only where they can be told."""
    if sign == r"\perp":
        product = va.mul(left, right)
        for _ in range(rank):
            product = va.total(product, -1)
        left, right, rank, sign = product, Val(np.zeros(product.v.shape), np.zeros(product.v.shape)), 0, "="
    if sign in MIRRORED:
        left, right, sign = right, left, MIRRORED[sign]
    gap = va.sub(right, left)
    refuse_if(np.iscomplexobj(gap.v) and sign not in ("=", r"\neq"), "parse.complex-order")
    size = np.maximum(np.abs(left.v), np.abs(right.v))
    tolerance = margin.bounds * gap.e + margin.share * size + TINY
    axes = tuple(range(-rank, 0))
    valid = np.isfinite(gap.v) & np.isfinite(tolerance)
    if sign in ENTRYWISE and kind == "matrix":
        return _loewner(gap, size, valid, axes, margin, sign == r"\prec")
    sign = ENTRYWISE.get(sign, sign)
    if sign in ("=", r"\neq", r"\approx"):
        off = np.abs(gap.v)
        same = off <= tolerance
        if sign == r"\neq" and margin.share:  # nearness is no equality
            same = np.zeros_like(same)
        slack = -off / np.maximum(size, TINY)
        if axes:
            same, slack, valid = np.asarray(same.all(axis=axes)), slack.min(axis=axes), np.asarray(valid.all(axis=axes))
        return Truth(~same if sign == r"\neq" else same, valid, -slack - 1e-9 if sign == r"\neq" else slack)
    if sign not in ("<", r"\le"):
        raise CheckError("judge.rough-premise", text=sign)
    holds = gap.v >= -tolerance
    tied = None
    if sign == "<":
        decided = (np.abs(gap.v) > tolerance) | ((gap.e == 0) & (margin.share == 0))
        holds = gap.v > 0
        tied, valid = valid & ~decided, valid & decided
    slack = gap.v / (size + 1e-12)
    if axes:
        holds, slack, valid = np.asarray(holds.all(axis=axes)), slack.min(axis=axes), np.asarray(valid.all(axis=axes))
        tied = None if tied is None else np.asarray(tied.any(axis=axes))
    return Truth(holds, valid, slack, tied)


def _loewner(gap: Val, size: Array, valid: Array, axes: tuple[int, ...], margin: Margin, strict: bool) -> Truth:
    whole = np.asarray(valid.all(axis=axes))
    n = gap.v.shape[-1]
    safe = np.where(whole[..., None, None], gap.v, np.eye(n))
    skew = np.abs(safe - np.swapaxes(safe, -1, -2)).max(axis=axes)
    error = np.sqrt(np.square(np.broadcast_to(gap.e, gap.v.shape)).sum(axis=axes))
    scale = size.max(axis=axes)
    lowest = np.linalg.eigvalsh((safe + np.swapaxes(safe, -1, -2)) / 2)[..., 0]
    tolerance = margin.bounds * (error + 8 * n * va.EPS * scale) + margin.share * scale + TINY
    symmetric = skew <= tolerance
    slack = lowest / (scale + 1e-12)
    if not strict:
        return Truth((lowest >= -tolerance) & symmetric, whole, slack)
    decided = ~symmetric | (np.abs(lowest) > tolerance)
    return Truth((lowest > 0) & symmetric, whole & decided, slack, whole & ~decided)
