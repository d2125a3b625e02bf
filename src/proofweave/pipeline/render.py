"""What `render` does: an outline and its templates make requests, one for each block that waits for a model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from proofweave.core import Finding, Outline, Request, Slot, UsageError, Where, findings_out
from proofweave.outline import parameters
from proofweave.pipeline.documents import Document, findings_of, read_document, write_document
from proofweave.pipeline.project import Project


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of a post, what render found on the way, and the outline where it was read just now."""

    post: str
    requests: tuple[Request, ...]
    findings: tuple[Finding, ...]
    outline: Outline | None = None

    def lines(self) -> Iterator[str]:
        """Yield what each request asks for, a line each."""
        for request in self.requests:
            slots = ", ".join(f"{slot.name} ({slot.equations} equations)" for slot in request.slots)
            yield f"{request.block}: {slots}; key {request.key[:12]}"

    def asked(self, block: str, name: str) -> Request:
        """Return the request of a block; `name` is the outline's, for the error where none waits."""
        for request in self.requests:
            if request.block == block:
                return request
        there = ", ".join(request.block for request in self.requests) or "none"
        raise UsageError(f"no block '{block}' of {name} waits for a model", f"there are: {there}")


def render_post(project: Project, outline: Path, output: Path) -> None:
    """Write the requests of an outline; its problems go into the file, for validate."""
    write_document(output, requests_document(rendered(project, outline)))


def rendered(project: Project, path: Path, prompts: bool = True) -> Requests:
    """Read an outline and render its requests; without `prompts`, only what tells recordings apart."""
    from proofweave.stages.render import excerpt, render

    outline, findings = project.outline(path)
    if outline is None:
        return Requests(path.stem, (), findings)
    config = project.config()
    asked = prompts and any(block.slots() for block in outline.blocks())
    source = project.source(outline)[0] if asked else None
    quoted = excerpt(source.text, config.source_characters) if source is not None else ""
    templates = project.templates("prompt") if prompts else {}
    requests = render(outline, templates, config.model, parameters(config), quoted, prompts)
    return Requests(path.stem, requests, findings, outline)


def requests_document(stage: Requests) -> Document:
    """Return what render hands to generate; what all prompts begin with and all schemas refer to stands there once."""
    beginning = shared_beginning([request.prompt for request in stage.requests])
    return {
        "post": stage.post,
        "findings": findings_out(stage.findings, said=True),
        "beginning": beginning,
        "parts": next((request.schema["$defs"] for request in stage.requests), {}),
        "requests": [
            {
                "block": request.block,
                "key": request.key,
                "spec": request.spec,
                "prompt": request.prompt[len(beginning) :],
                "schema": {key: value for key, value in request.schema.items() if key != "$defs"},
                "slots": [{**asdict(slot), "where": astuple(slot.where)} for slot in request.slots],
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


def requests_of(project: Project, path: Path) -> Requests:
    """Return the requests that render wrote, or those an outline makes."""
    return requests_in(read_document(path)) if path.suffix == ".json" else rendered(project, path)


def requests_in(document: Mapping[str, Any]) -> Requests:
    """Return the requests of a document of render."""
    requests = []
    for value in document["requests"]:
        slots = tuple(Slot(**{**slot, "where": Where(*slot["where"])}) for slot in value["slots"])
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
    return Requests(document["post"], tuple(requests), findings_of(document))
