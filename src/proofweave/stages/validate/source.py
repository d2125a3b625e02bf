"""Check that a source post is whole, and that growing it changed none of its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from proofweave.core.types import Finding, Post, Severity, SpanKind, Where
from proofweave.stages.validate.woven.reading import placed, read
from proofweave.text.markdown.post import headings

CUT = re.compile(r"\[\[(?:\.{3}|…+)\]\]")
LATIN = re.compile(r"[a-z]{2,}")
LETTER = re.compile(r"\w")
ALIASES = re.compile(r"^aliases:(?P<row>[^\n]*)(?P<rows>(?:\n[ ]*-[^\n]*)*)", re.MULTILINE)
HEAD = 40
"""Characters of a difference that are shown."""


def check_preserved(source: str, stripped: str, path: str) -> tuple[Finding, ...]:
    """Find the first place where a source differs from its grown post without the grown part."""
    if source == stripped:
        return ()
    offset = next(
        (index for index, pair in enumerate(zip(source, stripped, strict=False)) if pair[0] != pair[1]),
        min(len(source), len(stripped)),
    )
    line, column = source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)
    what = f"growing the post changed its source here into {stripped[offset : offset + HEAD]!r}"
    expected = f"its own bytes, {source[offset : offset + HEAD]!r}"
    return (Finding("source-changed", Severity.ERROR, Where(path, line, column), what, expected),)


def check_whole(source: Post) -> tuple[Finding, ...]:
    """Find where a source was cut: the mark a scraper leaves, `[[...]]`, and math or code that nothing closes."""
    return (*_cuts(source), *_dangling(source))


def _cuts(source: Post) -> Iterator[Finding]:
    reading = read(source)
    for cut in CUT.finditer(reading.prose):
        what = f"the source is cut here: '{cut.group()}'"
        fix = "restore what is missing from where the post was taken"
        yield Finding("source-truncated", Severity.ERROR, reading.where(cut.start()), what, "the whole text", fix)


def _dangling(source: Post) -> Iterator[Finding]:
    names = {SpanKind.CODE: "a fence", SpanKind.COMMENT: "a comment", SpanKind.HTML: "an element"}
    reading = read(source)
    for offset, span in placed(source):
        if not span.closed:
            start = " ".join(span.text.split())[:HEAD]
            what = f"{names.get(span.kind, 'a formula')} of the source is never closed: '{start}'"
            fix = "close it, or restore what was cut off"
            where = reading.where(offset)
            yield Finding("source-truncated", Severity.ERROR, where, what, "its closing delimiter", fix)


def check_slug(source: Post) -> tuple[Finding, ...]:
    """Find a file name or `slug:` that is its title cut short, as `batch-siz` is of `Batch Size`.

    A file name that the front matter lists under `aliases:` is meant, whatever it looks like.
    """
    title = source.front.get("title") or next((heading.title for heading in headings(source)), "")
    file = source.path.rpartition("/")[2].removesuffix(".md")
    findings = []
    for name, slug in (("the file's name", file), ("the slug", source.front.get("slug", ""))):
        whole = _cut_of(slug, title)
        if whole and not (slug == file and slug in _aliases(source)):
            what = f"{name} '{slug}' looks cut off"
            expected = f"'{whole}', as in the title '{title}'"
            fix = "rename it if it was meant to be whole, or list the file's name under `aliases:`"
            findings.append(Finding("slug-cut", Severity.WARNING, Where(source.path), what, expected, fix))
    return tuple(findings[:1])


def _aliases(source: Post) -> frozenset[str]:
    """Return what the front matter lists under `aliases:`, in a row or one a line."""
    front = source.spans[0].text if source.front else ""
    listed = ALIASES.search(front)
    if listed is None:
        return frozenset()
    names = [*listed["row"].strip().strip("[]").split(","), *(row.strip(" -") for row in listed["rows"].split("\n"))]
    return frozenset(name.strip().strip("\"'") for name in names) - {""}


def _cut_of(slug: str, title: str) -> str:
    """Return the word of the title of which the slug holds only a beginning, "" if there is none."""
    words = dict.fromkeys(LATIN.findall(title.lower()))
    for word in LATIN.findall(slug.lower()):
        whole = next((other for other in words if other.startswith(word) and other != word), "")
        if whole and word not in words:
            return whole
    letters = "".join(LETTER.findall(slug.lower())).replace("_", "")
    position = 0
    for index, character in enumerate(title.lower()):
        if position == len(letters):
            cut = position >= 4 and LETTER.match(character) is not None and LETTER.match(title[index - 1]) is not None
            return title[max(0, index - 4) : index + 4] if cut else ""
        if LETTER.match(character):
            if character != letters[position]:
                return ""
            position += 1
    return ""
