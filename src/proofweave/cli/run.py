"""`proofweave run`: an outline in, its listings run, their values compared with the quoted ones."""

import argparse

from proofweave.cli.verb import print_findings, project_here


def run(arguments: argparse.Namespace) -> int:
    """Run the listings of one post; the output is written either way, so that the next time less is run."""
    from proofweave.pipeline import run_post

    return print_findings(run_post(project_here(), arguments.outline, arguments.output))
