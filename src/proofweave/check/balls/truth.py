"""Whether a relation holds of balls: yes, no, or open; what has no value leaves it open."""

from flint import acb

from proofweave.check.balls import numbers as nu
from proofweave.check.balls import spectra
from proofweave.check.balls.numbers import Cannot, Cx, Num
from proofweave.check.balls.state import State, Value, each, flat, value_of
from proofweave.check.language import Node, pairs

FLIPPED = {">": "<", r"\ge": r"\le", r"\succeq": r"\preceq", r"\succ": r"\prec"}


def truth(node: Node, state: State) -> bool | None:
    """Return whether a relation, conjunction or implication holds, or None where that is open."""
    if node.op == "chain":
        return every([link(left, right, sign, state) for left, right, sign in pairs(node)])
    if node.op == "and":
        return every([truth(arg, state) for arg in node.args])
    if node.op in ("implies", "iff"):
        a, b = (truth(arg, state) for arg in node.args)
        if node.op == "iff":
            return None if a is None or b is None else a == b
        return True if a is False or b is True else False if a and b is False else None
    raise Cannot


def every(found: list[bool | None]) -> bool | None:
    """Return a conjunction."""
    return False if False in found else None if None in found else True


def link(left: Node, right: Node, sign: str, state: State) -> bool | None:
    """Return whether one relation holds."""
    return compare(value_of(left, state), value_of(right, state), sign, left.type.kind)


def compare(x: Value, y: Value, sign: str, kind: str) -> bool | None:
    """Compare two values."""
    if sign in FLIPPED:
        x, y, sign = y, x, FLIPPED[sign]
    if sign == r"\perp":
        x, y, sign = nu.total([nu.mul(a, b) for a, b in zip(flat(x), flat(y), strict=True)]), nu.whole(0), "="
    gap = each(nu.sub, y, x)
    if sign in (r"\preceq", r"\prec") and kind == "matrix":
        return spectra.positive(gap, sign == r"\prec")
    signs = [_sign(entry) for entry in flat(gap)]
    if sign in ("=", r"\neq"):
        same = every([None if side is None else side == 0 for side in signs])
        return same if sign == "=" or same is None else not same
    if sign in (r"\le", r"\preceq"):
        return every([_ordered(entry, strict=False) for entry in flat(gap)])
    if sign in ("<", r"\prec"):
        return every([_ordered(entry, strict=True) for entry in flat(gap)])
    raise Cannot


def _sign(x: Num) -> int | None:
    """Return the sign of a gap; of a complex one whether it is 0."""
    if isinstance(x, Cx):
        sides = _sign(x.re), _sign(x.im)
        return 1 if 1 in sides or -1 in sides else None if None in sides else 0
    return nu.sign(x) if nu.is_finite(x) and not _turning(x) else None


def _turning(gap: Num) -> bool:
    """Tell whether a gap is 0 here and not beside, inside a derivative."""
    return nu.moves(gap) and nu.sign(gap) == 0


def _ordered(gap: Num, strict: bool) -> bool | None:
    """Return whether a gap is positive, or not negative; a ball that touches 0 may settle the latter."""
    if not nu.is_finite(gap) or _turning(gap):
        return None
    gap = nu.primal(gap)
    if isinstance(gap, acb):
        side = nu.sign(gap)
        return None if side is None else side > 0
    if gap > 0 or (not strict and gap >= 0):
        return True
    return False if gap < 0 or (strict and gap <= 0) else None
