"""Integrals over all of R^d of polynomials times exponentials of quadratics, in closed form.

The integrand is a sum of products. The exponents of a product's factors are quadratic in the variables, so their level,
slope and bend at 0 follow from their values at a few points; what is left is a polynomial, averaged over the normal law
of that exponent on points that are exact up to its degree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from proofweave.check.evaluate import EPS, Env, Val, ev, rule
from proofweave.check.evaluate import values as va
from proofweave.check.language import (
    CheckError,
    Node,
    Symbol,
    closure,
    degree,
    named_in,
    number,
    refuse_if,
    required,
    written_out,
)
from proofweave.check.operations import inverse, standard

MOST_TERMS = 64


@dataclass(frozen=True, slots=True)
class Term:
    """A product: what is exponentiated, with signs, and the other factors, those below with −1."""

    exponents: tuple[tuple[int, Node], ...] = ()
    factors: tuple[tuple[int, Node], ...] = ()

    def times(self, other: "Term") -> "Term":
        """Return the product of two products."""
        return Term(self.exponents + other.exponents, self.factors + other.factors)


@dataclass(slots=True)
class Splitter:
    """Splits an integrand into products by what depends on the variables."""

    variables: frozenset[Symbol]
    at: int = field(default=0)

    def moves(self, tree: Node) -> bool:
        """Tell whether a tree depends on the variables."""
        return not self.variables.isdisjoint(closure(named_in(tree)))

    def terms(self, tree: Node) -> list[Term]:
        """Return the products whose sum a tree is."""
        if not self.moves(tree) or self._polynomial(tree):
            return [Term((), ((1, tree),))]
        if tree.op in ("sym", "member", "call") and tree.data.role == "define":
            return self.terms(written_out(tree, tree.data))
        if tree.op == "neg":
            return [Term((), ((1, number(-1)),)).times(term) for term in self.terms(tree.args[0])]
        if tree.op == "add":
            return [term for arg in tree.args for term in self.terms(arg)]
        if tree.op in ("mul", "div"):
            return self._product(tree)
        if tree.op == "prod":
            return [self._repeated(tree)]
        if tree.op == "func" and tree.data[0] == "exp":
            return [Term(((1, tree.args[0]),))]
        if tree.op == "pow" and tree.args[0].op == "constant":
            return [Term(((1, tree.args[1]),))]
        if tree.op == "pow" and tree.args[1].op == "num" and tree.args[1].data in (2, 3):
            return self._product(Node("mul", tree.args[:1] * tree.args[1].data, tree.type, tree.at, tree.end))
        raise CheckError("evaluate.space-integrand", tree.at or self.at)

    def _repeated(self, tree: Node) -> Term:
        """Return a product over an index: its exponents summed, its other factors multiplied."""
        found = self.terms(tree.args[3])
        wrong = len(found) != 1 or any(self.moves(factor) for _, factor in found[0].factors)
        refuse_if(wrong, "evaluate.space-integrand", tree.at or self.at)

        def over(op: str, part: Node) -> Node:
            return Node(op, (*tree.args[:3], part), part.type, tree.at, tree.end, tree.data)

        exponents = tuple((sign, over("sum", part)) for sign, part in found[0].exponents)
        return Term(exponents, tuple((sign, over("prod", part)) for sign, part in found[0].factors))

    def _polynomial(self, tree: Node) -> bool:
        return degree(tree, self.variables) is not None

    def _product(self, tree: Node) -> list[Term]:
        if tree.op == "div":
            below = tree.args[1]
            if not self.moves(below):
                return [term.times(Term((), ((-1, below),))) for term in self.terms(tree.args[0])]
            (under,) = self.terms(below) if len(self.terms(below)) == 1 else (None,)
            under = required(under, "evaluate.space-integrand", tree.at or self.at)
            refuse_if(any(self.moves(factor) for _, factor in under.factors), "evaluate.space-integrand", self.at)
            turned = Term(*(tuple((-sign, part) for sign, part in parts) for parts in (under.exponents, under.factors)))
            return [term.times(turned) for term in self.terms(tree.args[0])]
        found = [Term()]
        for arg in tree.args:
            found = [one.times(other) for one in found for other in self.terms(arg)]
            refuse_if(len(found) > MOST_TERMS, "evaluate.space-integrand", tree.at or self.at)
        return found


@rule("space")
def _space(node: Node, env: Env) -> Val:
    variables: tuple[Symbol, ...] = node.data
    known = variables[0].data.setdefault("spaces", {})
    if known.get(id(node), (None,))[0] is not node:
        known[id(node)] = (node, Splitter(frozenset(variables), node.at).terms(node.args[0]))
    return va.add([_integrated(term, variables, node, env) for term in known[id(node)][1]])


def _integrated(term: Term, variables: Sequence[Symbol], node: Node, env: Env) -> Val:
    shapes = [_shape(symbol, env) for symbol in variables]
    n = sum(prod(shape) for shape in shapes)
    found = frozenset(variables)
    for _, tree in term.exponents:
        most = degree(tree, found)
        refuse_if(most is None or most > 2, "evaluate.space-integrand", node.at)
    level, slope, bend = _parabola(term, variables, shapes, n, node, env)
    spread = inverse(Val(-bend.v, bend.e))
    whole = np.asarray(np.isfinite(spread.v).all(axis=(-1, -2)))
    least = np.linalg.eigvalsh(np.where(whole[..., None, None], -bend.v, np.eye(n)))[..., 0]
    definite = whole & (least > 0)
    centre = va.matmul(spread, Val(slope.v[..., None], slope.e[..., None]))
    centre = Val(centre.v[..., 0], centre.e[..., 0])
    safe = np.where(definite[..., None, None], spread.v, np.eye(n))
    logs = np.linalg.slogdet(safe)[1]
    # the determinant's logarithm moves by the trace of inverse times change
    blur = (np.abs(safe) * np.broadcast_to(bend.e, bend.v.shape)).sum(axis=(-1, -2)) + 8 * n * n * EPS
    half = va.mul(va.exact(np.full((1,) * logs.ndim, 0.5)), va.total(va.mul(slope, centre), -1))
    size = Val((logs + n * np.log(2 * np.pi)) / 2, blur / 2 + EPS * np.abs(logs))
    weight = va.exp(va.add([level, half, size]))
    weight = Val(np.where(definite, weight.v, np.nan), weight.e)
    rest = _averaged(term, variables, shapes, centre, Val(safe, spread.e), node, env)
    return va.mul(va.widen(weight, node.type.rank), rest)


def _shape(symbol: Symbol, env: Env) -> tuple[int, ...]:
    members = (env.size(hole.hi) - env.size(hole.lo) + 1 for hole in symbol.holes)
    return (*members, *env.shape(symbol.type))


def _bound(points: Val, variables: Sequence[Symbol], shapes: Sequence[tuple[int, ...]], stamp: object, env: Env) -> Env:
    """Return the state in which the variables run over points (lead…, J, n) on a new axis."""
    inner = env.child(stamp, points.v.shape[-2])
    place = 0
    for symbol, shape in zip(variables, shapes, strict=True):
        stop = place + prod(shape)
        parts = (np.broadcast_to(part, points.v.shape)[..., place:stop] for part in points)
        inner.bind(symbol, Val(*(part.reshape(*part.shape[:-1], *shape) for part in parts)))
        place = stop
    return inner


def _parabola(
    term: Term, variables: Sequence[Symbol], shapes: Sequence[tuple[int, ...]], n: int, node: Node, env: Env
) -> tuple[Val, Val, Val]:
    """Return the level, slope and bend at 0 of a term's exponent, a quadratic, from its values at a few points."""
    va.afford(n * n, n)
    units = np.eye(n)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    steps = np.concatenate(
        [np.zeros((1, n)), units, -units, *([[units[i] + units[j] for i, j in pairs]] if pairs else [])]
    )
    points = va.exact(steps.reshape((1,) * (1 + env.depth) + steps.shape))
    inner = _bound(points, variables, shapes, (id(node), id(term), "parabola"), env)
    signed = [va.neg(ev(tree, inner)) if sign < 0 else ev(tree, inner) for sign, tree in term.exponents]
    value = va.add([inner.constant(0), *signed])
    value = va.spread(value, (*value.v.shape[:-1], len(steps)))
    here, there, back, both = (
        Val(value.v[..., a:b], value.e[..., a:b])
        for a, b in ((0, 1), (1, n + 1), (n + 1, 2 * n + 1), (2 * n + 1, len(steps)))
    )
    half = va.exact(np.full((1,) * value.v.ndim, 0.5))
    slope = va.mul(half, va.add([there, va.neg(back)]))
    bend = [np.zeros((*value.v.shape[:-1], n, n)) for _ in range(2)]
    straight = va.add([there, back, va.neg(here), va.neg(here)])
    for i in range(n):
        bend[0][..., i, i], bend[1][..., i, i] = (
            straight.v[..., i],
            np.broadcast_to(straight.e, straight.v.shape)[..., i],
        )
    for k, (i, j) in enumerate(pairs):
        corner = [
            Val(part.v[..., m : m + 1], part.e[..., m : m + 1]) for part, m in ((both, k), (there, i), (there, j))
        ]
        mixed = va.add([corner[0], va.neg(corner[1]), va.neg(corner[2]), here])
        for a, b in ((i, j), (j, i)):
            bend[0][..., a, b], bend[1][..., a, b] = mixed.v[..., 0], np.broadcast_to(mixed.e, mixed.v.shape)[..., 0]
    return Val(here.v[..., 0], here.e[..., 0]), slope, Val(bend[0], bend[1])


def _averaged(
    term: Term,
    variables: Sequence[Symbol],
    shapes: Sequence[tuple[int, ...]],
    centre: Val,
    spread: Val,
    node: Node,
    env: Env,
) -> Val:
    """Return the mean of a term's other factors over the normal law of its exponent."""
    found = frozenset(variables)
    degrees = [degree(tree, found) or 0 for _, tree in term.factors]
    z, weights = standard(spread.v.shape[-1], sum(degrees))
    spectrum, vectors = np.linalg.eigh(spread.v)
    root = vectors * np.sqrt(np.maximum(spectrum, 0.0))[..., None, :]
    moved = z @ np.swapaxes(root, -1, -2)
    least = np.sqrt(np.maximum(spectrum[..., 0], np.finfo(float).tiny))
    error = np.broadcast_to(spread.e, spread.v.shape).max(axis=(-1, -2)) + 64 * EPS * spectrum[..., -1]
    blur = (error / least)[..., None, None] * np.abs(z).max()
    points = centre.v[..., None, :] + moved
    near = np.broadcast_to(centre.e, centre.v.shape)[..., None, :] + blur + EPS * np.abs(points)
    inner = _bound(
        Val(points, np.broadcast_to(near, points.shape)), variables, shapes, (id(node), id(term), "mean"), env
    )
    value = inner.constant(1)
    rank = 0
    for sign, tree in term.factors:
        factor = ev(tree, inner)
        if sign < 0:
            value = va.div(value, va.widen(factor, rank))
        elif tree.type.rank:
            value, rank = va.mul(va.widen(value, tree.type.rank), factor), tree.type.rank
        else:
            value = va.mul(value, va.widen(factor, rank))
    wide = list(value.v.shape)
    wide[inner.depth] = len(z)
    shares = va.rounded(weights.reshape((1,) * inner.depth + (-1,) + (1,) * rank))
    return va.total(va.mul(va.spread(value, wide), shares), inner.depth)
