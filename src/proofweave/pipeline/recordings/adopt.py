"""What `adopt` does: hand-written or re-read replies become the recordings of their blocks."""

import datetime
from collections.abc import Sequence
from pathlib import Path

from proofweave.adapters import read_text, write_text
from proofweave.core import Finding, Reply, Request, Severity, UsageError, Where, errors_in, finding_of
from proofweave.outline import read_drafts, write_reply
from proofweave.pipeline.project import Project
from proofweave.pipeline.recordings.reading import read_recordings, recorded
from proofweave.pipeline.render import rendered
from proofweave.stages.generate import adopted
from proofweave.text.yaml import read_nodes


def adopt_replies(
    project: Project, outline: Path, blocks: Sequence[str], drafts: Path | None, by: str, date: str
) -> tuple[list[str], tuple[Finding, ...]]:
    """Write the recordings that changed, and drop nothing; return their names, and what is wrong with the replies.

    Without `drafts`, a YAML file `block: {slot: parts}`, the replies are those recorded. `blocks` may be empty: all.
    Nothing is written where a finding is an error.
    """
    stage = rendered(project, outline)
    if stage.outline is None:
        return [], stage.findings
    requests = _wanted(stage.requests, blocks)
    kept = recorded(project, outline.stem)
    replies, findings = (kept.replies, kept.findings) if drafts is None else _drafts(project, drafts, requests)
    if errors_in(findings):
        return [], findings
    by = by or project.config().model
    date = date or datetime.date.today().isoformat()
    answers = {reply.block: reply for reply in reversed(replies)}
    names = []
    for request in requests:
        if request.block not in answers:
            continue
        name = f"generations/{outline.stem}/{request.block}.json"
        before = next(iter(read_recordings({name: kept.texts[name]})[0]), None) if name in kept.texts else None
        text = write_reply(adopted(request, answers[request.block], before, by, date))
        if kept.texts.get(name) != text:
            write_text(project.root / name, text)
            names.append(name)
    if blocks and not names and not replies:
        raise UsageError(f"nothing is written for {', '.join(blocks)}", "write the reply first, or use --from")
    return names, findings


def _wanted(requests: tuple[Request, ...], blocks: Sequence[str]) -> tuple[Request, ...]:
    there = {request.block for request in requests}
    for block in blocks:
        if block not in there:
            listed = ", ".join(sorted(there)) or "none"
            raise UsageError(f"no block '{block}' waits for a reply", f"there are: {listed}")
    return tuple(request for request in requests if not blocks or request.block in blocks)


def _drafts(
    project: Project, path: Path, requests: tuple[Request, ...]
) -> tuple[tuple[Reply, ...], tuple[Finding, ...]]:
    name = project.name(path)
    root, problems = read_nodes(read_text(path), name)
    if root is None:
        return (), (*problems, finding_of("pipeline.no-replies", Where(name), rule="reply-empty"))
    replies, findings = read_drafts(root, name)
    known = {request.block for request in requests}
    unasked = tuple(
        finding_of("pipeline.reply-unasked", root.where, Severity.WARNING, block=block)
        for block in replies
        if block not in known
    )
    return tuple(replies.values()), (*problems, *findings, *unasked)
