"""Handouts: every formula KaTeX shows compiles, nothing sticks out of the page, links work, the bytes are the same."""

import contextlib
import re
import shutil
import sys
import zlib
from pathlib import Path

import pytest

from proofweave.adapters import typst as engine
from proofweave.adapters.katex import KaTeX
from proofweave.cli import main
from proofweave.core.errors import ToolError
from proofweave.pipeline.export.formats import written
from proofweave.pipeline.export.page import plain
from proofweave.stages.export.pdf_math import quoted, typst_math

sys.path.insert(0, str(Path(__file__).parent))
from exporting import LEFT, RIGHT, ROOT, document, specimen, words

FORMULAS = (
    (r"\operatorname{tr} A + \mathop{\text{argmax}}_i x + \operatorname*{argmin}_x \left\|x\right\|", 'op("argmax")'),
    (r"\Big( x \Big) \bigl| y \bigr|", "lr(size: #1.8em"),
    (r"\begin{cases} a & b \\ c & d\end{cases}", "mat(delim: #none, align: #left"),
    (r"\begin{aligned} a &= b \\ &\le c\end{aligned}", " & "),
    (r"\left\{\begin{aligned} a &= b \\ &\le c\end{aligned}\right.", "lr(\\{"),
    (r"\underbrace{x}_{\text{中文}} \xrightarrow{b} \substack{a\\b} \binom{n}{k}", "underbrace(x)"),
    (r"\lambda_{\max}(A) f'(x) \hat{\boldsymbol{u}} \overline{ab} \stackrel{a}{=}", "accent(bold(u), hat)"),
    (r"\langle x, y\rangle^2 \frac{\langle a\rangle}{b}", "\\⟨"),
    (r"a, b; c : d \# \$ \% \& \_ / ! @ \backslash", "\\,"),
    (r"\left.\frac{a}{b}\right|_{x} \left(\frac{a}{b}\,\middle|\,c\right)", "mid("),
    ('\\text{\\#panic()} \\text{a" b] c} \\mathrm{\\#x} \\text{// /*}', "#panic()"),
    (r"\cancel{x} \boxed{x} \phantom{x} \sqrt[3]{x} \sqrt{} \color{red}{x} \int_0^1 \prod {}^2", "root(3, x)"),
)

HANGING = "，。、；：？！）”’》"
"""Punctuation at the end of a line, whose blank half lies beyond the edge."""


@pytest.fixture(scope="module")
def ready():
    try:
        engine.ready()
    except ToolError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return specimen(tmp_path_factory.mktemp("pdf") / "project")


def test_every_kind_of_formula_compiles(ready):
    asked = [(tex, display) for tex, _ in FORMULAS for display in (True, False)]
    lines = ["#let boxed(x) = $#x$"]
    for (tex, display), picture in zip(asked, KaTeX().mathml(asked, {}), strict=True):
        inner = typst_math(picture)
        assert inner, tex
        assert dict(FORMULAS)[tex] in inner, inner
        lines.append(f"$ {inner} $" if display else f"${inner}$")
    assert engine.compiled("\n\n".join(lines), {}).startswith(b"%PDF")


def test_a_string_cannot_end_early():
    assert quoted('a"b\\') == '"a\\"b\\\\"'


def test_what_katex_refuses_is_shown_as_its_tex(ready, project, tmp_path):
    pdf, problems = written(project, plain("x.md", "x", r"$\undefined{#a}$ 与 $x$"), "pdf", tmp_path / "x.pdf")
    assert pdf.startswith(b"%PDF")
    assert [problem.rule for problem in problems] == ["export-formula"]


def test_a_hostile_text_is_only_text(ready, project, tmp_path):
    hostile = (
        '# #panic("a")\n\n#read("/etc/passwd") \\#x $x$ `#eval("1")` [a](javascript:x) <b onclick=x>\n\n@a <l> = d\n'
    )
    pdf, _ = written(project, plain("x.md", "x", hostile), "pdf", tmp_path / "x.pdf")
    if shutil.which("pdftotext"):
        text = " ".join(word[3] for page in words(pdf) for word in page)
        assert "#read(" in text and "root:" not in text


def test_nothing_sticks_out_of_the_page_and_the_bytes_are_the_same(ready, project, tmp_path):
    made, _ = document(project, "specimen")
    pdf, problems = written(project, made, "pdf", tmp_path / "x.pdf")
    again, _ = written(project, made, "pdf", tmp_path / "x.pdf")
    assert pdf == again
    assert not problems
    if shutil.which("pdftotext") is None:
        pytest.skip("reading a PDF needs pdftotext (apt-get install poppler-utils)")
    pages = words(pdf)
    outside = [word for page in pages for word in page if word[2] > RIGHT + 1 or word[0] < LEFT - 1]
    assert not [word for word in outside if word[3][-1] not in HANGING]
    text = "\n".join(" ".join(word[3] for word in page) for page in pages)
    assert "目录" in text and "参考文献" in text and "证明" in text and "□" in text
    assert "\\" not in text, "no TeX shows"
    assert f"1 / {len(pages)}" in text, "page numbers"
    objects = b"".join(_streams(pdf)).replace(b" ", b"")
    assert objects.count(b"/Subtype/Link") > 10, "references are links"
    assert b"/Outlines" in objects and b"/Title" in objects, "bookmarks"


def _streams(pdf):
    """Yield what a PDF holds outside its streams, and each compressed stream."""
    yield pdf
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(found[1])


def test_a_missing_font_or_engine_is_told_before_any_work(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(engine, "FONT", "No Such Font")
    arguments = ["export", "outlines/none.yaml", "-o", str(tmp_path / "x.pdf")]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "No Such Font" in said and "fonts-noto-cjk" in said
    monkeypatch.setitem(sys.modules, "typst", None)
    assert main(arguments) == 2
    assert "pip install typst" in capsys.readouterr().err
