"""Integrals by double-exponential sums (Takahasi and Mori, 1974) over pieces of the range.

The range is cut where a linear part of the integrand vanishes and where a quadratic one turns, since that is where
peaks and kinks stand; where it has no such part, at the values of the scalar symbols it names. The nodes crowd at both
ends of a piece, so that a peak at a cut is resolved whatever its width. The stated error is the change from twice the
step to the step, times the root of its ratio to the change before, plus four times the end terms; and no less than the
fourth power of the relative change before, since one change may be small by chance.
"""

from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from proofweave.check.calculus.waves import half_waves
from proofweave.check.evaluate import EPS, Array, Env, Val, ev, rule, table
from proofweave.check.evaluate import values as va
from proofweave.check.language import SCALAR, CheckError, Node, Symbol, closure, named_in, pairs, same, walk
from proofweave.check.operations import spread

STEP = 1 / 32
REACH = 4.0
ROUGH = 1e-4
FAINT = 1e-11  # of the largest term: what follows a fainter one is left out
FOLLOWING = 100.0  # times the last term is more than all that follow it; they fall doubly exponentially
MOST_CUTS = 3
MOST_TURNS = 4
KINKED = frozenset(("sign", "abs", "ReLU", "floor", "ceil", "indicator", "cases", "list", "entries", "min", "max"))
KINKED |= {"norm", "optimum"}
BENT = frozenset(("abs", "sign", "ReLU"))
STEPS = frozenset(("sign", "floor", "ceil"))
EVERY = {"floor": 1.0, "ceil": 1.0, "sin": np.pi / 2, "cos": np.pi / 2}
"""How far apart the arguments are at which a function jumps, or turns or vanishes."""

MOST_JUMPS = 24


@dataclass(frozen=True, slots=True)
class Rule:
    """Nodes s and weights ds of the reference line, a multiple of four steps and one node in number."""

    s: Array
    ds: Array


def _reference() -> Rule:
    count = round(REACH / STEP / 4) * 4
    t = np.arange(-count, count + 1) * STEP
    return Rule(np.pi / 2 * np.sinh(t), np.pi / 2 * np.cosh(t) * STEP)


@rule("integral")
def _integral(node: Node, env: Env) -> Val:
    lo, hi = ev(node.args[0], env), ev(node.args[1], env)
    below, above = bool((lo.v == -np.inf).all()), bool((hi.v == np.inf).all())
    turned = bool((lo.v == np.inf).all() or (hi.v == -np.inf).all())
    edges = _edges(node, lo.v, hi.v, below and above, env)
    blur = np.where(np.isfinite(lo.v), lo.e, 0.0) + np.where(np.isfinite(hi.v), hi.e, 0.0)
    reference = _reference()
    pieces = edges.shape[-1] - 1
    count = len(reference.s)
    va.afford(*edges.shape[:-1], pieces * count)
    points, weights = _nodes(edges, reference, below, above)
    inner = env.child((id(node), "integral"), pieces * count)
    flat = points.reshape((*points.shape[:-2], pieces * count))
    error = EPS * np.abs(flat) + np.broadcast_to(blur[..., None], flat.shape)
    inner.bind(node.data, Val(flat, error))
    rank = node.type.rank
    value = spread(ev(node.args[2], inner), inner, None, 0.0, rank)
    axis = inner.depth
    missed = _missed(node, flat, inner, pieces, value) if not rank else np.zeros(())
    out = _sums(value, weights, axis, rank, pieces, count, below, above, _smooth(node.args[2]), missed)
    if turned:
        return Val(np.full(out.v.shape, np.nan), out.e)
    if above and not (below or rank or np.isfinite(out.v).all()) and (rate := _rate(node, env)) is not None:
        waves = half_waves(node, env, lo.v, rate)
        return va.pick(np.isfinite(out.v), out, waves)
    return out


def _rate(node: Node, env: Env) -> Array | None:
    """Return how fast the first wave in an integrand turns; None where none does steadily."""
    for part in walk(node.args[2]):
        if part.op == "func" and part.data[0] in ("sin", "cos") and any(leaf.data is node.data for leaf in walk(part)):
            found = _parabola(part.args[0], node, env)
            return found[1] if found is not None and found[3].all() else None
    return None


def _edges(node: Node, lo: Array, hi: Array, centred: bool, env: Env) -> Array:
    """Return where the pieces meet, in order: the bounds and the cuts between them."""
    cuts = _turns(node, env) or [table(symbol, env).v for symbol in _cuts(node, env)] or _member_cuts(node, env)
    cuts = cuts + _jumps(node, lo, hi, env)
    if centred and not (cuts and _smooth(node.args[2])):
        cuts.append(np.zeros((1,) * lo.ndim))
    shape = np.broadcast_shapes(lo.shape, hi.shape, *(cut.shape for cut in cuts))
    first, last = np.broadcast_to(lo, shape), np.broadcast_to(hi, shape)
    inside = [np.clip(np.broadcast_to(cut, shape), np.minimum(first, last), np.maximum(first, last)) for cut in cuts]
    if not inside:
        return np.stack([first, last], axis=-1)
    middle = np.sort(np.stack(inside, axis=-1), axis=-1)
    back = (first > last)[..., None]
    middle = np.where(back, middle[..., ::-1], middle)
    return np.concatenate([first[..., None], middle, last[..., None]], axis=-1)


def _turns(node: Node, env: Env) -> list[Array]:
    """Return where sums in the integrand that are linear in its variable vanish, and where quadratic ones turn."""
    body = node.args[2]
    if _nested(body):
        return []
    sums: list[Node] = []
    for part in (piece for whole in walk(body) for piece in _differences(whole)):
        if any(leaf.data is node.data for leaf in walk(part)) and not any(same(part, known) for known in sums):
            sums.append(part)
    found: list[Array] = []
    for part in _bent(node):
        with suppress(CheckError):  # an index of its own may run inside
            found += _roots(part, node, env)
    for part in sums:
        with suppress(CheckError):
            turn = _turn(part, node, env)
            if turn is not None:
                found.append(turn)
    return found[: 1 if env.depth else MOST_TURNS]


def _jumps(node: Node, lo: Array, hi: Array, env: Env) -> list[Array]:
    """Return where floors in the integrand jump, and waves inside moduli and signs turn, if these are few."""
    found: list[Array] = []
    for part in walk(node.args[2]):
        if part.op == "func" and part.data[0] in EVERY and not (_smooth(node.args[2]) or _nested(node.args[2])):
            with suppress(CheckError):
                found += _crossings(part, node, lo, hi, env)
    return found if len(found) <= MOST_JUMPS else []


def _crossings(part: Node, node: Node, lo: Array, hi: Array, env: Env) -> list[Array]:
    """Return where the argument of a function is a multiple of what lies between its jumps; none if not linear."""
    line = _parabola(part.args[0], node, env)
    if line is None or not line[3].all() or not (np.isfinite(lo).all() and np.isfinite(hi).all()):
        return []
    level, slope, _, _ = line
    every = EVERY[part.data[0]]
    ends = np.stack(np.broadcast_arrays((level + slope * lo) / every, (level + slope * hi) / every))
    first, count = np.ceil(ends.min(axis=0)), np.floor(ends.max(axis=0)) - np.ceil(ends.min(axis=0)) + 1
    if not (slope != 0).all() or not count.max(initial=0) <= MOST_JUMPS:
        return []
    return [np.asarray(((first + k) * every - level) / slope) for k in range(int(count.max(initial=0)))]


def _bent(node: Node) -> list[Node]:
    """Return what vanishes where functions in the integrand bend or jump, or where conditions turn true or false."""
    found: list[Node] = []
    for part in walk(node.args[2]):
        if part.op == "func" and part.data[0] in BENT and part.type == SCALAR:
            found.append(part.args[0])
        elif part.op == "chain" and all(arg.type == SCALAR for arg in part.args):
            for left, right, _ in pairs(part):
                found += [_sum(one, two) for one in _unsigned(left) for two in _unsigned(right)]
    return [part for part in found if any(leaf.data is node.data for leaf in walk(part))]


def _unsigned(side: Node) -> list[Node]:
    """Return what a side of a relation may be: of |x| both x and −x."""
    if side.op != "func" or side.data[0] != "abs":
        return [side]
    return [side.args[0], Node("neg", side.args, SCALAR, 0, 0)]


def _sum(one: Node, less: Node) -> Node:
    return Node("add", (one, Node("neg", (less,), SCALAR, 0, 0)), SCALAR, 0, 0)


def _differences(part: Node) -> list[Node]:
    """Return the sums of numbers that a node is or compares."""
    if part.op == "add" and part.type == SCALAR:
        return [part]
    if part.op not in ("chain", "list") or any(arg.type != SCALAR for arg in part.args):
        return []
    return [_sum(one, two) for one, two in combinations(part.args, 2)]


def _turn(part: Node, node: Node, env: Env) -> Array | None:
    """Return where a part of an integrand vanishes, if it is linear, or turns, if it is quadratic."""
    found = _parabola(part, node, env)
    if found is None:
        return None
    level, slope, bend, straight = found
    turn = np.where(straight, -level / slope, -slope / (2 * np.where(straight, 1.0, bend)))
    return np.asarray(turn) if np.isfinite(turn).all() else None


def _roots(part: Node, node: Node, env: Env) -> list[Array]:
    """Return where a part of an integrand vanishes that is linear or quadratic in its variable."""
    found = _parabola(part, node, env)
    if found is None:
        return []
    level, slope, bend, straight = found
    if straight.all():
        roots = [-level / slope]
    else:
        width = np.sqrt(np.maximum(slope * slope - 4 * bend * level, 0.0))
        roots = [(-slope + side * width) / (2 * bend) for side in (-1, 1)]
    return [np.asarray(root) for root in roots if np.isfinite(root).all()]


def _parabola(part: Node, node: Node, env: Env) -> tuple[Array, Array, Array, Array] | None:
    """Return a part's level, slope and bend at 0, and where it is straight; None where it is no such polynomial."""
    at = np.array([-1.0, 0.0, 1.0, 2.0])
    inner = env.child((id(node), "turn"), len(at))
    inner.bind(node.data, va.exact(at.reshape((1,) * (inner.depth) + (len(at),))))
    values = ev(part, inner).v
    if np.iscomplexobj(values):
        return None
    below, level, above, further = np.moveaxis(np.broadcast_arrays(values, at)[0], -1, 0)
    bend, slope = (above + below) / 2 - level, (above - below) / 2
    size = np.abs(below) + np.abs(level) + np.abs(above) + np.abs(further)
    if not (np.abs(level + 2 * slope + 4 * bend - further) <= 1e-9 * size).all():
        return None
    return level, slope, bend, np.asarray(np.abs(bend) <= 1e-9 * size)


def _nested(body: Node) -> bool:
    """Tell whether an integrand holds an integral itself."""
    return any(part.op == "integral" for part in walk(body)) or any(
        symbol.role == "define" and any(part.op == "integral" for tree in symbol.trees for part in walk(tree))
        for symbol in closure(named_in(body))
    )


def _cuts(node: Node, env: Env) -> list[Symbol]:
    """Return the scalar symbols at whose values the integrand may have a peak or a kink."""
    body = node.args[2]
    if _nested(body):
        return []
    named = closure(named_in(body))
    found = [
        symbol
        for symbol in named
        if symbol is not node.data
        and not symbol.type.rank
        and not symbol.holes
        and symbol.type.kind == "scalar"
        and ((symbol.role == "free" and symbol in env.values) or (symbol.role == "bound" and symbol in env.binds))
    ]
    places = [s for s in found if s.role == "bound" or s.data.get("domain") in ("scalar", "interval")]
    return sorted(places, key=lambda s: (s.role != "bound", s.name))[: 1 if env.depth else MOST_CUTS - 1]


def _member_cuts(node: Node, env: Env) -> list[Array]:
    """Return the values of the first entry or family member that stands in the integrand itself."""
    for part in walk(node.args[2]):
        if part.op in ("member", "entry") and part.type == SCALAR and node.data not in closure(named_in(part)):
            with suppress(CheckError):  # its index may run inside the integrand
                return [ev(part, env).v]
    return []


def _smooth(body: Node) -> bool:
    """Tell whether nothing in an integrand jumps or bends."""
    trees = [body, *(tree for symbol in closure(named_in(body)) for tree in symbol.trees if symbol.role == "define")]
    return not any(
        part.op in KINKED or (part.op == "func" and part.data[0] in KINKED) for tree in trees for part in walk(tree)
    )


def _nodes(edges: Array, reference: Rule, below: bool, above: bool) -> tuple[Array, Array]:
    """Return points and weights, both (lead…, pieces, nodes); a piece without width has no weight."""
    s, ds = reference.s, reference.ds
    points, weights = [], []
    last = edges.shape[-1] - 2
    near = 1 / (1 + np.exp(-2 * s))  # how far along, exact near 0
    far = 1 / (1 + np.exp(2 * s))
    for piece in range(last + 1):
        a, b = edges[..., piece, None], edges[..., piece + 1, None]
        if piece == 0 and below:
            points.append(np.broadcast_to(b - np.exp(s), (*b.shape[:-1], len(s))))
            weights.append(np.broadcast_to(np.exp(s) * ds, points[-1].shape))
            continue
        if piece == last and above:
            points.append(np.broadcast_to(a + np.exp(s), (*a.shape[:-1], len(s))))
            weights.append(np.broadcast_to(np.exp(s) * ds, points[-1].shape))
            continue
        width = b - a
        points.append(np.where(s < 0, a + width * near, b - width * far))
        weights.append(width * (2 * near * far * ds))
    return np.stack(points, axis=-2), np.stack(weights, axis=-2)


def _sums(
    value: Val,
    weights: Array,
    axis: int,
    rank: int,
    pieces: int,
    count: int,
    below: bool,
    above: bool,
    smooth: bool,
    missed: Array,
) -> Val:
    """Return the integral with its stated error; nodes stand on the axis, piece after piece.

    So much may be `missed` by jumps between nodes.
    """
    tail = value.v.shape[axis + 1 :]
    split = (*value.v.shape[:axis], pieces, count, *tail)
    wide = weights.reshape((*weights.shape, *(1,) * rank))
    v = value.v.reshape(split)
    va.afford(*np.broadcast_shapes(v.shape, wide.shape))
    terms = np.where(wide == 0, 0.0, v * wide)
    terms = np.where(np.abs(terms) < 1e-300, 0.0, terms)
    terms, gone = _settled(np.moveaxis(np.moveaxis(terms, axis, 0), axis + 1, -1))  # (pieces, lead…, nodes)
    fine = terms.sum(axis=-1)
    half = 2 * terms[..., ::2].sum(axis=-1)
    quarter = 4 * terms[..., ::4].sum(axis=-1)
    change = np.abs(fine - half).sum(axis=0)
    before = np.abs(half - quarter).sum(axis=0)
    size = np.abs(terms).sum(axis=(0, -1))
    if not smooth:  # at a jump or kink inside a piece the change may be small by chance
        change = 4 * np.maximum(change, before)
    falling = np.ones(()) if not smooth else np.sqrt(np.clip(change / np.where(before == 0, 1.0, before), 1e-6, 1.0))
    ends = 4 * (np.abs(terms[..., 0]) + np.abs(terms[..., -1])).sum(axis=0)
    noise = np.moveaxis(
        np.moveaxis(np.broadcast_to(value.e, value.v.shape).reshape(split) * np.abs(wide), axis, 0), axis + 1, -1
    )
    noise = np.where(np.isfinite(noise), noise, 0.0).sum(axis=(0, -1))
    chance = size * np.minimum(before / np.where(size == 0, 1.0, size), 1.0) ** 4
    blind = _undersampled(terms) + missed
    error = np.maximum(change * falling, chance) + ends + gone + noise + blind + 8 * EPS * size
    total = np.where(change + blind > ROUGH * size, np.nan, fine.sum(axis=0))
    if below or above:
        # nothing but 0 on the way to infinity, at every index position: a peak was missed
        nothing = (size == 0).all(axis=tuple(range(1, size.ndim)), keepdims=True)
        total = np.where(nothing, np.nan, total)
    return Val(total, error)


def _missed(node: Node, points: Array, inner: Env, pieces: int, value: Val) -> Array:
    """Return how much of an integral may lie between two nodes at which something in it has jumped."""
    out = np.zeros(())
    sizes = np.abs(np.nan_to_num(value.v, posinf=0.0, neginf=0.0))
    for part in walk(node.args[2]):
        if part.op == "indicator" or (part.op == "func" and part.data[0] in STEPS):
            with suppress(CheckError):  # an index of its own may run inside
                found = ev(part, inner).v
                entries = found.reshape(*found.shape[: 1 + inner.depth], -1)
                for entry in range(entries.shape[-1]):
                    step, x, size = np.broadcast_arrays(entries[..., entry], points, sizes)
                    step, x, size = (each.reshape(*each.shape[:-1], pieces, -1) for each in (step, x, size))
                    gap = np.abs(np.diff(x)) * (size[..., 1:] + size[..., :-1])
                    out = out + np.where(np.diff(step) != 0, gap, 0.0).sum(axis=(-1, -2))
    return out


def _undersampled(terms: Array) -> Array:
    """Return what lies where an integrand turns from node to node, so that the nodes do not see how it waves."""
    blind = np.zeros(terms.shape[1:-1])
    for part in (terms.real, terms.imag) if np.iscomplexobj(terms) else (terms,):
        flips = part[..., 1:] * part[..., :-1] < 0
        turning = flips[..., 1:] & flips[..., :-1]
        blind = blind + 4 * np.where(turning, np.abs(part[..., 1:-1]), 0.0).sum(axis=(0, -1))
    return np.asarray(blind)


def _settled(terms: Array) -> tuple[Array, Array]:
    """Settle what has no value far out or next to an end as 0 if the terms had died away; and say what that may miss.

    So are e^x e^{-2x} where it is ∞·0, and x/(e^x - 1) where it is 0/0.
    """
    gone = np.zeros(terms.shape[1:-1])
    for piece in range(terms.shape[0]):
        if not np.isfinite(terms[piece]).all():
            largest = np.where(np.isfinite(terms[piece]), np.abs(terms[piece]), 0.0).max(axis=-1, keepdims=True)
            left, right = np.array_split(terms[piece], 2, axis=-1)
            terms = terms.copy()
            (first, missed), (last, more) = _dead(left[..., ::-1], largest), _dead(right, largest)
            terms[piece] = np.concatenate([first[..., ::-1], last], axis=-1)
            gone = gone + missed + more
    return terms, gone


def _dead(part: Array, largest: Array) -> tuple[Array, Array]:
    """Return terms with 0 from the first lost one on, where the one before it is faint; and a bound of what follows."""
    lost = np.maximum.accumulate(~np.isfinite(part), axis=-1)
    first = lost.argmax(axis=-1)
    before = np.take_along_axis(np.abs(part), np.maximum(first - 1, 0)[..., None], axis=-1)
    faint = lost & (first[..., None] > 0) & (before <= FAINT * largest)
    return np.where(faint, 0.0, part), np.where(faint.any(axis=-1), FOLLOWING * before[..., 0], 0.0)
