"""An English project says nothing in Chinese; project and posts speak their own language, from the one table."""

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from proofweave.adapters.files import read_text
from proofweave.cli import main
from proofweave.core.words.said import LANGUAGES, labels
from proofweave.pipeline.code import modules
from proofweave.pipeline.export.page import plain
from proofweave.pipeline.live.rebuild import Builder
from proofweave.pipeline.live.serve import live
from proofweave.pipeline.project import Project
from proofweave.stages.report.summary import report
from proofweave.stages.report.text import report_text

sys.path.insert(0, str(Path(__file__).parent))
from exporting import chapters

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "proofweave"
CASES = Path(__file__).parent / "cases"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
HAN = re.compile(r"[\u4e00-\u9fff]")
READS_CHINESE = ("stages/validate/woven/", "stages/generate/checks.py", "check/sheet/covered.py")
"""Modules that recognise what Chinese posts say."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return an English project, built with its site: a complete post, a pending and a refused one."""
    folder = tmp_path_factory.mktemp("words") / "project"
    shutil.copytree(CASES / "words" / "project", folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    builder = Builder(Project(folder), folder / "build" / "site")
    refused = [outline.stem for outline in sorted(folder.glob("outlines/*.yaml")) if builder.post(outline)]
    assert refused == ["wrong"]
    builder.figure(folder / "figures" / "everything" / "circle.py")
    builder.around()
    return folder


@pytest.fixture
def project(built, tmp_path, monkeypatch):
    """Return a copy of the project to work in."""
    folder = Path(shutil.copytree(built, tmp_path / "project"))
    monkeypatch.chdir(folder)
    return folder


def settings(project, **keys):
    text = (project / "config.yaml").read_text(encoding="utf-8")
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    (project / "config.yaml").write_text(text + lines, encoding="utf-8")


def reported(project):
    assert main(["report", "-o", "build/report.md", "--json", "build/report.json"]) == 0
    return read_text(project / "build" / "report.md")


def test_nothing_an_english_project_shows_is_chinese(project):
    reported(project)
    for name in ("everything", "waiting"):
        assert main(["export", f"outlines/{name}.yaml", "-o", f"build/{name}.md", "--format", "github"]) == 0
    shown = [path for path in project.glob("build/**/*") if path.suffix in (".html", ".md", ".json", ".js")]
    assert len(shown) > 15
    assert {path.name: CHINESE.findall(read_text(path)) for path in shown if CHINESE.search(read_text(path))} == {}
    assert all('lang="en"' in read_text(path) for path in shown if path.suffix == ".html")


def test_an_english_book_is_english(project):
    assert main(["export", "outlines/everything.yaml", "-o", "build/everything.epub"]) == 0
    found = chapters((project / "build" / "everything.epub").read_bytes())
    assert found and not any(CHINESE.search(text) for text in found.values())


def test_a_post_says_its_own_words(built):
    page = read_text(built / "build" / "site" / "posts" / "everything.html")
    for words in (
        "<summary>Proof</summary>",
        "<h2>Derivations and notes</h2>",
        "[figure]",
        '<span class="unseen">formula </span>',
    ):
        assert words in page
    refused = read_text(built / "build" / "site" / "posts" / "wrong.html")
    assert "cannot be merged yet" in refused and "; correct the equation" in refused


def test_references_of_an_english_post_are_links(built):
    page = read_text(built / "build" / "site" / "posts" / "everything.html")
    said = dict(re.findall(r'<a href="#([^"]*)" class="ref">([^<]*)</a>', page))
    assert {said[target] for target in ("eq-2", "sec-bound", "fig-circle", "thm-cauchy")} == {
        "Eq. (2)",
        "Section 1",
        "Figure 1",
        "Theorem 1.1",
    }


def test_an_english_report_is_the_chinese_one_in_other_words(tmp_path):
    documents = [json.loads(read_text(path)) for path in sorted((CASES / "report/project/findings").glob("*.json"))]
    templates = {path.name: read_text(path) for path in (ROOT / "templates" / "report").glob("*.j2")}
    english, chinese = (report_text(report(documents, "good", language), templates) for language in LANGUAGES)
    assert english == read_text(CASES / "report" / "project" / "report.en.md")
    assert [line.count("|") for line in english.splitlines()] == [line.count("|") for line in chinese.splitlines()]
    assert re.findall(r"\d+", english) == re.findall(r"\d+", chinese)


@pytest.mark.parametrize(
    ("languages", "wanted"), [([], "zh"), (["zh", "en"], "zh"), (["en", "zh", "en"], "en"), ([None, "en"], "en")]
)
def test_the_project_speaks_as_most_of_its_posts(languages, wanted):
    document = json.loads(read_text(CASES / "report" / "project" / "findings" / "wait.json"))
    documents = [document | {"post": str(n), "language": each} for n, each in enumerate(languages)]
    assert report(documents).language == wanted
    assert report(documents).told == "en"
    assert {(report(documents, "", each).language, report(documents, "", each).told) for each in LANGUAGES} == {
        (each, each) for each in LANGUAGES
    }


def test_a_setting_changes_the_project_and_no_post(project):
    post = read_text(project / "build" / "site" / "posts" / "everything.html")
    settings(project, language="zh")
    assert reported(project).startswith("# 推导增强报告\n")
    assert main(["site", "-o", "build/site"]) == 0
    site = project / "build" / "site"
    for name, words in (("index", "全文搜索"), ("dashboard", "校验发现"), ("graph", "尚未写完")):
        page = read_text(site / f"{name}.html")
        assert words in page and '<html lang="zh-CN">' in page
    assert main(["export", "outlines/everything.yaml", "-o", "build/site/posts/everything.html"]) == 0
    assert read_text(site / "posts" / "everything.html") == post


def test_a_heading_of_the_project_goes_first(project):
    settings(project, heading="What follows")
    assert main(["merge", "outlines/everything.yaml", "-o", "build/x.md"]) == 0
    assert "\n## What follows\n" in read_text(project / "build" / "x.md")


@pytest.mark.parametrize(
    ("text", "language"), [("# A\n\nText on 定理.\n" + "word " * 40, "en"), ("# 甲\n\n正文\n", "zh")]
)
def test_the_page_of_any_markdown_speaks_as_the_text_does(text, language):
    assert plain("a.md", "a", text).language == language


@pytest.mark.parametrize(("lang", "fold"), [("en", "Fold away"), ("zh-CN", "收起")])
def test_what_lies_over_a_served_page_speaks_as_the_page_does(lang, fold):
    assert f'data-fold="{fold}"' in live(f'<!DOCTYPE html>\n<html lang="{lang}">\n<head></head>')


def test_words_are_code_of_the_verbs_that_say_them():
    rooms = {
        verb: {path.stem for path in modules(verb) if path.suffix == ".toml"} for verb in ("merge", "report", "site")
    }
    assert "post" in rooms["merge"] and not {"report", "page", "site"} & rooms["merge"]
    assert "report" in rooms["report"] and {"page", "site"} <= rooms["site"]


def test_chinese_stands_in_the_table_only():
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(read_text(path))
        said = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # what only explains
        found[path.relative_to(SOURCE).as_posix()] = [
            node.value for node in said if id(node) not in alone and HAN.search(node.value)
        ]
    assert {name: texts for name, texts in found.items() if texts and not name.startswith(READS_CHINESE)} == {}


def test_templates_and_scripts_hold_no_words_of_a_language():
    paths = [*SOURCE.glob("assets/*.js"), *SOURCE.glob("assets/*.css"), *ROOT.glob("templates/*/*")]
    ours = [path for path in paths if path.parent.name != "prompt" and path.suffix in (".js", ".css", ".j2", ".typ")]
    assert len(ours) > 15
    assert [path.name for path in ours if CHINESE.search(read_text(path))] == []


def test_each_word_of_a_template_is_in_the_table():
    for folder, room in (("post", "post"), ("report", "report")):
        for path in (ROOT / "templates" / folder).glob("*.j2"):
            used = set(re.findall(r"\bwords\.(?!get\b)(\w+)", read_text(path)))
            assert used <= set(labels(room, "en")), path.name
