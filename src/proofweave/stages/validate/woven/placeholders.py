"""Find text that stands for text still to be written."""

import re

from proofweave.core import Finding, Post, SpanKind, beside, finding_of
from proofweave.stages.validate.woven.reading import DISPLAY, placed, read

MARKS, LEFT_OUT, ALONE = (re.compile(beside(__name__)[name]) for name in ("marks", "left_out", "alone"))

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
