"""The cases are folders: `source.md`, `woven.json` (anchor to text), and `merged.md` or `findings.txt`."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proofweave.core.errors import FindingsError
from proofweave.core.types import Numbering, Origin, SpanKind, Where, Woven
from proofweave.stages.merge.post import merge, merge_problems, strip
from proofweave.text.markdown.blocks import END
from proofweave.text.markdown.post import read_post

ROOT = Path(__file__).parent.parent
CASES = sorted((Path(__file__).parent / "cases" / "merge").iterdir())
CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.md"))
HEADING = "公式推导与注释"


def woven(pieces: dict[str, str]) -> Woven:
    origins = {anchor: (Origin(1, 99, Where("outlines/a.yaml", 7, 3)),) for anchor in pieces}
    return Woven(pieces, origins, Numbering({}, {}, {}, {}))


PIECE = woven({"": "### 一、新\n\n$$x$$\n"})


def merged(text: str, pieces: Woven = PIECE, heading: str = HEADING) -> str:
    return merge(read_post(text, "a.md"), pieces, heading)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    source = (case / "source.md").read_bytes().decode()
    pieces = woven(json.loads((case / "woven.json").read_text(encoding="utf-8")))
    post = read_post(source, "source.md")
    problems = merge_problems(post, pieces)
    if (case / "findings.txt").exists():
        assert "".join(f"{finding}\n" for finding in problems) == (case / "findings.txt").read_text(encoding="utf-8")
        with pytest.raises(FindingsError):
            merge(post, pieces, HEADING)
    else:
        assert problems == ()
        grown = merge(post, pieces, HEADING)
        assert grown == (case / "merged.md").read_bytes().decode()
        assert strip(grown) == strip(source)
        assert merged(grown, pieces) == grown


ENDINGS = [
    "",
    "\n",
    "文",
    "文\n",
    "文\n\n",
    "文  ",
    "文\n \n",
    "\ufeff",
    "\ufeff文",
    "文\r\n",
    "a\r\nb",
    "a\r\nb\nc\nd",
    "文\r",
    "- 项\n",
]


@pytest.mark.parametrize("source", ENDINGS, ids=repr)
def test_however_the_source_ends_it_comes_back(source: str) -> None:
    grown = merged(source)
    assert grown.startswith(source)
    assert strip(grown) == source
    assert strip(grown.rstrip("\r\n")) == source
    assert merged(grown) == grown
    assert [span.kind for span in read_post(grown, "a").spans][-1] is SpanKind.GROWN


def test_newlines_follow_the_source() -> None:
    grown = merged("甲\r\n\r\n乙\r\n")
    assert grown.count("\n") == grown.count("\r\n")
    assert "\r" not in merged("甲\n")


def test_nothing_woven_gives_the_source() -> None:
    assert merged("甲", woven({})) == "甲"
    assert merged("甲", woven({"": " \n"})) == "甲"
    assert merged(merged("甲"), woven({})) == "甲"


def test_a_grown_part_is_replaced() -> None:
    other = woven({"": "另一段\n"})
    assert merged(merged("甲\n"), other) == merged("甲\n", other)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda grown: grown.replace("原文", "改文"), "merge-edited"),
        (lambda grown: "新\n" + grown, "merge-edited"),
        (lambda grown: grown + "\n尾", "merge-edited"),
        (lambda grown: grown.replace("before=1", "before=0"), "merge-edited"),
        (lambda grown: grown.replace("eol=lf", "eol=crlf"), "merge-edited"),
        (lambda grown: re.sub("source=.", "source=-", grown), "merge-marker"),
        (lambda grown: grown.replace(END, ""), "merge-marker"),
        (lambda grown: grown.replace(END, END + "\n" + END), "merge-marker"),
        (lambda grown: grown[grown.index("###") :], "merge-marker"),
        (lambda grown: grown + grown, "merge-edited"),
        (lambda grown: grown.replace("### ", grown[grown.index("<!--") :].split("\n")[0] + "\n### "), "merge-marker"),
        (lambda grown: grown.replace("proofweave:begin eol", "proofweave:begin  eol"), "merge-marker"),
    ],
)
def test_what_was_tampered_with_is_refused(change, rule: str) -> None:
    grown = change(merged("原文\n"))
    with pytest.raises(FindingsError) as refused:
        strip(grown, "a.md")
    assert {finding.rule for finding in refused.value.findings} == {rule}
    assert all(finding.where.file == "a.md" for finding in refused.value.findings)
    assert merge_problems(read_post(grown, "a.md"), PIECE) == refused.value.findings


def test_edits_inside_the_grown_part_are_no_harm() -> None:
    assert strip(merged("原文\n").replace("$$x$$", "$$y$$\n\n更多")) == "原文\n"


def test_an_edit_of_one_character_is_undone_exactly_or_refused() -> None:
    source = "# 甲\n\n原文 $x$\n\n## 乙\n\n尾"
    grown = merged(source, woven({"乙": "甲一\n", "": "末\n"}))
    for index in range(len(grown)):
        for changed in (grown[:index] + grown[index + 1 :], grown[:index] + "\n" + grown[index:]):
            try:
                assert strip(changed) in {source, changed}
            except FindingsError as error:
                assert error.findings


TOKENS = (
    *(
        "# 甲\n",
        "## 乙 #\n",
        "### 丙\n",
        "## 公式推导与注释\n",
        "正文\n",
        "\n",
        "\r\n",
        " ",
        "$x$",
        "$$",
        "```\n",
        "> ",
        "- a\n",
    ),
    *("<!--", "-->", "\\begin{equation}", "\\end{equation}", "`", "\ufeff", "\r", "    x\n", "<div>", "<pre>", "---\n"),
)
DIALECT = st.lists(st.sampled_from(TOKENS), max_size=25).map("".join)


@given(st.one_of(st.text(), DIALECT), st.booleans())
@settings(max_examples=400)
def test_strip_undoes_merge_and_merging_twice_is_merging_once(source: str, anchored: bool) -> None:
    pieces = woven({"乙": "新一\n", "甲": "新二\n\n- 项\n", "": "新三\n"}) if anchored else PIECE
    post = read_post(source, "a")
    assume(not merge_problems(post, pieces))
    grown = merge(post, pieces, HEADING)
    assert strip(grown) == source
    assert merged(grown, pieces) == grown
    assert sum(span.kind is SpanKind.GROWN for span in read_post(grown, "a").spans) == len(pieces.pieces)


def test_markers_in_the_woven_text_are_refused_where_they_come_from() -> None:
    (finding,) = merge_problems(read_post("甲\n", "a.md"), woven({"": f"x\n{END}\n"}))
    assert (finding.rule, str(finding.where)) == ("merge-marker", "outlines/a.yaml:7:3")


def test_a_file_of_markers_is_refused_quickly() -> None:
    start = time.process_time()
    with pytest.raises(FindingsError):
        strip("<!-- proofweave:begin\n" * 100_000)
    assert time.process_time() - start < 2


@pytest.mark.skipif(not CORPUS, reason="the corpus of real posts is not part of the repository")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_real_posts_come_back(path: Path) -> None:
    source = path.read_bytes().decode()
    grown = merged(source)
    assert strip(grown) == source
    assert merged(grown) == grown
    assert grown.startswith(source)
