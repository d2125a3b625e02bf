"""Books: epubcheck accepts them, formulas are MathML, figures are in, no TeX shows, the bytes are the same."""

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from proofweave.core.errors import FileError
from proofweave.pipeline.export.formats import written
from proofweave.pipeline.export.page import plain
from proofweave.pipeline.project import Project

sys.path.insert(0, str(Path(__file__).parent))
from exporting import ROOT, chapters, document, figures, leaked, specimen

JARS = (Path("/usr/share/java/epubcheck.jar"), Path("/usr/bin/epubcheck"))
FLAGSHIP = "多任务学习漫谈二行梯度之事"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return specimen(tmp_path_factory.mktemp("epub") / "project")


@pytest.fixture(scope="module")
def book(project):
    return written(project, document(project, "specimen")[0], "epub", project.root / "x.epub")[0]


def checked(book, folder):
    """Return what epubcheck says of a book."""
    jar = next((path for path in JARS if path.is_file()), None)
    if jar is None or shutil.which("java") is None:
        pytest.skip("checking a book needs epubcheck (apt-get install epubcheck)")
    path = folder / "book.epub"
    path.write_bytes(book)
    run = subprocess.run(["java", "-jar", str(jar), str(path)], capture_output=True, text=True, timeout=300)
    return run.returncode, run.stdout + run.stderr


@pytest.mark.slow
def test_epubcheck_accepts_the_specimen(book, tmp_path):
    code, said = checked(book, tmp_path)
    assert code == 0, said
    assert "0 errors / 0 warnings" in said


@pytest.mark.slow
def test_epubcheck_accepts_the_flagship(tmp_path):
    project = Project(ROOT)
    figures(project, FLAGSHIP)
    code, said = checked(written(project, document(project, FLAGSHIP)[0], "epub", tmp_path / "x.epub")[0], tmp_path)
    assert code == 0, said


def test_no_tex_shows_and_every_chapter_is_well_formed(book):
    found = chapters(book)
    assert found
    for text in found.values():
        ET.fromstring(text.replace("<!DOCTYPE html>", ""))
        assert not leaked(text)
        assert "broken" not in text
    assert sum(text.count("<math ") for text in found.values()) > 20


def test_what_leaks_is_found():
    assert leaked(r"<p>see \frac{a}{b} and $x$</p>")
    assert not leaked(r"<p><code>\frac{a}{b}</code> 5$ <math alttext='\frac{a}'></math></p>")


def test_the_figure_is_in_the_book_and_in_its_list(book):
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        assert b"<svg" in opened.read("EPUB/media/curve.svg")
        assert b"<!DOCTYPE" not in opened.read("EPUB/media/curve.svg")
        assert 'href="media/curve.svg"' in opened.read("EPUB/content.opf").decode()
        assert opened.infolist()[0].filename == "mimetype"
    assert any('src="../media/curve.svg"' in text for text in chapters(book).values())


def test_references_lead_to_their_chapters(book):
    found = chapters(book)
    for text in found.values():
        root = ET.fromstring(text.replace("<!DOCTYPE html>", ""))
        for link in root.iter("{http://www.w3.org/1999/xhtml}a"):
            target, _, anchor = link.get("href", "").partition("#")
            if anchor and not target.startswith("http"):
                assert f'id="{anchor}"' in (found[f"EPUB/text/{target}"] if target else text)


def test_the_same_bytes_each_time(project, book):
    assert written(project, document(project, "specimen")[0], "epub", project.root / "y.epub")[0] == book


def test_a_figure_that_is_not_drawn_says_how_to_draw_it(project):
    with pytest.raises(FileError, match="snakemake"):
        written(project, plain("x.md", "x", "![a](../figures/none/x.svg)"), "epub", project.root / "x.epub")


def test_a_hostile_post_has_neither_script_nor_handler(project, tmp_path):
    text = "# a\n\n<script>x</script> <img src=x onerror=y> [l](javascript:z) $\\href{javascript:a}{b}$ `</code>`\n"
    made, _ = written(project, plain("x.md", "x", text), "epub", tmp_path / "x.epub")
    for chapter in chapters(made).values():
        ET.fromstring(chapter.replace("<!DOCTYPE html>", ""))
        assert "<script" not in chapter and "onerror=y>" not in chapter and 'href="javascript' not in chapter
