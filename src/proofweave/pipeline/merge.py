"""What `merge` does: write the grown post of an outline, unless a finding stops it."""

from pathlib import Path

from proofweave.adapters import write_text
from proofweave.core import FindingsError, UsageError, errors_in
from proofweave.pipeline.assembly import Assembled, assembled, merged
from proofweave.pipeline.documents import Document, findings_of, read_document
from proofweave.pipeline.generate import replies_of
from proofweave.pipeline.project import Project


def merge_post(
    project: Project, outline: Path, output: Path, replies: Path | None = None, findings: Path | None = None
) -> None:
    """Write the grown post; FindingsError where its findings refuse it. Sources are never written."""
    if output.resolve().is_relative_to(project.root / "blogs_raw"):
        what = f"{project.name(output)} lies in blogs_raw/, and sources are never written"
        raise UsageError(what, "write below build/")
    judgement, assembly = accepted(project, outline, replies, findings)
    if assembly is None:
        raise FindingsError(errors_in(findings_of(judgement)))
    write_text(output, merged(project, assembly))


def accepted(
    project: Project, outline: Path, replies: Path | None = None, findings: Path | None = None
) -> tuple[Document, Assembled | None]:
    """Return the judgement of a post, and what it is made of; None where a finding refuses it.

    `replies` and `findings` are what generate and validate wrote; what is left out is made in memory.
    """
    from proofweave.pipeline.validate import judged

    chosen = replies_of(project, outline, replies)
    judgement = read_document(findings) if findings is not None else judged(project, outline, chosen)
    return judgement, None if errors_in(findings_of(judgement)) else assembled(project, outline, chosen)
