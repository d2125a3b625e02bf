"""Sampled functions: two evaluators, differences and least constants agree on every shape of every class."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, HERE, specs, verdict

from proofweave.check.balls.instance import Sample, _function
from proofweave.check.balls.numbers import ball
from proofweave.check.balls.sampled import constant as exact_constant
from proofweave.check.balls.sampled import evaluate as exactly
from proofweave.check.balls.state import flat
from proofweave.check.evaluate import Clock, Val
from proofweave.check.instances.rules import state
from proofweave.check.judge.verdict import Kind
from proofweave.check.language import SCALAR, Dim, Symbol, Type, vector
from proofweave.check.operations.functions import SHAPE_NAMES, Sampled, allowed, constant, draw, evaluate

CLASSES = (
    ("convex",),
    ("convex", "smooth"),
    ("smooth",),
    ("strongly_convex",),
    ("strongly_convex", "smooth"),
    ("lipschitz",),
    ("convex", "lipschitz"),
    ("quadratic",),
)
FIELDS = ("scale", "shape", "shift", "slope", "offset", "basis", "bowl")
BATCH = 96


def drawn(classes: tuple[str, ...], d: int, constant_: bool = True) -> tuple[Symbol, Sampled]:
    type_ = Type("function", (), (vector(Dim((), d)),), SCALAR)
    symbol = Symbol("f", HERE, type_, "function", (), {"classes": classes, "constant": constant_})
    return symbol, draw(symbol, d, (), BATCH, np.random.default_rng(5))


def valued(symbol: Symbol, sampled: Sampled, x: np.ndarray, order: int) -> Val:
    env = state(len(x), {}, Clock(60))
    env.functions[symbol] = sampled
    with np.errstate(all="ignore"):
        return evaluate(env, symbol, Val(x, np.zeros_like(x)), [], order)


@pytest.mark.parametrize("classes", CLASSES, ids=" ".join)
@pytest.mark.parametrize("d", [1, 3])
def test_the_second_evaluator_gives_the_same_values_and_constants(classes: tuple[str, ...], d: int) -> None:
    symbol, sampled = drawn(classes, d, classes != ("convex",))
    x = np.random.default_rng(1).normal(size=(BATCH, d))
    whole = "modulus" if classes[0] == "strongly_convex" else "constant"
    least = constant(symbol, sampled, whole)
    for order in (0, 1, 2):
        found = valued(symbol, sampled, x, order)
        for row in range(0, BATCH, 3):
            f = _function(symbol, Sample(**{name: getattr(sampled, name)[row].tolist() for name in FIELDS}), 0)
            wanted = exactly(f, [ball(_exact(one)) for one in x[row]], order)
            numbers = np.array([float(ball(one).mid()) for one in (flat(wanted) if order else [wanted])])
            mine = found.v[row].reshape(-1)
            bound = 8 * np.broadcast_to(found.e, found.v.shape)[row].reshape(-1) + 1e-13
            assert (np.abs(numbers - mine) <= bound).all(), (SHAPE_NAMES[int(sampled.shape[row, 0])], order)
            if order == 0 and classes != ("convex",):
                assert float(ball(exact_constant(classes, f, whole)).mid()) == pytest.approx(float(least[row]))


def _exact(value: float):
    from proofweave.check.balls.numbers import exact

    return exact(value)


@pytest.mark.parametrize("classes", CLASSES, ids=" ".join)
@pytest.mark.parametrize("d", [1, 3])
def test_gradients_and_hessians_are_those_of_the_values(classes: tuple[str, ...], d: int) -> None:
    symbol, sampled = drawn(classes, d, classes != ("convex",))
    x = np.random.default_rng(2).normal(size=(BATCH, d))
    step = 1e-5
    for axis in range(d):
        ahead, behind = (valued(symbol, sampled, x + sign * step * np.eye(d)[axis], 0).v for sign in (1, -1))
        slopes = valued(symbol, sampled, x, 1).v[:, axis]
        far, near = (valued(symbol, sampled, x + sign * step * np.eye(d)[axis], 1).v for sign in (1, -1))
        bends = valued(symbol, sampled, x, 2).v[:, axis]
        off = np.abs((ahead - behind) / (2 * step) - slopes) / (1 + np.abs(slopes))
        assert np.nanquantile(off, 0.97) < 1e-6  # next to a kink a difference is no derivative
        off = np.abs((far - near) / (2 * step) - bends).max(axis=1) / (1 + np.abs(bends).max(axis=1))
        assert np.nanquantile(off, 0.97) < 1e-5


@pytest.mark.parametrize("classes", CLASSES[1:], ids=" ".join)
@pytest.mark.parametrize("d", [1, 2])
def test_constants_are_bounds_and_no_smaller_one_would_do(classes: tuple[str, ...], d: int) -> None:
    symbol, sampled = drawn(classes, d)
    rng = np.random.default_rng(3)
    lipschitz = "lipschitz" in classes
    least = constant(symbol, sampled, "modulus" if classes == ("strongly_convex",) else "constant")
    best = np.full(BATCH, np.inf if classes == ("strongly_convex",) else 0.0)
    for trial in range(1500):
        t = rng.normal(size=(BATCH, d)) * 10.0 ** rng.uniform(-2, 1.5)
        if trial % 2:  # next to the pieces' edges, and where two steep pieces meet
            t = rng.choice([0.0, 1.0], size=(BATCH, d)) * rng.normal(size=(BATCH, 1)) * 20
        u = np.where(trial % 3 == 0, t / np.where(sampled.scale == 0, 1, sampled.scale), t)
        x = (np.swapaxes(sampled.basis, -1, -2) @ (u - sampled.shift)[..., None])[..., 0]
        if lipschitz:
            best = np.fmax(best, np.linalg.norm(valued(symbol, sampled, x, 1).v, axis=-1))
            continue
        bends = valued(symbol, sampled, x, 2).v
        bends = np.linalg.eigvalsh(np.nan_to_num(bends))
        if classes == ("strongly_convex",):
            best = np.fmin(best, bends[:, 0])
        else:
            best = np.fmax(best, np.abs(bends).max(axis=-1))
    if classes == ("strongly_convex",):
        assert (best >= least * (1 - 1e-9)).all()
        assert (best <= least * 1.1 + 1e-3).all()
    else:
        assert (best <= least * (1 + 1e-9)).all()
        assert np.quantile(best[least > 0] / least[least > 0], 0.1) > 0.9


def test_every_shape_is_drawn_by_some_class() -> None:
    found = {shape for one in CLASSES for part in allowed(one, one != ("convex",)) for shape in part}
    assert found == set(range(len(SHAPE_NAMES)))


SUBCLASSES = yaml.safe_load((CASES / "subclasses.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SUBCLASSES["only-for-some"], ids=lambda case: case["id"])
def test_a_claim_that_holds_for_a_subclass_only_is_refuted_for_the_class(case) -> None:
    found = verdict(case["symbols"], case["tex"])
    assert found.kind is Kind.REFUTED, found.reason
    if "narrow" in case:
        kept = verdict(case["symbols"] | case["narrow"], case["tex"])
        assert kept.kind is Kind.VERIFIED, kept.reason


@pytest.mark.parametrize("case", SUBCLASSES["true"], ids=lambda case: case["id"])
def test_a_theorem_of_a_class_is_verified(case) -> None:
    found = verdict(case["symbols"], case["tex"])
    assert found.kind is Kind.VERIFIED, found.reason


@pytest.mark.slow
@pytest.mark.parametrize("case", SUBCLASSES["true"], ids=lambda case: case["id"])
def test_a_theorem_of_a_class_holds_under_every_seed(case) -> None:
    for seed in range(20):
        found = verdict(case["symbols"], case["tex"], mutants=False, seed=seed)
        assert found.kind is Kind.HOLDS, (seed, found.reason)


def test_specs_of_the_cases_are_read() -> None:
    assert all(specs(case["symbols"]) for group in SUBCLASSES.values() for case in group)
