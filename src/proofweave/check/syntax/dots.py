"""Dots: what x_1 + x_2 + \\cdots + x_n leaves out, read from the terms on both sides of them.

The last term before the dots and the first after them must be alike but for whole numbers, which move in equal steps;
so must the earlier terms, as far as they belong to the run. How long a step is, the last two terms before the dots say;
with one term there it is 1, and what is reached must then lie at ± a symbol. All else is refused: a run that is guessed
wrong would be worse than one that is not read.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Dim,
    Index,
    Node,
    Type,
    is_number,
    matrix,
    number,
    refuse_if,
    required,
    row,
    same,
    substitute,
    vector,
)
from proofweave.check.syntax.build import add, as_dim, multiply, node

DOTS = r"\ldots"
ENDLESS_NEEDS = 3  # terms before dots that nothing follows
BEYOND = 3  # relations that are checked of a chain without end after those that are written

POWER = -1  # the place of an exponent in a path, written or not
Path = tuple[int, ...]
Atoms = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number as written: names with their factors, and a constant."""

    terms: tuple[tuple[Node, int], ...]
    const: int

    def key(self) -> tuple[Atoms, int]:
        """Return a comparable form."""
        return tuple(sorted((id(name.data), factor) for name, factor in self.terms)), self.const

    def plus(self, other: "Whole", times: int = 1) -> "Whole":
        """Return a sum with a multiple of another number."""
        total = {id(name.data): (name, factor) for name, factor in self.terms}
        for name, factor in other.terms:
            before = total.get(id(name.data), (name, 0))[1]
            total[id(name.data)] = (name, before + times * factor)
        kept = tuple((name, factor) for name, factor in total.values() if factor)
        return Whole(kept, self.const + times * other.const)

    def over(self, step: int) -> "Whole | None":
        """Return the quotient by a step, or None where it is not whole."""
        if self.const % step or any(factor % step for _, factor in self.terms):
            return None
        return Whole(tuple((name, factor // step) for name, factor in self.terms), self.const // step)

    def tree(self, index: Index | None = None, step: int = 0, at: int = 0, end: int = 0) -> Node:
        """Return the number as an expression, with a multiple of an index added."""
        pairs = list(self.terms)
        if index is not None and step:
            pairs.append((Node("index", (), SCALAR, 0, 0, index), step))
        sizes = [(name if abs(n) == 1 else multiply([number(abs(n)), name]), n) for name, n in pairs]
        parts = [Node("neg", (size,), SCALAR, size.at, size.end) if n < 0 else size for size, n in sizes]
        if self.const or not parts:
            stop = end if not parts else 0
            size = number(abs(self.const), at, stop)
            parts.append(Node("neg", (size,), SCALAR, at, stop) if self.const < 0 else size)
        return add(parts)


ONE = Whole((), 1)
WRITTEN_OUT = 1.0  # no condition on the index, yet another text than that of \sum, with which it may be compared


def whole(tree: Node) -> Whole | None:
    """Return an expression as a whole number in int symbols and indices, or None."""
    if tree.op == "num":
        return Whole((), tree.data) if isinstance(tree.data, int) else None
    if tree.op == "index" or (tree.op == "sym" and tree.data.role in ("int", "size")):
        return Whole(((tree, 1),), 0)
    if tree.op == "neg":
        inner = whole(tree.args[0])
        return None if inner is None else Whole((), 0).plus(inner, -1)
    if tree.op == "add":
        total: Whole | None = Whole((), 0)
        for arg in tree.args:
            part = whole(arg)
            total = None if part is None or total is None else total.plus(part)
        return total
    if tree.op == "mul" and len(tree.args) == 2 and tree.args[0].op == "num" and isinstance(tree.args[0].data, int):
        inner = whole(tree.args[1])
        return None if inner is None else Whole((), 0).plus(inner, tree.args[0].data)
    return None


Moves = dict[Path, tuple[Whole, Whole]]
Steps = dict[Path, tuple[Whole, int]]


def moves(a: Node, b: Node) -> Moves | None:
    """Return where two trees differ by whole numbers, or None where they differ by more."""
    found: Moves = {}
    return found if _differ(a, b, (), found) else None


def _differ(a: Node, b: Node, path: Path, found: Moves) -> bool:
    if same(a, b):
        return True
    x, y = whole(a), whole(b)
    if x is not None and y is not None:
        found[path] = (x, y)
        return True
    if b.op == "pow" and same(a, b.args[0]) and (y := whole(b.args[1])) is not None:
        found[(*path, POWER)] = (ONE, y)
        return True
    if a.op == "pow" and same(b, a.args[0]) and (x := whole(a.args[1])) is not None:
        found[(*path, POWER)] = (x, ONE)
        return True
    alike = a.op == b.op and len(a.args) == len(b.args) and bool(a.args) and (a.data is b.data or a.data == b.data)
    names = (0, POWER) if a.op == "pow" else range(len(a.args))
    return alike and all(_differ(x, y, (*path, name), found) for name, x, y in zip(names, a.args, b.args, strict=alike))


@dataclass(frozen=True, slots=True)
class Run:
    """A run: the last term before the dots, by which step its numbers move, and how many terms of it stand before.

    `count` is the number of steps from that term to the last; None for a run without end.
    """

    term: Node
    steps: Steps
    before: int
    count: Whole | None

    @property
    def origin(self) -> int:
        """Where an index stands at the last term before the dots: at the number there, if it moves by 1."""
        start, step = next(iter(self.steps.values()))
        return 0 if start.terms or step != 1 else start.const

    def at(self, index: Index | None, k: int = 0) -> Node:
        """Return the term k steps after the last before the dots, or the term at an index."""
        out = self.term
        for path, (start, step) in self.steps.items():
            place = _at(self.term, path)
            value = start.plus(Whole((), k * step if index is None else -self.origin * step))
            at, end = (place.at, place.end) if place is not None else (0, 0)
            out = _put(out, path, value.tree(index, step, at, end))
        return out if index is not None else simple(out)

    def node(self, op: str, at: int, end: int) -> Node:
        """Return the run as a sum, product or extremum over an index."""
        index = Index("k")
        body = self.at(index)
        index.lo = number(self.origin - self.before)
        endless = Node("constant", (), SCALAR, 0, 0, math.inf)
        index.hi = endless if self.count is None else self.count.plus(Whole((), self.origin)).tree()
        return node(op, (index.lo, index.hi, number(WRITTEN_OUT), body), body.type, at, end, index)


def _at(tree: Node, path: Path) -> Node | None:
    for place in path:
        if place == POWER and tree.op != "pow":
            return None
        tree = tree.args[place]
    return tree


def _put(tree: Node, path: Path, value: Node) -> Node:
    """Return a tree with another part; a power that is not written is 1."""
    if not path:
        return value
    if path == (POWER,) and tree.op != "pow":
        return Node("pow", (tree, value), tree.type, tree.at, tree.end)
    args = list(tree.args)
    args[path[0]] = _put(args[path[0]], path[1:], value)
    return tree.with_args(tuple(args))


def simple(tree: Node) -> Node:
    """Return a tree without powers of 0 and 1, factors of 1 and factorials of 0 and 1."""
    args = tuple(simple(arg) for arg in tree.args)
    if tree.op == "pow" and is_number(args[1], 1):
        return args[0]
    if tree.op == "pow" and is_number(args[1], 0):
        return number(1) if tree.type == SCALAR else Node("identity", (), tree.type, tree.at, tree.end)
    if tree.op == "func" and tree.data[0] == "factorial" and args[0].op == "num" and args[0].data in (0, 1):
        return number(1)
    if tree.op == "div" and is_number(args[1], 1):
        return args[0]
    if tree.op == "mul":
        kept = [arg for arg in args if not is_number(arg, 1)] or [args[0]]
        return kept[0] if len(kept) == 1 else tree.with_args(tuple(kept))
    return tree.with_args(args) if args else tree


def run(items: Sequence[Node], place: int) -> Run:
    """Return the run of the dots at a place among terms, factors or a list."""
    at = items[place].at
    refuse_if(not place, "parse.dots", at)
    last, earlier = items[place - 1], [simple(item) for item in reversed(items[: place - 1])]
    after = items[place + 1] if place + 1 < len(items) else None
    steps, told = _steps(earlier, last, after, at)
    count = None if after is None else _count(moves(last, after) or {}, steps, at)
    found = Run(last, steps, 0, count)
    before = 0
    while before < len(earlier) and same(found.at(None, -before - 1), earlier[before]):
        before += 1
    if before < len(earlier) and (more := moves(earlier[before], simple(last))):
        refuse_if(set(more) <= set(steps), "parse.dots-run", at)  # of the run, but not at its step
    refuse_if(not told and not before and not _begins(last, steps), "parse.dots-run", at)
    refuse_if(after is None and before + 1 < ENDLESS_NEEDS, "parse.dots-end", at)
    return replace(found, before=before)


def _begins(last: Node, steps: Steps) -> bool:
    """Tell whether a single term before the dots begins a run of steps of 1: by an index, or at 0 or 1."""
    return any(
        _in_index(last, path) or (not start.terms and start.const in (0, 1)) for path, (start, _) in steps.items()
    )


def _in_index(tree: Node, path: Path) -> bool:
    return tree.op == "at" or (bool(path) and path[0] < len(tree.args) and _in_index(tree.args[path[0]], path[1:]))


def _steps(earlier: Sequence[Node], last: Node, after: Node | None, at: int) -> tuple[Steps, bool]:
    """Return by how much each number moves from one term to the next, and whether two terms say so."""
    ahead = moves(last, after) if after is not None else None
    refuse_if(after is not None and not ahead, "parse.dots-run", at)
    behind = moves(earlier[0], last) if earlier else None
    if behind and (ahead is None or set(behind) == set(ahead)):
        steps: Steps = {}
        for path, (x, y) in behind.items():
            gap = y.plus(x, -1)
            refuse_if(gap.terms, "parse.dots-run", at)
            steps[path] = (y, gap.const)
        return steps, True
    if ahead is None:
        raise CheckError("parse.dots-end", at)
    gaps = {path: y.plus(x, -1) for path, (x, y) in ahead.items()}
    lead = next(iter(gaps.values()))
    refuse_if(any(abs(factor) != 1 for _, factor in lead.terms), "parse.dots-run", at)
    forward = lead.terms[0][1] if lead.terms else lead.const
    sign = 1 if forward > 0 else -1
    same_way, other_way = lead.key(), Whole((), 0).plus(lead, -1).key()
    refuse_if(any(gap.key() not in (same_way, other_way) for gap in gaps.values()), "parse.dots-run", at)
    return {path: (ahead[path][0], sign if gap.key() == same_way else -sign) for path, gap in gaps.items()}, False


def _count(ahead: Moves, steps: Steps, at: int) -> Whole:
    counts = []
    for path, (x, y) in ahead.items():
        step = steps[path][1] if path in steps else 0
        refuse_if(not step, "parse.dots-run", at)
        counts.append(y.plus(x, -1).over(step))
    first = counts[0]
    if first is None or any(count is None or count.key() != first.key() for count in counts):
        raise CheckError("parse.dots-run", at)
    return first


def _resolved(items: Sequence[Node], join: Callable[[Run, int, int], Node]) -> list[Node]:
    """Return the items with each run in place of its dots and the items that belong to it."""
    out = list(items)
    while (place := next((k for k, item in enumerate(out) if item.op == "dots"), None)) is not None:
        found = run(out, place)
        first, stop = place - 1 - found.before, place + 1 if found.count is None else place + 2
        out[first:stop] = [join(found, out[first].at, out[stop - 1].end)]
    return out


def dotted_sum(terms: Sequence[Node]) -> Node:
    """Return a sum whose dots are written out."""
    if len(terms) == 1 or not any(_is_dots(term) for term in terms):
        return add(terms)
    for place, term in enumerate(terms):
        if _is_dots(term):
            beside = (*terms[max(place - 1, 0) : place], *terms[place + 1 : place + 2])
            refuse_if(any((near.op == "neg") != (term.op == "neg") for near in beside), "parse.dots-run", term.at)
    plain = [term.args[0] if term.op == "neg" and term.args[0].op == "dots" else term for term in terms]
    return add(_resolved(plain, lambda found, at, end: found.node("sum", at, end)))


def _is_dots(term: Node) -> bool:
    return term.op == "dots" or (term.op == "neg" and term.args[0].op == "dots")


def dotted_product(product: Node) -> Node:
    """Return a product whose dots are written out."""
    if product.op != "mul" or not any(arg.op == "dots" for arg in product.args):
        return product
    return multiply(_resolved(product.args, _product))


def _product(found: Run, at: int, end: int) -> Node:
    """Return a run of factors: numbers, or square matrices of one size in the order in which they stand."""
    type_ = found.term.type
    if type_ == SCALAR:
        return found.node("prod", at, end)
    refuse_if(type_.kind != "matrix" or type_.dims[0] != type_.dims[1], "parse.dots-factors", found.term.at)
    return found.node("matprod", at, end)


def dotted_list(items: Sequence[Node], op: str) -> list[Node]:
    """Return a list whose dots are written out, a run as its extremum."""
    return _resolved(items, lambda found, at, end: found.node(op, at, end))


def collected(items: Sequence[Node], at: int, end: int) -> Node:
    """Return x_1, x_2, \\ldots, x_n as one vector, vectors as the columns of a matrix, rows as its rows."""
    place = next(k for k, item in enumerate(items) if item.op == "dots")
    found = run(items, place)
    refuse_if(found.count is None or found.before != place - 1 or place + 2 != len(items), "parse.dots-list", at)
    assert found.count is not None
    body = found.node("collect", at, end)
    length = as_dim(found.count.tree()) + Dim((), 1 + found.before)
    kind, dims = body.type.kind, body.type.dims
    refuse_if(kind not in ("scalar", "vector", "row"), "parse.dots-list", at)
    if kind == "scalar":
        return replace(body, type=vector(length))
    return replace(body, type=matrix(dims[0], length) if kind == "vector" else matrix(length, dims[0]))


def runs_beside(items: Sequence[Node]) -> list[Node]:
    """Return blocks side by side whose dots are written out, a run as one block."""
    return _resolved(items, _beside)


def _beside(found: Run, at: int, end: int) -> Node:
    refuse_if(found.count is None, "parse.dots-list", at)
    assert found.count is not None
    length = as_dim(found.count.tree()) + Dim((), 1 + found.before)
    kind, dims = found.term.type.kind, found.term.type.dims
    across = required(dims[-1], "parse.part-open", at) if kind != "vector" else Dim((), 1)
    if kind == "matrix":
        return _matrices_beside(found, length, matrix(dims[0], across.by(length)), at, end)
    lines = found.node("collect", at, end)
    if kind == "vector":
        return replace(lines, type=matrix(dims[0], length))
    columns = node("transpose", (replace(lines, type=matrix(length, across)),), matrix(across, length), at, end)
    whole = across.by(length)
    return node("transpose", (node("vec", (columns,), vector(whole), at, end),), row(whole), at, end)


def _matrices_beside(found: Run, length: Dim, type_: Type, at: int, end: int) -> Node:
    """Return A_1, …, A_n side by side as the sum of e_k^⊤ ⊗ A_k."""
    total = found.node("sum", at, end)
    lo, hi, condition, body = total.args
    here = node("index", (), SCALAR, 0, 0, total.data)
    place = add([here, number(1 - found.origin + found.before)])
    line = node("transpose", (node("unit", (place,), vector(length), 0, 0),), row(length), 0, 0)
    flat = node("block", (line,), matrix(Dim((), 1), length), 0, 0, 1)
    return replace(total, args=(lo, hi, condition, node("kron", (flat, body), type_, at, end)), type=type_)


def dotted_chain(sides: Sequence[Node], signs: Sequence[str], free: dict[str, Index]) -> tuple[list[Node], list[str]]:
    """Return x_1 \\le x_2 \\le \\cdots \\le x_n as one relation of neighbours, for each place of a free index."""
    place = next(k for k, side in enumerate(sides) if side.op == "dots")
    at = sides[place].at
    refuse_if(place + 2 < len(sides) or len(set(signs)) != 1, "parse.dots-chain", at)
    if place + 1 == len(sides):
        return _endless_chain(sides[:place], signs, free, at)
    found = run(sides, place)
    refuse_if(found.before != place - 1 or found.count is None, "parse.dots-chain", at)
    assert found.count is not None
    index = Index("k")
    origin = found.origin
    index.lo, index.hi = number(origin - found.before), found.count.plus(Whole((), origin - 1)).tree()
    free[f"{DOTS}{len(free)}"] = index
    ahead = node("add", (node("index", (), SCALAR, 0, 0, index), number(1)), SCALAR, 0, 0)
    side = found.at(index)
    return [side, substitute(side, {index: ahead})], [signs[0]]


def _endless_chain(
    sides: Sequence[Node], signs: Sequence[str], free: dict[str, Index], at: int
) -> tuple[list[Node], list[str]]:
    """Return a chain that goes on as it begins as the relation of one side and the next, at the first places of it."""
    refuse_if(len(sides) < ENDLESS_NEEDS, "parse.dots-end", at)
    index = Index("k", endless=True)
    here = Node("index", (), SCALAR, 0, 0, index)
    term, first = _multiplied(sides, here), 0
    if term is None:
        found = run([*sides, Node("dots", (), SCALAR, at, at)], len(sides))
        ends = any(_in_index(found.term, path) for path in found.steps)
        refuse_if(ends or found.before != len(sides) - 1, "parse.dots-chain", at)
        term, first = found.at(index), found.origin - found.before
    index.lo, index.hi = number(first), number(first + len(sides) - 2 + BEYOND)
    free[f"{DOTS}{len(free)}"] = index
    return [term, substitute(term, {index: add([here, number(1)])})], [signs[0]]


def _multiplied(sides: Sequence[Node], here: Node) -> Node | None:
    """Return the side at a place where all that moves is multiplied from side to side by one number, or None."""
    gaps = [moves(one, two) for one, two in pairwise(sides)]
    factors = {_factor(*pair) for gap in gaps for pair in (gap or {}).values()}
    factor = factors.pop() if len(factors) == 1 else None
    if factor is None or any(set(gap or {}) != set(gaps[0] or {}) for gap in gaps):
        return None
    out = sides[0]
    power = Node("pow", (number(factor), here), SCALAR, 0, 0)
    for path, (start, _) in (gaps[0] or {}).items():
        part = _at(sides[0], path)
        first = start.tree(at=part.at if part else 0, end=part.end if part else 0)
        out = _put(out, path, Node("mul", (power, first), SCALAR, first.at, first.end))
    return out


def _factor(x: Whole, y: Whole) -> int | None:
    """Return the whole number above 1 which times one is the other, or None."""
    small, large = (sum(factor for _, factor in each.terms) + each.const for each in (x, y))
    factor = large // small if small else 0
    return factor if factor > 1 and Whole((), 0).plus(x, factor).key() == y.key() else None
