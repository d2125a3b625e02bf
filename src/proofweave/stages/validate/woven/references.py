"""Check that what a text refers to exists, once: equations, theorems, sections and labels."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from proofweave.core import REFERENCE, VALUE, Finding, Post, Severity, SpanKind, Where, beside, finding_of, say
from proofweave.stages.validate.woven.reading import Reading, inside, numbered_headings, placed, read
from proofweave.stages.validate.woven.tags import tags
from proofweave.stages.validate.woven.theorems import KINDS, NAMES, boxes
from proofweave.text.markdown import formulas
from proofweave.text.tex import labels_in

EQUATION, SECTION, FOREIGN_BEFORE, FOREIGN_AFTER = (
    re.compile(beside(__name__)[name]) for name in ("equation", "section", "foreign_before", "foreign_after")
)
DIGITS = re.compile(r"\d+")
THEOREM = re.compile(rf"(?P<name>{NAMES})[ ]?(?P<number>\d+(?:\.\d+)+)")
POINTER = re.compile(r"\\(?:eq)?ref\s*\{([^{}]*)\}")


def check_references(
    post: Post, others: Sequence[Post] = (), reserved: frozenset[int] = frozenset()
) -> tuple[Finding, ...]:
    """Find references to what does not exist or stands twice, and ids that nothing replaced.

    A reference may point into `others` (the source that a grown part belongs to) or to a `reserved` equation number.
    One that names another work, as [3] 的定理 2.1, is left alone.
    """
    reading = read(post)
    around = [reading, *(read(other) for other in others)]
    findings = [
        *_ids(reading),
        *_equations(reading, others, reserved),
        *_theorems(reading, around),
        *_sections(reading, around),
        *_labels(reading, others),
    ]
    return tuple(sorted(findings, key=lambda finding: finding.where))


def _missing(key: str, where: Where, name: str, expected: str = "") -> Finding:
    fix = say("validate.reference-by-id")
    return finding_of(key, where, rule="reference-missing", name=name, expected=expected, fix=fix)


def _ambiguous(key: str, where: Where, name: str, count: int) -> Finding:
    return finding_of(key, where, rule="reference-ambiguous", name=name, count=count)


def _foreign(reading: Reading, start: int, end: int) -> bool:
    """Return whether words around a reference say that it points into another work."""
    before = reading.prose[max(0, start - 24) : start]
    return FOREIGN_BEFORE.search(before) is not None or FOREIGN_AFTER.match(reading.prose, end) is not None


def _ids(reading: Reading) -> Iterator[Finding]:
    """Yield `@eq:id` and its like that stand in the text as they were written."""
    for offset, span in placed(reading.post):
        if span.kind in {SpanKind.CODE, SpanKind.INLINE_CODE, SpanKind.FRONT_MATTER, SpanKind.COMMENT}:
            continue
        for left in (*REFERENCE.finditer(span.text), *VALUE.finditer(span.text)):
            where = reading.where(offset + left.start())
            yield finding_of("validate.reference-unresolved", where, reference=left.group())


def _equations(reading: Reading, others: Sequence[Post], reserved: frozenset[int]) -> Iterator[Finding]:
    own = Counter(tag.text for tag in tags(reading.post))
    known = set(own).union(map(str, reserved), *({tag.text for tag in tags(other)} for other in others))
    for match in EQUATION.finditer(reading.prose):
        if _foreign(reading, match.start(), match.end()):
            continue
        for digits in DIGITS.finditer(match["numbers"]):
            where = reading.where(match.start())
            number = str(int(digits.group()))
            if number not in known:
                yield _missing("validate.no-equation", where, number)
            elif own[number] > 1:
                yield _ambiguous("validate.equation-often", where, number, own[number])


def _theorems(reading: Reading, around: Sequence[Reading]) -> Iterator[Finding]:
    found = boxes(reading)
    own = Counter((box.kind, box.number) for box in found)
    known = {(box.kind, box.number) for other in around for box in boxes(other)}
    themselves = {box.offset for box in found}
    for match in THEOREM.finditer(reading.prose):
        label = (KINDS[match["name"]], match["number"])
        if match.start() in themselves or _foreign(reading, match.start(), match.end()):
            continue
        where = reading.where(match.start())
        if label not in known:
            called = [box.label for box in found if box.number == match["number"]]
            yield _missing("validate.no-theorem", where, match.group(), called[0] if called else "")
        elif own[label] > 1:
            yield _ambiguous("validate.theorem-often", where, match.group(), own[label])


def _sections(reading: Reading, around: Sequence[Reading]) -> Iterator[Finding]:
    known = {number for other in around for _, number in numbered_headings(other)}
    for match in SECTION.finditer(reading.prose) if known else ():
        number = match["zh"] or match["en"]
        if number not in known and not _foreign(reading, match.start(), match.end()):
            yield _missing("validate.no-section", reading.where(match.start()), number)


def _labels(reading: Reading, others: Sequence[Post]) -> Iterator[Finding]:
    r"""Yield `\eqref` of no `\label`, and labels that stand twice, which MathJax refuses."""
    elsewhere = {mark.text for other in others for span in formulas(other) for mark in labels_in(span.tex)}
    own: set[str] = set()
    for span in formulas(reading.post):
        place = inside(reading.post, span)
        for mark in labels_in(span.tex):
            if mark.text in own or mark.text in elsewhere:
                yield finding_of("validate.label-twice", place(mark.offset), label=mark.text)
            own.add(mark.text)
    known = {name.replace("\\", "") for name in own | elsewhere}
    for offset, span in placed(reading.post):
        if span.kind in {SpanKind.TEXT, SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH, SpanKind.HEADING}:
            for pointer in POINTER.finditer(span.text):
                name = pointer[1].replace("\\", "")
                if name not in known:
                    yield _missing("validate.no-label", reading.where(offset + pointer.start()), name)


def check_source_tags(post: Post, source: Post) -> tuple[Finding, ...]:
    """Find numbers of a grown part that its source gives to displays of its own (one warning for all)."""
    own = {tag.text for tag in tags(post)}
    shared = [tag for tag in tags(source) if tag.text in own]
    if not shared:
        return ()
    listed = ", ".join(f"({tag.text})" for tag in shared[:5]) + (", …" if len(shared) > 5 else "")
    return (finding_of("validate.tag-of-source", shared[0].where, Severity.WARNING, tags=listed),)
