"""What `report` does: the findings of all posts make the table and statistics of the project."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.adapters import write_text
from proofweave.core import FileError, UsageError, dump
from proofweave.pipeline.documents import read_document
from proofweave.pipeline.project import Project, Tell, outline_paths

if TYPE_CHECKING:
    from proofweave.stages.report import Report


def write_report(
    project: Project, findings: Sequence[Path], output: Path | None, document: Path | None, tell: Tell
) -> str:
    """Return the report as Markdown, written where `output` says, and as JSON where `document` says.

    Posts in error are told in it and do not stop it; with no findings named, all that were written are taken.
    """
    from proofweave.stages.report import report_json, report_text

    whole = reported(project, findings or judged_posts(project, tell))
    text = report_text(whole, project.templates("report"))
    if document is not None:
        write_text(document, dump(report_json(whole)))
    if output is not None:
        write_text(output, text)
    return text


def judged_posts(project: Project, tell: Tell) -> list[Path]:
    """Return the findings of the project's outlines; outlines without any are told."""
    found = []
    for outline in outline_paths(project, ()):
        path = findings_path(project, outline.stem)
        if path.is_file():
            found.append(path)
        else:
            tell(f"proofweave: {project.name(outline)} is not judged yet; run snakemake")
    if not found:
        raise UsageError("no post is judged yet", "run snakemake, or name what validate wrote")
    return found


def findings_path(project: Project, post: str) -> Path:
    """Return where the build puts what validate says of a post."""
    return project.root / "build" / "findings" / f"{post}.json"


def reported(project: Project, paths: Sequence[Path]) -> "Report":
    """Return the report of some documents of validate; one that is something else is a broken set-up."""
    from proofweave.stages.report import report

    documents = []
    for path in paths:
        document = read_document(path)
        try:
            report([document])
        except (LookupError, TypeError, ValueError, AttributeError):
            what = f"{project.name(path)} is not what validate wrote"
            raise FileError(what, "delete it and run snakemake again") from None
        documents.append(document)
    config = project.config()
    return report(documents, config.reference_post, config.language)
