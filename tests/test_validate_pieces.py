from proofweave.core.types import (
    Block,
    BlockKind,
    Equation,
    Finding,
    Numbering,
    Origin,
    Section,
    Severity,
    Step,
    Text,
    Where,
    Woven,
)
from proofweave.core.words.said import say
from proofweave.stages.validate.known import untold
from proofweave.stages.validate.pieces import join, locate, moved
from proofweave.stages.validate.woven.reading import line_said
from proofweave.text.markdown.post import read_post

NUMBERING = Numbering({}, {}, {}, {})
SECTION = Section("s", "题", Where("outline.yaml", 2, 3))
BLOCK = Block(BlockKind.THEOREM, "t", Where("outline.yaml", 5, 9))
STEP = Step("由此", Equation("e", "x", Where("outline.yaml", 9, 20)), "", Where("outline.yaml", 8, 13))
TEXT = Text("文字", Where("generations/p/t.json", 4, 7))
HOME = Where("outline.yaml", 1, 1)


def woven() -> Woven:
    late = "### 一、题\n\n**定理1.1**: 由此\n\n$$x$$\n\n文字\n"
    origins = (
        Origin(1, 2, SECTION.where, section=SECTION),
        Origin(3, 8, BLOCK.where, block=BLOCK, section=SECTION),
        Origin(3, 5, STEP.where, STEP, BLOCK, SECTION),
        Origin(7, 7, TEXT.where, TEXT, BLOCK, SECTION),
    )
    early = "先有的话\n"
    return Woven({"": late, "中": early}, {"": origins, "中": (Origin(1, 1, HOME, block=BLOCK),)}, NUMBERING)


def finding(line: int, column: int = 1, rule: str = "formula-broken", what: str = "x") -> Finding:
    return Finding(rule, Severity.ERROR, Where("", line, column), what)


def test_pieces_are_joined_in_the_order_of_their_anchors_and_keep_their_lines():
    joined = join(woven(), read_post("# 甲\n\n## 中\n\n## 末\n", "a.md"))
    assert joined.post.text.startswith("先有的话\n### 一、题\n")
    assert {span.line for span in joined.post.spans if span.text.startswith("$$")} == {6}
    assert joined.owners[1].where == HOME


def test_a_line_comes_from_the_innermost_thing_known():
    assert locate(woven(), "", 1) == SECTION.where
    assert locate(woven(), "", 3) == STEP.where
    assert locate(woven(), "", 7) == TEXT.where
    assert locate(woven(), "", 6) == BLOCK.where
    assert locate(woven(), "", 99) is None
    assert locate(woven(), "nowhere", 1) is None


def test_a_finding_moves_to_the_outline_or_recording():
    joined = join(woven(), read_post("", "a.md"))
    at = {line: index for index, line in enumerate(joined.post.text.split("\n"), start=1)}
    assert moved(finding(at["文字"]), joined, HOME).where == TEXT.where
    assert moved(finding(at["**定理1.1**: 由此"], 12), joined, HOME).where == STEP.where
    assert moved(finding(at["$$x$$"]), joined, HOME).where == STEP.equation.where
    assert moved(finding(at["文字"], rule="proof-missing"), joined, HOME).where == BLOCK.where
    assert moved(finding(99), joined, HOME).where == HOME


def test_lines_named_in_a_finding_become_places():
    joined = join(woven(), read_post("", "a.md"))
    line = joined.post.text.split("\n").index("文字") + 1
    what = say("validate.near", said=line_said(line), near=line_said(99))
    assert moved(finding(1, what=what), joined, HOME).what == f"{TEXT.where} near 'line 99'"


def test_a_piece_that_leaves_a_fence_open_swallows_no_other():
    parts = Woven({"": "$x$\n", "中": "```\n文字\n"}, {}, NUMBERING)
    joined = join(parts, read_post("## 中\n", "a.md"))
    assert [span.kind.value for span in joined.post.spans] == ["code", "inline_math", "text"]


STARTS = (Where("outline.yaml", 5, 9), Where("outline.yaml", 8, 13))


def known(rule: str, line: int, column: int, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule, severity, Where("outline.yaml", line, column), "told")


def found(rule: str, where: Where) -> Finding:
    return Finding(rule, Severity.ERROR, where, "found")


def test_what_an_earlier_stage_told_of_the_same_part_is_not_told_again():
    again = found("formula-illegal", STARTS[1])
    assert list(untold([again], [known("tex-dollar", 9, 30)], STARTS)) == []
    assert list(untold([again], [known("tex-dollar", 6, 1)], STARTS)) == [again]
    assert list(untold([again], [known("value", 9, 30)], STARTS)) == [again]
    assert list(untold([again], [known("tex-dollar", 9, 30, Severity.WARNING)], STARTS)) == [again]


def test_numbers_moved_by_a_wrong_range_elsewhere_are_not_told():
    moved_number = found("tag-twice", STARTS[1])
    assert list(untold([moved_number], [known("outline-tags-count", 1, 1)], STARTS)) == []
    assert list(untold([moved_number], [known("reply-equation-count", 1, 1)], STARTS)) == []
    assert list(untold([moved_number], [], STARTS)) == [moved_number]
