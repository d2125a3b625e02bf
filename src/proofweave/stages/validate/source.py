"""Check that a source post is whole, and that growing it changed none of its bytes."""

import re

from proofweave.core import Finding, Post, Severity, Where, finding_of, say
from proofweave.stages.validate.woven import placed, read
from proofweave.text.markdown import headings

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
    now, own = stripped[offset : offset + HEAD], source[offset : offset + HEAD]
    return (finding_of("validate.source-changed", Where(path).after(source[:offset]), now=now, own=own),)


def check_whole(source: Post) -> tuple[Finding, ...]:
    """Find where a source was cut: the mark a scraper leaves, `[[...]]`, and math or code that nothing closes."""
    reading = read(source)
    findings = [
        finding_of("validate.source-truncated", reading.where(cut.start()), cut=cut.group())
        for cut in CUT.finditer(reading.prose)
    ]
    for offset, span in placed(source):
        if not span.closed:
            kind, start = say(f"validate.{span.kind}"), " ".join(span.text.split())[:HEAD]
            where = reading.where(offset)
            findings.append(finding_of("validate.dangling", where, rule="source-truncated", kind=kind, start=start))
    return tuple(findings)


def check_slug(source: Post) -> tuple[Finding, ...]:
    """Find a file name or `slug:` that is its title cut short, as `batch-siz` is of `Batch Size`.

    A file name that the front matter lists under `aliases:` is meant, whatever it looks like.
    """
    title = source.front.get("title") or next((heading.title for heading in headings(source)), "")
    file = source.path.rpartition("/")[2].removesuffix(".md")
    for name, slug in (("file-name", file), ("slug", source.front.get("slug", ""))):
        whole = _cut_of(slug, title)
        if whole and not (slug == file and slug in _aliases(source)):
            where, name = Where(source.path), say(f"validate.{name}")
            words = {"name": name, "slug": slug, "whole": whole, "title": title}
            return (finding_of("validate.slug-cut", where, Severity.WARNING, **words),)
    return ()


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
