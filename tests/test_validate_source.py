from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofweave.adapters.katex import KaTeX
from proofweave.core.types import Severity
from proofweave.stages.validate.judgement import judge_source, judge_text
from proofweave.stages.validate.source import check_preserved, check_slug
from proofweave.text.markdown.post import read_post

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
ENGINE = KaTeX()
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real posts is not here")


def posts(pattern: str) -> list[Path]:
    return sorted(CORPUS.glob(pattern))


@given(st.text(), st.text())
def test_a_source_is_preserved_exactly_when_its_text_is_the_same(source, stripped):
    assert bool(check_preserved(source, stripped, "a.md")) == (source != stripped)


@pytest.mark.parametrize(
    ("source", "stripped", "line", "column"),
    [
        ("一\n二三\n", "一\n二四\n", 2, 2),
        ("一\n", "一", 1, 2),
        ("一", "一\n二", 1, 2),
        ("一\r\n", "一\n", 1, 2),
        ("", "x", 1, 1),
    ],
)
def test_the_first_difference_is_told(source, stripped, line, column):
    (finding,) = check_preserved(source, stripped, "blogs_raw/a.md")
    assert (finding.rule, finding.severity) == ("source-changed", Severity.ERROR)
    assert (finding.where.file, finding.where.line, finding.where.column) == ("blogs_raw/a.md", line, column)


def test_a_cut_file_name_is_told_by_the_title():
    text = "# 重新思考学习率与Batch Size（四）：EMA\n"
    (finding,) = check_slug(read_post(text, "blogs_raw/重新思考学习率与batch-siz.md"))
    assert (finding.rule, finding.severity) == ("slug-cut", Severity.WARNING)
    assert check_slug(read_post(text, "blogs_raw/重新思考学习率与batch-size四ema.md")) == ()


def test_a_source_that_nobody_may_change_has_warnings_for_its_formulas():
    findings = judge_source(read_post("设 $a_\\boldsymbol x$ 与 $\\frac{a$。\n", "a.md"), ENGINE.render_errors)
    assert {(finding.rule, finding.severity) for finding in findings} == {
        ("formula-broken", Severity.WARNING),
        ("formula-illegal", Severity.WARNING),
    }


@needs_corpus
@pytest.mark.parametrize("path", posts("raw/*.md") + posts("derived/*.original.md"), ids=lambda path: path.stem)
def test_a_whole_source_has_no_error(path):
    findings = judge_source(read_post(path.read_text(encoding="utf-8"), path.name), ENGINE.render_errors)
    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []


@needs_corpus
@pytest.mark.parametrize("path", posts("derived/*.md"), ids=lambda path: path.stem)
def test_any_real_text_can_be_judged(path):
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    for finding in judge_text(read_post(text, path.name), ENGINE.render_errors):
        assert 1 <= finding.where.column <= len(lines[finding.where.line - 1]) + 1


@needs_corpus
def test_a_source_cut_anywhere_inside_a_display_is_refused():
    path = posts("raw/*svd.md")[0]
    text = path.read_text(encoding="utf-8")
    cut = text.index("\\end{equation}", len(text) // 2)
    findings = judge_source(read_post(text[:cut], path.name), ENGINE.render_errors)
    assert "source-truncated" in {finding.rule for finding in findings if finding.severity is Severity.ERROR}


WORDS = ["\\begin{equation}", "\\end{equation}", "\\tag{1}", "$", "$$", "`", "```\n", "<div>", "</div>", "<!--", "-->"]
MORE = [
    "**定理1.1**",
    "**证明**:",
    "□",
    "式(1)",
    "@eq:a",
    "### 一、甲",
    "\n",
    "\n\n",
    "x",
    "文字",
    "\\label{a}",
    "\\eqref{b}",
    "> ",
]


@given(st.lists(st.sampled_from(WORDS + MORE), max_size=30))
def test_any_text_can_be_judged_and_every_place_lies_in_it(words):
    text = "".join(words)
    lines = text.split("\n")
    for finding in judge_text(read_post(text, "a.md"), lambda formulas, _: [None] * len(formulas)):
        assert 1 <= finding.where.line <= len(lines)
        assert 1 <= finding.where.column <= len(lines[finding.where.line - 1]) + 1
