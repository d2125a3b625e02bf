"""Compare what a build found with the ledger: what fell and what is gone are errors, what rose or is new is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from proofweave.core.types import Finding, Severity, Where
from proofweave.core.words.table import Said, say
from proofweave.stages.ledger.record import ORDER, Entry, Ledger

UNJUDGED = ("refused", "pending")
"""States of a post in which it may have no verdicts for a reason that its findings say."""


def compared(ledger: Ledger, built: Ledger, states: Mapping[str, str], path: str) -> Iterator[Finding]:
    """Yield what differs; `states` are the states of the posts that have an outline, `path` names the ledger."""
    for post in sorted({*ledger, *built}):
        before, after = ledger.get(post, ()), built.get(post, ())
        if before and not after and states.get(post) in UNJUDGED:
            what = say("ledger.unjudged", post=post, count=len(before), state=say(f"ledger.{states[post]}"))
            fix = say("ledger.unjudged_fix")
            yield Finding("verdict-lost", Severity.ERROR, before[0].where, what, fix=fix)
        elif after and not before:
            yield _told("verdict-new", Where(path), say("ledger.new_post", post=post, count=len(after)))
        else:
            yield from _of_post(post, before, after)


def _of_post(post: str, before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[Finding]:
    there, known = {entry.id: entry for entry in after}, {entry.id for entry in before}
    for entry in before:
        was, now = say(f"ledger.{entry.verdict}"), there.get(entry.id)
        if now is None:
            what, fix = say("ledger.lost", equation=_equation(post, entry), before=was), say("ledger.lost_fix")
            yield Finding("verdict-lost", Severity.ERROR, entry.where, what, fix=fix)
        elif now.verdict != entry.verdict:
            fell = ORDER.index(now.verdict) > ORDER.index(entry.verdict)
            words = {"equation": _equation(post, now), "before": was, "after": say(f"ledger.{now.verdict}")}
            if fell:
                what, fix = say("ledger.fell", **words), say("ledger.fell_fix")
                yield Finding("verdict-fell", Severity.ERROR, entry.where, what, fix=fix)
            else:
                yield _told("verdict-rose", entry.where, say("ledger.rose", **words))
    for entry in after:
        if entry.id not in known:
            what = say("ledger.new", equation=_equation(post, entry), after=say(f"ledger.{entry.verdict}"))
            yield _told("verdict-new", entry.where, what)


def _equation(post: str, entry: Entry) -> Said:
    """Return an equation's name for a reader."""
    if not entry.number:
        return say("ledger.unnumbered", id=entry.id, post=post)
    return say("ledger.equation", id=entry.id, number=entry.number, post=post)


def _told(rule: str, where: Where, what: Said) -> Finding:
    return Finding(rule, Severity.INFO, where, what, fix=say("ledger.accept_fix"))
