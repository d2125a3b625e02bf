"""`proofweave generate`: requests in, replies out, from the recordings in generations/ or from a model."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, project_here


def run(arguments: argparse.Namespace) -> int:
    """Choose a recording for each request; ask the provider for those that have none."""
    from proofweave.adapters import Screen
    from proofweave.core import UsageError
    from proofweave.pipeline import estimated, generate_posts

    project, given = project_here(), arguments
    if given.output and len(given.requests) != 1:
        raise UsageError("--output goes with one post", "name one outline, or one file of requests")
    if given.estimate:
        print_lines(estimated(project, given.requests, given.refresh))
        return 0
    code = 0
    posts = generate_posts(project, given.requests, Screen(), given.refresh, given.budget, given.output)
    for replies, findings in posts:
        if not given.output:
            print_lines(f"{block}: {path}" for block, path in replies.items())
            code = max(code, print_findings(findings))
    return code
