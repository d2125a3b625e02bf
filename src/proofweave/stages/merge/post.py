"""Put the grown part into its source, between markers that `strip` finds again."""

import re
from collections.abc import Iterator, Mapping, Sequence

from proofweave.core import Finding, FindingsError, Post, Where, Woven, finding_of, say
from proofweave.stages.merge.markers import MARKER, NEWLINES, digest, strip
from proofweave.text.markdown import BEGIN, END, Heading, headings, read_post

__all__ = ["merge", "merge_problems", "strip"]

ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def merge(post: Post, woven: Woven, heading: str) -> str:
    """Return the grown post: the source with each piece of the woven text in its place, between markers.

    The piece without an anchor goes to the end, under `## heading` unless the source ends with a section of that
    name. A grown part that is there already is replaced; nothing woven gives the source. `merge_problems` are raised
    as FindingsError.
    """
    findings = merge_problems(post, woven)
    if findings:
        raise FindingsError(findings)
    post = _source(post)
    source = post.text
    eol = _newline_style(source)
    remembered = digest(source)
    parts: list[str] = []
    position = 0
    tail = ""
    for offset, _, grown in sorted(_insertions(post, woven, heading)):
        piece = source[position:offset]
        tail = (tail + piece)[-3:]
        before = _newlines_to_blank_line(tail)
        after = int(offset < len(source))
        begin = f"{BEGIN} eol={eol} before={before} after={after} source={remembered} -->"
        text = grown.replace("\r\n", "\n").strip("\n")
        block = "\n" * before + f"{begin}\n\n{text}\n\n{END}\n" + "\n" * after
        block = block.replace("\n", NEWLINES[eol])
        parts += (piece, block)
        tail = block[-3:]
        position = offset
    return "".join((*parts, source[position:]))


def _source(post: Post) -> Post:
    """Return the post without its grown part."""
    text = post.text
    source = strip(text, post.path)
    return post if source is text else read_post(source, post.path)


def _insertions(source: Post, woven: Woven, heading: str) -> Iterator[tuple[int, int, str]]:
    """Yield where in the source each text goes, what orders those at the same offset, and the text."""
    size = len(source.text)
    found = headings(source)
    for anchor, text in _pieces(woven).items():
        if anchor:
            (index,) = _anchored(found, anchor)
            end = next((h.offset for h in found[index + 1 :] if h.level <= found[index].level), size)
            yield end, -index, text
        else:
            title = " ".join(heading.split())
            under = "" if not title or _ends_with_section(found, title) else f"## {title}\n\n"
            yield size, 1, under + text


def _pieces(woven: Woven) -> Mapping[str, str]:
    return {anchor: text for anchor, text in woven.pieces.items() if text.strip()}


def _anchored(found: Sequence[Heading], anchor: str) -> list[int]:
    """Return which headings bear the anchor's title."""
    return [index for index, heading in enumerate(found) if _same(heading.title, anchor)]


def _ends_with_section(found: Sequence[Heading], title: str) -> bool:
    last = next((heading for heading in reversed(found) if heading.level <= 2), None)
    return last is not None and last.level == 2 and _same(last.title, title)


def _same(one: str, other: str) -> bool:
    return _spelled(one) == _spelled(other)


def _spelled(title: str) -> str:
    return " ".join(ESCAPE.sub("", title).split())


def _newline_style(text: str) -> str:
    windows = text.count("\r\n")
    return "crlf" if windows > text.count("\n") - windows else "lf"


def _newlines_to_blank_line(tail: str) -> int:
    """Return how many newlines make a blank line after a text that ends with `tail`."""
    if tail in {"", "\ufeff"} or tail.endswith(("\n\n", "\n\r\n")):
        return 0
    return 1 if tail.endswith("\n") else 2


def merge_problems(post: Post, woven: Woven) -> tuple[Finding, ...]:
    """Return why a woven text cannot be merged: markers, a source that ends inside something, or anchors."""
    try:
        source = _source(post)
    except FindingsError as error:
        return error.findings
    return (*_open_end(source), *_anchor_problems(source, woven), *_woven_markers(woven)) if _pieces(woven) else ()


def _open_end(source: Post) -> Iterator[Finding]:
    last = next((span for span in reversed(source.spans) if span.text.strip()), None)
    if last is not None and not last.closed:
        where = Where(source.path, last.line, last.column)
        yield finding_of("merge.merge-open-end", where, inside=say(f"merge.{last.kind}"))


def _anchor_problems(source: Post, woven: Woven) -> Iterator[Finding]:
    found = headings(source)
    for anchor in filter(None, _pieces(woven)):
        places = _anchored(found, anchor)
        if len(places) == 1:
            continue
        where = _origin(woven, anchor, 1, source.path)
        if places:
            words = {"anchor": anchor, "lines": ", ".join(str(found[index].line) for index in places)}
            count, key = len(places), "merge.merge-anchor-ambiguous"
            yield finding_of(key, where, count=count, file=source.path, **words)
        else:
            titles = ", ".join(f"'{heading.title}'" for heading in found if heading.title)
            expected = say("merge.one-of", titles=titles) if titles else ""
            yield finding_of("merge.merge-anchor-missing", where, expected=expected, anchor=anchor, file=source.path)


def _woven_markers(woven: Woven) -> Iterator[Finding]:
    for anchor, text in _pieces(woven).items():
        for mark in MARKER.finditer(text):
            line = text.count("\n", 0, mark.start()) + 1
            yield finding_of("merge.merge-marker", _origin(woven, anchor, line, ""), edge=mark[1])


def _origin(woven: Woven, anchor: str, line: int, path: str) -> Where:
    """Return where a woven line comes from, the innermost place known."""
    known = [origin for origin in woven.origins.get(anchor, ()) if origin.first <= line <= origin.last]
    return known[-1].where if known else Where(path)
