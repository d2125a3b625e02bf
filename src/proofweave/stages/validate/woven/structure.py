"""Check that whatever a post opens is closed: fences, comments, math, environments, HTML elements."""

import re
from collections.abc import Iterator

from proofweave.core import Finding, Post, Span, SpanKind, Where, finding_of
from proofweave.stages.validate.woven.reading import placed, read

OPEN = {
    SpanKind.CODE: "fence-unclosed",
    SpanKind.COMMENT: "comment-unclosed",
    SpanKind.HTML: "html-unclosed",
    SpanKind.INLINE_MATH: "math-unclosed",
    SpanKind.DISPLAY_MATH: "math-unclosed",
}
ELEMENT = re.compile(r"<(?P<closing>/?)(?P<name>[A-Za-z][\w-]*)[^<>]*?(?P<void>/?)>")
PAIRED = frozenset(
    {"div", "span", "details", "summary", "table", "center", "figure", "blockquote", "section", "article", "sub", "sup"}
)
"""Elements that HTML never closes by itself."""

EDGE = re.compile(r"\\(?P<edge>begin|end)\s*\{(?P<name>[A-Za-z]+\*?)\}")
DOLLAR = re.compile(r"(?<!\\)(?:\\\\)*(?P<dollar>\$\$?)")
PRICE = re.compile(r"\d")


def check_structure(post: Post) -> tuple[Finding, ...]:
    """Find unclosed fences, comments and math, unbalanced `<div>` and its like, stray `$`, `\\begin` and `\\end`."""
    findings = [*_unclosed(post), *_elements(post), *_environments(post), *_dollars(post)]
    return tuple(sorted(findings, key=lambda finding: finding.where))


def swallows(post: Post) -> bool:
    """Return whether something unclosed runs to the end of a post, so that what it holds cannot be judged."""
    return any(
        not span.closed and span.kind not in {SpanKind.INLINE_MATH, SpanKind.DISPLAY_MATH} for span in post.spans
    )


def _unclosed(post: Post) -> Iterator[Finding]:
    for span in post.spans:
        if not span.closed and span.kind in OPEN:
            rule, start = OPEN[span.kind], " ".join(span.text.split())[:30]
            key = "validate.display-unclosed" if span.kind is SpanKind.DISPLAY_MATH else f"validate.{rule}"
            yield finding_of(key, Where(post.path, span.line, span.column), rule=rule, start=start)


def _elements(post: Post) -> Iterator[Finding]:
    opened: list[tuple[str, Span]] = []
    unclosed: list[tuple[str, Span]] = []
    for span in post.spans:
        element = ELEMENT.fullmatch(span.text) if span.kind is SpanKind.HTML else None
        if element is None or element["void"] or element["name"].lower() not in PAIRED:
            continue
        name = element["name"].lower()
        if not element["closing"]:
            opened.append((name, span))
        elif any(other == name for other, _ in opened):
            while opened[-1][0] != name:
                unclosed.append(opened.pop())
            opened.pop()
        else:
            where = Where(post.path, span.line, span.column)
            yield finding_of("validate.element-unopened", where, rule="html-unbalanced", name=name)
    for name, span in (*unclosed, *opened):
        yield finding_of("validate.html-unbalanced", Where(post.path, span.line, span.column), name=name)


def _environments(post: Post) -> Iterator[Finding]:
    r"""Yield the `\begin` and `\end` outside formulas that have no partner there."""
    reading = read(post)
    opened: list[re.Match[str]] = []
    for edge in EDGE.finditer(reading.prose):
        if edge["edge"] == "begin":
            opened.append(edge)
        elif opened and opened[-1]["name"] == edge["name"]:
            opened.pop()
        else:
            where, rule = reading.where(edge.start()), "environment-unbalanced"
            yield finding_of("validate.environment-unopened", where, rule=rule, name=edge["name"])
    for edge in opened:
        yield finding_of("validate.environment-unbalanced", reading.where(edge.start()), name=edge["name"])


def _dollars(post: Post) -> Iterator[Finding]:
    """Yield each `$` that delimits no formula; before a digit it is a price, in a heading only an odd one is told."""
    reading = read(post)
    for offset, span in placed(post):
        found: list[re.Match[str]] = []
        if span.kind is SpanKind.TEXT:
            found = [dollar for dollar in DOLLAR.finditer(span.text) if not PRICE.match(span.text, dollar.end())]
        elif span.kind is SpanKind.HEADING:
            found = list(DOLLAR.finditer(span.text))
            found = found[-1:] if len(found) % 2 else []
        for dollar in found:
            where = reading.where(offset + dollar.start("dollar"))
            yield finding_of("validate.dollar-unbalanced", where, dollar=dollar["dollar"])
