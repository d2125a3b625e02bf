"""Judge the text that would be merged: every check over the woven pieces, the outline and the source, composed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proofweave.core import Finding, Outline, Post, Section, Severity, Woven
from proofweave.stages.validate import length, ranges, source
from proofweave.stages.validate.counts import count, extents, layer_characters
from proofweave.stages.validate.known import places, untold
from proofweave.stages.validate.pieces import Joined, join, locate, moved, waits
from proofweave.stages.validate.woven import (
    RenderErrors,
    check_formulas,
    check_structure,
    placeholders,
    proofs,
    references,
    repeats,
    swallows,
    tags,
    theorems,
    vocabulary,
)
from proofweave.text.markdown import macros

__all__ = ["Judgement", "RenderErrors", "View", "judge_source", "judge_text", "locate", "validate"]


@dataclass(frozen=True, slots=True)
class View:
    """Everything a judgement looks at: the filled outline, the source, what was woven, and the grown post.

    `grown` is the text that merge would write and `stripped` that text without its grown part; both are None where
    it cannot be merged. `known` is what the stages before found: no finding repeats it.
    """

    outline: Outline
    source: Post
    woven: Woven
    render_errors: RenderErrors
    grown: str | None = None
    stripped: str | None = None
    known: tuple[Finding, ...] = ()
    vocabulary: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a grown post, and what it holds."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, Any]


def validate(view: View) -> Judgement:
    """Judge a grown post; findings about woven text name the place in the outline or recording it comes from."""
    joined = join(view.woven, view.source)
    findings = [
        *judge_source(view.source, view.render_errors),
        *_outline_findings(view, joined),
        *(moved(finding, joined, view.outline.where) for finding in _woven_findings(view, joined)),
    ]
    if view.grown is not None and view.stripped is not None:
        findings += source.check_preserved(view.source.text, view.stripped, view.source.path)
    grown = view.grown if view.grown is not None else view.source.text
    counts = count(view.outline, view.woven.numbering.sections, joined, view.source, grown)
    new = untold(dict.fromkeys(findings), view.known, places(view.outline))
    return Judgement(tuple(new), counts)


def judge_source(post: Post, render_errors: RenderErrors) -> tuple[Finding, ...]:
    """Judge a source: cut or unclosed text is an error, a formula that does not render a warning (its bytes stay)."""
    return (
        *source.check_whole(post),
        *source.check_slug(post),
        *check_formulas(post, render_errors, macros(post), Severity.WARNING),
    )


def judge_text(post: Post, render_errors: RenderErrors) -> tuple[Finding, ...]:
    """Judge any Markdown text by itself, whoever wrote it."""
    return (
        *check_structure(post),
        *tags.check_tags(post),
        *references.check_references(post),
        *theorems.check_theorems(post),
        *proofs.check_proofs(post),
        *proofs.check_steps(post),
        *check_formulas(post, render_errors, macros(post)),
        *placeholders.check_placeholders(post),
        *repeats.check_sections(post),
        *repeats.check_paragraphs(post),
        *repeats.check_alike(post),
        *source.check_whole(post),
        *source.check_slug(post),
    )


def _outline_findings(view: View, joined: Joined) -> Iterable[Finding]:
    """Yield what the filled outline alone shows."""
    outline = view.outline
    yield from ranges.check_counts(outline)
    yield from proofs.check_reasons(outline)
    yield from references.check_source_tags(joined.post, view.source)
    if not _unfilled(outline):  # what is not there yet has no length
        if view.grown is not None:
            yield from length.check_lines(outline.lines, view.grown)
        yield from length.check_layers(layer_characters(outline, extents(joined)), outline.budget, outline.where)


def _woven_findings(view: View, joined: Joined) -> Iterable[Finding]:
    """Yield what the woven text shows, at its own lines; what merely follows from another problem is left out."""
    post, outline = joined.post, view.outline
    known = {**macros(view.source), **macros(post)}
    yield from check_structure(post)
    yield from check_formulas(post, view.render_errors, known)
    yield from placeholders.check_placeholders(post)
    yield from vocabulary.check_vocabulary(post, view.vocabulary)
    if swallows(post):
        return
    yield from _tag_findings(outline, joined)
    yield from theorems.check_theorems(post, outline.counters or "theorems")
    yield from repeats.check_sections(post)
    yield from repeats.check_paragraphs(post)
    yield from repeats.check_alike(post)
    yield from repeats.check_quoted(post, view.source)
    yield from (finding for finding in proofs.check_proofs(post) if not waits(joined, finding))
    late = _unfilled(outline)  # an id may stand in a reply that is still to come
    for finding in references.check_references(post, [view.source], _reserved(outline, joined)):
        if not (late and finding.rule == "reference-unresolved"):
            yield finding


def _tag_findings(outline: Outline, joined: Joined) -> Iterable[Finding]:
    found = tags.tags(joined.post)
    excused = ranges.explained(outline)
    free = _reserved(outline, joined)

    def owner(line: int) -> Section | None:
        origin = joined.owners.get(line)
        return origin.section if origin is not None else None

    kept = [tag for tag in found if tag.number not in excused]
    yield from tags.check_numbers(kept, free | excused)
    yield from ranges.check_owners(kept, owner)
    yield from tags.check_numbered(joined.post)


def _reserved(outline: Outline, joined: Joined) -> frozenset[int]:
    return ranges.reserved(outline, frozenset(tag.number for tag in tags.tags(joined.post)))


def _unfilled(outline: Outline) -> bool:
    return any(block.slots() for block in outline.blocks())
