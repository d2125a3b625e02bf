"""Plain Markdown for applications: each case is a post and what GitHub and Obsidian get of it."""

import re
import sys
from pathlib import Path

import pytest

from proofweave.adapters.katex import KaTeX
from proofweave.cli import main
from proofweave.core.types import SpanKind
from proofweave.stages.export.marked.placeholders import mark
from proofweave.stages.export.plain import DIALECTS, dialect, expanded
from proofweave.text.markdown.post import read_post

sys.path.insert(0, str(Path(__file__).parent))
from exporting import ROOT, document, specimen

CASES = sorted((Path(__file__).parent / "cases" / "dialect").iterdir())
REFUSED = re.compile(r"\\(?:tag|label|eqref|operatorname|mbox|newcommand|def)(?![A-Za-z])")
"""What GitHub's formulas may not hold, as its own messages and issues say."""


@pytest.mark.parametrize("name", ["github", "obsidian"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cases(case, name):
    post = read_post((case / "post.md").read_text(encoding="utf-8"), "post.md")
    assert dialect(mark(post), name, figures="../img/") == (case / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return document(specimen(tmp_path_factory.mktemp("dialect") / "project"), "specimen")[0]


def test_github_gets_nothing_that_it_refuses(made):
    text = dialect(made.marked, "github")
    formulas = re.findall(r"^[ >]*```math\n(.*?)^[ >]*```$|\$`([^`]*)`\$", text, re.DOTALL | re.MULTILINE)
    assert len(formulas) == len(made.marked.formulas)
    assert not [found for found in formulas if REFUSED.search("".join(found))]
    assert "proofweave" not in text and "PWx" not in text


@pytest.mark.parametrize("name", DIALECTS)
def test_every_formula_is_still_one_that_katex_takes(made, name):
    text = dialect(made.marked, name)
    if name == "github":
        pieces = re.findall(r"\$`([^`]*)`\$", text)
        pieces += re.findall(r"^[ >]*```math\n(.*?)^[ >]*```$", text, re.DOTALL | re.MULTILINE)
    else:
        spans = read_post(text, "").spans
        pieces = [span.tex for span in spans if span.kind in (SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH)]
        assert len(pieces) == len(made.marked.formulas) - 1  # one stands in a heading
    assert not [said for said in KaTeX().render_errors([(tex, True) for tex in pieces], {}) if said]


def test_macros_that_call_themselves_end():
    assert expanded(r"\a", {r"\a": r"\a x"}).startswith(r"\a")


def test_from_the_command_line_figures_are_where_they_are(tmp_path, monkeypatch, capsys):
    project = specimen(tmp_path / "project")
    monkeypatch.chdir(project.root)
    target = project.root / "build" / "markdown" / "github" / "specimen.md"
    assert main(["export", "outlines/specimen.yaml", "--format", "github", "-o", str(target)]) == 0, capsys.readouterr()
    found = re.findall(r"!\[[^\]]*\]\(<?([^)>]*)>?\)", target.read_text(encoding="utf-8"))
    assert found and all((target.parent / each).is_file() for each in found)


def test_the_repository_has_all_kinds():
    assert ROOT.joinpath("rules", "epub.smk").read_text(encoding="utf-8").count("build/markdown/") == 4
