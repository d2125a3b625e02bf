"""The cases are folders: `post.md`, and `outline.yaml` as it is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from proofweave.core.types import BlockKind, Layer, Outline, Slot
from proofweave.outline.new import new_outline
from proofweave.outline.reading import read_outline
from proofweave.text.markdown.post import read_post

ROOT = Path(__file__).parent.parent
CASES = sorted((Path(__file__).parent / "cases" / "new").iterdir())
CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.md"))


def laid_out(text: str, like: Outline | None = None, path: str = "blogs_raw/mine.md") -> str:
    return new_outline(read_post(text, path), "mine", like)


def read(text: str) -> Outline:
    outline, findings = read_outline(text, "outlines/mine.yaml")
    assert findings == ()
    assert outline is not None
    return outline


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    text = laid_out((case / "post.md").read_text(encoding="utf-8"))
    assert text == (case / "outline.yaml").read_text(encoding="utf-8")
    read(text)


def test_sections_follow_the_headings_and_slots_their_displays() -> None:
    outline = read(
        laid_out("# 题\n\n## 甲 #\n\n$$a$$\n\n$$b$$\n\n## 乙\n\n### 丙\n\n$$c$$\n\n## 公式推导与注释\n\nTODO\n")
    )
    assert outline.title == "题"
    assert [section.title for section in outline.sections] == ["甲", "乙"]
    assert [leaf.title for leaf in outline.leaves()] == ["甲", "丙"]
    assert [str(leaf.tags) for leaf in outline.leaves()] == ["1-2", "3"]
    assert [block.kind for block in outline.blocks()] == [BlockKind.DERIVATION] * 2
    (slot,) = outline.blocks()[0].slots()
    assert slot.equations == 2
    assert "「甲」" in slot.write
    assert "2 个行间公式" in slot.write


def test_every_slot_is_left_to_a_model_so_the_post_is_pending() -> None:
    outline = read(laid_out("## 甲\n\n## 乙\n"))
    assert all(isinstance(part, Slot) for block in outline.blocks() for part in block.parts())
    assert len({block.id for block in outline.blocks()}) == 2


@pytest.mark.parametrize(
    "text", ["", "\n", "\ufeff", "正文", "# 题\n", "##\n", "## 公式推导与注释\n\nTODO\n", "$$x$$\n"]
)
def test_a_post_without_sections_gets_one(text: str) -> None:
    assert len(read(laid_out(text)).leaves()) == 1


@pytest.mark.parametrize(
    "title",
    [
        *(
            "a: b # c",
            "it's f''(x)",
            '"quoted"',
            "@eq:x 与 @thm:y",
            "- item",
            "| block",
            "> fold",
            "*a",
            "&a",
            "!tag",
            "%a",
        ),
        *(
            "null",
            "010",
            "{a}",
            "[a]",
            "a\x01b\x85c\u2028d",
            "\\nabla $\\theta$",
            "yes",
            "? k",
            "---",
            "'",
            "''",
            "{title} {0}",
        ),
    ],
)
def test_titles_are_text_and_nothing_else(title: str) -> None:
    outline = read(laid_out(f"---\ntitle: {title}\n---\n\n## {title}\n\n$$x$$\n"))
    shown = outline.sections[0].title
    assert shown.replace("@ ", "@") == " ".join(title.replace("\x01", " ").split())


@pytest.mark.parametrize("text", ["## 甲\n", "## One\n"])
def test_the_examples_read_once_their_comment_marks_are_gone(text: str) -> None:
    lines = laid_out(text).replace("    layer: foundations\n", "    layer: foundations\n    tags: 1-3\n").splitlines()
    outline = read("".join(f"{line.replace('      # ', '      ', 1)}\n" for line in lines))
    kinds = [BlockKind.DERIVATION, BlockKind.DEFINITION, BlockKind.THEOREM]
    assert [block.kind for block in outline.blocks()] == kinds


def test_the_reference_lays_out_sections_layers_blocks_and_numbers() -> None:
    like = read(
        """
title: 参考
source: blogs_raw/like.md
language: zh
lines: 700..900
counters: shared
budget: {convergence: 5..15}
sections:
  - id: one
    title: 基础
    layer: foundations
    sections:
      - id: one-a
        title: 起步
        tags: 1-3
        blocks:
          - theorem: main
            name: 主定理
            statement: 设 $x>0$。
            equations:
              - {id: e1, tex: 'a = a'}
            proof:
              - because: 由定义，
                equation: {id: e2, tex: 'b = b'}
              - {write: 补完, equations: 1}
          - definition: def
            statement: 称 $x$ 为元。
          - intuition: 一句话。
            layer: intuition
          - algorithm: alg
            statement: 迭代。
            steps: [取 $x$。, 更新。]
"""
    )
    outline = read(laid_out("# 新篇\n", like))
    assert outline.title == "新篇"
    assert outline.lines is not None
    assert (outline.lines.least, outline.lines.most) == (700, 900)
    assert outline.counters == "shared"
    assert outline.budget == {Layer.CONVERGENCE: (5, 15)}
    (leaf,) = outline.leaves()
    assert (outline.sections[0].layer, leaf.title, str(leaf.tags)) == (Layer.FOUNDATIONS, "起步", "1-3")
    assert [(block.kind, block.layer) for block in leaf.blocks] == [
        (BlockKind.THEOREM, None),
        (BlockKind.DEFINITION, None),
        (BlockKind.INTUITION, Layer.INTUITION),
        (BlockKind.ALGORITHM, None),
    ]
    theorem = leaf.blocks[0]
    assert [slot.equations for slot in theorem.slots()] == [1, 2]
    assert all(isinstance(part, Slot) for block in leaf.blocks for part in block.parts())


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["# ", "## ", "### ", "#### ", "\n", "$$x$$\n", "$y$", "'", '"', ": ", "@eq:a", "\\", "公式推导与注释"]
            ),
            st.text(max_size=5),
        ),
        max_size=20,
    ).map("".join)
)
@settings(max_examples=150, deadline=None)
def test_any_post_gets_an_outline_that_reads(text: str) -> None:
    outline = read(laid_out(text))
    numbered = sum(slot.equations for block in outline.blocks() for slot in block.slots())
    assert sum(len(leaf.tags) for leaf in outline.leaves() if leaf.tags) == numbered


def test_the_path_of_the_source_is_kept() -> None:
    for path in ("blogs_raw/a  b.md", "blogs_raw/it's.md", "blogs_raw/甲: 乙 #1.md"):
        assert yaml.safe_load(laid_out("## 甲\n", path=path))["source"] == path


@pytest.mark.skipif(not CORPUS, reason="the corpus of real posts is not part of the repository")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_real_posts_get_an_outline_that_reads(path: Path) -> None:
    outline = read(laid_out(path.read_bytes().decode()))
    again = read(laid_out("# 新\n", outline))
    assert [leaf.id for leaf in again.leaves()] == [leaf.id for leaf in outline.leaves()]
    assert [str(leaf.tags) for leaf in again.leaves()] == [str(leaf.tags) for leaf in outline.leaves()]
