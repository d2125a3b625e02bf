from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checking import kind, verdict

from proofweave.check.judge.verdict import Kind
from proofweave.check.sheet.whole import check_file
from proofweave.core.types import Check

S = {
    "n": "int(2..4)",
    "D": "int(300..400)",
    "t": "scalar",
    "s": "positive",
    "k": "int(1..1000000000)",
    "x": "vector(n)",
    "M": "matrix(D, D)",
    "N": "matrix(D, D)",
    "g_i": {"family": "vector(n)", "index": "i", "over": "1..n"},
    "H_i": {"family": "matrix(D, D)", "index": "i", "over": "1..D"},
}


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_{i}" * 600 + "t = 1",
        r"\max_t " * 300 + "t = 1",
        r"\hat" * 3000 + "t = 1",
        r"\mathbb{E}" * 600 + "t = 1",
        r"\frac{\partial}{\partial t}" * 200 + "t = 1",
        r"\begin{cases}" * 300 + "t = 1" + r"\end{cases}" * 300,
        r"\langle x, " * 300 + "x" + r"\rangle" * 300 + " = 1",
        "|" * 3000 + "t = 1",
        "9" * 9000 + " = t",
        "9" * 400 + " = t",
        "_" * 9000,
        "'" * 9000 + "t = 1",
    ],
)
def test_deep_and_endless_text_is_refused(tex: str) -> None:
    started = time.monotonic()
    found = verdict(S, tex)
    assert found.kind is Kind.ERROR
    assert "please report" not in found.reason
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "tex",
    [
        r"\input{/etc/passwd} = t",
        r"\write18{ls} = t",
        r"\def\a{t} \a = t",
        r"\csname t\endcsname = t",
        r"__import__('os').system('x') = t",
        r"\href{javascript:x}{t} = t",
    ],
)
def test_text_that_acts_on_a_machine_is_refused(tex: str) -> None:
    assert kind(S, tex) is Kind.ERROR


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\frac{t}{0} = 1", "no value"),
        (r"\frac{1}{t - t} = 1", "no value"),
        (r"\log(-s) = 1", "no value"),
        (r"\sqrt{-1 - t^2} = t", "no value"),
        ("10^{400} = t", "no value"),
        (r"\sum_{i=1}^\infty i = t", "too slowly"),
        (r"\sum_{i=1}^{10^9} i = t", "too long"),
        (r"\prod_{i=1}^{10^{30}} i = t", "too long"),
        (r"\sum_i \|H_i\|_F = t", "smaller sizes"),
        (r"\nabla_M \det(M) = N", "smaller sizes"),
    ],
)
def test_what_has_no_value_is_an_error_that_says_so(tex: str, words: str) -> None:
    found = verdict(S, tex)
    assert found.kind is Kind.ERROR
    assert words in found.reason


def test_premises_that_never_hold() -> None:
    found = verdict(S, "t = t^2", Check(given=("t > 1", "t < 0")))
    assert found.kind is Kind.ERROR
    assert "premises never hold" in found.reason


@pytest.mark.parametrize("size", ["int(2..100000)", "int(0..3)", "int(5..2)"])
def test_sizes_that_are_no_sizes(size: str) -> None:
    found = verdict({"d": size, "A": "matrix(d, d)", "x": "vector(d)"}, r"\|A x\| \le \|A\|_F \|x\|")
    assert found.kind is Kind.ERROR
    assert "d" in found.reason


MEASURED = """
import resource, sys, time
sys.path.insert(0, sys.argv[1])
from checking import verdict
from test_check_hostile import S
started = time.thread_time()
found = verdict(S, sys.argv[2])
print(found.kind, time.thread_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.parametrize(
    "tex",
    [
        r"\|M N\|_F \le \|M\|_F \|N\|_F",
        r"\det(M N) = \det(M) \det(N)",
        r"\sum_{i,j,k,l} \langle g_i, g_j\rangle \langle g_k, g_l\rangle = \left\|\sum_i g_i\right\|^4",
        r"\sum_{i=1}^{90000} \sum_{j=1}^{90000} (t + i j)^2 = t",
    ],
)
def test_time_and_memory_are_bounded(tex: str) -> None:
    out = subprocess.run(
        [sys.executable, "-c", MEASURED, str(Path(__file__).parent), tex], capture_output=True, text=True, check=True
    )
    _, seconds, megabytes = out.stdout.split()
    assert float(seconds) < 8
    assert float(megabytes) < 512


def test_a_warning_about_the_file_does_not_stop_the_check() -> None:
    text = "symbols: {t: scalar}\nequations:\n  - 't + 2''= 2'\n  - 't + t = 2 t'\n"
    assert [v.kind for v in check_file(text, "a.yaml") if v.id.startswith("equation")] == [Kind.ERROR, Kind.VERIFIED]
