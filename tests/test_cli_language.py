"""`language:` of config.yaml decides in which language findings are printed."""

import sys
from pathlib import Path

import pytest

from proofweave.cli import main

sys.path.insert(0, str(Path(__file__).parent))
from projects import make


@pytest.fixture
def project(tmp_path, monkeypatch):
    make(tmp_path)
    (tmp_path / "outlines" / "broken.yaml").write_text("source: blogs_raw/a.md\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("setting", "word"), [("zh", "错误"), ("en", "error"), ("auto", "error")])
def test_findings_are_printed_in_the_projects_language(project, capsys, setting, word):
    (project / "config.yaml").write_text(f"language: {setting}\n", encoding="utf-8")
    assert main(["validate", "outlines/broken.yaml"]) == 1
    assert f": {word}: " in capsys.readouterr().err


@pytest.mark.parametrize(("setting", "word"), [("zh", "错误"), ("en", "error"), ("fr", "error")])
def test_so_are_those_that_end_a_verb(project, capsys, setting, word):
    (project / "config.yaml").write_text(f"language: {setting}\nprovider: none\n", encoding="utf-8")
    (project / "blogs_raw" / "a.md").write_text("一句话。\n", encoding="utf-8")
    assert main(["new", "blogs_raw/a.md"]) == 1
    assert f"config.yaml:2:11: {word}: " in capsys.readouterr().err


def test_outside_a_project_they_are_english(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("a: [\n", encoding="utf-8")
    assert main(["retag", "a.yaml"]) == 1
    assert ": error: " in capsys.readouterr().err
