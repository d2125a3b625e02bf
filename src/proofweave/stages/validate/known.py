"""Leave out what an earlier stage has told already, so that each problem is one finding."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from proofweave.core import Finding, Outline, Severity, Where, beside, displays_of

ANYWHERE, HERE = (
    {rule: tuple(entry["causes"]) for entry in beside(__name__)[scope] for rule in entry["rules"]}
    for scope in ("anywhere", "here")
)
"""The rules that merely follow, and what the rules of their causes start with, without `outline-`."""


def places(outline: Outline) -> tuple[Where, ...]:
    """Return where the sections, blocks and parts of an outline begin, in order."""
    return tuple(sorted(set(_places(outline))))


def _places(outline: Outline) -> Iterator[Where]:
    for section in outline.sections:
        yield section.where
        yield from (leaf.where for leaf in section.sections)
    for leaf in outline.leaves():
        if leaf.tags is not None:
            yield leaf.tags.where
    for block in outline.blocks():
        yield block.where
        yield from (part.where for part in (*block.parts(), *displays_of(block.parts())))


def untold(findings: Iterable[Finding], known: Sequence[Finding], starts: Sequence[Where]) -> Iterator[Finding]:
    """Yield the findings whose cause no error of `known` has told; `starts` are an outline's `places`."""
    told = [finding for finding in known if finding.severity is Severity.ERROR]
    anywhere = {_bare(finding.rule) for finding in told}
    here = {(_bare(each.rule), place) for each in told for place in (each.where, _start(each.where, starts))}
    for finding in findings:
        causes = ANYWHERE.get(finding.rule, ())
        if any(rule.startswith(causes) for rule in anywhere):
            continue
        causes = HERE.get(finding.rule, ())
        if not any(place == finding.where and rule.startswith(causes) for rule, place in here):
            yield finding


def _bare(rule: str) -> str:
    return rule.removeprefix("outline-")


def _start(where: Where, starts: Sequence[Where]) -> Where:
    """Return the last start at or before a place in its file; the place itself where there is none."""
    index = bisect_right(starts, where)
    return starts[index - 1] if index and starts[index - 1].file == where.file else where
