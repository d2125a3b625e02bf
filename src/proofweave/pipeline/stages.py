"""The stages run one after another in memory; the verbs read and write what stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.core.types import Figure, Finding, Outline, Post, Reply, Request, Severity, Woven
from proofweave.core.wire import errors, findings_in, findings_out
from proofweave.outline.config import parameters
from proofweave.pipeline.project import Project, read_recordings

if TYPE_CHECKING:
    from proofweave.stages.generate.rejected import Rejected

Document = dict[str, Any]

PENDING, COMPLETE, REFUSED = "pending", "complete", "refused"


@dataclass(frozen=True, slots=True)
class Rendered:
    """An outline as read, and the requests its slots make."""

    outline: Outline | None
    requests: tuple[Request, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Assembled:
    """Everything a grown post is made of; `woven` is None where the post is pending or cannot be woven."""

    outline: Outline
    source: Post | None
    woven: Woven | None
    findings: tuple[Finding, ...]


def rendered(project: Project, path: Path) -> Rendered:
    """Read an outline and render its requests."""
    from proofweave.stages.render.context import excerpt
    from proofweave.stages.render.requests import render

    outline, findings = project.outline(path)
    if outline is None:
        return Rendered(None, (), findings)
    config = project.config()
    source = project.source(outline)[0] if any(block.slots() for block in outline.blocks()) else None
    quoted = excerpt(source.text, config.source_characters) if source is not None else ""
    requests = render(outline, project.templates("prompt"), config.model, parameters(config), quoted)
    return Rendered(outline, requests, findings)


def requests_document(post: str, stage: Rendered) -> Document:
    """Return what render hands to generate; what all prompts begin with and all schemas refer to stands there once."""
    beginning = shared_beginning([request.prompt for request in stage.requests])
    return {
        "post": post,
        "findings": findings_out(stage.findings),
        "beginning": beginning,
        "parts": next((request.schema["$defs"] for request in stage.requests), {}),
        "requests": [
            {
                "block": request.block,
                "key": request.key,
                "spec": request.spec,
                "prompt": request.prompt[len(beginning) :],
                "schema": {key: value for key, value in request.schema.items() if key != "$defs"},
                "slots": [
                    {
                        "name": slot.name,
                        "write": slot.write,
                        "equations": slot.equations,
                        "where": [slot.where.file, slot.where.line, slot.where.column],
                    }
                    for slot in request.slots
                ],
            }
            for request in stage.requests
        ],
    }


def shared_beginning(texts: Sequence[str]) -> str:
    """Return what all texts begin with, up to the end of a line."""
    low, high = (min(texts), max(texts)) if texts else ("", "")
    pairs = enumerate(zip(low, high, strict=False))
    same = next((i for i, (one, other) in pairs if one != other), min(len(low), len(high)))
    return low[: low.rfind("\n", 0, same) + 1]


def requests_in(document: Mapping[str, Any]) -> tuple[Request, ...]:
    """Return the requests that render wrote."""
    from proofweave.core.types import Slot, Where

    requests = []
    for value in document["requests"]:
        slots = tuple(
            Slot(slot["name"], slot["write"], slot["equations"], Where(*slot["where"])) for slot in value["slots"]
        )
        requests.append(
            Request(
                post=document["post"],
                block=value["block"],
                key=value["key"],
                spec=value["spec"],
                prompt=document["beginning"] + value["prompt"],
                schema={**value["schema"], "$defs": document["parts"]},
                slots=slots,
                where=slots[0].where,
            )
        )
    return tuple(requests)


def replies_document(
    project: Project, post: str, requests: tuple[Request, ...], before: tuple[Finding, ...]
) -> Document:
    """Choose a recording for each request; return what generate hands to validate and merge."""
    from proofweave.stages.generate.replies import generate

    texts = project.recordings(post)
    recordings, problems = read_recordings(texts)
    aside = rejected(project, post)
    replies, findings = generate(requests, recordings, aside)
    return {
        "post": post,
        "findings": findings_out([*before, *problems, *findings]),
        "pending": bool(requests) and not texts and not aside,
        "replies": {
            block: {"path": reply.path, "recording": texts[reply.path]} for block, reply in sorted(replies.items())
        },
    }


def rejected(project: Project, post: str) -> tuple[Rejected, ...]:
    """Return the replies of a post that were kept aside with their findings."""
    from proofweave.adapters.files import read_text
    from proofweave.stages.generate.rejected import FOLDER, read_rejected

    paths = sorted((project.root / "generations" / post / FOLDER).glob("*.json"))
    found = (read_rejected(read_text(path), project.name(path)) for path in paths)
    return tuple(each for each in found if each is not None)


def replies_in(document: Mapping[str, Any]) -> dict[str, Reply]:
    """Return the chosen replies by block id."""
    from dataclasses import replace

    from proofweave.stages.generate.replies import named

    replies = {}
    for block, value in document["replies"].items():
        (reply,), _ = read_recordings({value["path"]: value["recording"]})
        replies[block] = named(replace(reply, block=block))
    return replies


def assembled(project: Project, path: Path, replies: Mapping[str, Any]) -> Assembled | None:
    """Fill the outline with the replies, and weave it; None when the outline cannot be read."""
    from proofweave.stages.generate.replies import reply_clashes
    from proofweave.stages.weave.grown import fill, weave

    outline, _ = project.outline(path)
    if outline is None:
        return None
    source, problems = project.source(outline)
    chosen = replies_in(replies)
    clashes = reply_clashes(outline, chosen)
    filled = fill(outline, chosen)
    if replies["pending"]:
        return Assembled(filled, source, None, problems)
    woven = weave(filled, project.templates("post"))
    return Assembled(filled, source, woven, (*problems, *clashes, *_undrawn(project, filled)))


def _undrawn(project: Project, outline: Outline) -> Iterator[Finding]:
    """Yield the figures that no script draws."""
    for block in outline.blocks():
        for part in block.parts():
            script = f"figures/{outline.post}/{part.id}.py" if isinstance(part, Figure) else ""
            if script and not (project.root / script).is_file():
                what = f"no script draws figure '{script.rpartition('/')[2][:-3]}'"
                yield Finding("figure-missing", Severity.ERROR, part.where, what, script, "write it: docs/outline.md")


def merged(project: Project, assembly: Assembled) -> str:
    """Return the grown post; a pending post is its source as it stands."""
    from proofweave.stages.merge.post import merge

    assert assembly.source is not None
    if assembly.woven is None:
        return assembly.source.text
    return merge(assembly.source, assembly.woven, heading_of(project, assembly.outline))


def heading_of(project: Project, outline: Outline) -> str:
    """Return the heading the grown part stands under: the outline's own, else the project's."""
    return outline.heading or project.config().heading_in(outline.language)


def status(document: Mapping[str, Any], findings: tuple[Finding, ...]) -> str:
    """Return the state of a post: refused while a finding is an error, pending while nothing is recorded."""
    if errors(findings):
        return REFUSED
    return PENDING if document["pending"] else COMPLETE


def findings_of(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings a stage's document carries."""
    return findings_in(document["findings"])
