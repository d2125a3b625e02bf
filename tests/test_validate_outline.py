import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from proofweave.adapters.katex import KaTeX
from proofweave.core.errors import FindingsError
from proofweave.core.types import Equation, Provenance, Reply, Step, Where
from proofweave.outline.reading import read_outline
from proofweave.stages.merge.post import merge, strip
from proofweave.stages.validate.judgement import View, validate
from proofweave.stages.weave.grown import fill, weave
from proofweave.text.markdown.post import read_post

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases" / "validate" / "outline"
ENGINE = KaTeX()


def templates() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "templates" / "post").glob("*.j2")}


def view(folder: Path) -> View:
    outline, known = read_outline((folder / "outline.yaml").read_text(encoding="utf-8"), "outline.yaml")
    assert outline is not None
    source = read_post((folder / "source.md").read_text(encoding="utf-8"), "source.md")
    woven = weave(outline, templates())
    try:
        grown = merge(source, woven, "公式推导与注释")
    except FindingsError:
        return View(outline, source, woven, ENGINE.render_errors, known=known)
    return View(outline, source, woven, ENGINE.render_errors, grown, strip(grown), known)


@pytest.mark.parametrize("name", sorted(folder.name for folder in CASES.iterdir()))
def test_a_grown_post_has_exactly_the_findings_its_case_expects(name):
    findings = sorted(validate(view(CASES / name)).findings, key=lambda finding: (finding.where, finding.what))
    expected = (CASES / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    shown = [f"{finding.where} {finding.rule}" for finding in findings]
    assert shown == [line.partition(" | ")[0] for line in expected]
    for finding, line in zip(findings, expected, strict=True):
        assert line.partition(" | ")[2] in str(finding)


def test_every_finding_in_a_reply_names_its_recording():
    outline, _ = read_outline((CASES / "unfilled-proof" / "outline.yaml").read_text(encoding="utf-8"), "outline.yaml")
    assert outline is not None
    place = Where("generations/p/steepest.json", 7, 9)
    equations = [Equation(f"e{n}", tex, place) for n, tex in enumerate([r"\nope", "x = x"])]
    parts = (Step("", equations[0], "", place), Step("由此，", equations[1], "", place))
    reply = Reply("steepest", "", "", {"proof": parts}, Provenance("", ""), place.file)
    woven = weave(filled := fill(outline, {"steepest": reply}), templates())
    findings = validate(View(filled, read_post("# 题目\n", "source.md"), woven, ENGINE.render_errors)).findings
    assert {finding.rule for finding in findings if finding.where == place} == {"formula-broken", "step-wordless"}


def test_counts_of_a_post():
    counts = validate(view(CASES / "good")).counts
    assert [counts[name] for name in ("equations", "numbered", "proofs", "cited", "unfilled")] == [4, 4, 1, 0, 0]
    assert [counts[name] for name in ("steps", "steps_with_reason", "steps_with_intuition")] == [3, 3, 1]
    assert counts["kinds"] == {"theorem": 1, "derivation": 1, "remark": 1}
    assert [(section["number"], section["tags"], section["numbered"]) for section in counts["sections"]] == [
        ("1.1", "1", 1),
        ("1.2", "2-4", 3),
    ]
    assert counts["lines"] - counts["source_lines"] == counts["added_lines"] > 30
    assert counts["words"] == sum(section["words"] for section in counts["sections"]) > 60
    assert json.loads(json.dumps(counts))["kinds"]["theorem"] == 1


def test_steps_without_a_reason_are_counted():
    text = (CASES / "good" / "outline.yaml").read_text(encoding="utf-8")
    text = text.replace("because: 由 Cauchy–Schwarz 不等式，\n                equation:", "equation:")
    outline, _ = read_outline(text, "outline.yaml")
    assert outline is not None
    woven = weave(outline, templates())
    counts = validate(View(outline, read_post("", "source.md"), woven, ENGINE.render_errors)).counts
    assert (counts["steps"], counts["steps_with_reason"]) == (3, 2)


def test_a_changed_source_is_an_error():
    whole = view(CASES / "good")
    assert whole.stripped is not None
    (finding,) = validate(replace(whole, stripped=whole.stripped.replace("短文", "长文"))).findings
    assert (finding.rule, finding.where.line, finding.where.column) == ("source-changed", 5, 5)


def test_a_template_that_drops_its_tags_or_end_marks_is_noticed():
    folder = CASES / "good"
    whole = view(folder)
    broken = dict(templates())
    broken["statement.md.j2"] = broken["statement.md.j2"].replace("□", "")
    broken["equation.md.j2"] = "\\begin{equation}\n{{ rows[0] }}\n\\end{equation}\n"
    findings = validate(replace(whole, woven=weave(whole.outline, broken))).findings
    assert {finding.rule for finding in findings} == {"display-unnumbered", "proof-end", "reference-missing"}


def test_a_long_post_is_judged_in_a_third_of_a_second():
    blocks = "".join(
        f"""
          - theorem: t{n}
            statement: 设第 {n} 个梯度 $g_{{{n}}}$ 与 $u_{{{n}}}$ 满足 $\\|u_{{{n}}}\\| = {n}$，则 @eq:a{n} 成立。
            equations: [{{id: a{n}, tex: '\\langle g_{{{n}}}, u\\rangle \\ge -{n}\\|g_{{{n}}}\\|'}}]
            proof:
              - because: 由第 {n} 次展开 $f_{{{n}}}$ 与 $h_{{{n}}}$ 的定义，余项 $r_{{{n}}}$ 是 $o_{{{n}}}$，
                equation: {{id: b{n}, tex: 'f_{{{n}}}(x + u) = \\sum_{{i=1}}^{{{n}}} x_i + r_{{{n}}}'}}
              - because: 代入 @eq:b{n} 得到第 {n} 个界 $c_{{{n}}}$，
                equation: {{id: c{n}, tex: '\\frac{{a_{{{n}}}}}{{b_{{{n}}}}} \\le c_{{{n}}}'}}
"""
        for n in range(1, 41)
    )
    text = f"""title: 长文
source: blogs_raw/mine.md
language: zh
sections:
  - id: only
    title: 全部
    tags: 1-120
    blocks:{blocks}
"""
    outline, problems = read_outline(text, "outline.yaml")
    assert outline is not None and problems == ()
    source = read_post("# 题目\n\n文字。\n", "source.md")
    woven = weave(outline, templates())
    grown = merge(source, woven, "公式推导与注释")
    assert grown.count("\n") > 900
    ENGINE.render_errors([("x", True)], {})
    start = time.process_time()
    judgement = validate(View(outline, source, woven, ENGINE.render_errors, grown, strip(grown)))
    assert time.process_time() - start < 0.5  # it takes 0.1; a third of a second is asked of an idle machine
    assert {finding.rule for finding in judgement.findings} <= {"paragraph-alike"}
