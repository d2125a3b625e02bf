"""`proofweave merge`: source, outline, replies and findings in, the grown post out."""

from __future__ import annotations

import argparse
import sys

from proofweave.cli.verb import Subparsers, add_verb


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "merge",
        "write the grown post, or refuse while a finding is an error",
        "proofweave merge outlines/POST.yaml -o build/posts/POST.md",
        run,
    )
    parser.add_argument("outline", help="an outline below outlines/")
    parser.add_argument("--replies", help="what generate wrote; made in memory when left out")
    parser.add_argument("--findings", help="what validate wrote; judged in memory when left out")
    parser.add_argument("-o", "--output", required=True, help="the grown post to write; never a source")


def run(arguments: argparse.Namespace) -> int:
    """Merge one post."""
    from proofweave.adapters.files import write_text
    from proofweave.cli.validate import replies as replies_of
    from proofweave.cli.verb import read_document
    from proofweave.core.errors import UsageError
    from proofweave.core.wire import errors
    from proofweave.pipeline.judge import judged
    from proofweave.pipeline.project import Project
    from proofweave.pipeline.stages import assembled, findings_of, merged

    project = Project.find()
    path = project.path(arguments.outline)
    output = project.path(arguments.output)
    if output.resolve().is_relative_to(project.root / "blogs_raw"):
        raise UsageError(f"{arguments.output} lies in blogs_raw/, and sources are never written", "write below build/")
    replies = replies_of(project, path, arguments.replies)
    document = read_document(project.path(arguments.findings)) if arguments.findings else judged(project, path, replies)
    stopping = errors(findings_of(document))
    for finding in stopping:
        print(finding, file=sys.stderr)
    if stopping:
        return 1
    assembly = assembled(project, path, replies)
    assert assembly is not None, "an outline that cannot be read is a finding"
    write_text(output, merged(project, assembly))
    return 0
