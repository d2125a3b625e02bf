"""What the stages find is said from the table of words: in Chinese too, and after a way through JSON."""

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import test_merge
import test_validate_outline
import test_validate_text

from proofweave.core.findings import finding_of
from proofweave.core.types import Finding, Provenance, Request, Severity, Slot, Where
from proofweave.core.wire import findings_in, findings_out, line_of
from proofweave.core.words.said import Said, say, table, told
from proofweave.pipeline.generate.desk import unanswered_finding
from proofweave.pipeline.locks.manifest import Manifest, differences, read_manifest
from proofweave.stages.generate.mend import json_in
from proofweave.stages.generate.reading import read_draft
from proofweave.stages.generate.rejected import read_rejected, write_rejected
from proofweave.stages.generate.replies import generate
from proofweave.stages.merge.post import merge_problems
from proofweave.stages.validate.judgement import validate
from proofweave.text.markdown.post import read_post

SOURCE = Path(__file__).parent.parent / "src" / "proofweave"
ROOMS = ("validate", "merge", "generate", "pipeline")
CHINESE = re.compile("[\u4e00-\u9fff]")
QUOTED = re.compile(r"“[^”]*”|`[^`]*`|'(?:[^'\\]|\\.)*'|\\[A-Za-z]+|\{[^{}]*\}|[\w./-]+\.(?:json|yaml|md|py)\b")
ENGLISH = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z]{2,}")
"""Two words in a row; keys, names of programs and TeX stand alone, or in quotes."""

PLACE = Where("outlines/p.yaml", 3, 5)
REQUEST = Request("p", "b", "key", "spec", "prompt", {}, (Slot("body", "write", 1, PLACE),), PLACE)


def left_in_english(text):
    return ENGLISH.search(QUOTED.sub("“”", text))


def assert_said(finding):
    """Check that a finding's words are the table's, are Chinese when they are to be, and survive a document."""
    for text in (finding.what, finding.expected, finding.fix):
        assert isinstance(text, Said) or not re.search("[a-z]{2,} ", text), text
    line = line_of(finding, "zh")
    assert CHINESE.search(line), line
    assert not left_in_english(line), line
    (after,) = findings_in(json.loads(json.dumps(findings_out([finding], said=True))))
    assert after == finding
    assert [line_of(after, language) for language in ("en", "zh")] == [str(finding), line]


def cases():
    for name in test_validate_text.folders():
        folder = test_validate_text.CASES / name
        post = read_post((folder / "post.md").read_text(encoding="utf-8"), "post.md")
        yield from test_validate_text.CHECKS[folder.parent.name](post)
    for folder in sorted(test_validate_outline.CASES.iterdir()):
        yield from validate(test_validate_outline.view(folder)).findings
    for folder in test_merge.CASES:
        pieces = test_merge.woven(json.loads((folder / "woven.json").read_text(encoding="utf-8")))
        yield from merge_problems(read_post((folder / "source.md").read_bytes().decode(), "source.md"), pieces)


def test_whatever_validate_and_merge_find_in_their_cases_can_be_said_in_chinese():
    findings = list(cases())
    assert len({finding.rule for finding in findings}) > 30
    for finding in findings:
        assert_said(finding)


def test_what_is_wrong_with_a_reply_can_be_said_in_chinese():
    value = {"body": [{"kind": "text", "text": 3, "more": 1}, {"kind": "song"}, 7, {"kind": "step"}], "other": []}
    draft = read_draft(value, REQUEST)
    findings = [finding for finding in draft.findings if finding.rule in ("reply-schema", "reply-slot-unknown")]
    assert len(findings) == 6
    for finding in [*findings, *generate([REQUEST], [])[1]]:
        assert_said(finding)
    for text in ("", "no", "[1]", '{"a": ', '{"a": 1 2 "b": 3}', "[" * 50 + "]" * 50):
        assert not left_in_english(told(json_in(text)[1], "zh"))


def test_a_reply_kept_aside_tells_its_findings_in_any_language():
    finding = finding_of("generate.reply-number", PLACE, number="定理 1")
    own = Finding("reply-schema", Severity.ERROR, PLACE, "作者的话")
    text = write_rejected(REQUEST, Provenance("m", ""), [("body", 2, finding), ("", 0, own)], {}, ["words"])
    aside = read_rejected(text, "generations/p/rejected/b.json")
    assert [line_of(each, "zh").partition(": 错误: ")[2] for each in aside.findings] == [
        "片段“body”的第 2 个元素：文字里有手写的编号：“定理 1”；应为 按 id 的引用；"
        "用 @eq:id 或 @thm:id 引用 [reply-number]",
        "作者的话 [reply-schema]",
    ]
    assert aside.findings[0].where.line > 1
    document = json.loads(text)
    document["findings"][0]["said"]["what"]["say"] = "generate.of-an-older-version"
    (old, _) = read_rejected(json.dumps(document, ensure_ascii=False), "b.json").findings
    assert old.what == "slot 'body', part 2: the text holds a number by hand: '定理 1'"


def test_what_the_pipeline_finds_can_be_said_in_chinese():
    before = Manifest({"a": "0" * 64, "b": "1", "c": "2"}, {"a": {"x": "1", "y": "2"}})
    after = Manifest({"a": "f" * 64, "b": "3", "d": "4"}, {"a": {"y": "3", "z": "4"}})
    findings = [*differences(before, after, "manifest.lock"), *read_manifest("", "manifest.lock")[1]]
    for finding in [*findings, unanswered_finding(REQUEST, say("pipeline.budget-used"))]:
        assert_said(finding)
    assert "此后改动了：x（已删除）、y、z（新增）；" in line_of(findings[0], "zh")


def test_other_programs_read_the_english_alone():
    finding = finding_of("validate.tag-twice", PLACE, tag=3, line="line 2")
    (plain,), (said,) = findings_out([finding]), findings_out([finding], said=True)
    assert set(said) - set(plain) == {"said"}
    assert {name: said[name] for name in plain} == plain
    assert plain["what"] == "tag 3 is used twice"


@pytest.mark.parametrize("room", ROOMS)
def test_each_text_of_a_room_is_chinese_in_chinese_and_used(room):
    texts = table(room)
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    for name, entry in texts.items():
        assert not left_in_english(entry["zh"]), name
        assert CHINESE.search(entry["zh"]) or not re.search("[a-z]{2,}", QUOTED.sub("", entry["zh"])), name
        base = name.removesuffix("-expected").removesuffix("-fix")
        assert base in texts and re.search(rf'["./]{re.escape(base)}"', code), name
