"""Planted errors: every part of an equation is changed in small ways, and at least one change must be refuted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from proofweave.check.judge.changes import BINDERS, LEAVES, Change, change, local, part_of
from proofweave.check.language import (
    LANDAU,
    SCALAR,
    Index,
    Node,
    Symbol,
    bound_by,
    closure,
    is_complex,
    is_number,
    named_in,
    number,
    walk,
    words,
)
from proofweave.check.parse import readable
from proofweave.core import say


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed claim: which part of the TeX was changed, and how."""

    part: tuple[str, int, int]
    what: str
    claim: Node


def mutants(claim: Node) -> Iterator[Mutant]:
    """Yield a claim with one part changed at a time.

    An index that occurs once only names what its operator runs over: moving it changes nothing, so it is no part.
    Nor is what stands nowhere in the text, as the density of a law that is declared.
    The same is true where it pairs something with a symbol that is itself optimised over.
    """
    once = _once(claim)
    others = others_in(claim)
    planar = any(is_complex(node) for node in walk(claim) if not node.args)
    for part, what, node in _variants(claim, once, others):
        if part[1] < part[2] and (not planar or readable(node)):
            yield Mutant(part, what, node)
    for part, what, node in _shifts(claim):
        yield Mutant(part, what, node)


def absorbed(claim: Node) -> list[tuple[int, int]]:
    """Return the parts whose change changes no truth.

    They shift the variable of an integral over the whole line, or stand in an exponent of a side compared with 0, or
    in a factor that stays the same where sides are said to be proportional, or are an o(·), which says too little, or
    the power of a norm that an \\arg\\min is taken of.
    """
    found: list[tuple[int, int]] = []
    for node in walk(claim):
        if node.op == "littleo":
            found.append((node.at, node.end))
        body = node.args[0] if node.op == "optimum" and node.data.argument else node
        if body is not node and body.op == "pow" and body.args[0].op == "norm":
            found.append((body.args[1].at, body.args[1].end))
        if node.op == "chain" and r"\propto" in node.data:
            moving = {leaf.data for leaf in walk(node.args[-1]) if leaf.op in ("sym", "member")}
            found += [span for side in node.args for span in _fixed(side, moving)]
        if node.op == "chain" and any(is_number(side, 0) for side in node.args):
            found += [span for side in node.args for span in _exponents(side)]
        if node.op != "integral" or not _whole_line(node.args[0], node.args[1]):
            continue
        for part in walk(node.args[2]):
            if part.op == "add" and all(_linear(term, node.data) is not None for term in part.args):
                found += [(term.at, term.end) for term in part.args if not _linear(term, node.data)]
    return found


def _exponents(side: Node) -> list[tuple[int, int]]:
    """Return where the exponents of a side's factors stand: they change its size, never its sign."""
    if side.op in ("mul", "div", "neg"):
        return [span for arg in side.args for span in _exponents(arg)]
    if side.op == "func" and side.data[0] == "exp":
        return [(side.args[0].at, side.args[0].end)]
    if side.op == "pow" and side.args[0].op in ("constant", "num"):
        return [(side.args[1].at, side.args[1].end), (side.args[0].at, side.args[0].end)]
    return []


def _fixed(side: Node, moving: set[Symbol]) -> list[tuple[int, int]]:
    """Return where the factors of a side stand in which nothing moves."""
    if not closure(named_in(side)) & moving:
        return [(side.at, side.end)]
    deeper = side.args if side.op in ("mul", "div", "neg", "root") else ()
    return [span for arg in deeper for span in _fixed(arg, moving)]


def _whole_line(lo: Node, hi: Node) -> bool:
    ends = [end.args[0] if end.op == "neg" else end for end in (lo, hi)]
    return all(end.op == "constant" and end.data == math.inf for end in ends) and lo.op != hi.op


def _linear(term: Node, variable: Symbol) -> bool | None:
    """Tell whether a term is the variable or a multiple of it: False where it is free of it, None for other forms."""
    inner = term.args[0] if term.op == "neg" else term
    factors = inner.args if inner.op == "mul" else (inner,)
    holding = [factor for factor in factors if any(leaf.data is variable for leaf in walk(factor))]
    if not holding:
        return False
    return True if len(holding) == 1 and holding[0].data is variable else None


Others = dict[Symbol, Symbol]


def bound_in(claim: Node) -> set[Symbol]:
    """Return the symbols that operators in a claim bind."""
    bound = {node.data.symbol for node in walk(claim) if node.op == "optimum"}
    bound |= {symbol for node in walk(claim) for symbol in bound_by(node)}
    return bound | {node.data for node in walk(claim) if node.op == "integral"}


def others_in(claim: Node) -> Others:
    """Return for each symbol another one of its type in the claim, which a slip of the pen might put in its place."""
    bound = bound_in(claim)
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
        yield _shift("factor", node)
    for place, arg in enumerate(node.args):
        if not silent(node, place):
            for part, what, changed in _shifted(arg):
                yield part, what, node.with_args((*node.args[:place], changed, *node.args[place + 1 :]))
    if node.op in ("inner", "norm", "sum", "expect"):
        yield _shift("product", node)


def _shift(kind: str, node: Node) -> Change:
    one = number(1) if node.type == SCALAR else Node("ones", (), node.type, 0, 0)
    return change(kind, node, "judge.shifted", replace(node, op="add", args=(node, one), data=None))


CALLS = words("call gradient hessian rate func matfunc norm eigenvalue singular msign softmax diag vec expm")


def _variants(node: Node, once: frozenset[int], others: Others) -> Iterator[Change]:
    if id(node) not in once:
        yield from local(node)
    if node.op == "sym" and node.data in others and node.end:
        other = others[node.data]
        yield change("factor", node, "judge.became-other", replace(node, data=other), name=other.name)
    for place, arg in enumerate(node.args):
        if silent(node, place):
            continue
        for part, what, changed in _variants(arg, once, others):
            if changed.type == arg.type:
                args = (*node.args[:place], changed, *node.args[place + 1 :])
                # a range belongs to its operator: what it runs over is one part with it
                own = part_of("operator", node) if node.op in BINDERS and place < 2 else part
                if node.op in BINDERS and place == 2:
                    own = part_of("condition", arg)
                # a bare argument is one part with its call
                if node.op in CALLS and (arg.op in LEAVES or arg.op == "num"):
                    own = part_of("factor", node)
                yield own, what, replace(node, args=args)


def silent(node: Node, place: int) -> bool:
    """Tell whether an argument is no part: a range read from uses, an index's bounds, what a mean is given."""
    arg = node.args[place]
    if node.op in ("at", "extent", *LANDAU):
        return True
    if (node.op == "collect" and place < 3) or (node.op == "conditional" and place) or node.op == "information":
        return True
    return arg.end <= arg.at and not arg.args


def describe(mutant: Mutant, tex: str) -> str:
    """Return a mutant in words: the part as written and what was done to it."""
    return say("judge.mutant", part=name_of(mutant.part, tex), what=mutant.what)


def name_of(part: tuple[str, int, int], tex: str) -> str:
    """Return a part as a reader sees it: its kind and its TeX."""
    kind, at, end = part
    written = " ".join(tex[at:end].split())
    while written.startswith("{") and written.endswith("}"):
        written = written[1:-1].strip()
    word = say(f"judge.part-{kind}")
    return say("judge.part", kind=word, tex=written) if written else word
