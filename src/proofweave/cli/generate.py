"""`proofweave generate`: requests in, replies out, from the recordings in generations/ or from a model."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, project_here


def run(arguments: argparse.Namespace) -> int:
    """Choose a recording for each request; ask the provider for those that have none."""
    from proofweave.adapters import Screen
    from proofweave.core import UsageError
    from proofweave.pipeline import Wishes, estimated, generate_posts

    project = project_here()
    if arguments.output and len(arguments.requests) != 1:
        raise UsageError("--output goes with one post", "name one outline, or one file of requests")
    wishes = Wishes(arguments.output, arguments.refresh, arguments.budget)
    if arguments.estimate:
        print_lines(estimated(project, arguments.requests, wishes))
        return 0
    code = 0
    for replies, findings in generate_posts(project, arguments.requests, wishes, Screen()):
        if not arguments.output:
            print_lines(f"{block}: {path}" for block, path in replies.items())
            code = max(code, print_findings(findings))
    return code
