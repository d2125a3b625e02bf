"""The simplest counterexample near a found one: small integers and fractions, few nonzero entries."""

from collections.abc import Sequence

import numpy as np

from proofweave.check.evaluate import Array, Env, compare, each, ev, exact, known
from proofweave.check.instances import Case, Task, assign, holds, movable, open_case, repeat, take
from proofweave.check.judge.verdict import DIGITS, Counterexample, plain
from proofweave.check.language import CheckError, Node, Symbol, closure, pairs, varying
from proofweave.check.operations import JOINT, SHAPE_NAMES
from proofweave.core import say, together

ROUNDS = 8
MOST = 400
OPEN = frozenset(("scalar", "vector", "matrix", "positive", "nonneg", "interval", "diagonal"))
POSITIVE = (1.0, 2.0, 0.5, 3.0)
SIGNED = (0.0, 1.0, -1.0, 2.0, 0.5, -2.0)


def cost(value: Array) -> Array:
    """Return how hard a value is to read, entry by entry."""
    whole = np.abs(value - np.rint(value)) < 1e-12
    half = np.abs(2 * value - np.rint(2 * value)) < 1e-12
    quarter = np.abs(4 * value - np.rint(4 * value)) < 1e-12
    size = np.minimum(np.abs(value), 50.0)
    out = np.where(whole, 1 + 0.3 * size, np.where(half, 3 + 0.3 * size, np.where(quarter, 4 + 0.3 * size, 12.0)))
    return np.where(value == 0, 0.0, np.where(value < 0, out + 0.2, out))


def _total(env: Env, symbols: Sequence[Symbol]) -> Array:
    total = np.zeros(env.batch)
    for symbol in symbols:
        v = np.broadcast_to(env.values[symbol].v, (env.batch, *env.values[symbol].v.shape[1:]))
        total += cost(v).reshape(env.batch, -1).sum(axis=1)
    return total


def violations(case: Case, claim: Node) -> Array:
    """Tell for each instance whether a claim is violated somewhere."""
    return np.asarray(each(case.truth(claim).violated, case.env.batch).any(axis=1))


def simplest(task: Task, claim: Node, case: Case, rng: np.random.Generator) -> Case:
    """Return a case of one instance, as simple as could be found, that violates the claim."""
    symbols = [s for s in task.plan if s.role == "free"]
    bad_at_first = violations(case, claim)
    env = take(case.env, np.flatnonzero(bad_at_first))
    env = take(env, np.array([int(_total(env, symbols).argmin())]))
    able = [
        s for s in movable(task.plan) if s.data["domain"] in OPEN and s not in {a for a, _ in task.premises.assigned}
    ]
    best = float(_total(env, symbols)[0])
    for _ in range(ROUNDS):
        changes = [(symbol, value) for symbol in able for value in _candidates(symbol, env)][:MOST]
        if not changes:
            break
        tried = repeat(env, len(changes))
        for row, (symbol, value) in enumerate(changes):
            v = tried.values[symbol].v
            if v.shape[0] != tried.batch or not v.flags.writeable:
                v = np.broadcast_to(v, (tried.batch, *v.shape[1:])).copy()
                tried.values[symbol] = exact(v)
            v[row] = value
        try:
            assign(task.premises, task.plan, tried, rng)
            good = holds(task.premises, tried)
            bad = violations(open_case(task, tried), claim)
        except CheckError:
            break
        totals = np.where(good & bad, _total(tried, symbols), np.inf)
        pick = int(totals.argmin())
        if totals[pick] >= best:
            break
        best = float(totals[pick])
        env = take(tried, np.array([pick]))
    assign(task.premises, task.plan, env, rng)
    found = open_case(task, env)
    if violations(found, claim).all():
        return found
    return open_case(task, take(case.env, np.flatnonzero(bad_at_first)[:1]))


def _candidates(symbol: Symbol, env: Env) -> list[Array]:
    v = env.values[symbol].v[0]
    domain = symbol.data["domain"]
    out: list[Array] = [np.rint(v), np.rint(2 * v) / 2]
    if domain == "interval":
        lo, hi = float(ev(symbol.data["lo"], env).v.flat[0]), float(ev(symbol.data["hi"], env).v.flat[0])
        inside = [x for x in (0.0, 0.5, 0.25, 0.75, 1.0, 2.0, (lo + hi) / 2) if lo < x < hi]
        return [np.full(v.shape, x) for x in inside]
    nice = POSITIVE if domain in ("positive", "nonneg") else SIGNED
    flat = v.reshape(-1)
    entries = range(flat.size) if domain != "diagonal" else range(0, flat.size, v.shape[-1] + 1)
    if flat.size <= 1:
        return [np.full(v.shape, x) for x in nice] + ([x for x in out if (x > 0).all()] if nice is POSITIVE else out)
    if nice is SIGNED and domain != "diagonal":
        out += [np.zeros(v.shape), np.ones(v.shape)]
    for entry in entries:
        for x in nice[:4]:
            if flat[entry] != x:
                changed = flat.copy()
                changed[entry] = x
                out.append(changed.reshape(v.shape))
    return [x for x in out if (x > 0).all()] if nice is POSITIVE else out


def describe(task: Task, claim: Node, case: Case, tex: str, spot: Array | None = None) -> Counterexample:
    """Return the violation of a case of one instance at a spot, or the first: values in TeX names, and both sides."""
    spot = case.violated(claim) if spot is None else spot
    assert spot is not None
    values: dict[str, object] = {}
    real = varying([claim, *task.premises.trees()])
    needed = closure(real)
    for symbol in [*task.plan]:
        if symbol.role == "int" and symbol in needed:
            values[symbol.name] = nice(case.env.values[symbol].v[0])
    shown = real | {s for s in needed if s.role == "free"}
    for symbol in task.plan:
        kept = symbol.role not in ("int", "random") and "part" not in symbol.data
        kept = kept and symbol.data.get("plane") != "imaginary"
        if symbol in shown and kept and (value := known(symbol, case.env)) is not None:
            found = value.v[0]
            values[symbol.name] = members(found) if symbol.type.kind == "set" and not symbol.holes else nice(found)
        elif symbol.role == "function":
            values[symbol.name] = formula(case.env, symbol)
        elif symbol.role == "random" and symbol in case.env.values:
            values[say("symbols.points", name=symbol.name)] = nice(case.env.values[symbol].v[0])
            weights = symbol.data["weights_symbol"]
            values[weights.name] = nice(case.env.values[weights].v[0])
    for axis, index in enumerate(task.free):
        bound, _ = case.inner.binds[index]
        values[index.name] = nice(
            bound.v.reshape(-1)[spot[axis + 1]] if axis + 1 < len(spot) else bound.v.reshape(-1)[0]
        )
    left, right, sign = failing(claim, case, spot)
    sides = [_at(ev(side, case.inner).v, spot, side.type.rank) for side in (left, right)]
    written = [" ".join(tex[side.at : side.end].split()) or "0" for side in (left, right)]
    read = [nice(side) for side in sides]
    if plain(read[0]) == plain(read[1]):
        read = [nice(side, DIGITS[-1]) for side in sides]
    return Counterexample(values, written[0], written[1], read[0], read[1], sign)


def failing(claim: Node, case: Case, spot: Array) -> tuple[Node, Node, str]:
    """Return the sides and sign of the relation in a claim that fails at a spot."""
    if claim.op in ("and", "or", "implies", "iff"):
        parts = claim.args if claim.op in ("and", "or") else claim.args[1:]
        for part in parts:
            found = case.truth(part)
            if not bool(_at(found.holds, spot, 0)):
                return failing(part, case, spot)
        return failing(parts[0], case, spot)
    for left, right, sign in pairs(claim):
        found = compare(ev(left, case.inner), ev(right, case.inner), sign, left.type.kind, left.type.rank)
        if not bool(_at(found.holds, spot, 0)):
            return left, right, sign
    return claim.args[0], claim.args[1], claim.data[0]


def _at(array: Array, spot: Array, rank: int) -> Array:
    lead = array.ndim - rank
    place = tuple(min(int(s), array.shape[k] - 1) for k, s in enumerate(spot[:lead]))
    return np.asarray(array[place])


def members(value: Array) -> str:
    """Return a set of indices as text."""
    return "{" + ", ".join(str(place + 1) for place in np.flatnonzero(value)) + "}"


def nice(value: Array, digits: int = 6) -> object:
    """Return an array as nested lists of readable numbers."""
    if np.ndim(value):
        return [nice(item, digits) for item in value]
    if np.iscomplexobj(value):
        return _cartesian(nice(np.real(value), digits), plain(nice(np.imag(value), digits), digits), digits)
    number = float(value)
    if not np.isfinite(number):
        return str(number)
    if abs(number) < 1e15 and abs(number - round(number)) <= 1e-12 * abs(number):
        return round(number)
    return float(f"{number:.{digits}g}")


def _cartesian(re: object, im: str, digits: int) -> object:
    """Return a complex number as text: 2, -3i, 1 + 2i."""
    if im == "0":
        return re
    bare = im.lstrip("-")
    size = "" if bare == "1" else bare
    sign = "-" if im.startswith("-") else ""
    return f"{sign}{size}i" if re == 0 else f"{plain(re, digits)} {sign or '+'} {size}i"


def formula(env: Env, symbol: Symbol) -> object:
    """Return a sampled function as text, in the coordinates t_k = ⟨q_k, x⟩ + b_k."""
    s = env.functions[symbol]
    if symbol.holes:
        return say("judge.sampled", count=int(np.prod(s.offset.shape[1:])))
    terms: list[str] = []
    inside = [f"(⟨{nice(q)}, x⟩ + {nice(b)})" for q, b in zip(s.basis[0], s.shift[0], strict=True)]
    if int(s.shape[0][0]) >= JOINT:
        u = ", ".join(f"{nice(a)}·{t}" for a, t in zip(s.scale[0], inside, strict=True))
        terms.append(say("judge.jointly", name=SHAPE_NAMES[int(s.shape[0][0])], u=u))
    for a, kind, t, m in zip(s.scale[0], s.shape[0], inside, s.bowl[0], strict=True):
        terms += [f"{nice(a)}·{SHAPE_NAMES[int(kind)]}{t}"] if kind < JOINT else []
        terms += [say("judge.bowl", factor=str(nice(m)))] if m and kind < JOINT else []
        terms += [f"{nice(m)}·{SHAPE_NAMES[0]}{t}"] if m and kind >= JOINT else []
    return together([*terms, f"⟨{nice(s.slope[0])}, x⟩", f"{nice(s.offset[0])}"], "judge.plus")
