"""`proofweave reproduce`: two clean clones in unlike surroundings build the same bytes, those of manifest.lock."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb, file, print_findings, project_here, tell


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "reproduce",
        "build two clean clones in unlike surroundings and compare their bytes with manifest.lock",
        "proofweave reproduce\n  proofweave reproduce --keep /tmp/builds",
        run,
    )
    parser.add_argument("--keep", type=file, metavar="FOLDER", help="build there and keep the clones")


def run(arguments: argparse.Namespace) -> int:
    """Build twice and compare."""
    from proofweave.pipeline.manifest.clones import reproduce_build

    project = project_here()
    compared = reproduce_build(project, arguments.keep, tell)
    return max([print_findings(findings, project.language()) for findings in compared])
