"""What \\approx says of numbers: a \\approx 3.22 that a is 3.22 when rounded to as many digits."""

import math
from dataclasses import replace

from proofweave.check.language import BOOL, SCALAR, Node, is_number, number, walk
from proofweave.check.syntax.build import add, multiply, node


def rounded(left: Node, right: Node) -> Node | None:
    """Return |a − b| \\le half a unit of b's last digit, where both are numbers and b says how it is rounded."""
    if left.type != SCALAR or not all(part.args or part.op in ("num", "constant") for part in walk(left)):
        return None
    unit = _unit(right)
    if unit is None:
        return None
    gap = add([left, node("neg", (right,), SCALAR, right.at, right.end)])
    size = node("func", (gap,), SCALAR, left.at, right.end, ("abs", False))
    return node("chain", (size, unit), BOOL, left.at, right.end, (r"\le",))


def _unit(right: Node) -> Node | None:
    """Return half a unit of the last digit of 3.22, 3.22 \\times 10^9 and their negatives."""
    inside = right.args[0] if right.op == "neg" else right
    if inside.op == "mul" and len(inside.args) == 2 and _is_scale(inside.args[1]):
        lead = _half(inside.args[0], 0)
        return None if lead is None else multiply([lead, inside.args[1]])
    return _half(inside, 1)


def _is_scale(part: Node) -> bool:
    return part.op == "pow" and is_number(part.args[0], 10)


def _half(part: Node, least: int) -> Node | None:
    """Return half a unit of a decimal's last digit; a whole number alone does not say how it is rounded."""
    if part.op != "num":
        return None
    whole = len(str(math.floor(part.data)))
    digits = max(part.end - part.at - whole - 1, 0)
    return None if digits < least else replace(number(float(f"5e-{digits + 1}")), at=part.at, end=part.end)
