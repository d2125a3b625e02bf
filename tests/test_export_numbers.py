"""One equation, one number: in the Markdown, on the page, in the PDF, in the book and in each dialect."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from proofweave.core.errors import ToolError
from proofweave.core.types import SpanKind
from proofweave.pipeline.export.formats import written
from proofweave.pipeline.export.page import page_of
from proofweave.pipeline.project import Project
from proofweave.stages.export.book import numbers_shown
from proofweave.text.markdown.post import read_post
from proofweave.text.tex.structure import tags_in

sys.path.insert(0, str(Path(__file__).parent))
from exporting import RIGHT, ROOT, chapters, document, figures, specimen, words

TAGS = re.compile(r"\\tag\{([^{}]*)\}|\\qquad \\text\{\(([^()]*)\)\}")
POSTS = sorted(path.stem for path in (ROOT / "outlines").glob("*.yaml"))


@pytest.fixture(scope="module", params=["specimen", *POSTS])
def post(request, tmp_path_factory):
    """Return a project, a post's document and its Markdown."""
    if request.param == "specimen":
        project = specimen(tmp_path_factory.mktemp("numbers") / "project")
    else:
        project = Project(ROOT)
        figures(project, request.param)
    return project, *document(project, request.param)


def expected(document):
    return [number for display in document.marked.displays for number in display.numbers]


def test_the_markdowns_own_tags_are_the_numbers_of_its_grown_part(post):
    _, document, text = post
    grown = next(span.text for span in read_post(text, "").spans if span.kind is SpanKind.GROWN)
    assert [tag.text for tag in tags_in(grown)] == [number for number in expected(document) if number[0] != "S"]


def test_no_number_stands_for_two_equations(post):
    numbers = expected(post[1])
    assert len(numbers) == len(set(numbers)) > 5


def test_the_page_shows_them(post):
    html, _ = page_of(post[1])
    shown = re.findall(r'<div class="eq-no">.*?<a href="#[^"]*">\(([^()]*)\)</a>', html, re.DOTALL)
    assert shown == expected(post[1])


def test_the_book_shows_them(post, tmp_path):
    book, _ = written(post[0], post[1], "epub", tmp_path / "x.epub")
    assert [n for text in chapters(book).values() for n in numbers_shown(text)] == expected(post[1])


@pytest.mark.parametrize("name", ["github", "typora", "obsidian"])
def test_the_dialects_show_them(post, name, tmp_path):
    text, _ = written(post[0], post[1], name, tmp_path / "x.md")
    found = ["".join(pair) for pair in TAGS.findall(text.decode())]
    assert found == expected(post[1])


def test_the_handout_shows_them_at_its_edge(post, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("reading a PDF needs pdftotext (apt-get install poppler-utils)")
    try:
        pdf, _ = written(post[0], post[1], "pdf", tmp_path / "x.pdf")
    except ToolError as error:
        pytest.skip(str(error))
    edge = [word for page in words(pdf) for word in sorted(page, key=lambda word: word[1]) if abs(word[2] - RIGHT) < 1]
    shown = [found[1] for *_, text in edge if (found := re.fullmatch(r"\(((?:S-?)?\d+)\)", text))]
    numbers = expected(post[1])
    rest = iter(shown)  # a reference at the end of a line stands there too
    assert all(number in rest for number in numbers), "the numbers are not all there, in order"
    assert set(shown) == set(numbers)
