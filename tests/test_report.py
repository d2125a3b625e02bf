from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from proofweave.cli import main
from proofweave.core.errors import FindingsError
from proofweave.stages.report.summary import report, report_json
from proofweave.stages.report.text import cell, code, report_text

ROOT = Path(__file__).parent.parent
CASE = Path(__file__).parent / "cases" / "report" / "project"
DOCUMENTS = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((CASE / "findings").glob("*.json"))]
TEMPLATES = {
    path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates" / "report").glob("*.j2"))
}


def document(post: str = "a", **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "post": post,
        "title": "题",
        "path": f"outlines/{post}.yaml",
        "source": f"blogs_raw/{post}.md",
        "source_lines": 100,
        "status": "pending",
        "lines": None,
        "order": None,
        "batch": None,
        "priority": "",
        "pending": True,
        "budget": {"foundations": [20, 30], "derivation": [40, 50], "convergence": [15, 20], "intuition": [10, 15]}
        | {"practice": [10, 15]},
        "findings": [],
        "counts": None,
        "equations": [],
        "results": [],
    }
    return values | changes


def equation(id: str, verdict: str, reason: str = "", conclusion: bool = False, section: str = "s") -> dict[str, Any]:
    return {"id": id, "tags": [], "section": section, "block": "b", "kind": "theorem", "conclusion": conclusion} | {
        "verdict": verdict,
        "reason": reason,
        "instances": 0,
        "mutants": None,
        "counterexample": "",
    }


def rows_of(text: str) -> list[str]:
    table = text.split("|---:|---|---|---:|---:|---:|\n")[1]
    return [line for line in table.split("\n\n")[0].splitlines() if line]


def test_a_project_as_it_is_reported() -> None:
    text = report_text(report(DOCUMENTS, "good"), TEMPLATES)
    assert text == (CASE / "report.md").read_text(encoding="utf-8")


def test_the_order_of_the_documents_does_not_matter() -> None:
    whole = report(DOCUMENTS, "good")
    assert report(DOCUMENTS[::-1], "good") == whole
    assert json.dumps(report_json(whole)) == json.dumps(report_json(report(DOCUMENTS[::-1], "good")))


def test_the_table_has_the_columns_and_states_of_the_plan() -> None:
    text = report_text(report(DOCUMENTS, "good"), TEMPLATES)
    assert "| 序号 | 文件名 | 状态 | 原始 | 目标 | 进度 |" in text
    assert rows_of(text) == [
        "| 1 | good.md | ✅完成 | 7 | 20-400 | 53行 |",
        "| 2 | wait.md | 📝待处理 | 7 | 400+ | 0% |",
        "| 3 | bad.md | ❌有误 | 7 | 20-400 | 99% |",
        "| 4 | malformed.md | ❌有误 | — | — | 0% |",
    ]
    assert "**总计**: 1/4 篇完成" in text


def test_posts_are_placed_by_order_then_batch_then_name() -> None:
    documents = [
        document("d"),
        document("c", batch=2),
        document("b", batch=1),
        document("z", order=1, batch=9),
        document("a", batch=2),
    ]
    assert [post.post for post in report(documents).posts] == ["z", "b", "a", "c", "d"]


def test_groups_name_each_post_once_and_those_without_come_last() -> None:
    documents = [document("a", batch=2, priority="supplement"), document("b", priority="high"), document("c", batch=1)]
    whole = report(documents)
    assert [(group.name, [post.post for post in group.posts]) for group in whole.batches] == [
        ("1", ["c"]),
        ("2", ["a"]),
        ("", ["b"]),
    ]
    assert [(group.name, [post.post for post in group.posts]) for group in whole.priorities] == [
        ("high", ["b"]),
        ("supplement", ["a"]),
        ("", ["c"]),
    ]
    plain = report([document("a")])
    assert (plain.batches, plain.priorities) == ((), ())


def test_an_assumption_is_not_a_skip_and_what_has_no_verdict_is_unchecked() -> None:
    equations = [
        equation("a", "skipped", "assumed: 由假设"),
        equation("b", "skipped", "记号"),
        equation("c", "holds"),
        equation("d", ""),
        equation("e", "verified", conclusion=True),
        equation("f", "weak", "系数", conclusion=True),
    ]
    (post,) = report([document(equations=equations)]).posts
    counted = {verdict: count for verdict, count in post.verdicts.items() if count}
    assert counted == {"verified": 1, "weak": 1, "skipped": 1, "assumed": 1, "unchecked": 2}
    assert (post.conclusions_verified, post.conclusions) == (1, 2)
    assert [each.reason for each in post.equations][:2] == ["由假设", "记号"]


def test_only_complete_posts_add_lines_to_the_total() -> None:
    grown = {"lines": 300, "added_lines": 200, "numbered": 9, "sections": []}
    whole = report(
        [
            document("a", status="complete", pending=False, counts=grown),
            document("b", status="refused", pending=False, counts=grown),
        ]
    )
    assert (whole.totals.added_lines, whole.totals.numbered) == (200, 9)
    assert [post.percent for post in whole.posts] == [100, 0]


def test_a_refused_post_says_how_much_of_it_is_there() -> None:
    section = {"id": "s", "title": "甲", "number": "1", "tags": "1-8", "equations": 2, "numbered": 2, "proofs": 0}
    counts = {"numbered": 2, "unfilled": 3, "sections": [section | {"words": 9}]}
    (post,) = report([document(status="refused", pending=False, counts=counts)]).posts
    assert post.percent == 25


def test_no_post_at_all_is_still_a_report() -> None:
    assert "0/0 篇完成" in report_text(report([]), TEMPLATES)


@pytest.mark.parametrize(
    ("text", "shown"), [("a|b", r"a\|b"), ("<!-- x", "&lt;!-- x"), ("a\n b\t c", "a b c"), (r"$\|x\|$", r"$\\|x\\|$")]
)
def test_a_cell_holds_any_text(text: str, shown: str) -> None:
    assert cell(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a`b", "``a`b``"), ("`a`", "`` `a` ``"), (r"\frac_*<b>", r"`\frac_*<b>`"), ("a``b`", "``` a``b` ```")],
)
def test_a_code_span_holds_any_text(text: str, shown: str) -> None:
    assert code(text) == shown


def test_many_findings_are_cut_and_counted() -> None:
    finding = {"rule": "r", "severity": "warning", "file": "f", "column": 1, "what": "w", "expected": "", "fix": ""}
    whole = report([document(findings=[finding | {"line": line} for line in range(1, 60)])])
    text = report_text(whole, TEMPLATES)
    assert "警告 59 条" in text and "其余 19 条" in text
    assert len(report_json(whole)["posts"][0]["findings"]) == 59


def test_a_broken_template_is_a_located_finding() -> None:
    with pytest.raises(FindingsError) as caught:
        report_text(report(DOCUMENTS), TEMPLATES | {"post.md.j2": "一行\n{{ post.nothing }}\n"})
    (finding,) = caught.value.findings
    place = finding.where
    assert (finding.rule, place.file, place.line) == ("template-broken", "templates/report/post.md.j2", 2)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "outlines").mkdir()
    (tmp_path / "config.yaml").write_text("reference_post: good\n", encoding="utf-8")
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(project: Path, post: str, text: str) -> None:
    (project / "outlines" / f"{post}.yaml").write_text("title: 题\n", encoding="utf-8")
    (project / "build" / "findings").mkdir(parents=True, exist_ok=True)
    (project / "build" / "findings" / f"{post}.json").write_text(text, encoding="utf-8")


def test_the_verb_writes_both_files_whatever_the_posts_are(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for each in DOCUMENTS:
        put(project, each["post"], json.dumps(each))
    assert main(["report", "-o", "build/report.md", "--json", "build/report.json"]) == 0
    assert (project / "build" / "report.md").read_text(encoding="utf-8") == (CASE / "report.md").read_text("utf-8")
    values = json.loads((project / "build" / "report.json").read_text(encoding="utf-8"))
    assert [post["row"] for post in values["posts"]] == [1, 2, 3, 4]
    assert main(["report"]) == 0
    assert capsys.readouterr().out.startswith("# 推导增强报告\n")


def test_a_post_that_is_not_judged_yet_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(project, "good", json.dumps(DOCUMENTS[1]))
    (project / "outlines" / "late.yaml").write_text("title: 题\n", encoding="utf-8")
    assert main(["report", "-o", "build/report.md"]) == 0
    assert "outlines/late.yaml is not judged yet" in capsys.readouterr().err


HALF = ('{"findings": []}', '{"findings": 3, "counts": null}')


@pytest.mark.parametrize(
    "text", ["", "[]", "{", *HALF, *(text.replace("{", '{"format": 2, ') for text in HALF), "null"]
)
def test_what_validate_did_not_write_is_a_plain_message(
    project: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    put(project, "a", text)
    assert main(["report", "-o", "build/report.md"]) == 2
    error = capsys.readouterr().err
    assert "a.json is not what" in error and "Traceback" not in error and error.count("\n") == 1
    assert not (project / "build" / "report.md").exists()
