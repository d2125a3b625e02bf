"""`proofweave figure`: a drawing script in, an SVG out, the same bytes each time."""

import argparse

from proofweave.cli.verb import project_here


def run(arguments: argparse.Namespace) -> int:
    """Draw one figure."""
    from proofweave.pipeline import draw_figure

    draw_figure(project_here(), arguments.script, arguments.output)
    return 0
