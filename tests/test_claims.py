"""What a block says beside its displays: which inline relations claim something, `claims:` that back them, results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from projects import make

from proofweave.cli import main
from proofweave.stages.validate.inline import claimed

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "claims" / "inline.yaml").read_text(encoding="utf-8"))

OUTLINE = """\
title: T
source: blogs_raw/p.md
language: en
symbols: {{x: scalar, y: scalar}}
sections:
  - id: s
    title: S
    tags: 1
    blocks:
      - theorem: square
        statement: Let $y>0$. Then $x^2 \\ge 0$ and the following holds.
        equations: [{{id: plus, tex: 'x^2 + y \\ge x^2 - 1', given: ['y > 0']}}]
        proof: {proof}
{claims}
"""

PROOF = (
    "The square of a real number is nonnegative, so the two sides differ by what was added on the left and taken away"
    " on the right, and that is positive. Nothing else is needed, since the"
    " two constants do not depend on where the inequality is read."
)


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:20] for case in CASES])
def test_what_a_text_claims_and_what_it_supposes(case):
    assert list(claimed(case["text"])) == case["claims"]


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(make(tmp_path))
    return tmp_path


def judged(project: Path, claims: str, capsys) -> tuple[dict, str]:
    """Return what validate writes about the outline with some claims, and what it says."""
    (project / "blogs_raw" / "p.md").write_text("# P\n\nText.\n", encoding="utf-8")
    lines = "".join(f"        {line}\n" for line in claims.splitlines())
    path = project / "outlines" / "p.yaml"
    path.write_text(OUTLINE.format(claims=lines, proof=PROOF), encoding="utf-8")
    main(["validate", str(path), "-o", str(project / "p.json")])
    said = capsys.readouterr()
    return json.loads((project / "p.json").read_text(encoding="utf-8")), said.out + said.err


@pytest.mark.parametrize(
    ("claims", "state", "unbacked"),
    [
        ("", "unbacked", [r"x^2 \ge 0"]),
        ("claims: [{tex: 'x^2\\ge 0'}]", "full", []),
        ("claims: [{says: '$x^2 \\ge 0$', tex: 'x^2 + 1 \\ge 1'}]", "full", []),
        ("claims: [{says: 'Then $x^2 \\ge 0$', premise: true}]", "full", []),
        ("claims: [{tex: 'x^2 \\ge 0', given: ['x < 9']}]", "full", []),  # a note on the premise is no verdict
        ("claims: [{tex: 'x^2 \\ge 0', skip: 'said for the reader only'}]", "assumed", []),
        ("claims: [{says: '$x^2 \\ge 0$', tex: 'x^2 \\ge 1'}]", "refuted", []),
    ],
)
def test_a_result_is_full_only_if_all_it_says_is_backed(project, capsys, claims, state, unbacked):
    document, said = judged(project, claims, capsys)
    (result,) = document["results"]
    assert (result["state"], result["unbacked"]) == (state, unbacked), said
    assert not [finding for finding in document["findings"] if finding["severity"] == "error"] or state == "refuted"
    told = [finding["rule"] for finding in document["findings"] if finding["rule"].startswith("result-")]
    assert told == (["result-inline"] if state == "unbacked" else [])


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ("claims: [{says: 'it always holds', tex: 'x^2 \\ge 0'}]", "claim-unsaid"),
        ("claims: [{tex: 'x^4 \\ge 0'}]", "claim-nowhere"),
        ("claims: [{says: 'Then $x^2 \\ge 0$'}]", "outline-claim"),
        ("claims: [{says: 'Let $y>0$', tex: 'y > 0', premise: true}]", "outline-claim"),
    ],
)
def test_a_claim_that_backs_nothing_is_an_error(project, capsys, claims, rule):
    document, _ = judged(project, claims, capsys)
    assert rule in {finding["rule"] for finding in document["findings"] if finding["severity"] == "error"}


def test_claims_leave_what_a_model_is_asked_alone(project, capsys):
    (project / "blogs_raw" / "p.md").write_text("# P\n\nText.\n", encoding="utf-8")
    path = project / "outlines" / "p.yaml"
    keys = []
    for claims in ("", "        claims: [{tex: 'x^2 \\ge 0'}]"):
        path.write_text(OUTLINE.format(claims=claims, proof="{write: prove it}"), encoding="utf-8")
        main(["render", str(path), "-o", str(project / "r.json")])
        capsys.readouterr()
        keys.append([request["key"] for request in json.loads((project / "r.json").read_text())["requests"]])
    assert keys[0] == keys[1] != []


def test_a_premise_that_the_text_does_not_say_is_told(project, capsys):
    document, _ = judged(project, "claims: [{tex: 'x^2 \\ge 0', given: ['y > 0', 'x > 3']}]", capsys)
    told = [finding for finding in document["findings"] if finding["rule"] == "premise-unsaid"]
    assert ["$x > 3$" in finding["what"] for finding in told] == [True]


SHEET = r"""
symbols: {x: positive, y: positive, u: positive, v: positive, w: scalar}
equations:
  - {id: first, tex: 'x^2 + y^2 \ge 2xy'}
  - {id: again, tex: 'u^2 + v^2 \ge 2uv'}
  - {id: other, tex: 'u^2 + v^2 \ge 2vw - w^2'}
  - {id: supposed, tex: '3 \ge x + y', given: ['x + y \le 3']}
  - {id: half, tex: 'x \le 3', given: ['x + y \le 3']}
"""


def test_what_is_supposed_and_what_is_said_again_are_no_evidence(tmp_path, capsys):
    path = tmp_path / "sheet.yaml"
    path.write_text(SHEET, encoding="utf-8")
    main(["check", str(path)])
    said = capsys.readouterr().out
    assert "error: supposed:" in said and "verified: half" in said
    assert "note: again: says the same as 'first'" in said and "note: other" not in said
