"""Planted errors: every part of an equation is changed in small ways, and at least one change must be refuted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from proofweave.check.kinds import SCALAR
from proofweave.check.parse_binders import Optimum
from proofweave.check.scope import Symbol
from proofweave.check.tree import Index, Node, is_number, number, walk

FLIPPED = {"<": ">", ">": "<", r"\le": r"\ge", r"\ge": r"\le", r"\succeq": r"\preceq", r"\preceq": r"\succeq"}
LEAVES = frozenset(
    ("sym", "member", "call", "gradient", "hessian", "rate", "index", "constant", "entry", "derive", "dim")
)
HIGHER = 0.3
SWAPS = {"sin": "cos", "cos": "sin", "tanh": "sin", "floor": "ceil", "ceil": "floor"}
COMPACT = frozenset(("simplex", "unit", "interval"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed claim: which part of the TeX was changed, and how."""

    part: tuple[str, int, int]
    what: str
    claim: Node


def mutants(claim: Node) -> Iterator[Mutant]:
    """Yield a claim with one part changed at a time.

    An index that occurs once only names what its operator runs over: moving it changes nothing, so it is no part.
    The same is true where it pairs something with a symbol that is itself optimised over.
    """
    once = _once(claim)
    others = _others(claim)
    for part, what, node in _variants(claim, once, others):
        yield Mutant(part, what, node)
    for part, what, node in _shifts(claim):
        yield Mutant(part, what, node)


Others = dict[Symbol, Symbol]


def _others(claim: Node) -> Others:
    """Return for each symbol another one of its type in the claim, which a slip of the pen might put in its place."""
    bound = {node.data.symbol for node in walk(claim) if node.op == "optimum"}
    bound |= {node.data for node in walk(claim) if node.op == "integral"}
    found = {n.data: n for n in walk(claim) if n.op == "sym" and isinstance(n.data, Symbol) and n.data not in bound}
    symbols = list(found)
    out: Others = {}
    for place, symbol in enumerate(symbols):
        for other in symbols[place + 1 :] + symbols[:place]:
            if other.type == symbol.type and (other.role == "random") == (symbol.role == "random"):
                out[symbol] = other
                break
    return out


def _once(claim: Node) -> frozenset[int]:
    """Return the index places (by id) whose move only relabels."""
    bound = {node.data.symbol for node in walk(claim) if node.op == "optimum"}
    groups: dict[tuple[Index, object], list[int]] = {}
    for node in walk(claim):
        owner: object = None
        if node.op == "entry" and node.args[0].op == "sym" and node.args[0].data in bound:
            owner = node.args[0].data
        for place, arg in enumerate(node.args):
            if arg.op == "at" and arg.args[0].op == "index":
                groups.setdefault((arg.args[0].data, owner), []).append(id(arg))
            elif arg.op == "index" and node.op != "at":
                groups.setdefault((arg.data, ("bare", place)), []).append(id(arg))
    bare = {index for index, owner in groups if isinstance(owner, tuple)}
    return frozenset(ids[0] for (index, _), ids in groups.items() if len(ids) == 1 and index not in bare)


def _shifts(claim: Node) -> Iterator[Change]:
    """Yield claims of the form a = 0 with one leaf moved by a constant: scaling a factor there changes nothing."""
    if claim.op == "and":
        for place, arg in enumerate(claim.args):
            for part, what, changed in _shifts(arg):
                yield part, what, claim.with_args((*claim.args[:place], changed, *claim.args[place + 1 :]))
    if claim.op == "chain" and any(arg.op == "zero" or is_number(arg, 0) for arg in claim.args):
        yield from _shifted(claim)
    if claim.op == "chain" and claim.data == (r"\perp",):
        yield from _shifted(claim)


def _shifted(node: Node) -> Iterator[Change]:
    if node.op in LEAVES and node.op not in ("index", "dim"):
        one = number(1) if node.type == SCALAR else Node("ones", (), node.type, 0, 0)
        yield _part("factor", node), "shifted by 1", replace(node, op="add", args=(node, one), data=None)
    for place, arg in enumerate(node.args):
        if not _silent(node, place):
            for part, what, changed in _shifted(arg):
                yield part, what, node.with_args((*node.args[:place], changed, *node.args[place + 1 :]))
    if node.op in ("inner", "norm", "sum", "expect"):
        one = number(1) if node.type == SCALAR else Node("ones", (), node.type, 0, 0)
        yield _part("product", node), "shifted by 1", replace(node, op="add", args=(node, one), data=None)


Change = tuple[tuple[str, int, int], str, Node]
CALLS = frozenset(
    (
        "call",
        "gradient",
        "hessian",
        "rate",
        "func",
        "matfunc",
        "norm",
        "eigenvalue",
        "singular",
        "msign",
        "softmax",
        "diag",
    )
)
BINDERS = frozenset(("sum", "prod", "min", "max", "argmin", "argmax"))


def _variants(node: Node, once: frozenset[int], others: Others) -> Iterator[Change]:
    if id(node) not in once:
        yield from _local(node)
    if node.op == "sym" and node.data in others and node.end:
        other = others[node.data]
        yield _part("factor", node), f"became {other.name}", replace(node, data=other)
    for place, arg in enumerate(node.args):
        if _silent(node, place):
            continue
        for part, what, changed in _variants(arg, once, others):
            if changed.type == arg.type:
                args = (*node.args[:place], changed, *node.args[place + 1 :])
                # a range belongs to its operator: what it runs over is one part with it
                own = _part("operator", node) if node.op in BINDERS and place < 2 else part
                if node.op in BINDERS and place == 2:
                    own = _part("condition", arg)
                # a bare argument is one part with its call
                if node.op in CALLS and (arg.op in LEAVES or arg.op == "num"):
                    own = _part("factor", node)
                yield own, what, replace(node, args=args)


def _silent(node: Node, place: int) -> bool:
    """Tell whether an argument is no part of the text: a range read from uses, an index's own bounds."""
    arg = node.args[place]
    if node.op in ("at", "bigo"):
        return True
    return arg.end == 0 and not arg.args


def _part(kind: str, node: Node) -> tuple[str, int, int]:
    return kind, node.at, node.end


def _times(factor: float, node: Node) -> Node:
    return replace(node, op="mul", args=(number(factor), node), data=None)


def _scaled(kind: str, node: Node) -> Iterator[Change]:
    yield _part(kind, node), "doubled", _times(2, node)
    yield _part(kind, node), "halved", _times(0.5, node)
    yield _part(kind, node), "sign flipped", _negative(node)


def _negative(node: Node) -> Node:
    return replace(node, op="neg", args=(node,), data=None)


def _local(node: Node) -> Iterator[Change]:
    op = node.op
    if op == "num":
        yield from _numbers(node)
    elif op in LEAVES and node.type.kind != "bool":
        yield from _scaled("factor", node)
        if node.type == SCALAR and op not in ("index",):
            yield _part("factor", node), "replaced by 1", number(1)
        elif node.type.dims:
            yield _part("factor", node), "replaced by 0", Node("zero", (), node.type, node.at, node.end)
        if node.type.kind == "matrix" and node.type.dims[0] == node.type.dims[1]:
            yield _part("transpose", node), "transposed", replace(node, op="transpose", args=(node,), data=None)
    elif op in ("zero", "ones", "identity"):
        changed = replace(node, op="ones") if op == "zero" else _times(2, node)
        yield _part("value", node), "changed", changed
    handler = _STRUCTURAL.get(op)
    if handler is not None:
        yield from handler(node)


def _numbers(node: Node) -> Iterator[Change]:
    value = node.data
    for new in (value + 1, value - 1, 2 * value, -value):
        if new != value:
            yield _part("coefficient", node), f"{value} became {new}", replace(node, data=new)


def _add(node: Node) -> Iterator[Change]:
    for place, term in enumerate(node.args):
        rest = (*node.args[:place], *node.args[place + 1 :])
        dropped = rest[0] if len(rest) == 1 else replace(node, args=rest)
        yield _part("term", term), "dropped", dropped
        flipped = term.args[0] if term.op == "neg" else _negative(term)
        yield (
            _part("term", term),
            "sign flipped",
            replace(node, args=(*node.args[:place], flipped, *node.args[place + 1 :])),
        )


def _neg(node: Node) -> Iterator[Change]:
    yield _part("sign", node), "dropped", node.args[0]


def _mul(node: Node) -> Iterator[Change]:
    for place, factor in enumerate(node.args):
        if factor.type == SCALAR and not (factor.op == "num" or factor.op in LEAVES):
            rest = (*node.args[:place], *node.args[place + 1 :])
            yield _part("factor", factor), "dropped", rest[0] if len(rest) == 1 else replace(node, args=rest)
    for place in range(len(node.args) - 1):
        a, b = node.args[place : place + 2]
        if a.type.kind == b.type.kind == "matrix" and a.type == b.type:
            swapped = (*node.args[:place], b, a, *node.args[place + 2 :])
            yield _part("order", replace(a, end=b.end)), "factors swapped", replace(node, args=swapped)


def _div(node: Node) -> Iterator[Change]:
    above, below = node.args
    yield _part("denominator", below), "dropped", above
    if above.type == SCALAR:
        yield _part("quotient", node), "turned over", replace(node, args=(below, above))


def _pow(node: Node) -> Iterator[Change]:
    base, exponent = node.args
    yield _part("exponent", exponent), "dropped", base
    for change, what in ((1, "one more"), (-1, "one less")):
        moved = replace(exponent, op="add", args=(exponent, number(change)), data=None, type=SCALAR)
        yield _part("exponent", exponent), what, replace(node, args=(base, moved))


def _root(node: Node) -> Iterator[Change]:
    yield _part("root", node), "dropped", node.args[0]


def _func(node: Node) -> Iterator[Change]:
    name, bare = node.data
    yield _part("function", node), f"{name} dropped", node.args[0]
    if name in SWAPS:
        yield _part("function", node), f"{name} became {SWAPS[name]}", replace(node, data=(SWAPS[name], bare))
    yield from _scaled("function", node)


def _norm(node: Node) -> Iterator[Change]:
    swaps = {
        "2": "inf",
        "F": "op",
        "op": "F",
        "nuclear": "F",
        "inf": "2",
        "rows": "columns",
        "columns": "rows",
        "p": "inf",
    }
    yield from _scaled("norm", node)
    if node.data in swaps and node.args[0].type.kind != "scalar":
        args = node.args[:1]
        yield _part("norm", node), "another norm", replace(node, data=swaps[node.data], args=args)


def _transpose(node: Node) -> Iterator[Change]:
    if node.args[0].type == node.type:
        yield _part("transpose", node), "dropped", node.args[0]


def _inverse(node: Node) -> Iterator[Change]:
    if node.args[0].type == node.type:
        yield _part("exponent", node), "inverse dropped", node.args[0]


def _matfunc(node: Node) -> Iterator[Change]:
    yield from _scaled("function", node)
    if node.data in ("tr", "det"):
        yield _part("function", node), "tr and det swapped", replace(node, data="det" if node.data == "tr" else "tr")


def _inner(node: Node) -> Iterator[Change]:
    yield from _scaled("product", node)


def _moment(node: Node) -> Iterator[Change]:
    yield from _scaled("expectation", node)


def _binder(node: Node) -> Iterator[Change]:
    lo, hi, condition, _ = node.args[:4]
    swaps = {"min": "max", "max": "min", "argmin": "argmax", "argmax": "argmin", "sum": "prod", "prod": "sum"}
    if node.op in swaps and node.type == SCALAR:
        yield _part("operator", node), f"{node.op} became {swaps[node.op]}", replace(node, op=swaps[node.op])
    if node.op in ("min", "max"):
        yield _part("operator", node), f"{node.op} became sum", replace(node, op="sum")
    if node.op in ("sum", "prod"):
        yield from _scaled("operator", node)
        later = replace(lo, op="add", args=(lo, number(1)), data=None, type=SCALAR)
        yield _part("operator", node), "first term dropped", replace(node, args=(later, *node.args[1:]))
    if condition.op != "num":
        yield _part("condition", condition), "dropped", replace(node, args=(lo, hi, number(1), *node.args[3:]))


def _list(node: Node) -> Iterator[Change]:
    other = "max" if node.data == "min" else "min"
    yield _part("operator", node), f"{node.data} became {other}", replace(node, data=other)
    yield from _scaled("operator", node)


def _at(node: Node) -> Iterator[Change]:
    if node.end:
        yield _part("index", node), "moved by one", replace(node, args=(replace(node, op="cycle"), *node.args[1:]))
        yield _part("index", node), "held at the first", replace(node, args=(node.args[1], *node.args[1:]))


def _chain(node: Node) -> Iterator[Change]:
    signs: tuple[str, ...] = node.data
    for place, sign in enumerate(signs):
        for new in _other_signs(sign):
            at = node.args[place].end, node.args[place + 1].at
            changed = replace(node, data=(*signs[:place], new, *signs[place + 1 :]))
            yield ("relation", *at), f"{sign} became {new}", changed


def _other_signs(sign: str) -> tuple[str, ...]:
    if sign in ("=", r"\perp"):
        return (r"\neq",)
    if sign == r"\neq":
        return ("=",)
    return (FLIPPED[sign],) if sign in FLIPPED else ()


def _optimum(node: Node) -> Iterator[Change]:
    what: Optimum = node.data
    if what.symbol.data.get("domain") in COMPACT:
        yield _part("operator", node), "min and max swapped", replace(node, data=replace(what, sense=-what.sense))
    if not what.argument:
        yield from _scaled("operator", node)


def _big_o(node: Node) -> Iterator[Change]:
    yield _part("order", node), "a higher order claimed", replace(node, data=HIGHER)


_STRUCTURAL = {
    "add": _add,
    "neg": _neg,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "elementpow": _pow,
    "root": _root,
    "func": _func,
    "norm": _norm,
    "transpose": _transpose,
    "inverse": _inverse,
    "pinv": _inverse,
    "matfunc": _matfunc,
    "inner": _inner,
    "expect": _moment,
    "variance": _moment,
    "sum": _binder,
    "prod": _binder,
    "min": _binder,
    "max": _binder,
    "argmin": _binder,
    "argmax": _binder,
    "list": _list,
    "entries": _list,
    "at": _at,
    "chain": _chain,
    "optimum": _optimum,
    "eigenvalue": lambda node: _scaled("function", node),
    "singular": lambda node: _scaled("function", node),
    "indicator": lambda node: _scaled("function", node),
    "binom": lambda node: _scaled("function", node),
    "integral": lambda node: _scaled("operator", node),
    "bigo": _big_o,
}


def describe(mutant: Mutant, tex: str) -> str:
    """Return a mutant in words: the part as written and what was done to it."""
    return f"{name_of(mutant.part, tex)}: {mutant.what}"


def name_of(part: tuple[str, int, int], tex: str) -> str:
    """Return a part as a reader sees it: its kind and its TeX."""
    kind, at, end = part
    written = " ".join(tex[at:end].split())
    while written.startswith("{") and written.endswith("}"):
        written = written[1:-1].strip()
    return f"{kind} {written}".strip()


__all__ = ["Mutant", "describe", "mutants", "name_of"]
