from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checking import kind, verdict

from proofweave.check.judge.verdict import Kind
from proofweave.core.types import Check

S: dict[str, Any] = {
    "d": "int(2..4)",
    "n": "int(1..4)",
    "t": "scalar",
    "c": "positive",
    "r": "positive",
    "g": "vector(d)",
    "u": "vector(d)",
    "A": "spd(d)",
    "B": "symmetric(d)",
    "M": "matrix(d, n)",
    "W": "matrix(d, n)",
    "p": "simplex(n)",
    "v": "vector(n)",
    "z": "positive",
    "i_0": "interval(0, 1)",
    "g_i": {"family": "vector(d)", "index": "i", "over": "1..n"},
    "f": {"function": "strongly_convex", "of": "vector(d)", "modulus": r"\mu"},
    "h": {"function": "quadratic", "of": "vector(d)"},
}


@pytest.mark.parametrize(
    "tex",
    [
        r"\min_{u}\left(\frac12 u^\top A u - \langle g, u\rangle\right) = -\frac12 g^\top A^{-1} g",
        r"\arg\min_{u}\left(\frac12 u^\top A u - \langle g, u\rangle\right) = A^{-1} g",
        r"\max_{\|u\| = r} \langle g, u\rangle = r\|g\|",
        r"\max_{\|u\| \le r} u^\top B u = \max(0, r^2\lambda_{\max}(B))",
        r"\min_{\|u\| = 1} u^\top B u = \lambda_{\min}(B)",
        r"\max_{\|W\|_2 \le r} \langle M, W\rangle = r\|M\|_*",
        r"\max_{\|W\|_F \le r} \langle M, W\rangle = r\|M\|_F",
        r"\max_{\|W\|_* \le r} \langle M, W\rangle = r\|M\|_2",
        r"\max_{\|u\|_\infty \le r} \langle g, u\rangle = r\|g\|_1",
        r"\max_{\|u\|_1 \le r} \langle g, u\rangle = r\|g\|_\infty",
        r"\max_{p}\left(\sum_{i=1}^n p_i v_i - \sum_{i=1}^n p_i\log p_i\right) = \log\sum_{i=1}^n e^{v_i}",
        r"\min_{z}\left(c z + \frac{1}{z}\right) = 2\sqrt{c}",
        r"\max_{\|u\| \le 1}\min_{i}\langle g_i, u\rangle = \min_{p}\left\|\sum_{i=1}^n p_i g_i\right\|",
        r"\min_{u}\left(\max_i \langle g_i, u\rangle + \frac12\|u\|^2\right)"
        r" = -\frac12\min_{p}\left\|\sum_{i=1}^n p_i g_i\right\|^2",
    ],
)
def test_optimal_values(tex: str) -> None:
    found = verdict(S, tex, mutants=False)
    assert found.kind is Kind.HOLDS, found.reason
    assert found.instances >= 20
    assert kind(S, tex + (" + g" if r"\arg" in tex else " + c"), mutants=False) is Kind.REFUTED


def test_an_unbounded_objective_has_no_optimum() -> None:
    assert kind(S, r"\min_{u} \langle g, u\rangle \le 0", Check(given=(r"\|g\| \ge 1",))) is Kind.ERROR
    assert kind(S, r"\min_{u} u^\top B u = 0", Check(given=(r"\lambda_{\min}(B) \le -1",))) is Kind.ERROR


def test_a_constraint_that_is_not_understood_is_an_error() -> None:
    found = verdict(S, r"\max_{\langle g, u\rangle = 1} \|u\|^2 = 1")
    assert found.kind is Kind.ERROR
    assert "constraint" in found.reason


def test_solved_symbols() -> None:
    symbols = S | {
        "u^*": {"argmax": r"\langle g, w\rangle - c\|w\|^2", "over": "w", "type": "vector(d)"},
        "f^*": {"argmin": "f"},
        "p^*": {"argmin": r"\|\sum_{i=1}^n p_i g_i\|", "over": "p"},
    }
    assert kind(symbols, r"u^* = \frac{g}{2 c}") is Kind.VERIFIED
    assert kind(symbols, r"f(u) - f(f^*) \ge \frac{\mu}{2}\|u - f^*\|^2") is Kind.VERIFIED
    tex = r"\left\langle g_i, \sum_{j=1}^n p^*_j g_j\right\rangle \ge \left\|\sum_{j=1}^n p^*_j g_j\right\|^2"
    assert kind(symbols, tex) is Kind.VERIFIED
    assert kind(symbols, tex.replace(r"\ge", r"\ge 1.001")) is Kind.REFUTED
