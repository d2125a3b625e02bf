from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from proofweave.cli import main

sys.path.insert(0, str(Path(__file__).parent))
from projects import make

FINDINGS = Path(__file__).parent / "cases" / "report" / "project" / "findings"
LATER = 2_000_000_000


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make(tmp_path)
    (tmp_path / "build" / "findings").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def judged(project: Path, post: str) -> None:
    (project / "outlines" / f"{post}.yaml").write_text("title: 题\n", encoding="utf-8")
    path = project / "build" / "findings" / f"{post}.json"
    shutil.copy(FINDINGS / f"{post}.json", path)
    os.utime(path, (LATER, LATER))


def test_a_line_for_each_post_and_the_first_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for post in ("bad", "good", "malformed", "wait"):
        judged(project, post)
    assert main(["status"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "good       complete  7 -> 53 lines  4 numbered, 1/4 verified  3 warnings"
    assert lines[1] == "wait       pending   7 lines"
    assert lines[2].startswith("bad        refused   7 -> 53 lines")
    assert lines[3].startswith("    outlines/bad.yaml:22:31: error: equation 'cs-eq' is refuted")
    assert "[yaml-brackets]" in lines[5] and lines[6] == "    and 2 more in build/report.md"
    assert lines[-1] == "4 posts: 1 complete, 1 pending, 2 refused; 46 lines added, 4 equations numbered"


def test_what_is_not_built_or_changed_since_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(project, "good")
    (project / "outlines" / "new.yaml").write_text("title: 新\n", encoding="utf-8")
    (project / "outlines" / "odd.yaml").write_text("title: 怪\n", encoding="utf-8")
    (project / "build" / "findings" / "odd.json").write_text("[]", encoding="utf-8")
    assert main(["status"]) == 0
    out = capsys.readouterr().out
    assert "out of date" not in out and "new   not built" in out and "odd   not built" in out
    assert "3 posts: 1 complete, 0 pending, 0 refused, 2 not built" in out
    (project / "generations" / "good").mkdir()
    recording = project / "generations" / "good" / "block.json"
    recording.write_text("{}", encoding="utf-8")
    os.utime(recording, (LATER + 5, LATER + 5))
    assert main(["status"]) == 0
    assert "out of date: generations/good/block.json is newer" in capsys.readouterr().out


def test_without_outlines_or_a_project_the_next_step_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 2
    assert "proofweave new" in capsys.readouterr().err
    monkeypatch.chdir(project.parent)
    assert main(["status"]) == 2
    assert "is not inside a proofweave project" in capsys.readouterr().err
