from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, kind, verdict, verdicts

from proofweave.check.judge.verdict import Kind
from proofweave.check.sheet.whole import check_file
from proofweave.core.types import Check

S: dict[str, Any] = {
    "n": "int(1..4)",
    "d": "int(2..4)",
    "t": "scalar",
    "s": "scalar",
    "a": "positive",
    "b": "interval(0, 1)",
    "x": "vector(d)",
    "y": "vector(d)",
    "A": "symmetric(d)",
    "w": "simplex(n)",
    "g_i": {"family": "vector(d)", "index": "i", "over": "1..n"},
}


def test_a_counterexample_is_small_and_shows_both_sides() -> None:
    found = verdict(S, r"\|x + y\| \le \|x\|")
    assert found.kind is Kind.REFUTED
    example = found.counterexample
    assert example is not None
    assert (example.left, example.right) == (r"\|x + y\|", r"\|x\|")
    assert sum(abs(v) for v in [*example.values["x"], *example.values["y"]]) <= 2  # type: ignore[attr-defined]
    assert example.left_value > example.right_value  # type: ignore[operator]


def test_a_counterexample_meets_the_premises() -> None:
    found = verdict(S, r"\langle x, y\rangle \le 0", Check(given=(r"\|x\| = 1", "y = 2 x")))
    assert found.kind is Kind.REFUTED
    assert found.counterexample is not None
    values = found.counterexample.values
    assert values["y"] == pytest.approx([2 * v for v in values["x"]], abs=1e-5)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("tex", "given_", "want"),
    [
        (r"\langle x, y\rangle \ge -a\|y\|", (r"\|x\| = a",), Kind.VERIFIED),
        (r"\|x + y\|^2 = \|x\|^2 + \|y\|^2", (r"\langle x, y\rangle = 0",), Kind.VERIFIED),
        (r"\|x + y\|^2 = \|x\|^2 + \|y\|^2", (), Kind.REFUTED),
        (r"\|x - y\| \le 2 a", (r"\|x\| \le a", r"\|y\| \le a"), Kind.VERIFIED),
        (r"t^2 \le t", ("0 \\le t \\le 1",), Kind.VERIFIED),
        (r"t^2 \le s^2", (r"0 \le t \le s",), Kind.VERIFIED),
        (r"t = t^2", (r"t^2 = -1",), Kind.ERROR),
        (r"\langle g_i, x\rangle \ge 0", (r"x = \sum_{j=1}^n w_j g_j", r"n = 1"), Kind.VERIFIED),
    ],
)
def test_premises(tex: str, given_: tuple[str, ...], want: Kind) -> None:
    assert kind(S, tex, Check(given=given_), mutants=want is Kind.VERIFIED and "t^2" not in tex) in (
        want,
        Kind.HOLDS if want is Kind.VERIFIED else want,
    )


def test_implications() -> None:
    good = r"\langle x, y\rangle = 0 \Rightarrow \|x + y\| = \|x - y\|"
    both = r"\langle x, y\rangle = 0 \iff \|x + y\|^2 = \|x\|^2 + \|y\|^2"
    wrong = r"\|x + y\| = \|x - y\| \Rightarrow \|x\| = \|y\|"
    assert [kind(S, tex) for tex in (good, both, wrong)] == [Kind.VERIFIED, Kind.VERIFIED, Kind.REFUTED]


def test_strict_relations() -> None:
    assert kind(S, r"\|x\| < \|x\| + a") == Kind.VERIFIED
    assert kind(S, r"\|x + y\| < \|x\| + \|y\|") == Kind.REFUTED


def test_tight() -> None:
    assert kind(S, r"t s \le \frac{t^2 + s^2}{2}", Check(tight=True)) == Kind.VERIFIED
    assert kind(S, r"t s \le t^2 + s^2 + 1", Check(tight=True)) == Kind.REFUTED


def test_a_bound_that_is_never_near_is_weak_and_names_the_part() -> None:
    found = verdict(S, r"\|x + y\| \le \|x\| + \|y\| + 100 a")
    assert found.kind is Kind.REFUTED or found.mutants is not None
    loose = verdict(S, r"\sin t \le 5 + t^4 + s^2")
    assert loose.kind is Kind.WEAK
    assert loose.mutants is not None
    assert loose.mutants.unexposed
    assert all(part in loose.reason for part in loose.mutants.unexposed)


def test_a_part_can_be_excused() -> None:
    loose = verdict(S, r"\sin t \le 5 + t^4 + s^2")
    assert loose.mutants is not None
    excused = dict.fromkeys(loose.mutants.unexposed, "the bound is generous on purpose")
    assert kind(S, r"\sin t \le 5 + t^4 + s^2", Check(excuse=excused)) == Kind.VERIFIED


def test_no_mutants_never_says_verified() -> None:
    assert kind(S, r"\|x + y\| \le \|x\| + \|y\|", mutants=False) == Kind.HOLDS


def test_circular() -> None:
    symbols = S | {"u": {"define": r"\sum_{i=1}^n w_i g_i"}, "q": {"define": r"\|x\|^2", "of": "x"}}
    for tex in (r"u = \sum_{j=1}^{n} w_j g_j", r"q(y) = \|y\|^2", "t + s = s + t", r"u = u"):
        found = verdict(symbols, tex)
        assert found.kind is Kind.ERROR, tex
        assert "same" in found.reason
    assert kind(symbols, r"\|u\|^2 = \sum_{i=1}^n w_i \langle g_i, u\rangle") == Kind.VERIFIED


def test_definition_cycle() -> None:
    found = verdict({"p": {"define": "q + 1"}, "q": {"define": "p + 1"}}, "p = 1")
    assert found.kind is Kind.ERROR
    assert "p → q → p" in found.reason


def test_deterministic_and_seeded() -> None:
    first, second = (verdict(S, r"\langle x, y\rangle \le \|x\|") for _ in range(2))
    assert first.counterexample == second.counterexample
    counts = {verdict(S, r"\frac{t}{s} \cdot s = t", seed=seed).instances for seed in (1, 1)}
    assert len(counts) == 1


def test_where_neither_side_has_a_value_is_drawn_again_and_where_only_one_has_is_said() -> None:
    found = verdict(S, r"\log(t) + 2 = \log(e^2 t)")
    assert found.kind is Kind.VERIFIED
    assert found.instances >= 20
    found = verdict(S, r"\log(t) + \log(s) = \log(t s)")
    assert found.kind is Kind.ERROR and "the right side alone has a value" in found.reason


def test_stable_exponentials() -> None:
    symbols = {"n": "int(2..4)", "v": "vector(n)", "c": "int(500..1000)"}
    tex = r"\log\sum_{i=1}^n e^{c + v_i} = c + \log\sum_{i=1}^n e^{v_i}"
    assert kind(symbols, tex) == Kind.VERIFIED


def test_zero_log_zero() -> None:
    assert kind(S, r"\sum_{i=1}^n w_i \log w_i \le 0", mutants=False) == Kind.HOLDS


def test_time_is_bounded() -> None:
    symbols = {"n": "int(50..60)", "c": {"family": "scalar", "index": "i", "over": "1..n"}}
    symbols = {"n": "int(50..60)", "c_i": {"family": "scalar", "index": "i", "over": "1..n"}, "t": "scalar"}
    started = time.monotonic()
    tex = r"\sum_{i,j,k,l} c_i c_j c_k c_l = \left(\sum_i c_i\right)^4"
    found = verdict(symbols, tex, seconds=1.0)
    assert time.monotonic() - started < 3
    assert found.kind in (Kind.ERROR, Kind.WEAK)


@pytest.mark.parametrize("name", ["log-sum-exp-sign", "max-min-half"])
def test_the_two_false_lemmas_of_the_wild(name: str) -> None:
    path = CASES / "wild" / f"{name}.yaml"
    as_met, right = check_file(path.read_text(encoding="utf-8"), str(path))
    assert as_met.kind is Kind.REFUTED
    assert as_met.counterexample is not None
    assert right.kind is Kind.VERIFIED


NUMBERS = st.floats(-1e3, 1e3).map(lambda v: round(v, 3))


@settings(max_examples=25, deadline=None)
@given(NUMBERS, NUMBERS)
def test_a_wrong_constant_is_always_refuted(c: float, off: float) -> None:
    if abs(off) < 1e-2:
        off = 1.0
    tex = f"t + {c:.6f} = t + {c + off:.6f}".replace("+ -", "- ")
    assert kind(S, tex, mutants=False) == Kind.REFUTED


def test_symbols_defined_by_equations_bind_what_follows() -> None:
    from proofweave.core.types import Equation, Where

    here = Where("x.yaml")
    made = [
        Equation("u", r"u = \sum_{i=1}^n w_i g_i", here, Check(defines="u")),
        Equation("c", r"c_i = \langle g_i, u\rangle", here, Check(defines="c_i")),
        Equation("q", r"q(x) = \frac12 \|x\|^2", here, Check(defines="q")),
        Equation("use", r"\sum_{i=1}^n w_i c_i = 2 q(u)", here),
        Equation("early", r"z = 1", here),
        Equation("later", r"z = t", here, Check(defines="z")),
    ]
    assert [v.kind for v in verdicts(S, made)] == [
        Kind.DEFINED,
        Kind.DEFINED,
        Kind.DEFINED,
        Kind.VERIFIED,
        Kind.ERROR,
        Kind.DEFINED,
    ]


def test_a_sum_with_a_term_near_zero_is_not_taken_for_one_of_its_parts() -> None:
    symbols = {"b": "interval(0, 1)"}
    tex = r"\sum_{k=0}^{\infty}(1-b)b^k\left(k-\frac{b}{1-b}\right)^2 = \frac{b}{(1-b)^2}"
    assert kind(symbols, tex) == Kind.VERIFIED
    for seed in range(5):
        assert kind(symbols, tex, seed=seed, mutants=False) == Kind.HOLDS


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\sum_{k=1}^\infty \frac{1}{k^2} = 1.64493", Kind.REFUTED),
        (r"\sum_{k=1}^\infty \frac{1}{k} = 5", Kind.ERROR),
        (r"\sum_{k=0}^\infty (-1)^k = \frac12", Kind.ERROR),
        (r"\sum_{k=1}^\infty \frac{1}{k(k+1)} = 1", Kind.VERIFIED),
        (r"\sum_{k=1}^\infty \frac{(-1)^{k+1}}{k} = \log 2", Kind.VERIFIED),
    ],
)
def test_slow_infinite_sums(tex: str, wanted: Kind) -> None:
    assert kind({}, tex) == wanted
