"""What `export` does: a post, or any Markdown, in one of the formats for readers."""

from pathlib import Path

from proofweave.adapters import read_text, write_bytes, write_text
from proofweave.core import Finding, FindingsError, errors_in
from proofweave.pipeline.documents import findings_of
from proofweave.pipeline.export.formats import format_of, require, written
from proofweave.pipeline.export.page import grown, page_of, plain, refused_page
from proofweave.pipeline.merge import accepted
from proofweave.pipeline.project import Project


def export_post(
    project: Project,
    path: Path,
    output: Path,
    form: str | None = None,
    replies: Path | None = None,
    findings: Path | None = None,
    root: str = "../",
) -> list[Finding]:
    """Write an outline's post, or any Markdown; return what a reader would miss in it.

    A refused post has a page, which says what is wrong; in any other format its findings are a FindingsError.
    """
    form = format_of(form, output)
    require(form)
    if path.suffix == ".yaml":
        judgement, assembly = accepted(project, path, replies, findings)
        if assembly is None and form == "html":
            write_text(output, refused_page(judgement, root))
            return []
        if assembly is None:
            raise FindingsError(errors_in(findings_of(judgement)))
        document = grown(project, path, assembly, judgement)
    else:
        document = plain(project.name(path), path.stem, read_text(path))
    if form == "html":
        html, problems = page_of(document, root)
        write_text(output, html)
    else:
        content, problems = written(project, document, form, output)
        write_bytes(output, content)
    return problems
