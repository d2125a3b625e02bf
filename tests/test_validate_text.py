from pathlib import Path

import pytest

from proofweave.adapters.katex import KaTeX
from proofweave.core.types import Finding
from proofweave.stages.validate.source import check_slug, check_whole
from proofweave.stages.validate.woven.formulas import check_formulas
from proofweave.stages.validate.woven.placeholders import check_placeholders
from proofweave.stages.validate.woven.proofs import check_proofs, check_steps
from proofweave.stages.validate.woven.references import check_references
from proofweave.stages.validate.woven.repeats import check_alike, check_paragraphs, check_sections
from proofweave.stages.validate.woven.structure import check_structure
from proofweave.stages.validate.woven.tags import check_numbered, check_tags
from proofweave.stages.validate.woven.theorems import check_theorems
from proofweave.stages.validate.woven.vocabulary import check_vocabulary
from proofweave.text.markdown.post import macros, read_post

CASES = Path(__file__).parent / "cases" / "validate" / "text"
ENGINE = KaTeX()
CHECKS = {
    "tags": check_tags,
    "numbered": check_numbered,
    "references": check_references,
    "theorems": check_theorems,
    "proofs": check_proofs,
    "steps": check_steps,
    "formulas": lambda post: check_formulas(post, ENGINE.render_errors, macros(post)),
    "structure": check_structure,
    "whole": check_whole,
    "slug": check_slug,
    "sections": check_sections,
    "paragraphs": check_paragraphs,
    "alike": check_alike,
    "placeholders": check_placeholders,
    "vocabulary": lambda post: check_vocabulary(post, {"遗憾": "后悔", "批": "批量"}),
}


def folders() -> list[str]:
    return sorted(f"{folder.parent.name}/{folder.name}" for folder in CASES.glob("*/*"))


def short(finding: Finding) -> str:
    return f"{finding.where.line}:{finding.where.column} {finding.rule}"


@pytest.mark.parametrize("name", folders())
def test_a_text_has_exactly_the_findings_its_case_expects(name):
    folder = CASES / name
    post = read_post((folder / "post.md").read_text(encoding="utf-8"), "post.md")
    findings = sorted(CHECKS[folder.parent.name](post), key=lambda finding: finding.where)
    expected = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert [short(finding) for finding in findings] == [line.partition(" | ")[0] for line in expected]
    for finding, line in zip(findings, expected, strict=True):
        assert line.partition(" | ")[2] in str(finding)


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_check_has_a_case_that_fails_and_one_that_passes(check):
    expected = [bool(path.read_text(encoding="utf-8")) for path in (CASES / check).glob("*/expected.txt")]
    assert set(expected) == {True, False}


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_an_empty_text_has_no_findings(check):
    assert CHECKS[check](read_post("", "empty.md")) == ()
