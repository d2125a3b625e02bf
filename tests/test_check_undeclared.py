"""A name that is not declared: the error names the nearest declared one, and a declaration that fits how it is used."""

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import kind, verdict

from proofweave.check.judge.verdict import Kind
from proofweave.core import told

S = {"d": "int(2..3)", "n": "int(2..3)", "y": "vector(d)", "t": "scalar", r"\lambda": "positive"}


@pytest.mark.parametrize(
    ("tex", "offer"),
    [
        (r"\|z\| \le t", "a vector, add to symbols: z: vector(d)"),
        (r"y^\top z = z^\top y", "a vector, add to symbols: z: vector(d)"),
        (r"\langle y, z\rangle = t", "a vector, add to symbols: z: vector(d)"),
        (r"y = z", "a vector, add to symbols: z: vector(d)"),
        (r"\sum_{i=1}^{n} z_i = t", "a vector, add to symbols: z: vector(n)"),
        (r"\sum_{i=1}^{n} \|z_i\| = t", "z_i: {family: 'vector(d)', index: i, over: 1..n}"),
        (r"z_{k+1} = z_k + y", "z_k: {family: 'vector(d)', index: k, over: 1..n}"),
        (r"\nabla f(y) = y", "a function, add to symbols: f: {function: smooth, of: vector(d)}"),
        (r"f(y) \ge t", "a function, add to symbols: f: {function: smooth, of: vector(d)}"),
        (r"g'(t) = t", "a function, add to symbols: g: {function: smooth, of: scalar}"),
        (r"\mathbb{E}[\xi^2] \ge t", r"random, add to symbols: \xi: {random: 'scalar', support: 4}"),
        (r"\mathbb{E}\left[\|\xi\|^2\right] \ge t", r"random, add to symbols: \xi: {random: 'vector(d)', support: 4}"),
        (r"y \in \mathbb{R}^m, \quad \|y\| \ge 0", "a whole number, add to symbols: m: size"),
        (r"\sum_{i=1}^{m} t = m t", "a whole number, add to symbols: m: size"),
        (r"A^{-1} y = y", "a matrix, add to symbols: A: matrix(d, d)"),
        (r"y^\top A y \ge t", "a matrix, add to symbols: A: matrix(d, d)"),
        (r"\operatorname{tr}(A) = t", "a matrix, add to symbols: A: matrix(d, d)"),
        (r"\alpha t = t", r"a number, add to symbols: \alpha: scalar"),
    ],
)
def test_a_declaration_is_guessed_from_how_a_name_is_used(tex, offer):
    found = verdict(S, tex)
    assert found.kind is Kind.ERROR
    assert " is not declared; if it is " in found.reason
    assert found.reason.endswith(offer), found.reason
    assert "没有声明；如果它是" in told(found.reason, "zh")


@pytest.mark.parametrize("tex", [r"\|z\| \ge 0", r"\|\nabla f(y)\| \ge 0", r"\operatorname{tr}(A) = \sum_i A_{ii}"])
def test_a_formula_reads_with_the_declaration_that_is_offered(tex):
    line = verdict(S, tex).reason.split("add to symbols: ")[1]
    assert kind({**S, **yaml.safe_load(line)}, tex) is not Kind.ERROR


@pytest.mark.parametrize(
    ("tex", "near"), [(r"\lamda t = t", None), (r"\Lambda t = t", r"\lambda"), ("Y = y", "y"), ("T y = y", "t")]
)
def test_the_nearest_declared_name_is_suggested(tex, near):
    found = verdict(S, tex)
    assert found.kind is Kind.ERROR
    if near:
        assert f"is not declared; did you mean {near}? if it is" in found.reason
        assert f"没有声明；是不是 {near}？" in told(found.reason, "zh")


def test_a_misspelt_longer_name_and_a_size_of_a_declaration():
    assert r"did you mean \theta_{old}?" in verdict({r"\theta_{old}": "scalar"}, r"\theta_{odl} = 1").reason
    found = verdict({"x": "vector(m)"}, r"\|x\| \ge 0")
    assert found.reason == "symbol x: m is not declared; if it is a whole number, add to symbols: m: size"
