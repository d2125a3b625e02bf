"""`proofweave merge`: source, outline, replies and findings in, the grown post out."""

import argparse

from proofweave.cli.verb import FINDINGS, REPLIES, file, project_here

SUMMARY = "write the grown post, or refuse while a finding is an error"
EXAMPLE = "proofweave merge outlines/POST.yaml -o build/posts/POST.md"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("outline", type=file, help="an outline below outlines/")
    parser.add_argument("--replies", type=file, help=REPLIES)
    parser.add_argument("--findings", type=file, help=FINDINGS)
    parser.add_argument("-o", "--output", type=file, required=True, help="the grown post to write; never a source")


def run(arguments: argparse.Namespace) -> int:
    """Merge one post."""
    from proofweave.pipeline import merge_post

    merge_post(project_here(), arguments.outline, arguments.output, arguments.replies, arguments.findings)
    return 0
