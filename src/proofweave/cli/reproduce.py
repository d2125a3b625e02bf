"""`proofweave reproduce`: two clean clones in unlike surroundings build the same bytes, those of manifest.lock."""

import argparse

from proofweave.cli.verb import print_findings, project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Build twice and compare."""
    from proofweave.pipeline import reproduce_build

    project = project_here()
    compared = reproduce_build(project, arguments.keep, tell)
    return max([print_findings(findings) for findings in compared])
