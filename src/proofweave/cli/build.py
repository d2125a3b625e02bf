"""`proofweave build`: Snakemake with a progress bar in a terminal, plain lines elsewhere, or only the summary."""

import argparse

from proofweave.cli.verb import project_here


def run(arguments: argparse.Namespace) -> int:
    """Run Snakemake; return its verdict: 0 when everything is built, 1 when something is wrong."""
    from proofweave.adapters import Screen
    from proofweave.pipeline import build

    return build(project_here(), arguments.targets, arguments.cores, Screen(), arguments.quiet)
