from __future__ import annotations

import random
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, verdict
from flint import arb, fmpq
from trees import World, compare, matrix, read, scalar, vector, world

from proofweave.check.balls import Asked, Drawn, Fate, confirm, evaluated
from proofweave.check.balls.instance import orthogonal, semidefinite, simplex, unit
from proofweave.check.judge.verdict import Kind
from proofweave.check.language import Node, Scope
from proofweave.check.parse import read_expression, read_statement
from proofweave.core.types import Check

NOTHING = Drawn({}, (), {}, {})
KINDS = {"verified": {Kind.HOLDS}, "not refuted": set(Kind) - {Kind.REFUTED}, "refuted": {Kind.REFUTED}}


@cache
def known_world(seed: int) -> World:
    return world(seed)


def fate(tex: str) -> Fate:
    """Return what balls say of a claim without symbols."""
    (claim,) = read_statement(tex, Scope()).rows
    return confirm(Asked(claim, (), (), (), ()), NOTHING)


def number(tex: str, precision: int = 64) -> arb | None:
    """Return the ball of an expression without symbols."""
    found = evaluated(read_expression(tex, Scope()), NOTHING, precision)
    return None if found is None else found[0]


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\frac{1}{3} + \frac{1}{6} = \frac{1}{2}", Fate.HOLDS),
        (r"0.1 + 0.2 = 0.3", Fate.HOLDS),
        (r"\sqrt{2}^2 = 2", Fate.OPEN),
        (r"\sqrt{2}\sqrt{3} = \sqrt{6}", Fate.OPEN),
        (r"\sqrt{2}\sqrt{3} = \sqrt{6} + \frac{1}{10^{300}}", Fate.REFUTED),
        (r"e^{\pi\sqrt{163}} = 262537412640768744", Fate.REFUTED),
        (r"e^{-1000} > 0", Fate.HOLDS),
        (r"e^{-1000} \le 0", Fate.REFUTED),
        (r"\log(0) = 1", Fate.BEYOND),
        (r"\frac{1}{0} = 1", Fate.BEYOND),
        (r"\sum_{k=1}^{\infty} \frac{1}{k^2} = 2", Fate.BEYOND),
        (r"\sum_{k=1}^{100} k = 5050", Fate.HOLDS),
        (r"\prod_{k=1}^{10} k = 10!", Fate.HOLDS),
        (r"\binom{10}{3} = 121", Fate.REFUTED),
        (r"|\pi - 4| = 4 - \pi", Fate.OPEN),
        (r"\max(\sqrt{2}, 1) < \frac{3}{2}", Fate.HOLDS),
        (r"\begin{cases} 1 & \sqrt{2}\sqrt{3} \ge \sqrt{6} \\ 2 & \text{otherwise} \end{cases} = 1", Fate.OPEN),
        (r"\begin{cases} 1 & \sqrt{2}\sqrt{3} \ge \sqrt{6} \\ 2 & \text{otherwise} \end{cases} = 3", Fate.REFUTED),
        (r"\operatorname{sign}(\sqrt{2}\sqrt{3} - \sqrt{6}) = 2", Fate.REFUTED),
        (r"\operatorname{rank}\begin{pmatrix} 1 & 2 \\ 2 & 4 \end{pmatrix} = 1", Fate.HOLDS),
        (r"\operatorname{rank}\begin{pmatrix} 1 & 2 \\ 2 & 4.0000000000001 \end{pmatrix} = 1", Fate.REFUTED),
        (r"\lambda_{\max}\left(\begin{pmatrix} 2 & 0 \\ 0 & 2 \end{pmatrix}\right) = 2", Fate.HOLDS),
        (r"\lambda_{\max}\left(\begin{pmatrix} 3 & 1 \\ 1 & 3 \end{pmatrix}\right) = 4.001", Fate.REFUTED),
        (r"\left\|\begin{pmatrix} 1 & 1 \\ 0 & 1 \end{pmatrix}\right\|_2 < 1.6", Fate.REFUTED),
        (r"\begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix} \succeq 0", Fate.HOLDS),
        (r"\begin{pmatrix} 1 & 2 \\ 2 & 1 \end{pmatrix} \succeq 0", Fate.REFUTED),
        (r"\int_0^1 t^2\,\mathrm{d}t = \frac{1}{3}", Fate.OPEN),
        (r"\int_0^1 |t - \frac{1}{3}|\,\mathrm{d}t = \frac{5}{18} + 0.000001", Fate.REFUTED),
        (r"\int_0^\infty e^{-t}\,\mathrm{d}t = 2", Fate.BEYOND),
    ],
)
def test_what_balls_say(tex: str, wanted: Fate) -> None:
    assert fate(tex) is wanted


def test_a_decimal_that_a_float_cuts_off_is_no_exact_number() -> None:
    assert fate(r"1.64493406684822643647 - 1.6449340668482264 = 0") is not Fate.REFUTED
    assert fate(r"0.1 = \frac{1}{10}") is Fate.HOLDS


def test_a_root_of_a_matrix_and_its_square() -> None:
    root = r"\begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}^{1/2}"
    assert fate(rf"\operatorname{{tr}}\left({root}\right) = \sqrt{{3}} + 1") is Fate.OPEN
    assert fate(rf"\operatorname{{tr}}\left({root}\right) = \sqrt{{3}} + 1.0000001") is Fate.REFUTED


def exact(*rows: list[float]) -> list[list[fmpq]]:
    return [[fmpq(*float(entry).as_integer_ratio()) for entry in row] for row in rows]


def test_structures_are_met_exactly() -> None:
    point = unit(exact([0.6, -0.8, 1e-3])[0])
    assert point is not None and sum((x * x for x in point), fmpq(0)) == 1
    shares = simplex(exact([0.1, 0.2, 0.7, -1e-18])[0])
    assert shares is not None and sum(shares, fmpq(0)) == 1 and min(shares) == 0
    for turned in (exact([0.6, 0.8], [-0.8, 0.6]), exact([0.6, 0.8], [0.8, -0.6]), exact([-1, 0], [0, -1])):
        q = orthogonal(turned)
        assert q is not None
        assert [[sum((a * b for a, b in zip(r, s, strict=True)), fmpq(0)) for s in q] for r in q] == [[1, 0], [0, 1]]
        assert all(abs(float(arb(q[i][j] - turned[i][j]).mid())) < 1e-15 for i in range(2) for j in range(2))
    flat = semidefinite(exact([1 / 9, 1 / 3], [1 / 3, 1.0]))
    assert flat is not None and flat[0][0] * flat[1][1] == flat[0][1] * flat[1][0]


LISTED = yaml.safe_load((CASES / "certain.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", LISTED, ids=lambda case: str(case["id"]))
def test_cases(case: dict[str, Any]) -> None:
    wanted = KINDS[case["want"]]
    for seed in (None, *range(case.get("seeds", 2))):
        asked = Check(given=tuple(case.get("given", ())))
        found = verdict(case["symbols"], case["tex"], asked, seed=seed, mutants=False)
        assert found.kind in wanted, (seed, found.reason)
        assert found.reason.startswith(case.get("says", "")), found.reason


@settings(max_examples=150, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(st.integers(0, 2**32))
def test_the_fast_evaluators_bound_holds_the_ball(seed: int) -> None:
    rng = random.Random(seed)
    known = known_world(seed % 6)
    tex = rng.choice((scalar, vector, matrix))(rng, 3)
    tree = read(tex, known)
    assume(tree is not None)
    assert tree is not None
    found = compare(tree, known, rng.randrange(known.env.batch))
    assert found.what != "apart", (tex, found)


def test_few_trees_are_undecided() -> None:
    rng = random.Random(7)
    known = world(7)
    trees: list[Node] = []
    while len(trees) < 150:
        tree = read(scalar(rng, 3), known)
        trees += [tree] if tree is not None else []
    found = [compare(tree, known, rng.randrange(known.env.batch)).what for tree in trees]
    assert found.count("open") <= 0.05 * len(found)
    assert found.count("agree") >= 0.9 * len(found)
