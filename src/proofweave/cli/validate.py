"""`proofweave validate`: outline, replies and source in, findings and counts out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from proofweave.cli.verb import Subparsers, add_verb, print_findings


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "validate",
        "judge the text that would be merged, and count what it holds",
        "proofweave validate outlines/POST.yaml\n"
        "  proofweave validate outlines/POST.yaml --replies build/replies/POST.json -o build/findings/POST.json",
        run,
    )
    parser.add_argument("outlines", nargs="*", help="outlines; all of the project's when none is named")
    parser.add_argument("--replies", help="what generate wrote; made in memory when left out")
    parser.add_argument("-o", "--output", help="write findings and counts here; exit 0, merge refuses")


def run(arguments: argparse.Namespace) -> int:
    """Judge one or more posts."""
    from proofweave.adapters.files import write_text
    from proofweave.core.errors import UsageError
    from proofweave.core.wire import dump
    from proofweave.pipeline.judge import judged
    from proofweave.pipeline.project import Project, outline_paths
    from proofweave.pipeline.stages import findings_of

    project = Project.find()
    paths = outline_paths(project, arguments.outlines)
    if (arguments.output or arguments.replies) and len(paths) != 1:
        raise UsageError("--output and --replies go with one outline", "name one outline")
    code = 0
    for path in paths:
        document = judged(project, path, replies(project, path, arguments.replies))
        if arguments.output:
            write_text(project.path(arguments.output), dump(document))
        else:
            code = max(code, print_findings(findings_of(document)))
    return code


def replies(project: Any, path: Path, written: str | None) -> dict[str, Any]:
    """Return the replies document of an outline: as generate wrote it, or made now."""
    from proofweave.cli.verb import read_document
    from proofweave.pipeline.stages import findings_of, rendered, replies_document, requests_document, requests_in

    if written:
        return read_document(project.path(written))
    requests = requests_document(path.stem, rendered(project, path))
    return replies_document(project, path.stem, requests_in(requests), findings_of(requests))
