"""`proofweave build`: Snakemake with a progress bar in a terminal, plain lines elsewhere, or only the summary."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "build",
        "run Snakemake and show how far it is: posts, blocks, equations, time left",
        "proofweave build\n  proofweave build site --cores 4\n  proofweave build --quiet",
        run,
    )
    parser.add_argument("targets", nargs="*", help="rules or files, as for snakemake; all posts when left out")
    parser.add_argument("--cores", default="2", help="jobs at the same time (default: 2)")
    parser.add_argument("--quiet", action="store_true", help="print the summary and what is wrong, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Run Snakemake; return its verdict: 0 when everything is built, 1 when something is wrong."""
    from proofweave.pipeline.project import Project, outline_paths
    from proofweave.pipeline.run import build

    project = Project.find()
    outline_paths(project, ())
    return build(project, arguments.targets, arguments.cores, arguments.quiet)
