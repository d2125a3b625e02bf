from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from proofweave.check.judge.verdict import Kind, Verdict
from proofweave.check.sheet import formats
from proofweave.check.sheet.whole import check_file, check_outline, failed
from proofweave.core.types import Outline
from proofweave.outline.reading import read_outline

SHEET = r"""symbols:
  d: int(2..)
  x: vector(d)
  y: vector(d)
  z: vector(d)
  spare: scalar
  told: positive
equations:
  - {id: a, tex: '\|x\| \ge 0 - 1', symbols: {own: scalar, w: vector(d)}, given: ['\langle x, w\rangle = 0']}
  - {id: b, tex: '\|told z\| \approx 1', skip: said for intuition only}
"""


def notes(found: tuple[Verdict, ...]) -> list[tuple[str, int]]:
    return [(v.id, v.where.line) for v in found if v.kind is Kind.NOTE]


def test_what_is_declared_and_never_used_is_noted() -> None:
    found = check_file(SHEET.replace(r"\|x\|", r"\|x + y\|"), "a.yaml")
    assert notes(found) == [("a", 9), ("own", 9), ("spare", 6)]  # nothing of a needs its premise
    assert not failed([v for v in found if v.kind is Kind.NOTE])


def test_notes_are_no_equations() -> None:
    found = check_file(SHEET, "a.yaml")
    document = json.loads(formats.as_json(found))
    assert [e["id"] for e in document["equations"]] == ["a", "b"]
    assert [n["id"] for n in document["notes"]] == ["a", "own", "y", "spare"]
    assert list(formats.as_text(found))[-1].startswith("2 equations: ")
    assert list(formats.as_text(found))[-1].endswith("; 4 notes")
    assert any(line.startswith("::warning") and "title=note" in line for line in formats.as_github(found))
    assert "note" in formats.as_sarif(found)


def test_inline_math_of_a_post_uses_a_symbol() -> None:
    text = "<!-- proofweave\nsymbols:\n  a: positive\n  b: positive\n-->\n\nLet $a > 0$.\n"
    assert notes(check_file(text, "post.md")) == [("b", 4)]


OUTLINE = r"""title: T
source: posts/t.md
language: en
symbols:
  d: int(2..)
  x: vector(d)
  y: vector(d)
  c: scalar
sections:
  - id: one
    title: One
    layer: foundations
    tags: 1-2
    blocks:
      - BLOCK: first
        name: First
        STATEMENT
        equations:
          - {id: claim, defines: m, tex: 'm = \frac{x + y}{2}'}
        REST
"""


@pytest.mark.parametrize("block", ["theorem", "lemma", "proposition", "corollary"])
def test_the_conclusion_of_a_theorem_is_no_definition(block: str) -> None:
    outline = _outline(block)
    claim, *rest = check_outline(outline)
    assert claim.kind is Kind.ERROR
    assert "conclusion" in claim.reason
    assert "drop it" in claim.reason
    # it still binds its symbol, so that the proof is not in error as well
    assert rest[0].kind is Kind.VERIFIED
    assert notes(tuple(rest)) == [("c", 8)]


def test_a_definition_defines() -> None:
    found = check_outline(_outline("definition"))
    assert [v.kind for v in found] == [Kind.DEFINED, Kind.NOTE]


def _outline(block: str) -> Outline:
    proof = r"""proof:
          - because: Expand.
            equation: {id: half, tex: '\|m - x\| = \|m - y\|'}"""
    text = OUTLINE.replace("BLOCK", block).replace("STATEMENT", "statement: The middle $m$ of $x$ and $y$.")
    text = text.replace("REST", proof if block != "definition" else "")
    outline, findings = read_outline(text, "t.yaml")
    assert outline is not None, findings
    return outline
