"""Whether a tree is a polynomial in the entries of some symbols, and of which degree."""

from proofweave.check.language.needs import closure, named_in, unbound_random
from proofweave.check.language.scope import Symbol
from proofweave.check.language.tokens import words
from proofweave.check.language.tree import Node, substitute

PRODUCTS = words("mul inner outer hadamard kron")
SUMS = words("add neg transpose entry at array sum diag diagonal column line block collect vec stopped")
Symbols = frozenset[Symbol]


def degree(tree: Node, symbols: Symbols) -> int | None:
    """Return the degree of a tree as a polynomial in the symbols' entries; None where it is none that can be told."""
    if not symbols & closure(named_in(tree)):
        return 0
    if tree.op in ("sym", "member", "call"):
        return _named(tree, symbols)
    if tree.op in ("gradient", "hessian") and tree.data.symbol.role == "define":
        return degree(written_out(tree, tree.data.symbol), symbols)
    if tree.op == "derive":
        return degree(tree.args[0], symbols) if not any(step[0] in symbols for step in tree.data.steps) else None
    if tree.op == "expect":
        return degree(tree.args[0], symbols.difference(tree.data or unbound_random([tree.args[0]])))
    if tree.op == "integral":
        over = symbols - {tree.data}
        return degree(tree.args[2], over) if not any(degree(end, symbols) for end in tree.args[:2]) else None
    if tree.op == "space":
        return degree(tree.args[0], symbols.difference(tree.data))
    if tree.op == "pow":
        return _power(tree, symbols)
    if tree.op == "func":
        return log_degree(tree.args[0], symbols) if tree.data[0] == "log" else None
    found = [degree(arg, symbols) for arg in tree.args]
    known = [part for part in found if part is not None]
    if len(known) < len(found):
        return None
    if tree.op in PRODUCTS:
        return sum(known)
    if tree.op in SUMS or (tree.op == "div" and not known[-1]) or (tree.op == "matfunc" and tree.data == "tr"):
        return max(known)
    return None


def written_out(tree: Node, symbol: Symbol) -> Node:
    """Return the body of a definition with the arguments and indices of one of its uses in place."""
    arity = len(symbol.params)
    values: dict[object, Node] = dict(zip(symbol.params, tree.args[:arity], strict=False))
    for index, arg in zip(symbol.data["indices"], tree.args[arity:], strict=False):
        values[index] = arg.args[0] if arg.op == "at" else arg
    return substitute(symbol.data["body"], values)


def _named(tree: Node, symbols: Symbols) -> int | None:
    symbol: Symbol = tree.data
    if symbol in symbols:
        return 1
    if symbol.role == "define":
        return degree(written_out(tree, symbol), symbols)
    if symbol.role == "sequence":  # affine where each step is, in what came before too
        start, step = degree(symbol.data["start"], symbols), degree(symbol.data["next"], symbols | {symbol})
        return 1 if start in (0, 1) and step in (0, 1) else None
    return None


def _power(tree: Node, symbols: Symbols) -> int | None:
    base, exponent = tree.args
    if exponent.op != "num" or not isinstance(exponent.data, int) or exponent.data < 0:
        return None
    if base.op == "norm" and base.data in ("2", "F") and exponent.data % 2 == 0:
        base = base.args[0]
    found = degree(base, symbols)
    return None if found is None else found * exponent.data


def log_degree(tree: Node, symbols: Symbols) -> int | None:
    """Return the degree of the logarithm of a tree, as far as it is a product of exponentials."""
    if not symbols & closure(named_in(tree)):
        return 0
    if tree.op == "func" and tree.data[0] == "exp":
        return degree(tree.args[0], symbols)
    if tree.op == "pow" and tree.args[0].op == "constant":
        return degree(tree.args[1], symbols)
    if tree.op in ("sym", "member", "call") and tree.data.role == "define":
        return log_degree(written_out(tree, tree.data), symbols)
    if tree.op not in ("mul", "div", "prod"):
        return None
    parts = tree.args if tree.op != "prod" else tree.args[3:]
    found = [log_degree(part, symbols) for part in parts]
    return max((part for part in found if part is not None), default=0) if None not in found else None
