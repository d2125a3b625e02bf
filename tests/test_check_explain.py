"""`check --explain`, `--watch`, `--jobs` and `--memory`, through the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from proofweave.cli import main
from proofweave.pipeline import shares

SHEET = r"""
symbols:
  d: int(2..)
  n: int(2..4)
  x: vector(d)
  y: vector(d)
  t: scalar
  s: positive
  f: {function: convex smooth, of: vector(d), constant: L}
  g_i: {family: vector(d), index: i, over: 1..n}
  \xi: {random: vector(d), support: 3}
equations:
  - {id: cauchy, tex: '\langle x, y\rangle \le \|x\|\,\|y\|'}
  - {id: mean, tex: 'm = \frac{1}{n}\sum_{i=1}^{n} g_i', defines: m}
  - {id: centred, tex: '\sum_{i=1}^{n} \|g_i - m\|^2 \le \sum_i \|g_i\|^2'}
  - {id: set, tex: 't \ge 1', given: ['t = s + 1', 's \ge 0']}
  - {id: wrong, tex: '\langle x, y\rangle \ge \|x\|\,\|y\|'}
  - {id: smooth, tex: 'f(y) \le f(x) + \langle\nabla f(x), y - x\rangle + \frac{L}{2}\|y - x\|^2'}
  - {id: jensen, tex: '\left\|\mathbb{E}[\xi]\right\|^2 \le \mathbb{E}\left[\|\xi\|^2\right]'}
  - {id: order, tex: '\sin t = t + O(t^3)'}
  - {id: pairs, tex: '\langle g_i, g_j\rangle \le \|g_i\|\,\|g_j\| \quad (i \neq j)'}
  - {id: unread, tex: 't = z'}
  - {id: assumed, tex: 't = s', assume: it is so}
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.yaml"
    path.write_text(SHEET, encoding="utf-8")
    return path


def explained(capsys: pytest.CaptureFixture[str], path: Path, name: str, *more: str) -> str:
    main(["check", str(path), "--explain", name, *more])
    return capsys.readouterr().out


def test_an_equation_is_explained(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = explained(capsys, sheet, "cauchy")
    lines = out.splitlines()
    assert lines[0].endswith(":13:24: verified: cauchy: verified on 402 instances")
    assert lines[1] == r"read as: \left\langle x, y \right\rangle \le \left\| x \right\| \, \left\| y \right\|"
    assert r"  relation \le · bool · \langle x, y\rangle \le \|x\|\,\|y\|" in lines
    assert r"    inner product · scalar · \langle x, y\rangle" in lines
    assert r"      symbol x · vector(d) · x" in lines
    assert re.search(r"^  d: scalar, a whole number, drawn, as int\(2\.\.\): \d; \d; \d$", out, re.MULTILINE)
    assert re.search(r"^  x: vector\(d\), drawn: \(.*\); \(.*\); \(.*\)$", out, re.MULTILINE)
    assert re.search(
        r"x\\rangle|tightest instance of each inequality:\n  .* and .*, slack [-0-9.e]+ of their size, at d = \d", out
    )
    assert re.search(r"planted errors: \d+ of \d+ caught; these survived:\n  (product|factor|norm) ", out)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("mean", ["defined: mean", r"read as: \frac{1}{n} \, (\sum_{i = 1}^{n} g_{i})", "sum over i from 1 to n"]),
        ("centred", [r"m: vector(d), defined, as m = \frac{1}{n}", "g_i: vector(d) for each i = 1..n, drawn"]),
        ("set", ["t = s + 1: t is set by it", r"s \ge 0: met by the 400 instances"]),
        ("wrong", ["refuted: wrong: certainly false for", r"tightest instance"]),
        ("smooth", ["f: function of vector(d), a sampled function", "L: scalar, a constant of a function", "⟨"]),
        ("jensen", [r"\xi: vector(d), random, its law drawn", "expectation"]),
        ("order", ["order of magnitude", "t: scalar, drawn: "]),
        ("pairs", [r"i \neq j: only where it holds for the indices", r"\text{for } i \neq j"]),
        ("unread", ["error: unread: z is not declared; if it is a number, add to symbols: z: scalar"]),
        ("assumed", ["skipped: assumed: assumed: it is so"]),
    ],
)
def test_what_an_explanation_holds(
    sheet: Path, capsys: pytest.CaptureFixture[str], name: str, texts: list[str]
) -> None:
    out = explained(capsys, sheet, name)
    for text in texts:
        assert text in out, out


def test_the_verdict_explained_is_the_verdict_given(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(sheet)]) == 1
    given = capsys.readouterr().out.splitlines()[:11]
    for line in given:
        name = line.split(": ")[2]
        assert explained(capsys, sheet, name).splitlines()[0] == line


def test_the_same_as_json(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(explained(capsys, sheet, "cauchy", "--json"))
    assert found["verdict"] == "verified"
    assert found["tree"][0] == {"depth": 0, "what": r"relation \le", "type": "bool", "at": 0, "end": 36}
    assert {symbol["name"] for symbol in found["symbols"]} == {"d", "x", "y"}
    assert all(len(symbol["draws"]) == 3 for symbol in found["symbols"])
    assert abs(found["tightest"][0]["slack"]) < 1e-6
    assert found["mutants"]["survivors"]


def test_markdown_and_an_outline_are_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    post = tmp_path / "post.md"
    post.write_text("<!-- proofweave\nsymbols: {t: scalar}\nid: square\n-->\n$$t^2 \\ge 0$$\n", encoding="utf-8")
    assert r"read as: t^{2} \ge 0" in explained(capsys, post, "square")


def test_an_equation_of_an_outline_is_explained_with_its_recorded_replies(capsys: pytest.CaptureFixture[str]) -> None:
    outline = Path(__file__).parent.parent / "outlines" / "多任务学习漫谈二行梯度之事.yaml"
    out = explained(capsys, outline, "steepest", "--instances", "40")
    assert "verified: steepest" in out.splitlines()[0]
    assert r"read as: \Delta\boldsymbol{\theta}^* = -\epsilon \, \frac{\boldsymbol{g}}" in out
    assert r"subject_to: \|\boldsymbol{u}\| = \epsilon" in out


def test_an_unknown_name_suggests_the_nearest(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(sheet), "--explain", "cauhcy"]) == 2
    assert capsys.readouterr().err == "proofweave: no equation is called 'cauhcy'; did you mean 'cauchy'?\n"


def test_explanations_in_chinese(
    sheet: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proofweave.cli.check.language_here", lambda: "zh")
    out = explained(capsys, sheet, "set")
    assert "读作：" in out
    assert "由它给 t 赋值" in out
    assert "植入的错误：" in out
    assert "关系 \\ge · " in out


def many(path: Path) -> Path:
    """Write a file of many equations, with a definition, false ones, and one that cannot be read."""
    equations = [
        rf"  - {{id: e{k}, tex: '(t + {k})^2 \ge {2 * k} t + {k * k + (k % 7 == 3)} + m - s'}}" for k in range(30)
    ]
    equations.insert(0, "  - {id: m, tex: 'm = s', defines: m}")
    equations.insert(9, "  - {id: bad, tex: 't = z'}")
    text = "symbols: {t: scalar, s: positive, unused: scalar}\nequations:\n" + "\n".join(equations) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["json", "text"])
def test_two_processes_print_the_same_bytes_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    path = many(tmp_path / "many.yaml")
    started: list[int] = []
    share = shares.shared

    def shared(work: Any, numbers: range, jobs: int, *rest: Any) -> Any:
        started.append(jobs)
        return share(work, numbers, jobs, *rest)

    monkeypatch.setattr(shares, "PATIENCE", 0)
    monkeypatch.setattr(shares, "shared", shared)
    run = ["check", str(path), "--format", form, "--instances", "60", "--jobs"]
    printed = []
    for jobs in "12":
        assert main([*run, jobs]) == 1
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert printed[0].count("refuted") >= 4
    assert started == [2]


def test_a_limit_on_memory_is_kept(tmp_path: Path) -> None:
    """In a process of its own: one that has run other tests holds memory which it uses again, and grows no further."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "symbols: {M: 'matrix(60, 60)'}\nequations:\n  - '\\|M M\\|_F \\le \\|M\\|_F^2'\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "proofweave", "check", str(path), "--memory", "1", "--jobs", "1"]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "error: equation-1: too large: the equation needs more than" in run.stdout


def test_a_file_is_checked_again_when_it_is_saved_until_it_is_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("symbols: {t: scalar}\nequations: ['t^2 \\ge 0']\n", encoding="utf-8")
    out = tmp_path / "out.txt"
    with out.open("wb") as stream:
        run = subprocess.Popen(
            [sys.executable, "-m", "proofweave", "check", str(path), "--watch"], stdout=stream, stderr=stream
        )

    def until(text: str) -> None:
        stop = time.monotonic() + 60
        while text not in out.read_text(encoding="utf-8"):
            assert time.monotonic() < stop, out.read_text(encoding="utf-8")
            time.sleep(0.1)

    try:
        until("1 equations: 1 verified")
        until("stop it with Ctrl+C")
        path.write_text("symbols: {t: scalar}\nequations: ['t^2 \\ge 1']\n", encoding="utf-8")
        until("1 equations: 1 refuted")
    finally:
        os.kill(run.pid, signal.SIGINT)
    assert run.wait(timeout=30) == 1
    assert "Traceback" not in out.read_text(encoding="utf-8")


def test_watching_prints_text_only(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(sheet), "--watch", "--json"]) == 2
    assert "--watch prints text only; leave out --json and --format" in capsys.readouterr().err
