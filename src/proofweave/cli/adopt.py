"""`proofweave adopt`: a hand-written or re-read reply becomes the recording of its block."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.cli.verb import Subparsers, add_verb, print_findings

if TYPE_CHECKING:
    from proofweave.core.types import Finding, Reply, Request
    from proofweave.pipeline.project import Project


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "adopt",
        "keep hand-written replies, or recordings that were read again, as the recordings of an outline",
        "proofweave adopt outlines/POST.yaml\n"
        "  proofweave adopt outlines/POST.yaml steepest-step\n"
        "  proofweave adopt outlines/POST.yaml --from replies.yaml --by 'A. Author'",
        run,
    )
    parser.add_argument("outline", help="an outline below outlines/")
    parser.add_argument(
        "blocks", nargs="*", metavar="BLOCK", help="ids of blocks; all of the outline's when none is named"
    )
    parser.add_argument(
        "--from", dest="drafts", metavar="FILE", help="YAML `block: {slot: parts}`, written as an outline writes parts"
    )
    parser.add_argument("--by", default="", metavar="NAME", help="who wrote the replies; else what the recording says")
    parser.add_argument("--date", default="", help="when; today for a new recording")


def run(arguments: argparse.Namespace) -> int:
    """Write the recordings that changed, and drop nothing."""
    from proofweave.adapters.files import write_text
    from proofweave.core.errors import UsageError
    from proofweave.core.wire import errors
    from proofweave.outline.reply import write_reply
    from proofweave.pipeline.project import Project, read_recordings
    from proofweave.pipeline.stages import rendered
    from proofweave.stages.generate.replies import adopted

    project = Project.find()
    path = project.path(arguments.outline)
    stage = rendered(project, path)
    if stage.outline is None:
        return print_findings(stage.findings)
    requests = _wanted(stage.requests, arguments.blocks)
    texts = project.recordings(path.stem)
    if arguments.drafts:
        replies, findings = _drafts(project, project.path(arguments.drafts), requests)
    else:
        replies, findings = read_recordings(texts)
    if errors(findings):
        return print_findings(findings)
    print_findings(findings)
    config = project.config()
    written = 0
    for request in requests:
        reply = next((reply for reply in replies if reply.block == request.block), None)
        if reply is None:
            continue
        name = f"generations/{path.stem}/{request.block}.json"
        before = next((old for old in read_recordings({name: texts[name]})[0]), None) if name in texts else None
        reply = adopted(request, reply, before, arguments.by or config.model, arguments.date or _today())
        text = write_reply(reply)
        if texts.get(name) != text:
            write_text(project.root / name, text)
            print(name)
            written += 1
    if arguments.blocks and not written and not replies:
        raise UsageError(
            f"nothing is written for {', '.join(arguments.blocks)}", "write the reply first, or use --from"
        )
    print(f"{written} recordings written", file=sys.stderr)
    return 0


def _wanted(requests: tuple[Request, ...], blocks: list[str]) -> tuple[Request, ...]:
    from proofweave.core.errors import UsageError

    there = {request.block for request in requests}
    for block in blocks:
        if block not in there:
            raise UsageError(
                f"no block '{block}' waits for a reply", f"there are: {', '.join(sorted(there)) or 'none'}"
            )
    return tuple(request for request in requests if not blocks or request.block in blocks)


def _drafts(
    project: Project, path: Path, requests: tuple[Request, ...]
) -> tuple[tuple[Reply, ...], tuple[Finding, ...]]:
    from proofweave.adapters.files import read_text
    from proofweave.core.types import Finding, Severity, Where
    from proofweave.outline.reply import read_drafts
    from proofweave.text.yaml.reading import read_nodes

    name = project.name(path)
    root, problems = read_nodes(read_text(path), name)
    if root is None:
        return (), (*problems, Finding("reply-empty", Severity.ERROR, Where(name), "the file holds no replies"))
    replies, findings = read_drafts(root, name)
    known = {request.block for request in requests}
    unasked = tuple(
        Finding("reply-unasked", Severity.WARNING, root.where, f"no block '{block}' waits for a reply")
        for block in replies
        if block not in known
    )
    return tuple(replies.values()), (*problems, *findings, *unasked)


def _today() -> str:
    import datetime

    return datetime.date.today().isoformat()
