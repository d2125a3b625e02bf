"""Steps in endless sums: where the argument of a floor or a sign is no exact number, it may jump beyond all digits.

The first 267 terms of Σ ⌊k tanh π⌋/10^k are those of Σ (k − 1)/10^k, and what comes after them is below 10^−266.
"""

from collections.abc import Iterator

from proofweave.check.language import Index, Node, closure, endless, named_in, walk

STEPS = frozenset(("floor", "ceil", "sign"))
EXACT = frozenset(("index", "num", "neg", "add", "mul", "div", "chain", "and", "or", "cases"))


def unseen(claim: Node) -> Node | None:
    """Return a step in an endless sum or product that may jump where no digit shows it, or None."""
    for part in walk(claim):
        if part.op in ("sum", "prod") and endless(part.args[1]):
            for step in _steps(part.args[3]):
                if not _exact(step, part.data):
                    return step
    return None


def _steps(body: Node) -> Iterator[Node]:
    """Yield the steps in a term, those of the definitions it names among them."""
    trees = [body, *(tree for symbol in closure(named_in(body)) for tree in symbol.trees)]
    for part in (part for tree in trees for part in walk(tree)):
        if part.op in ("indicator", "cases") or (part.op == "func" and part.data[0] in STEPS):
            yield part


def _exact(step: Node, index: Index) -> bool:
    """Tell whether a step does not depend on the index of the sum, or is one of whole numbers and their quotients."""
    parts = [part for arg in step.args for part in walk(arg)]
    if not named_in(step) and not any(part.op == "index" and part.data is index for part in parts):
        return True
    return all(map(_rational, parts))


def _rational(part: Node) -> bool:
    """Tell whether a part makes a quotient of whole numbers of such."""
    if part.op == "pow":
        return not any(inner.op == "div" or isinstance(inner.data, float) for inner in walk(part.args[1]))
    if part.op == "func":
        return part.data[0] in STEPS or part.data[0] == "abs"
    return part.op in EXACT or (part.op == "sym" and part.data.role == "int")
