"""The small errors that are planted in one node of a tree: what a slip of the pen makes of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from proofweave.check.language import SCALAR, Node, Optimum, Registry, number
from proofweave.core import say

MIRRORED = {"<": ">", r"\le": r"\ge", r"\succeq": r"\preceq", r"\succ": r"\prec", r"\ll": r"\gg"}
FLIPPED = MIRRORED | {new: old for old, new in MIRRORED.items()}
LEAVES = frozenset(
    ("sym", "member", "call", "gradient", "hessian", "rate", "index", "constant", "entry", "derive", "dim")
) | {"column", "line", "unit", "imaginary"}
HIGHER = 0.3
SWAPS = {"sin": "cos", "cos": "sin", "tanh": "sin", "floor": "ceil", "ceil": "floor", "re": "im", "im": "re"}
BINDERS = {"min": "max", "max": "min", "argmin": "argmax", "argmax": "argmin", "sum": "prod", "prod": "sum"}
NORMS = {"2": "inf", "inf": "2", "p": "inf", "F": "op", "op": "F", "nuclear": "F", "rows": "columns", "columns": "rows"}
COMPACT = frozenset(("simplex", "unit", "interval"))

SCALED = {
    "inner": "product",
    "differential": "operator",
    "expect": "expectation",
    "variance": "expectation",
    "integral": "operator",
    "whole": "operator",
}
SCALED |= dict.fromkeys(("eigenvalue", "singular", "indicator", "binom", "extent", "card"), "function")

Change = tuple[tuple[str, int, int], str, Node]
CHANGES: Registry[Callable[[Node], Iterator[Change]]] = Registry()
"""The changes of an operation, by its name."""


def part_of(kind: str, node: Node) -> tuple[str, int, int]:
    """Return a part of the text: what it is and where it stands."""
    return kind, node.at, node.end


def change(kind: str, part: Node, what: str, changed: Node, **values: float | str) -> Change:
    """Return the change of a part, whose kind and what was done to it are named in the table of words."""
    return part_of(kind, part), say(what, **values), changed


def became(kind: str, part: Node, old: float | str, new: float | str, changed: Node) -> Change:
    """Return the change of a part in which one thing stands where another stood."""
    return change(kind, part, "judge.became", changed, old=old, new=new)


def times(factor: float, node: Node) -> Node:
    """Return a number times a tree."""
    return replace(node, op="mul", args=(number(factor), node), data=None)


def scaled(kind: str, node: Node) -> Iterator[Change]:
    """Yield a tree doubled, halved and negated."""
    yield change(kind, node, "judge.doubled", times(2, node))
    yield change(kind, node, "judge.halved", times(0.5, node))
    yield change(kind, node, "judge.sign-flipped", negative(node))


def negative(node: Node) -> Node:
    """Return a tree with its sign flipped."""
    return replace(node, op="neg", args=(node,), data=None)


def local(node: Node) -> Iterator[Change]:
    """Yield the changes of a node itself, not of what is below it."""
    op = node.op
    if op == "num":
        yield from _numbers(node)
    elif op in LEAVES and node.type.kind != "bool":
        yield from scaled("factor", node)
        if node.type == SCALAR and op not in ("index",):
            yield change("factor", node, "judge.replaced-by-1", number(1))
        elif node.type.dims:
            yield change("factor", node, "judge.replaced-by-0", Node("zero", (), node.type, node.at, node.end))
        if node.type.kind == "matrix" and node.type.dims[0] == node.type.dims[1]:
            yield change("transpose", node, "judge.transposed", replace(node, op="transpose", args=(node,), data=None))
    elif op in ("zero", "ones", "identity"):
        changed = replace(node, op="ones") if op == "zero" else times(2, node)
        yield change("value", node, "judge.changed", changed)
        if op != "zero":
            yield change("value", node, "judge.halved", times(0.5, node))
    elif op in SCALED:
        yield from scaled(SCALED[op], node)
    elif op in CHANGES:
        yield from CHANGES[op](node)


def _numbers(node: Node) -> Iterator[Change]:
    value = node.data
    for new in (value + 1, value - 1, 2 * value, -value):
        if new != value:
            yield became("coefficient", node, value, new, replace(node, data=new))


@CHANGES("add")
def _add(node: Node) -> Iterator[Change]:
    for place, term in enumerate(node.args):
        rest = (*node.args[:place], *node.args[place + 1 :])
        dropped = rest[0] if len(rest) == 1 else replace(node, args=rest)
        yield change("term", term, "judge.dropped", dropped)
        flipped = term.args[0] if term.op == "neg" else negative(term)
        args = (*node.args[:place], flipped, *node.args[place + 1 :])
        yield change("term", term, "judge.sign-flipped", replace(node, args=args))


@CHANGES("neg")
def _neg(node: Node) -> Iterator[Change]:
    yield change("sign", node, "judge.dropped", node.args[0])


@CHANGES("mul")
def _mul(node: Node) -> Iterator[Change]:
    for place, factor in enumerate(node.args):
        if factor.type == SCALAR and not (factor.op == "num" or factor.op in LEAVES):
            rest = (*node.args[:place], *node.args[place + 1 :])
            yield change("factor", factor, "judge.dropped", rest[0] if len(rest) == 1 else replace(node, args=rest))
    for place in range(len(node.args) - 1):
        a, b = node.args[place : place + 2]
        if a.type.kind == b.type.kind == "matrix" and a.type == b.type:
            swapped = (*node.args[:place], b, a, *node.args[place + 2 :])
            yield change("order", replace(a, end=b.end), "judge.factors-swapped", replace(node, args=swapped))


@CHANGES("div")
def _div(node: Node) -> Iterator[Change]:
    above, below = node.args
    yield change("denominator", below, "judge.dropped", above)
    if above.type == SCALAR:
        yield change("quotient", node, "judge.turned-over", replace(node, args=(below, above)))


@CHANGES("pow", "elementpow")
def _pow(node: Node) -> Iterator[Change]:
    base, exponent = node.args
    yield change("exponent", exponent, "judge.dropped", base)
    for step, what in ((1, "judge.one-more"), (-1, "judge.one-less")):
        moved = replace(exponent, op="add", args=(exponent, number(step)), data=None, type=SCALAR)
        yield change("exponent", exponent, what, replace(node, args=(base, moved)))


@CHANGES("root")
def _root(node: Node) -> Iterator[Change]:
    yield change("root", node, "judge.dropped", node.args[0])


@CHANGES("func")
def _func(node: Node) -> Iterator[Change]:
    name, bare = node.data
    yield change("function", node, "judge.name-dropped", node.args[0], name=name)
    if name in SWAPS:
        yield became("function", node, name, SWAPS[name], replace(node, data=(SWAPS[name], bare)))
    yield from scaled("function", node)


@CHANGES("norm")
def _norm(node: Node) -> Iterator[Change]:
    yield from scaled("norm", node)
    if node.data in NORMS and node.args[0].type.kind != "scalar":
        args = node.args[:1]
        yield change("norm", node, "judge.another-norm", replace(node, data=NORMS[node.data], args=args))


@CHANGES("transpose")
def _transpose(node: Node) -> Iterator[Change]:
    if node.args[0].type == node.type:
        yield change("transpose", node, "judge.dropped", node.args[0])


@CHANGES("inverse", "pinv")
def _inverse(node: Node) -> Iterator[Change]:
    if node.args[0].type == node.type:
        yield change("exponent", node, "judge.inverse-dropped", node.args[0])


@CHANGES("matfunc")
def _matfunc(node: Node) -> Iterator[Change]:
    yield from scaled("function", node)
    if node.data in ("tr", "det"):
        yield change("function", node, "judge.tr-det", replace(node, data="det" if node.data == "tr" else "tr"))


@CHANGES("sum", "prod", "min", "max", "argmin", "argmax")
def _binder(node: Node) -> Iterator[Change]:
    lo, hi, condition, _ = node.args[:4]
    if node.op in BINDERS and node.type == SCALAR:
        yield became("operator", node, node.op, BINDERS[node.op], replace(node, op=BINDERS[node.op]))
    if node.op in ("min", "max"):
        yield became("operator", node, node.op, "sum", replace(node, op="sum"))
    if node.op in ("sum", "prod"):
        yield from scaled("operator", node)
        later = replace(lo, op="add", args=(lo, number(1)), data=None, type=SCALAR)
        yield change("operator", node, "judge.first-dropped", replace(node, args=(later, *node.args[1:])))
    if condition.op != "num":
        yield change("condition", condition, "judge.dropped", replace(node, args=(lo, hi, number(1), *node.args[3:])))


@CHANGES("list", "entries")
def _list(node: Node) -> Iterator[Change]:
    other = "max" if node.data == "min" else "min"
    yield became("operator", node, node.data, other, replace(node, data=other))
    yield from scaled("operator", node)


@CHANGES("conditional")
def _conditional(node: Node) -> Iterator[Change]:
    """Drop the conditions; one that is scaled says the same."""
    yield from scaled("expectation", node)
    for given in node.args[1:]:
        yield change("condition", given, "judge.dropped", replace(node, op="expect", args=node.args[:1]))


@CHANGES("information")
def _information(node: Node) -> Iterator[Change]:
    """Scale an entropy, or drop one of its values; one that is scaled may say the same."""
    yield from scaled("function", node)
    for place, value in enumerate(node.args):
        left = tuple((sign, tuple(k for k in places if k != place)) for sign, places in node.data)
        kept = tuple((sign, places) for sign, places in left if places)
        if kept:
            yield change("factor", value, "judge.dropped", replace(node, data=kept))


@CHANGES("kron")
def _kron(node: Node) -> Iterator[Change]:
    yield from scaled("product", node)
    a, b = node.args
    if a.type == b.type:
        yield change("order", node, "judge.factors-swapped", replace(node, args=(b, a)))


@CHANGES("vec", "block", "matprod")
def _whole(node: Node) -> Iterator[Change]:
    yield from scaled("value", node)


@CHANGES("expm")
def _exponential(node: Node) -> Iterator[Change]:
    yield change("function", node, "judge.name-dropped", node.args[0], name="exp")
    yield from scaled("function", node)


@CHANGES("complement")
def _complement(node: Node) -> Iterator[Change]:
    yield change("exponent", node, "judge.dropped", node.args[0])


@CHANGES("sorted")
def _sorted(node: Node) -> Iterator[Change]:
    yield change("order", node, "judge.dropped", node.args[0])


@CHANGES("nearest")
def _nearest(node: Node) -> Iterator[Change]:
    for place, element in enumerate(node.args[1:], 1):
        rest = (*node.args[:place], *node.args[place + 1 :])
        if len(rest) > 1:
            yield change("value", element, "judge.dropped", replace(node, args=rest))


@CHANGES("at")
def _at(node: Node) -> Iterator[Change]:
    if node.end:
        yield change("index", node, "judge.moved", replace(node, args=(replace(node, op="cycle"), *node.args[1:])))
        yield change("index", node, "judge.held", replace(node, args=(node.args[1], *node.args[1:])))


@CHANGES("chain")
def _chain(node: Node) -> Iterator[Change]:
    signs: tuple[str, ...] = node.data
    for place, sign in enumerate(signs):
        for new in _other_signs(sign):
            at = node.args[place].end, node.args[place + 1].at
            changed = replace(node, data=(*signs[:place], new, *signs[place + 1 :]))
            yield ("relation", *at), say("judge.became", old=sign, new=new), changed


def _other_signs(sign: str) -> tuple[str, ...]:
    if sign in ("=", r"\perp"):
        return (r"\neq",)
    if sign == r"\neq":
        return ("=",)
    return (FLIPPED[sign],) if sign in FLIPPED else ()


@CHANGES("optimum")
def _optimum(node: Node) -> Iterator[Change]:
    what: Optimum = node.data
    if what.symbol.data.get("domain") in COMPACT:
        yield change("operator", node, "judge.min-max", replace(node, data=replace(what, sense=-what.sense)))
    if not what.argument:
        yield from scaled("operator", node)


@CHANGES("bigo", "littleo")
def _big_o(node: Node) -> Iterator[Change]:
    yield change("magnitude", node, "judge.higher-order", replace(node, data=HIGHER))
