"""What generate hands to validate and merge: for each request the recording that answers it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from proofweave.core import Reply, findings_out
from proofweave.pipeline.documents import Document, read_document
from proofweave.pipeline.project import Project
from proofweave.pipeline.recordings import read_recordings, recorded
from proofweave.pipeline.render import Requests, requests_of


def replies_document(project: Project, wanted: Requests) -> Document:
    """Choose a recording for each request; return what generate hands to validate and merge."""
    from proofweave.stages.generate import generate

    kept = recorded(project, wanted.post)
    replies, findings = generate(wanted.requests, kept.replies, kept.aside)
    if kept.newer:  # what is not read is not missing
        findings = tuple(finding for finding in findings if finding.rule not in ("recording-missing", "pending"))
    return {
        "post": wanted.post,
        "findings": findings_out([*wanted.findings, *kept.findings, *findings], said=True),
        "pending": bool(wanted.requests) and not kept.texts and not kept.aside,
        "replies": {
            block: {"path": reply.path, "recording": kept.texts[reply.path]} for block, reply in sorted(replies.items())
        },
    }


def replies_in(document: Mapping[str, Any]) -> dict[str, Reply]:
    """Return the chosen replies by block id."""
    from proofweave.stages.generate import named

    replies = {}
    for block, value in document["replies"].items():
        (reply,), _ = read_recordings({value["path"]: value["recording"]})
        replies[block] = named(replace(reply, block=block))
    return replies


def replies_of(project: Project, outline: Path, written: Path | None = None) -> Document:
    """Return the replies document of an outline: as generate wrote it, or made now."""
    if written is not None:
        return read_document(written)
    return replies_document(project, requests_of(project, outline))
