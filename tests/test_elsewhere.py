"""References across posts: each case is a project of two posts that refer to each other, and what validate says."""

import shutil
import sys
from pathlib import Path

import pytest

from proofweave.cli import main
from proofweave.pipeline.others import shown_elsewhere
from proofweave.pipeline.project import Project

sys.path.insert(0, str(Path(__file__).parent))
from projects import make

CASES = Path(__file__).parent / "cases" / "elsewhere"
POST = "# 题\n\n## 甲\n\n正文 $x$。\n\n$$\na = b\n$$\n"


@pytest.fixture
def laid(tmp_path, monkeypatch):
    def lay(case: Path) -> Path:
        make(tmp_path)
        shutil.copytree(case / "outlines", tmp_path / "outlines", dirs_exist_ok=True)
        (tmp_path / "blogs_raw" / "post.md").write_text(POST, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return lay


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case, laid, capsys):
    laid(case)
    for post in ("b", "甲 文"):
        main(["validate", f"outlines/{post}.yaml"])
    out, error = capsys.readouterr()
    assert out + error == (case / "told.txt").read_text(encoding="utf-8")


def test_every_format_says_where_it_leads(laid):
    folder = laid(CASES / "round")
    for post, form, shown in [
        ("甲 文", "obsidian", "[《Another \\[long\\] title》Theorem 1.1](<b.md#thm-positive>)"),
        ("甲 文", "github", "(<b.md#eq-2>)"),
        ("b", "github", "[“甲文”, 式(1)](<甲%20文.md#eq-1>)"),
        ("甲 文", "html", 'href="b.html#thm-positive"'),
        ("b", "html", 'href="甲%20文.html#eq-1"'),
    ]:
        assert main(["export", f"outlines/{post}.yaml", "--format", form, "-o", f"{form}.out"]) == 0
        assert shown in (folder / f"{form}.out").read_text(encoding="utf-8")


def test_a_book_has_the_words_alone(laid):
    import zipfile

    folder = laid(CASES / "round")
    assert main(["export", "outlines/甲 文.yaml", "--format", "epub", "-o", "a.epub"]) == 0
    with zipfile.ZipFile(folder / "a.epub") as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith("xhtml"))
    assert "Another [long] title" in text and "b.md" not in text and "b.html" not in text


def test_the_build_sees_another_posts_numbers_and_not_its_text(laid):
    folder = laid(CASES / "round")
    project = Project(folder)
    before = shown_elsewhere(project, "b", {})
    other = folder / "outlines" / "甲 文.yaml"
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace("由范数的定义", "按照范数的定义"), encoding="utf-8")
    assert shown_elsewhere(project, "b", {}) == before
    moved = text.replace("id: norm,", "id: one-more,").replace("id: root,", "id: norm,")
    other.write_text(moved, encoding="utf-8")
    assert shown_elsewhere(project, "b", {}) != before
