"""Other posts as references to them need them: of another post's text nothing is used but its numbers."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from proofweave.core import (
    Block,
    CrossReference,
    Elsewhere,
    Finding,
    Outline,
    Where,
    finding_of,
    labels,
    number,
    prose_of,
    references_in,
    say,
)
from proofweave.pipeline.generate import replies_document, replies_in
from proofweave.pipeline.project import Project
from proofweave.pipeline.render import rendered

RULE = "reference-unknown"


def elsewhere(project: Project, outline: Outline) -> dict[str, Elsewhere]:
    """Return what a filled outline refers to other posts for, by their names; unknown posts are left out."""
    named = dict.fromkeys(cross.post for cross, _ in _crosses(outline))
    return {post: other for post in named if (other := _numbers(project, post)) is not None}


def unknown(project: Project, outline: Outline, others: Mapping[str, Elsewhere]) -> Iterator[Finding]:
    """Yield the references to other posts that lead nowhere."""
    posts = [path.stem for path in project.outlines()]
    for cross, where in _crosses(outline):
        other = others.get(cross.post)
        if other is None:
            near = _near(cross.post, posts)
            kind = "post-unread" if cross.post in posts else "post-unknown"
            yield finding_of(f"pipeline.{kind}", where, rule=RULE, name=cross.post, fix=near)
        elif not _label(cross, other):
            ids = _ids(cross.kind, other)
            near = _near(cross.id, ids) if cross.id not in ids else ""
            name = f"@{cross.kind}:{cross.id}" + (f".{cross.row}" if cross.row is not None else "")
            yield finding_of("pipeline.not-there", where, rule=RULE, name=name, title=other.title, fix=near)


def shown_elsewhere(project: Project, post: str, known: dict[str, Elsewhere | None]) -> str:
    """Return what a post's references to other posts show, for the build: it is written anew where this changes.

    `known` keeps the numbers of other posts from one call to the next, as long as nothing is edited.
    """
    files = [project.root / "outlines" / f"{post}.yaml", *sorted((project.root / "generations" / post).glob("*.json"))]
    crosses = [cross for file in files for cross in references_in(_text(file)) if cross.post]
    for name in {cross.post for cross in crosses} - known.keys():
        known[name] = _numbers(project, name)
    found = {
        f"{cross.post}/{cross.kind}:{cross.id}.{cross.row}": f"{other.title} {_label(cross, other)}" if other else ""
        for cross in crosses
        for other in [known[cross.post]]
    }
    return "; ".join(f"{name} = {label}" for name, label in sorted(found.items()))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _numbers(project: Project, post: str) -> Elsewhere | None:
    from proofweave.stages.weave import fill

    path = project.root / "outlines" / f"{post}.yaml"
    if path not in project.outlines():
        return None
    wanted = rendered(project, path, prompts=False)
    outline = wanted.outline
    if outline is None:
        return None
    filled = fill(outline, replies_in(replies_document(project, wanted)))
    return Elsewhere(outline.short or outline.title or post, outline.language, number(filled))


def _label(cross: CrossReference, other: Elsewhere) -> str:
    from proofweave.stages.weave import label_of

    return label_of(cross, other.numbering, labels("post", other.language))


def _ids(kind: str, other: Elsewhere) -> list[str]:
    """Return the ids of a kind that another post has."""
    numbers = other.numbering
    by_kind: Mapping[str, Mapping[str, object]] = {
        "eq": numbers.tags,
        "thm": numbers.labels,
        "sec": numbers.sections,
        "fig": numbers.figures,
        "ref": numbers.citations,
    }
    return list(by_kind[kind])


def _near(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return say("outline.did-you-mean", name=close[0]) if close else ""


def _crosses(outline: Outline) -> Iterator[tuple[CrossReference, Where]]:
    """Yield each reference to another post, and the place of the part that it stands in."""
    for block in outline.blocks():
        for text, where in _texts(block):
            yield from ((cross, where) for cross in references_in(text) if cross.post)


def _texts(block: Block) -> Iterator[tuple[str, Where]]:
    for text in (block.name, block.inputs, block.outputs, block.complexity):
        yield text, block.where
    for part in block.parts():
        yield from ((text, part.where) for text in prose_of(part))
