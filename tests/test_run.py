"""Listings that are run: bounded, compared with the values a text quotes, and quoted from one place."""

import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from projects import ROOT, make

from proofweave.cli import main
from proofweave.core import Code, Where
from proofweave.stages.run import Ran, compare

OUTLINE = """\
source: blogs_raw/p.md
title: 一次实验
language: zh
sections:
  - id: trial
    title: 实验
    blocks:
      - practice:
          - 误差降到 @run:decay.last，共 @run:decay.steps 步。
          - code: |
{code}
            language: python
            run: decay
            values: {{{values}}}
"""
LISTING = ["x, steps = 1.0, 0", "while x > 0.02:", "    x, steps = x / 3, steps + 1", "last = x"]


def project(folder: Path, code: list[str] = LISTING, values: str = "last: 0.012, steps: 4") -> Path:
    make(folder)
    (folder / "blogs_raw" / "p.md").write_text("# 一次实验\n\n一段话。\n", encoding="utf-8")
    lines = "\n".join(" " * 14 + line for line in code)
    (folder / "outlines" / "p.yaml").write_text(OUTLINE.format(code=lines, values=values), encoding="utf-8")
    return folder


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.chdir(folder)
    return main(["run", "outlines/p.yaml", *arguments])


def test_values_are_compared_and_quoted(tmp_path, monkeypatch, capsys):
    folder = project(tmp_path)
    assert run(folder, monkeypatch, "-o", "build/runs/p.json") == 0
    found = json.loads((folder / "build" / "runs" / "p.json").read_text(encoding="utf-8"))
    assert found["findings"] == []
    assert float(found["runs"][0]["values"]["last"]) == pytest.approx(1 / 81)
    assert main(["merge", "outlines/p.yaml", "-o", "build/posts/p.md"]) == 0, capsys.readouterr().err
    text = (folder / "build" / "posts" / "p.md").read_text(encoding="utf-8")
    assert "误差降到 0.012，共 4 步。" in text
    assert "```\n\n*构建时运行过，得到 last = 0.012, steps = 4*" in text


@pytest.mark.parametrize(
    ("values", "rule", "says"),
    [
        ("last: 0.013", "run-differs", "last is quoted as 0.013, and the run gives 0.01234"),
        ("steps: 5", "run-differs", "steps is quoted as 5, and the run gives 4"),
        ("last: 0.01235", "run-digits", "more than three digits"),
        ("lost: 1.0", "run-absent", "no number named lost"),
    ],
)
def test_a_value_that_the_run_does_not_give_is_refused(tmp_path, monkeypatch, capsys, values, rule, says):
    quoted = {"last": "0.012", "steps": "4", values.split(":")[0]: values.split(": ")[1]}
    folder = project(tmp_path, values=", ".join(f"{name}: {value}" for name, value in quoted.items()))
    assert run(folder, monkeypatch) == 1
    said = capsys.readouterr().err
    assert rule in said and says in said and "outlines/p.yaml:11:15" in said


def test_a_value_near_where_rounding_turns_is_refused(tmp_path, monkeypatch, capsys):
    assert run(project(tmp_path, ["last = 0.12349", "steps = 4"], "last: 0.123, steps: 4"), monkeypatch) == 1
    assert "run-edge" in capsys.readouterr().err
    (tmp_path / "other").mkdir()
    assert run(project(tmp_path / "other", ["last = 0.1234", "steps = 4"], "last: 0.123, steps: 4"), monkeypatch) == 0


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "may not do this: socket."),
        ("open('x', 'w')", "may not write files"),
        ("import os\nos.open('x', os.O_CREAT | os.O_WRONLY)", "may not write files"),
        ("import os\nos.open('x', os.O_RDONLY | os.O_CREAT)", "may not write files"),
        ("import os\nos.kill(1, 0)", "may not do this: os.kill"),
        ("import subprocess\nsubprocess.run(['ls'])", "may not do this: subprocess."),
        ("import os\nos.remove('x')", "may not do this: os.remove"),
        ("import os\nassert 'SECRET' not in os.environ\nlast = 1 / 0", "ZeroDivisionError"),
        ("assert 1 == 2, 'the bound fails'", "AssertionError: the bound fails"),
        ("x = [0] * 10**9", "MemoryError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def f(:", "SyntaxError"),
        ("import os\nos._exit(0)", "it was stopped"),
    ],
)
def test_a_listing_that_fails_or_reaches_out_is_a_finding_at_its_line(tmp_path, monkeypatch, capsys, code, says):
    monkeypatch.setenv("SECRET", "key")
    lines = code.split("\n")
    assert run(project(tmp_path, lines), monkeypatch) == 1
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said
    if "stopped" not in says:
        assert f"outlines/p.yaml:{10 + len(lines)}:1: error" in said
    assert not list(tmp_path.glob("x"))


def test_what_is_known_is_not_run_again(tmp_path, monkeypatch):
    folder = project(tmp_path)
    assert run(folder, monkeypatch, "-o", "build/runs/p.json") == 0
    path = folder / "build" / "runs" / "p.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.01234", "0.0777"), encoding="utf-8")
    assert run(folder, monkeypatch, "-o", "build/runs/p.json") == 1, "the values that were written are believed"
    outline = folder / "outlines" / "p.yaml"
    outline.write_text(outline.read_text(encoding="utf-8").replace("last = x", "last = x  # now"), encoding="utf-8")
    assert run(folder, monkeypatch, "-o", "build/runs/p.json") == 0, "another listing is run"


def test_an_unknown_value_is_a_finding(tmp_path, monkeypatch, capsys):
    folder = project(tmp_path, values="lost: 0.012, steps: 4")
    monkeypatch.chdir(folder)
    assert main(["validate", "outlines/p.yaml"]) == 1
    assert "decay.last" in capsys.readouterr().err


def test_a_reply_cannot_ask_to_be_run(tmp_path):
    from proofweave.outline import read_reply

    text = json.dumps({"block": "b", "slots": {"body": [{"code": ["x = 1"], "run": "mine"}]}})
    assert [finding.rule for finding in read_reply(text, "b.json")[1]] == ["reply-run"]


@given(st.integers(-(10**6), 10**6), st.integers(0, 3), st.fractions(Fraction(-2), Fraction(2)))
def test_a_value_is_right_only_where_it_rounds_to_what_is_quoted(whole, digits, off):
    quoted = f"{whole}" if not digits else f"{'-' * (whole < 0)}{abs(whole)}.{'0' * digits}"
    value = Fraction(quoted) + off / 10**digits
    code = Code("", "python", Where("o.yaml"), "r", {"v": quoted})
    rules = {finding.rule for finding in compare(code, Ran({"v": repr(float(value))}))} - {"run-digits"}
    if abs(off) < Fraction(9, 20) - Fraction(1, 1000):
        assert rules == set()
    elif abs(off) > Fraction(1, 2) + Fraction(1, 1000):
        assert rules == {"run-differs"}


def test_the_build_runs_what_asks_for_it(tmp_path):
    folder = project(tmp_path, values="last: 0.0222, steps: 4")
    shutil.copytree(ROOT / "rules", folder / "rules")
    for name in ("Snakefile", "environment.yaml"):
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "build/posts/p.md"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert run.returncode and "run-differs" in run.stdout + run.stderr
    assert not (folder / "build" / "posts" / "p.md").exists()
