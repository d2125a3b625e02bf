"""`proofweave merge`: source, outline, replies and findings in, the grown post out."""

import argparse

from proofweave.cli.verb import project_here


def run(arguments: argparse.Namespace) -> int:
    """Merge one post."""
    from proofweave.pipeline import merge_post

    merge_post(project_here(), arguments.outline, arguments.output, arguments.replies, arguments.findings)
    return 0
