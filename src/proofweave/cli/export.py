"""`proofweave export`: an outline with its source and replies, or any Markdown, in; its page out."""

import argparse

from proofweave.cli.verb import print_findings, project_here


def run(arguments: argparse.Namespace) -> int:
    """Write one post; what a reader would miss in it is told, and does not stop it."""
    from proofweave.pipeline import export_post

    project, given = project_here(), arguments
    written = {"replies": given.replies, "findings": given.findings}
    problems = export_post(project, given.post, given.output, given.format, root=given.root, **written)
    print_findings(problems)
    return 0
