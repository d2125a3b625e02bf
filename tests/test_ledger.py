"""`proofweave ledger` through the command line: what fell or is gone is named, and only --accept takes it in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from proofweave.cli import main
from proofweave.core.wire import line_of
from proofweave.stages.ledger.compare import compared
from proofweave.stages.ledger.record import ORDER, entries, ledger_text, read_ledger

sys.path.insert(0, str(Path(__file__).parent))
from projects import make

OUTLINE = r"""title: 题
source: blogs_raw/{post}.md
language: zh
symbols:
  a: scalar
  b: scalar
sections:
  - id: s
    title: 甲
    layer: derivation
    tags: 1-3
    blocks:
      - definition: {post}-sum
        statement: 记
        equations:
          - {{id: sum, tex: 'c = a + b', defines: 'c'}}
      - theorem: {post}-means
        statement: 对任意实数有
        equations:
          - {{id: means, tex: '2ab \le a^2 + b^2'}}
        proof:
          - because: 展开平方，
            equation: {{id: expand, tex: '(a-b)^2 = a^2 - 2ab + b^2'}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make(tmp_path)
    for post in ("one", "two"):
        (tmp_path / "outlines" / f"{post}.yaml").write_text(OUTLINE.format(post=post), encoding="utf-8")
        (tmp_path / "blogs_raw" / f"{post}.md").write_text("# 题\n\n正文。\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    build("one", "two")
    return tmp_path


def build(*posts: str) -> None:
    for post in posts:
        assert main(["validate", f"outlines/{post}.yaml", "-o", f"build/findings/{post}.json"]) == 0


def change(project: Path, post: str, old: str, new: str) -> None:
    path = project / "outlines" / f"{post}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def check(capsys: pytest.CaptureFixture[str], code: int) -> list[str]:
    """Run the check; return the lines it says on standard error."""
    capsys.readouterr()
    assert main(["ledger", "--check"]) == code
    out, error = capsys.readouterr()
    assert not out and "Traceback" not in error
    return error.splitlines()


def test_the_file_has_a_line_for_each_equation(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    assert capsys.readouterr().err == "verdicts.lock: 6 equations in 2 posts\n"
    text = (project / "verdicts.lock").read_text(encoding="utf-8")
    assert text.splitlines()[:7] == [
        "{",
        ' "format": 1,',
        ' "posts": {',
        '  "one": [',
        '   {"id": "sum", "number": "1", "verdict": "defined"},',
        '   {"id": "means", "number": "2", "verdict": "verified"},',
        '   {"id": "expand", "number": "3", "verdict": "verified"}',
    ]
    assert list(json.loads(text)["posts"]) == ["one", "two"]
    assert main(["ledger"]) == 0
    assert capsys.readouterr().out == text
    assert check(capsys, 0) == ["6 equations are what verdicts.lock says"]


def test_what_fell_is_named_until_it_is_accepted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    change(project, "one", "id: means,", "id: means, assume: 一条大家都熟知的不等式,")
    build("one")
    (line,) = check(capsys, 1)
    assert line == (
        "verdicts.lock:6:4: error: equation 'means' (2) of one fell from verified to assumed; "
        "correct what weakened it, or take it in with `proofweave ledger --accept` [verdict-fell]"
    )
    assert main(["ledger", "--accept"]) == 0
    assert check(capsys, 0) == ["6 equations are what verdicts.lock says"]


def test_a_refuted_equation_fell_though_its_post_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    change(project, "two", r"2ab \le", r"2ab \ge")
    build("two")
    (line,) = check(capsys, 1)
    assert "equation 'means' (2) of two fell from verified to refuted" in line


def test_what_is_gone_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    change(project, "one", "id: means,", "id: bound,")
    build("one")
    gone, new = sorted(check(capsys, 1), reverse=True)
    assert gone.startswith("verdicts.lock:6:4: error: equation 'means' (2) of one is gone; it was verified; bring")
    assert gone.endswith("[verdict-lost]")
    assert new.startswith("build/findings/one.json:1:1: info: equation 'bound' (2) of one is new and verified")
    (project / "outlines" / "two.yaml").unlink()
    assert sum("of two is gone" in line for line in check(capsys, 1)) == 3


def test_what_rose_or_is_new_is_told_and_fine(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(project, "one", "id: means,", "id: means, skip: 以后再检验这一条,")
    build("one")
    assert main(["ledger", "--accept"]) == 0
    change(project, "one", "skip: 以后再检验这一条, ", "")
    (project / "outlines" / "three.yaml").write_text(OUTLINE.format(post="three"), encoding="utf-8")
    (project / "blogs_raw" / "three.md").write_text("# 题\n\n正文。\n", encoding="utf-8")
    build("one", "three")
    new, rose = check(capsys, 0)
    assert "info: three is new, with 3 equations; `proofweave ledger --accept` takes it in" in new
    assert "info: equation 'means' (2) of one rose from skipped to verified; `proofweave ledger --accept`" in rose


def test_a_post_of_which_nothing_is_judged_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    (project / "blogs_raw" / "one.md").unlink()
    build("one")
    (line,) = check(capsys, 1)
    assert "none of the 3 equations of one is judged: the post is refused" in line and "[verdict-lost]" in line


def test_findings_that_are_missing_or_old_are_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    path = project / "build" / "findings" / "one.json"
    written = path.read_text(encoding="utf-8")
    path.unlink()
    change(project, "two", "title: 题", "title: 新题")
    for arguments in (["ledger"], ["ledger", "--accept"], ["ledger", "--check"]):
        capsys.readouterr()
        assert main(arguments) == 2
        out, error = capsys.readouterr()
        missing, old = error.splitlines()
        assert "build/findings/one.json:1:1: error: outlines/one.yaml is not judged yet; run snakemake" in missing
        assert "build/findings/two.json:1:1: error: outlines/two.yaml changed after the post was judged" in old
        assert not out
    build("two")
    for text, told in (
        (written.replace('"format": 2', '"format": 1'), "run snakemake again"),
        (written.replace('"format": 2', '"format": 3'), "run snakemake again"),
        (written.replace('"verdict"', '"verdikt"'), "is not what validate wrote"),
        ("[]", "is not what a stage of proofweave wrote"),
    ):
        path.write_text(text, encoding="utf-8")
        (line,) = check(capsys, 2)
        assert told in line
    path.write_text(written.replace('"proofweave": "', '"proofweave": "0'), encoding="utf-8")
    assert "the code of proofweave changed after the post was judged" in check(capsys, 2)[0]
    path.write_text(written, encoding="utf-8")
    assert check(capsys, 0)


def test_a_touched_file_with_the_same_bytes_is_not_old(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "--accept"]) == 0
    outline = project / "outlines" / "one.yaml"
    outline.write_bytes(outline.read_bytes())
    assert check(capsys, 0)


def test_a_ledger_that_is_missing_or_broken_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no verdicts.lock; write it with `proofweave ledger --accept`" in check(capsys, 2)[0]
    assert main(["ledger", "--accept"]) == 0
    path = project / "verdicts.lock"
    text = path.read_text(encoding="utf-8")
    for old, new, told in (
        ('   {"id": "means"', '<<<<<<< ours\n   {"id": "means"', "verdicts.lock:6:1: error: this is no ledger"),
        ("verified", "verifeid", "'verdict' is 'verifeid'"),
        ('"format": 1', '"format": 9', "verdicts.lock:2:12: error: this is of format 9, and this proofweave knows"),
        ('"posts"', '"blogs"', "unknown key 'blogs'"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        (line,) = check(capsys, 1)
        assert told in line, line
    path.write_text("", encoding="utf-8")
    assert "[ledger-broken]" in check(capsys, 1)[0]


def test_nothing_judged_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert check(capsys, 2)


def equations(**verdicts: str):
    document = {"equations": [{"id": k, "tags": [], "verdict": v, "reason": ""} for k, v in verdicts.items()]}
    return {"post": entries(document, "f.json")}


@pytest.mark.parametrize("before", ORDER)
@pytest.mark.parametrize("after", ORDER)
def test_a_step_down_the_order_is_a_fall(before: str, after: str) -> None:
    found = list(compared(equations(e=before), equations(e=after), {}, "verdicts.lock"))
    rules = [] if before == after else ["verdict-fell" if ORDER.index(after) > ORDER.index(before) else "verdict-rose"]
    assert [finding.rule for finding in found] == rules
    for finding in found:
        assert before in finding.what and after in finding.what
        assert "post的公式'e'（无编号）" in line_of(finding, "zh")


def test_a_ledger_is_read_as_it_was_written() -> None:
    ledger = {'甲 "a\\b"': equations(a="verified", b="", c="weak")["post"]}
    again, findings = read_ledger(ledger_text(ledger), "verdicts.lock")
    assert again == ledger and not findings
    assert [entry.verdict for entry in again['甲 "a\\b"']] == ["verified", "unchecked", "weak"]
    assert [entry.where.line for entry in again['甲 "a\\b"']] == [5, 6, 7]
