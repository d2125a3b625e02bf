"""`proofweave report`: the findings of all posts in, the plan's table and statistics out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.cli.verb import Subparsers, add_verb

if TYPE_CHECKING:
    from proofweave.pipeline.project import Project


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "report",
        "write the table of all posts and their statistics",
        "proofweave report\n  proofweave report build/findings/*.json -o build/report.md --json build/report.json",
        run,
    )
    parser.add_argument(
        "findings", nargs="*", metavar="FINDINGS", help="what validate wrote; build/findings/ when none is named"
    )
    parser.add_argument("-o", "--output", help="write the report (Markdown) here; printed when left out")
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON here")


def run(arguments: argparse.Namespace) -> int:
    """Write the report; posts in error are told in it and do not stop it."""
    from proofweave.adapters.files import write_text
    from proofweave.core.wire import dump
    from proofweave.pipeline.project import Project
    from proofweave.stages.report.summary import report_json
    from proofweave.stages.report.text import report_text

    project = Project.find()
    paths = [project.path(name) for name in arguments.findings] or written(project)
    whole = reported(project, paths)
    text = report_text(whole, project.templates("report"))
    if arguments.json:
        write_text(project.path(arguments.json), dump(report_json(whole)))
    if arguments.output:
        write_text(project.path(arguments.output), text)
    elif not arguments.json:
        sys.stdout.write(text)
    return 0


def written(project: Project) -> list[Path]:
    """Return the findings of the project's outlines; outlines without any are named on standard error."""
    from proofweave.core.errors import UsageError
    from proofweave.pipeline.project import outline_paths

    found = []
    for outline in outline_paths(project, ()):
        path = findings_path(project, outline.stem)
        if path.is_file():
            found.append(path)
        else:
            print(f"proofweave: {project.name(outline)} is not judged yet; run snakemake", file=sys.stderr)
    if not found:
        raise UsageError("no post is judged yet", "run snakemake, or name what validate wrote")
    return found


def findings_path(project: Project, post: str) -> Path:
    """Return where the build puts what validate says of a post."""
    return project.root / "build" / "findings" / f"{post}.json"


def reported(project: Project, paths: Sequence[Path]) -> Any:
    """Return the report of some documents of validate; one that is something else is a broken set-up."""
    from proofweave.cli.verb import read_document
    from proofweave.core.errors import FileError
    from proofweave.stages.report.summary import report

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
