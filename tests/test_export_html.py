"""Pages of posts: numbers that agree, no TeX in sight, boxes and links, and nothing a hostile post can do."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from proofweave.adapters.katex import KaTeX
from proofweave.pipeline.export.page import page_of, plain
from proofweave.pipeline.live.rebuild import Builder
from proofweave.pipeline.project import Project
from proofweave.stages.export.marked.numbers import labelled, number_displays
from proofweave.stages.export.page.leaked import leaks
from proofweave.stages.export.page.mathjax import mended
from proofweave.stages.export.page.mathml import shown
from proofweave.text.tex.structure import tags_in

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases" / "export"
CORPUS = ROOT.parent / "shared" / "corpus"
VOID = {"meta", "link", "img", "br", "hr", "input", "col"}


@pytest.fixture(scope="module")
def katex():
    return KaTeX()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the specimen's project, built with its site."""
    folder = tmp_path_factory.mktemp("export") / "project"
    shutil.copytree(CASES / "project", folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    builder = Builder(Project(folder), folder / "build" / "site")
    assert builder.post(folder / "outlines" / "specimen.yaml") == ()
    builder.figure(folder / "figures" / "specimen" / "curve.py")
    builder.around()
    return folder


@pytest.fixture(scope="module")
def page(built):
    return (built / "build" / "site" / "posts" / "specimen.html").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """All elements of a page, and whether each is closed where it should be."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open, self.crooked = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crooked.append(tag)


def numbers_on(html):
    return re.findall(r'<div class="eq-no">.*?<a href="#eq-[^"]*">\(([^)]*)\)</a>', html)


def test_numbers_of_source_and_grown_part_do_not_collide():
    displays = number_displays(
        [
            (r"\begin{equation}a\label{one}\end{equation}", False),
            (r"\begin{align}a&=b\label{two}\\c&=d\notag\\e&=f\label{three}\end{align}", False),
            (r"\begin{equation*}a\end{equation*}", False),
            (r"x \tag{1}", False),
            (r"\begin{equation}a\tag{1}\end{equation}", True),
            (r"\begin{align}a \tag{2}\\b \tag{3}\end{align}", True),
        ]
    )
    assert [display.numbers for display in displays] == [("S1",), ("S2", "S3"), (), ("S-1",), ("1",), ("2", "3")]
    assert labelled(displays) == {"one": "S1", "two": "S2", "three": "S3"}
    assert not any(r"\tag" in display.tex or r"\label" in display.tex for display in displays)


def test_a_post_without_grown_part_keeps_its_plain_numbers():
    displays = number_displays([(r"\begin{gather}a\\b\end{gather}", False), ("c", False)])
    assert [display.numbers for display in displays] == [("1", "2"), ()]


def test_the_page_shows_the_numbers_of_the_markdown(built, page):
    markdown = (built / "build" / "posts" / "specimen.md").read_text(encoding="utf-8")
    assert numbers_on(page) == ["S1", "S2", "S3", *[tag.text for tag in tags_in(markdown)]]
    assert [tag.text for tag in tags_in(markdown)] == ["1", "2", "3", "4", "5"]


def test_references_are_links_to_what_they_name(page):
    ids = {attributes["id"] for _, attributes in Elements(page).found if "id" in attributes}
    links = re.findall(r'<a href="#([^"]*)" class="ref">([^<]*)</a>', page)
    assert all(target in ids for target, _ in links)
    said = {words: target for target, words in links}
    assert said["(S1)"] == "eq-S1" and said["(S3)"] == "eq-S3"
    assert said["式(2)"] == "eq-2" and said["–(3)"] == "eq-3" and said["式(1)"] == "eq-1"
    assert said["定理1.1"] == "thm-cauchy" and said["定义1.1"] == "thm-angle" and said["[1]"] == "ref-1"
    assert said["第1节"] == "sec-bound" and said["图1"] == "fig-curve"
    assert "原文里也有一个式(1)" in page, "the source's own words are no references of ours"


def test_blocks_are_boxes_and_proofs_fold(page):
    assert '<div id="thm-cauchy" class="box theorem">' in page
    assert page.count('<details class="proof" open') == 1
    proof = page[page.index('<details class="proof"') : page.index("</details>", page.index('<details class="proof"'))]
    assert "得证" in proof and '<div class="aside">' in proof
    assert '<figure id="fig-curve">' in page and 'src="../figures/specimen/curve.svg"' in page
    assert '<td class="align-right">1</td>' in page
    assert 'class="sourceCode python"' in page


def test_every_number_says_what_was_checked(page):
    assert page.count('class="sign verified"') == 4 - page.count('class="sign weak"')
    assert "组随机取值上成立" in page and "个变体" in page
    assert re.search(r'id="check-5".*?只是示范', page, re.DOTALL)
    assert re.search(r"<dd><math>.*?ℝ.*?</math> 中的向量</dd>", page)


def test_a_page_is_well_formed_and_loads_nothing_from_elsewhere(built):
    for path in sorted((built / "build" / "site").rglob("*.html")):
        html = path.read_text(encoding="utf-8")
        elements = Elements(html)
        assert not elements.open and not elements.crooked, path.name
        ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
        assert len(ids) == len(set(ids)), path.name
        assert_harmless(html)


def test_no_tex_is_left_in_sight(built):
    for path in sorted((built / "build" / "site").rglob("*.html")):
        assert leaks(path.read_text(encoding="utf-8")) == ()


def test_leaks_are_found():
    assert leaks(r"<p>a \begin{equation}</p>") and leaks("<p>$x_1$</p>") and leaks(r"<p>\alpha_1</p>")
    assert not leaks(r"<p><code>\frac{1}{2}</code> costs $5 or C:\new</p>")


def test_the_build_writes_the_same_bytes_twice(built, page):
    builder = Builder(Project(built), built / "build" / "site")
    builder.post(built / "outlines" / "specimen.yaml")
    assert (built / "build" / "site" / "posts" / "specimen.html").read_text(encoding="utf-8") == page


def test_the_site_names_its_posts_and_results(built):
    site = built / "build" / "site"
    assert 'href="posts/specimen.html"' in (site / "index.html").read_text(encoding="utf-8")
    graph = (site / "graph.html").read_text(encoding="utf-8")
    assert 'data-from="cauchy" data-to="triangle"' in graph and 'data-from="angle" data-to="cauchy"' in graph
    assert 'class="cited corollary"' in graph
    assert "推导" in (site / "dashboard.html").read_text(encoding="utf-8")
    assert "柯西不等式" in (site / "assets" / "search-index.js").read_text(encoding="utf-8")


def test_a_refused_post_says_what_is_wrong(built, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("site"))
    outline = folder / "outlines" / "specimen.yaml"
    outline.write_text(outline.read_text(encoding="utf-8").replace("tags: 1-5", "tags: 1-9"), encoding="utf-8")
    problems = Builder(Project(folder), folder / "build" / "site").post(outline)
    page = (folder / "build" / "site" / "posts" / "specimen.html").read_text(encoding="utf-8")
    assert problems and str(problems[0].where) in page


@pytest.mark.parametrize("path", sorted((CASES / "hostile").glob("*.md")), ids=lambda path: path.stem)
def test_a_hostile_post_does_nothing(path, katex):
    html, _ = page_of(plain(path.name, path.stem, path.read_text(encoding="utf-8")), katex=katex)
    elements = Elements(html)
    assert not elements.open and not elements.crooked
    assert_harmless(html)


def assert_harmless(html):
    elements = Elements(html).found
    assert any("Content-Security-Policy" in attributes.get("http-equiv", "") for _, attributes in elements)
    for tag, attributes in elements:
        assert tag not in ("iframe", "object", "embed", "form", "style", "base", "audio", "video")
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset", "formaction")]
        if tag == "script":
            assert attributes["src"].removeprefix("../").startswith("assets/")
        elif tag == "img":
            assert attributes["src"].startswith("../figures/") and ".." not in attributes["src"][3:]
        for name in ("href", "src", "xlink:href"):
            target = re.sub(r"[\s\x00-\x1f]", "", attributes.get(name) or "").lower()
            assert not target.startswith(("javascript:", "data:", "vbscript:"))
    assert html.count("<script") == sum(tag == "script" for tag, _ in elements)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real posts is not beside the repository")
def test_no_real_post_leaks_tex(katex):
    leaking = {}
    for path in sorted(CORPUS.rglob("*.md"))[::4]:
        html, _ = page_of(plain(path.name, path.stem, path.read_text(encoding="utf-8")), katex=katex)
        if leaks(html):
            leaking[path.name] = leaks(html)[:2]
    assert not leaking


def test_letters_get_their_alphabets(katex):
    (bold, double, matrix) = (
        shown(picture)
        for picture in katex.mathml(
            [
                (r"\boldsymbol{g}\mathbf{A}", False),
                (r"\mathbb{R}\mathcal{L}", False),
                (r"a\le\left\|b\right\|-c", False),
            ],
            {},
        )
    )
    assert "𝒈" in bold and "𝐀" in bold
    assert "ℝ" in double and "ℒ" in double
    assert 'stretchy="true">‖' in matrix and "prefix" not in matrix
    assert 'form="prefix"' in shown(katex.mathml([("a=-b", False)], {})[0])
    assert "annotation" not in bold


def test_what_mathjax_takes_is_put_into_katexs_words():
    assert mended(r"U_\boldsymbol{A}") == r"U_{\boldsymbol{A}}"
    assert mended(r"\require{cancel}x") == "x"
    assert mended(r"\text{batch_size}") == r"\text{batch\_size}"


@pytest.mark.parametrize("path", sorted((ROOT / "build" / "site" / "posts").glob("*.html")), ids=lambda path: path.stem)
def test_our_own_pages_show_their_numbers_and_no_tex(path):
    """The posts of this repository, as `make site` built them."""
    markdown = ROOT / "build" / "posts" / f"{path.stem}.md"
    html = path.read_text(encoding="utf-8")
    if not markdown.is_file() or 'class="refused-post"' in html:
        pytest.skip("the post is not grown")
    assert leaks(html) == ()
    assert "broken" not in html
    numbers = numbers_on(html)
    grown = markdown.read_text(encoding="utf-8").partition("<!-- proofweave:begin")[2]
    tags = [tag.text for tag in tags_in(grown)]
    assert [number for number in numbers if not number.startswith("S")] == tags
    assert len(numbers) == len(set(numbers))
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids)) and all(target in ids for target in re.findall(r'href="#([^"]+)"', html))
