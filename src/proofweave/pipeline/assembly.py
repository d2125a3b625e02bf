"""A grown post put together in memory: the outline filled with its replies, woven, and merged into its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofweave.core import Figure, Finding, Outline, Post, Woven, finding_of
from proofweave.pipeline.generate import replies_in
from proofweave.pipeline.others import elsewhere, unknown
from proofweave.pipeline.project import Project


@dataclass(frozen=True, slots=True)
class Assembled:
    """Everything a grown post is made of; `woven` is None where the post is pending or cannot be woven."""

    outline: Outline
    source: Post | None
    woven: Woven | None
    findings: tuple[Finding, ...]


def assembled(project: Project, path: Path, replies: Mapping[str, Any]) -> Assembled | None:
    """Fill the outline with the replies, and weave it; None when the outline cannot be read."""
    from proofweave.stages.generate import reply_clashes
    from proofweave.stages.weave import fill, weave

    outline, _ = project.outline(path)
    if outline is None:
        return None
    source, problems = project.source(outline)
    chosen = replies_in(replies)
    clashes = reply_clashes(outline, chosen)
    filled = fill(outline, chosen)
    if replies["pending"]:
        return Assembled(filled, source, None, problems)
    others = elsewhere(project, filled)
    woven = weave(filled, project.templates("post"), others)
    dead = unknown(project, filled, others)
    return Assembled(filled, source, woven, (*problems, *clashes, *_undrawn(project, filled), *dead))


def _undrawn(project: Project, outline: Outline) -> Iterator[Finding]:
    """Yield the figures that no script draws."""
    for block in outline.blocks():
        for part in block.parts():
            script = f"figures/{outline.post}/{part.id}.py" if isinstance(part, Figure) else ""
            if script and not (project.root / script).is_file():
                figure = script.rpartition("/")[2][:-3]
                yield finding_of("pipeline.figure-missing", part.where, figure=figure, expected=script)


def merged(project: Project, assembly: Assembled) -> str:
    """Return the grown post; a pending post is its source as it stands."""
    from proofweave.stages.merge import merge

    assert assembly.source is not None
    if assembly.woven is None:
        return assembly.source.text
    return merge(assembly.source, assembly.woven, heading_of(project, assembly.outline))


def heading_of(project: Project, outline: Outline) -> str:
    """Return the heading the grown part stands under: the outline's own, else the project's."""
    return outline.heading or project.config().heading_in(outline.language)
