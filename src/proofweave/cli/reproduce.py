"""`proofweave reproduce`: two clean clones in unlike surroundings build the same bytes, those of manifest.lock."""

import argparse

from proofweave.cli.verb import file, print_findings, project_here, tell

SUMMARY = "build two clean clones in unlike surroundings and compare their bytes with manifest.lock"
EXAMPLE = "proofweave reproduce\nproofweave reproduce --keep /tmp/builds"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--keep", type=file, metavar="FOLDER", help="build there and keep the clones")


def run(arguments: argparse.Namespace) -> int:
    """Build twice and compare."""
    from proofweave.pipeline import reproduce_build

    project = project_here()
    compared = reproduce_build(project, arguments.keep, tell)
    return max([print_findings(findings) for findings in compared])
