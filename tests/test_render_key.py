"""What a recording's key depends on: the block's own words and the symbols in them, and nothing around them."""

import pytest

from proofweave.outline.reading import read_outline
from proofweave.stages.render.requests import render

TEMPLATES = {"zh.md.j2": "{{ block }}"}
OUTLINE = r"""
title: 题
source: blogs_raw/a.md
language: zh
symbols:
  d: int(2..4)
  x: vector(d)
sections:
  - id: s
    title: 甲
    layer: derivation
    tags: 1-2
    blocks:
      - theorem: bound
        statement: 对任意 $x$ 有
        equations:
          - {id: e, tex: '\sum_{i=1}^d x_i^2 \ge 0'}
        proof: {write: 证明它。, equations: 1}
"""


def spec(text: str) -> str:
    outline, findings = read_outline(text, "outlines/a.yaml")
    assert outline is not None and not findings, findings
    (request,) = render(outline, TEMPLATES, "m", {})
    return request.spec


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("theorem: bound", "theorem: renamed"),
        ("title: 甲", "title: 乙"),
        ("layer: derivation", "layer: convergence"),
        ("id: s\n", "id: t\n"),
        ("  x: vector(d)\n", "  x: vector(d)\n  m: scalar\n  s: positive\n  \\eta: positive\n"),
    ],
)
def test_what_is_not_the_blocks_own_asks_for_nothing(old: str, new: str) -> None:
    assert old in OUTLINE
    assert spec(OUTLINE.replace(old, new)) == spec(OUTLINE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("证明它。", "逐步证明它。"),
        (r"\ge 0", r"\le 0"),
        ("x: vector(d)", "x: unit(d)"),
        ("d: int(2..4)", "d: int(2..5)"),
        ("对任意 $x$ 有", "任取 $x$，"),
    ],
)
def test_what_is_the_blocks_own_asks_again(old: str, new: str) -> None:
    assert old in OUTLINE
    assert spec(OUTLINE.replace(old, new)) != spec(OUTLINE)
