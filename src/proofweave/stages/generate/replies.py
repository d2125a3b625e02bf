"""Choose the recorded reply of each request, and judge whether a reply fits what was asked."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from proofweave.core import (
    Equation,
    Finding,
    Outline,
    Reply,
    Request,
    Severity,
    Slot,
    Where,
    displays_of,
    finding_of,
    say,
    with_displays,
)
from proofweave.outline import same_words
from proofweave.stages.generate.rejected import Rejected


def generate(
    requests: Sequence[Request], recordings: Sequence[Reply], rejected: Sequence[Rejected] = ()
) -> tuple[dict[str, Reply], tuple[Finding, ...]]:
    """Return the reply of each request by block id, and what is missing or does not fit.

    A recording answers a request when the block's specification is the same, wherever its file lies; one made for the
    same model and parameters goes first. Nothing recorded at all is a normal state of a post (one notice, no error).
    `rejected` are the replies kept aside: their findings are told where no recording answers.
    """
    if requests and not recordings and not rejected:
        return {}, (_pending(requests),)
    replies: dict[str, Reply] = {}
    findings: list[Finding] = []
    for request in requests:
        reply = answer_to(request, recordings)
        aside = kept_aside(request, rejected)
        if aside is not None:
            findings += _aside(aside, reply)
        if reply is None:
            findings += [] if aside is not None else [_missing(request, recordings)]
            continue
        reply = named(replace(reply, block=request.block))
        replies[request.block] = reply
        findings += fits(request, reply)
        findings += _stale(request, reply)
    findings += _unused(requests, recordings)
    return replies, tuple(findings)


def adopted(request: Request, reply: Reply, before: Reply | None, by: str, date: str) -> Reply:
    """Return a reply as the recording of a request; where its words are the recorded ones, their provenance stays."""
    kept = before.provenance if before is not None and same_words(before, reply) else reply.provenance
    made = replace(kept, by=kept.by or by, date=kept.date or date, prompt=prompt_hash(request.prompt))
    return replace(reply, block=request.block, spec=request.spec, key=request.key, provenance=made)


def prompt_hash(prompt: str) -> str:
    """Return the sha256 of a prompt, which a recording keeps as provenance."""
    return hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()


def reply_clashes(outline: Outline, replies: Mapping[str, Reply]) -> tuple[Finding, ...]:
    """Return the equation ids that a reply uses although the outline or another reply has them already."""
    taken = {item.id for block in outline.blocks() for item in displays_of(block.parts())}
    findings = []
    for reply in replies.values():
        for parts in reply.slots.values():
            for equation in displays_of(parts):
                if equation.id in taken:
                    findings.append(finding_of("generate.reply-id-taken", equation.where, id=equation.id))
                taken.add(equation.id)
    return tuple(findings)


def named(reply: Reply) -> Reply:
    """Return the reply with an id on each of its equations."""
    slots = {}
    for name, parts in reply.slots.items():
        names = (f"{reply.block}-{name}-eq{number}" for number in count(1))

        def with_id(equation: Equation, names: Iterator[str] = names) -> Equation:
            name = next(names)
            return equation if equation.id else replace(equation, id=name)

        slots[name] = with_displays(parts, with_id)
    return replace(reply, slots=slots)


def unanswered(
    requests: Sequence[Request],
    recordings: Sequence[Reply],
    rejected: Sequence[Rejected],
    refresh: frozenset[str] | None,
) -> tuple[Request, ...]:
    """Return the requests a model is to be asked for, each specification once.

    A request whose reply was kept aside is not asked again with the very same prompt. `refresh` names blocks that are
    asked in any case, an empty set all of them; None refreshes nothing.
    """
    wanted: dict[str, Request] = {}
    for request in requests:
        again = refresh is not None and (not refresh or request.block in refresh)
        aside = kept_aside(request, rejected)
        known = aside is not None and (aside.key, aside.prompt) == (request.key, prompt_hash(request.prompt))
        if again or (answer_to(request, recordings) is None and not known):
            wanted.setdefault(request.spec, request)
    return tuple(wanted.values())


def kept_aside(request: Request, rejected: Sequence[Rejected]) -> Rejected | None:
    """Return the reply to a request that was kept aside."""
    return next((aside for aside in rejected if aside.spec == request.spec), None)


def answer_to(request: Request, recordings: Sequence[Reply]) -> Reply | None:
    """Return the recording that answers a request."""
    good = [reply for reply in recordings if request.spec == reply.spec]
    return min(good, key=lambda reply: (reply.key != request.key, reply.block != request.block), default=None)


def _pending(requests: Sequence[Request]) -> Finding:
    slots = sum(len(request.slots) for request in requests)
    where, post = requests[0].where, requests[0].post
    return finding_of("generate.pending", where, Severity.INFO, slots=slots, blocks=len(requests), post=post)


def _aside(aside: Rejected, reply: Reply | None) -> Iterator[Finding]:
    """Yield why the reply a model gave was kept aside: errors where it is needed, a warning where another is used."""
    count, block = len(aside.findings), aside.block
    severity = Severity.ERROR if reply is None else Severity.WARNING
    findings = say("generate.finding" if count == 1 else "generate.findings", count=count)
    yield finding_of("generate.reply-rejected", Where(aside.path), severity, block=block, findings=findings)
    if reply is None:
        yield from aside.findings


def _missing(request: Request, recordings: Sequence[Reply]) -> Finding:
    there = next((reply for reply in recordings if reply.block == request.block), None)
    where, block = request.where, request.block
    if there is None:
        path = f"generations/{request.post}/{block}.json"
        return finding_of("generate.recording-missing", where, block=block, path=path)
    return finding_of("generate.recording-outdated", where, block=block, spec=request.spec[:12], path=there.path)


def fits(request: Request, reply: Reply) -> Iterator[Finding]:
    """Yield what a reply has too much or too little of: slots, and numbered equations in each."""
    where = Where(reply.path)
    names = {slot.name for slot in request.slots}
    for name in sorted(set(reply.slots) - names):
        yield finding_of("generate.reply-slot-unknown", where, slot=name, expected=", ".join(sorted(names)))
    for slot in request.slots:
        if slot.name not in reply.slots:
            yield finding_of("generate.reply-slot-missing", where, slot=slot.name)
            continue
        yield from _counts(slot, reply, where)


def _counts(slot: Slot, reply: Reply, where: Where) -> Iterator[Finding]:
    parts = reply.slots[slot.name]
    held = sum(equation.rows for equation in displays_of(parts) if equation.numbered)
    if held != slot.equations:
        place = parts[0].where if parts else where
        wanted = str(slot.equations)
        yield finding_of("generate.reply-equation-count", place, slot=slot.name, held=held, expected=wanted)


def _stale(request: Request, reply: Reply) -> Iterator[Finding]:
    recorded = reply.provenance.prompt
    if recorded and recorded != prompt_hash(request.prompt):
        yield finding_of("generate.stale-context", Where(reply.path), Severity.WARNING, block=request.block)


def _unused(requests: Sequence[Request], recordings: Sequence[Reply]) -> Iterator[Finding]:
    """Yield the recordings no block asks for; a block whose recording is outdated has its own finding."""
    specs = Counter(request.spec for request in requests)
    blocks = {request.block for request in requests}
    for reply in recordings:
        if not specs[reply.spec] and reply.block not in blocks:
            yield finding_of("generate.recording-unused", Where(reply.path), Severity.WARNING, block=reply.block)
