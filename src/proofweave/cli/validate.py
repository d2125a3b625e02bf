"""`proofweave validate`: outline, replies and source in, findings and counts out."""

import argparse

from proofweave.cli.verb import print_findings, project_here


def run(arguments: argparse.Namespace) -> int:
    """Judge one or more posts."""
    from proofweave.core import UsageError
    from proofweave.pipeline import outline_paths, validate_post

    project = project_here()
    paths = outline_paths(project, arguments.outlines)
    if (arguments.output or arguments.replies) and len(paths) != 1:
        raise UsageError("--output and --replies go with one outline", "name one outline")
    code = 0
    for path in paths:
        findings = validate_post(project, path, arguments.output, arguments.replies)
        if not arguments.output:
            code = max(code, print_findings(findings))
    return code
