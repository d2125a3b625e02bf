"""Random expressions on which the two evaluators of the checker are compared."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from checking import specs

from proofweave.check.balls import Drawn, evaluated
from proofweave.check.evaluate import SAFETY, Clock, Env, ev
from proofweave.check.instances.moves import take
from proofweave.check.instances.premises import Premises, assign
from proofweave.check.instances.sample import draw
from proofweave.check.judge.certain import plain
from proofweave.check.language import CheckError, Node, Scope, Symbol, in_order, unbound_random
from proofweave.check.parse import read_expression
from proofweave.check.symbols import declare

SYMBOLS: dict[str, Any] = {
    "n": "int(2..3)",
    "t": "scalar",
    "s": "scalar",
    "a": "positive",
    "b": "interval(0, 1)",
    "x": "vector(n)",
    "y": "vector(n)",
    "u": "unit(n)",
    "w": "simplex(n)",
    "M": "matrix(n, n)",
    "N": "matrix(n, n)",
    "A": "symmetric(n)",
    "P": "spd(n)",
    "Q": "orthogonal(n)",
    "c_i": {"family": "scalar", "index": "i", "over": "1..n"},
    "X": {"random": "scalar", "support": 3},
    "f": {"function": "smooth convex", "of": "vector(n)", "constant": "L"},
    "g": {"define": "t^2 + \\sin(s t)", "of": "t"},
    "v": {"define": "x + a y"},
    "q_i": {"define": "c_i^2 + t", "index": "i", "over": "1..n"},
    "h_k": {"sequence": "scalar", "start": "t", "next": r"\sin(h_k) + s", "index": "k", "over": "0..3"},
    "Z_i": {"random": "scalar", "support": 2, "iid": "2", "index": "i"},
}
TINY = 1e-290
PRECISIONS = (64, 128, 256, 1024)
Make = Callable[[random.Random, int], str]


def _of(*parts: str) -> Make:
    """Return a template whose letters § (a scalar), ¶ (a vector), Ω (a matrix), Ψ (a symmetric one) are filled."""

    def make(rng: random.Random, depth: int) -> str:
        fill = {"§": scalar, "¶": vector, "Ω": matrix, "Ψ": symmetric}
        return "".join(fill[c](rng, depth - 1) if c in fill else c for c in rng.choice(parts))

    return make


SCALARS = (
    "(§) + (§)",
    "(§) - (§)",
    "(§)(§)",
    r"\frac{§}{§}",
    "(§)^2",
    "(§)^3",
    "(§)^{-1}",
    "|§|",
    r"\sqrt{|§|}",
    r"\sqrt{(§)^2 + 1}",
    r"\sqrt[3]{§}",
    "e^{§}",
    "e^{-(§)^2}",
    r"\log(|§| + 1)",
    r"\log(|§|)",
    r"\log(e^{§} + e^{§})",
    r"\sin(§)",
    r"\cos(§)",
    r"\tanh(§)",
    r"\arctan(§)",
    r"\operatorname{erf}(§)",
    r"\max(§, §)",
    r"\min(§, §)",
    r"(|§| + 1)^{1.5}",
    r"\langle ¶, ¶\rangle",
    r"\|¶\|",
    r"\|¶\|_1",
    r"\|¶\|_\infty",
    r"\|¶\|_3",
    r"\|Ω\|_F",
    r"\|Ω\|_2",
    r"\|Ω\|_*",
    r"\operatorname{tr}(Ω)",
    r"\det(Ω)",
    r"\lambda_{\max}(Ψ)",
    r"\lambda_{\min}(Ψ)",
    r"\sigma_{\min}(Ω)",
    r"\operatorname{rank}(Ω)",
    r"\sum_{i=1}^{n} c_i (§)",
    r"\sum_{i=1}^{n} (c_i + §)^2",
    r"\sum_{i=1}^{n} \sum_{j=1}^{i} c_i c_j (§)",
    r"\sum_{i \neq j} c_i c_j (§)",
    r"\sum_{i<j} (c_i - c_j)^2",
    r"c_{\arg\min_i c_i}",
    r"\max_i x_i + \min_i (c_i + §)",
    r"q_1 (§)",
    r"\sum_{i=1}^n q_i",
    r"h_3",
    r"\mathrm{Var}(X (§))",
    r"\mathbb{P}[X \ge §]",
    r"\mathbb{E}[\max(Z_1, Z_2) (§)]",
    r"\|Ω\|_1",
    r"\|Ω\|_\infty",
    r"\sqrt{(¶)^\top P (¶)}",
    r"\lfloor § \rfloor",
    r"\operatorname{tr}(P^{1/2})",
    r"\operatorname{tr}(P^{-1} Ω)",
    r"\int_0^b \frac{§}{1 + z^2}\,\mathrm{d}z",
    r"\int_0^1 \langle \nabla f(x + z y), y\rangle\,\mathrm{d}z",
    r"\frac{\partial}{\partial s}\int_0^1 e^{-z^2 s^2}\,\mathrm{d}z",
    r"\frac{\partial^2}{\partial t\,\partial s}\left(\sin(t s) (§)\right)",
    r"g'(§)",
    r"\operatorname{softplus}(§)",
    r"\operatorname{sign}(§)",
    r"\prod_{i=1}^{n} (c_i + §)",
    r"\max_{i} (c_i (§))",
    r"\begin{cases} § & t \ge s \\ § & \text{otherwise} \end{cases}",
    r"\mathbb{1}[§ \le §]",
    r"\mathbb{E}[(X + §)^2]",
    r"\mathbb{E}[|X (§)|]",
    r"\int_0^1 \cos(z (§))\,\mathrm{d}z",
    r"\frac{\partial}{\partial t}\left(t (§)\right)",
    "f(¶)",
    "g(§)",
    "n!",
    r"\binom{n}{2}",
)
VECTORS = (
    "(¶) + (¶)",
    "(¶) - (¶)",
    "(§)(¶)",
    "(Ω)(¶)",
    r"(¶) \odot (¶)",
    r"\operatorname{softmax}(¶)",
    r"\tanh(¶)",
    r"\nabla f(¶)",
    r"\nabla_x\left(\|x\|^2 (§)\right)",
    r"(Ω)^{-1}(¶)",
    r"\nabla_y\left(§\right)",
    r"\operatorname{sign}(¶)",
)
MATRICES = (
    "(Ω) + (Ω)",
    "(Ω)(Ω)",
    r"(Ω)^\top",
    "(§)(Ω)",
    "(Ω)^{-1}",
    "(I + Ω)",
    r"(¶)(¶)^\top",
    r"\operatorname{diag}(¶)",
    "(Ω)^2",
    r"\nabla^2 f(¶)",
    r"\operatorname{msign}(Ω)",
    "P^{1/2}",
    "P^{-1/2}",
)
LEAVES = ("t", "s", "a", "b", "2", "3", "0.5", r"\pi", "x_1", "y_2", "c_1", "n", "M_{12}")


def scalar(rng: random.Random, depth: int) -> str:
    """Return a random scalar expression."""
    return _of(*SCALARS)(rng, depth) if depth > 0 and rng.random() < 0.9 else rng.choice(LEAVES)


def vector(rng: random.Random, depth: int) -> str:
    """Return a random vector expression."""
    return _of(*VECTORS)(rng, depth) if depth > 0 and rng.random() < 0.6 else rng.choice(("x", "y", "u", "w", "v"))


def matrix(rng: random.Random, depth: int) -> str:
    """Return a random matrix expression."""
    return _of(*MATRICES)(rng, depth) if depth > 0 and rng.random() < 0.6 else rng.choice("MNAPQ")


def symmetric(rng: random.Random, depth: int) -> str:
    """Return a random symmetric matrix expression."""
    inner = matrix(rng, depth - 1)
    return rng.choice(("A", "P", "A + P", f"({inner}) + ({inner})^\\top", f"({inner})^\\top ({inner})"))


@dataclass(frozen=True, slots=True)
class World:
    """Declared symbols with drawn instances of them."""

    scope: Scope
    plan: tuple[Symbol, ...]
    env: Env


def world(seed: int, batch: int = 16) -> World:
    """Return instances of the symbols, as the checker draws them."""
    scope = Scope()
    declare(scope, specs(SYMBOLS))
    symbols = [entry.resolve([]) for entry in list(scope.entries.values())]
    plan = tuple(in_order(symbols))
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        env = draw(plan, {"n": 2 + seed % 2}, batch, rng, Clock(1e9))
        assign(Premises((), ()), plan, env, rng)
    return World(scope, plan, env)


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of one tree at one instance: `agree`, `apart`, `open` (balls have no value as sharp), `none`."""

    what: str
    off: float = 0.0
    fast: Any = None
    slow: Any = None


def compare(tree: Node, known: World, row: int) -> Compared:
    """Compare the value of the fast evaluator, within its bound, with the ball."""
    env = take(known.env, np.array([row]))
    with np.errstate(all="ignore"):
        try:
            found = ev(tree, env)
        except (CheckError, np.linalg.LinAlgError):
            return Compared("none")
    v = np.broadcast_to(found.v, np.broadcast_shapes(found.v.shape, found.e.shape))[0].reshape(-1)
    e = np.broadcast_to(found.e, np.broadcast_shapes(found.v.shape, found.e.shape))[0].reshape(-1)
    if not (np.isfinite(v).all() and np.isfinite(e).all()):
        return Compared("none")
    drawn: Drawn = plain(known.plan, (), env)
    for precision in PRECISIONS:
        slow = evaluated(tree, drawn, precision)
        if slow is None or not all(ball.is_finite() for ball in slow):
            continue
        radii = [float(ball.rad()) for ball in slow]
        sharp = all(r <= 1e-3 * bound + 1e-30 * abs(value) for r, bound, value in zip(radii, e, v, strict=True))
        if sharp or precision == PRECISIONS[-1]:
            gaps = [abs(float(ball.mid() - float(value))) for ball, value in zip(slow, v, strict=True)]
            off = max((gap - r) / (bound + TINY) for gap, r, bound in zip(gaps, radii, e, strict=True))
            wide = any(r > bound + 1e-9 * abs(value) for r, bound, value in zip(radii, e, v, strict=True))
            what = "apart" if off > SAFETY else "open" if wide else "agree"
            return Compared(what, off, (v, e), slow)
    return Compared("open", 0.0, (v, e))


def read(tex: str, known: World) -> Node | None:
    """Parse an expression; None where the grammar of the templates and that of the language differ."""
    try:
        tree = read_expression(tex, known.scope)
    except CheckError:
        return None
    return None if unbound_random([tree]) else tree
