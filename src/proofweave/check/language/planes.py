"""Which values are complex. The type of a number does not say it: that follows from the imaginary unit in its tree."""

from proofweave.check.language.scope import Symbol
from proofweave.check.language.tokens import words
from proofweave.check.language.tree import Node

REAL_PARTS = words("abs re im arg")
CLAIMS = words("chain and or implies iff")
REAL = CLAIMS | words("norm indicator card extent at argmin argmax")


def is_complex(node: Node) -> bool:
    """Tell whether a tree's value may be complex."""
    if node.op == "imaginary":
        return True
    if node.op in ("sym", "member", "call"):
        return complex_symbol(node.data)
    if node.op in REAL or (node.op == "func" and node.data[0] in REAL_PARTS):
        return False
    values = node.args[::2] + node.args[len(node.args) - 1 :] if node.op == "cases" else node.args
    return any(map(is_complex, values))


def complex_symbol(symbol: Symbol) -> bool:
    """Tell whether a symbol's value, or that of a function, may be complex."""
    found: bool | None = symbol.data.get("complex")
    if found is None:
        symbol.data["complex"] = False  # a sequence and a flow name themselves
        found = symbol.data["complex"] = any(map(is_complex, symbol.trees))
    return found
