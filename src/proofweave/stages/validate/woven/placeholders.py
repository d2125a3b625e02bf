"""Find text that stands for text still to be written."""

import re

from proofweave.core import Finding, Post, SpanKind, finding_of
from proofweave.stages.validate.woven.reading import DISPLAY, placed, read

MARKS = re.compile(
    r"(?<![A-Za-z0-9_])(?:TODO|TBD|TBA|FIXME|XXX+|PLACEHOLDER)(?![A-Za-z0-9_])|(?<!\?)\?\?\?+(?!\?)|"
    r"(?i:lorem ipsum|(?<![a-z])to be (?:written|completed|added|done)(?![a-z])|\[(?:insert|your) [^\]\n]{1,40}\])"
)
"""Marks of unfinished work, in words, formulas and code."""

LEFT_OUT = re.compile(
    r"""
    待(?:补充|完善|填写|填充|续写|添加|更新|撰写)|此处(?:省略|略去|插入|填写|补充)|(?:证明|推导|过程|细节|步骤)(?:此处)?省略|
    [（(]\s*(?:证明|推导|过程|细节|步骤|此处|从)*略\s*[)）]|
    (?:证明|推导|过程|细节|步骤|此处)(?:过程|细节)?(?:从)?略(?=\s*(?:[。.；;，,）)]|$))|^[ \t>]*(?:从)?略[。.]?[ \t]*$|
    留给读者|留作(?:练习|习题)|读者自[证行]|
    (?i:(?:proof|derivation|details?)\s+(?:is|are)?\s*omitted|left\s+(?:as\s+an\s+exercise|to\s+the\s+reader))
    """,
    re.MULTILINE | re.VERBOSE,
)
"""Words for a part that is not there."""

ALONE = re.compile(
    r"""
    ^[ \t>]*(?:\*\*[^*\n]{1,12}\*\*[:：.]?[ ]*)?(?P<words>
        (?:\.{3,}|…+|。{3,})
        | (?:(?:类似|同样)地?|同理|显然|易[证知见得])[，,]?(?:可|易)?(?:得|证|知|见|以)*(?:证|成立|得证|得)?
            [^\S\n]*(?:结论成立)?[。.]?
        | (?:(?:the\ proof\ is\ )?(?:similar(?:ly)?|obvious(?:ly)?|trivial(?:ly)?|clear(?:ly)?))[.]?
    )[ \t]*$
    """,
    re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)
"""A paragraph that is nothing but an ellipsis or 同理可得证."""

READ = frozenset(
    {SpanKind.TEXT, SpanKind.HEADING, SpanKind.CODE, SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH, SpanKind.COMMENT}
)


def check_placeholders(post: Post) -> tuple[Finding, ...]:
    """Find TODO, 待补充, (略), lorem ipsum, a lone `...` or 同理可得证, and their like."""
    reading = read(post)
    offsets: dict[int, str] = {}
    for start, span in placed(post):
        if span.kind in READ:
            for mark in MARKS.finditer(span.text):
                offsets[start + mark.start()] = mark.group()
    for words in LEFT_OUT.finditer(reading.prose):
        shown = words.group().strip(" \t>")
        offsets[words.start() + words.group().index(shown)] = shown
    for words in ALONE.finditer(reading.prose):
        if not reading.prose[words.end() :].lstrip("\n >").startswith(DISPLAY):  # 同理可得 may lead to a formula
            offsets[words.start("words")] = words["words"]
    return tuple(
        finding_of("validate.placeholder", reading.where(offset), mark=mark) for offset, mark in sorted(offsets.items())
    )
