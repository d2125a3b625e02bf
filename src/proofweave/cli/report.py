"""`proofweave report`: the findings of all posts in, the plan's table and statistics out."""

import argparse
import sys

from proofweave.cli.verb import project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Write the report; posts in error are told in it and do not stop it."""
    from proofweave.pipeline import write_report

    text = write_report(project_here(), arguments.findings, arguments.output, arguments.json, tell)
    if not arguments.output and not arguments.json:
        sys.stdout.write(text)
    return 0
