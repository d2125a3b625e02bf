"""Compare what a build found with the ledger: what fell and what is gone are errors, what rose or is new is told."""

from collections.abc import Iterator, Mapping, Sequence

from proofweave.core import Finding, Said, Severity, Where, finding_of, say
from proofweave.stages.ledger.record import ORDER, Entry, Ledger

UNJUDGED = ("refused", "pending")
"""States of a post in which it may have no verdicts for a reason that its findings say."""


def compared(ledger: Ledger, built: Ledger, states: Mapping[str, str], path: str) -> Iterator[Finding]:
    """Yield what differs; `states` are the states of the posts that have an outline, `path` names the ledger."""
    for post in sorted({*ledger, *built}):
        before, after = ledger.get(post, ()), built.get(post, ())
        if before and not after and states.get(post) in UNJUDGED:
            words = {"post": post, "count": str(len(before)), "state": say(f"ledger.{states[post]}")}
            yield finding_of("ledger.unjudged", before[0].where, rule="verdict-lost", **words)
        elif after and not before:
            yield _told("new-post", Where(path), post=post, count=str(len(after)))
        else:
            yield from _of_post(post, before, after)


def _of_post(post: str, before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[Finding]:
    there, known = {entry.id: entry for entry in after}, {entry.id for entry in before}
    for entry in before:
        was, now = say(f"ledger.{entry.verdict}"), there.get(entry.id)
        if now is None:
            yield finding_of("ledger.verdict-lost", entry.where, equation=_equation(post, entry), before=was)
        elif now.verdict != entry.verdict:
            words = {"equation": _equation(post, now), "before": was, "after": say(f"ledger.{now.verdict}")}
            if ORDER.index(now.verdict) > ORDER.index(entry.verdict):
                yield finding_of("ledger.verdict-fell", entry.where, **words)
            else:
                yield _told("verdict-rose", entry.where, **words)
    for entry in after:
        if entry.id not in known:
            after_now = say(f"ledger.{entry.verdict}")
            yield _told("verdict-new", entry.where, equation=_equation(post, entry), after=after_now)


def _equation(post: str, entry: Entry) -> Said:
    """Return an equation's name for a reader."""
    if not entry.number:
        return say("ledger.unnumbered", id=entry.id, post=post)
    return say("ledger.equation", id=entry.id, number=entry.number, post=post)


def _told(name: str, where: Where, **values: str) -> Finding:
    fix = say("ledger.accept-fix")
    rule = "verdict-new" if name == "new-post" else name
    return finding_of(f"ledger.{name}", where, Severity.INFO, rule=rule, fix=fix, **values)
