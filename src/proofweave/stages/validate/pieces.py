"""Join the woven pieces in the order a reader meets them, and find where a line of them comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from proofweave.core import Finding, Origin, Post, Said, Span, Step, Where, Woven, changed
from proofweave.stages.validate.woven import LINE
from proofweave.text.markdown import displays, headings, read_post

OF_A_BLOCK = ("theorem-", "proof-")
"""Rules about a whole block, wherever in it they were noticed."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The woven pieces as one post, and for each of its lines (from 1) the innermost origin known."""

    post: Post
    owners: Mapping[int, Origin]


def join(woven: Woven, source: Post) -> Joined:
    """Return the pieces as one post; each is read by itself, so what one leaves open does not swallow the next."""
    titles = [" ".join(heading.title.split()) for heading in headings(source)]
    order = {title: index for index, title in reversed(list(enumerate(titles)))}
    anchors = sorted(
        (anchor for anchor, text in woven.pieces.items() if text.strip()),
        key=lambda anchor: (anchor == "", order.get(" ".join(anchor.split()), len(titles))),
    )
    spans: list[Span] = []
    owners: dict[int, Origin] = {}
    line = 1
    for anchor in anchors:
        text = woven.pieces[anchor].rstrip("\n") + "\n"
        spans += [replace(span, line=span.line + line - 1) for span in read_post(text, "").spans]
        for origin in woven.origins.get(anchor, ()):
            owners.update(dict.fromkeys(range(origin.first + line - 1, origin.last + line), origin))
        line += text.count("\n")
    return Joined(Post(source.path, tuple(spans)), owners)


def locate(woven: Woven, anchor: str, line: int) -> Where | None:
    """Return where a line of a woven piece comes from: the innermost part, block or section that it belongs to."""
    known = [origin for origin in woven.origins.get(anchor, ()) if origin.first <= line <= origin.last]
    return place_of(known[-1]) if known else None


def place_of(origin: Origin, display: bool = False) -> Where:
    """Return the place of an origin; of a step's display, that of its equation."""
    if display and isinstance(origin.part, Step) and origin.part.equation is not None:
        return origin.part.equation.where
    return origin.where


def moved(finding: Finding, joined: Joined, home: Where) -> Finding:
    """Return a finding about the joined pieces with the place in the outline or recording it comes from.

    A line that its words name becomes such a place too.
    """

    def placed(text: str) -> str:
        line = int(str(text.values["line"])) if isinstance(text, Said) and text.key == LINE else 0
        return str(place_of(joined.owners[line])) if line in joined.owners else text

    origin = joined.owners.get(finding.where.line)
    where = home if origin is None else place_of(origin, _in_display(joined.post, finding.where))
    if origin is not None and origin.block is not None and finding.rule.startswith(OF_A_BLOCK):
        where = origin.block.where
    return replace(finding, where=where, what=changed(finding.what, placed), expected=changed(finding.expected, placed))


def _in_display(post: Post, where: Where) -> bool:
    """Return whether a place lies in a displayed formula."""
    return any(
        (span.line, span.column) <= (where.line, where.column) and where.line <= span.line + span.text.count("\n")
        for span in displays(post)
    )


def waits(joined: Joined, finding: Finding) -> bool:
    """Return whether a finding lies in a block that still has a slot nobody filled."""
    origin = joined.owners.get(finding.where.line)
    return origin is not None and origin.block is not None and bool(origin.block.slots())
