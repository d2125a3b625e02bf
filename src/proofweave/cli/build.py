"""`proofweave build`: Snakemake with a progress bar in a terminal, plain lines elsewhere, or only the summary."""

import argparse

from proofweave.cli.verb import project_here

SUMMARY = "run Snakemake and show how far it is: posts, blocks, equations, time left"
EXAMPLE = """\
proofweave build
proofweave build site --cores 4
proofweave build --quiet"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("targets", nargs="*", help="rules or files, as for snakemake; all posts when left out")
    parser.add_argument("--cores", default="2", help="jobs at the same time (default: 2)")
    parser.add_argument("--quiet", action="store_true", help="print the summary and what is wrong, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Run Snakemake; return its verdict: 0 when everything is built, 1 when something is wrong."""
    from proofweave.adapters import Screen
    from proofweave.pipeline import build

    return build(project_here(), arguments.targets, arguments.cores, Screen(), arguments.quiet)
