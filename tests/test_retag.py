from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofweave.cli import main
from proofweave.outline.new import new_outline
from proofweave.outline.reading import read_outline
from proofweave.outline.renumber import Retagged, retag
from proofweave.text.markdown.post import read_post

CASES = sorted((Path(__file__).parent / "cases" / "retag").iterdir())

HEAD = "title: 题\nsource: blogs_raw/a.md\nlanguage: zh\nsections:\n"


def about_tags(text: str) -> list[str]:
    _, findings = read_outline(text, "outlines/a.yaml")
    return [finding.rule for finding in findings if finding.rule.startswith("outline-tags")]


def without_tags(text: str) -> str:
    return re.sub(r"tags:[^\n,}#]*|# 四|[\s,]", "", text)  # the comment of a removed range may go with it


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    text = (case / "outline.yaml").read_bytes().decode()
    done = retag(text, "outlines/a.yaml")
    assert done.text == (case / "retagged.yaml").read_bytes().decode()
    told = [str(line) for line in (*done.changes, *done.findings)]
    assert told == (case / "told.txt").read_text(encoding="utf-8").splitlines()
    assert retag(done.text, "outlines/a.yaml").text == done.text


def sections(count: int) -> st.SearchStrategy[str]:
    tags = st.one_of(
        st.just(""),
        st.builds(lambda a, b: f"tags: {a}-{b}", st.integers(1, 99), st.integers(1, 99)),
        st.sampled_from(["tags: 7", "tags: '3-6'", "tags:", 'tags: "9"', "tags: x", "tags:   4   # 四"]),
    )
    where = st.sampled_from(["before blocks", "after title", "last", "first"])

    def section(number: int, tags: str, where: str, equations: int, comment: bool, flow: bool) -> str:
        block = f"{{write: 推导, equations: {equations}}}"
        if flow and "#" not in tags:
            keys = [f"id: s{number}", "title: 甲", f"blocks: [{{derivation: {block}}}]"]
        else:
            keys = [f"id: s{number}", "title: 甲  # 'tags: 1'", f"blocks:\n      - derivation: {block}"]
            flow = False
        place = {"before blocks": 2, "after title": 2, "last": 3, "first": 0}[where]
        if tags and not (flow and tags == "tags:"):
            keys.insert(place, tags)
        if flow:
            return f"  - {{{', '.join(keys)}}}\n"
        lead = "    # 注：tags: 9-9\n" if comment else ""
        return "  - " + (f"\n{lead}    ").join(keys) + "\n"

    return st.lists(
        st.builds(lambda *rest: rest, tags, where, st.integers(0, 4), st.booleans(), st.booleans()),
        min_size=1,
        max_size=count,
    ).map(lambda drawn: HEAD + "".join(section(number, *one) for number, one in enumerate(drawn)))


@given(sections(5), st.booleans(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_ranges_fit_afterwards_and_only_their_lines_differ(text: str, windows: bool, bom: bool) -> None:
    text = ("\ufeff" if bom else "") + (text.replace("\n", "\r\n") if windows else text)
    done = retag(text, "outlines/a.yaml")
    assert done.findings == ()
    assert about_tags(done.text) == []
    assert retag(done.text, "outlines/a.yaml").changes == ()
    assert without_tags(done.text) == without_tags(text)
    if windows:
        assert done.text.count("\n") == done.text.count("\r\n")


def test_every_new_outline_has_its_ranges_already() -> None:
    text = new_outline(read_post("## 甲\n\n$$x$$\n\n## 乙\n\n$$y$$\n\n$$z$$\n", "blogs_raw/a.md"), "a")
    assert retag(text, "a.yaml").changes == ()
    blocks = text.replace("    equations: 1", "    equations: 3")
    assert about_tags(blocks)
    assert about_tags(retag(blocks, "a.yaml").text) == []


@pytest.mark.parametrize("tags", ["1-1", "'1'", "1   # 只有一个", "|-\n      1"])
def test_a_range_that_fits_stays_as_it_is_written(tags: str) -> None:
    text = (
        HEAD
        + f"  - id: s\n    title: 甲\n    tags: {tags}\n    blocks:\n      - derivation: {{write: 推, equations: 1}}\n"
    )
    assert retag(text, "a.yaml") == Retagged(text)


def test_the_verb_writes_says_what_changed_and_is_idempotent(tmp_path: Path, capsys) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(HEAD + "  - id: s\n    title: 甲\n    blocks:\n      - derivation: {write: 推, equations: 2}\n")
    before = path.read_bytes()
    assert main(["retag", "--check", str(path)]) == 1
    assert path.read_bytes() == before
    assert "section 's': tags none -> 1-2" in capsys.readouterr().out
    assert main(["retag", str(path)]) == 0
    assert "    tags: 1-2\n" in path.read_text()
    assert capsys.readouterr().out.count("\n") == 1
    assert main(["retag", "--check", str(path)]) == 0
    assert capsys.readouterr().out == ""


def test_one_bad_outline_does_not_stop_the_next(tmp_path: Path, capsys) -> None:
    bad, good = tmp_path / "bad.yaml", tmp_path / "good.yaml"
    bad.write_text("title: [\n")
    good.write_text(HEAD + "  - id: s\n    title: 甲\n    blocks:\n      - derivation: {write: 推, equations: 2}\n")
    assert main(["retag", str(tmp_path / "gone.yaml"), str(bad), str(good)]) == 2
    told = capsys.readouterr().err
    assert "gone.yaml cannot be read" in told and "bad.yaml:" in told and "Traceback" not in told
    assert "tags: 1-2" in good.read_text()
    assert bad.read_text() == "title: [\n"
