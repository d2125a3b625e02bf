"""`proofweave merge`: source, outline, replies and findings in, the grown post out."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb, add_written, file, project_here


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "merge",
        "write the grown post, or refuse while a finding is an error",
        "proofweave merge outlines/POST.yaml -o build/posts/POST.md",
        run,
    )
    parser.add_argument("outline", type=file, help="an outline below outlines/")
    add_written(parser, "replies", "findings")
    parser.add_argument("-o", "--output", type=file, required=True, help="the grown post to write; never a source")


def run(arguments: argparse.Namespace) -> int:
    """Merge one post."""
    from proofweave.pipeline.merge import merge_post

    merge_post(project_here(), arguments.outline, arguments.output, arguments.replies, arguments.findings)
    return 0
