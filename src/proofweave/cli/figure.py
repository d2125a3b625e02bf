"""`proofweave figure`: a drawing script in, an SVG out, the same bytes each time."""

import argparse

from proofweave.cli.verb import file, project_here

SUMMARY = "draw a figure of a post from its script"
EXAMPLE = "proofweave figure figures/POST/FIGURE.py -o build/figures/POST/FIGURE.svg"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("script", type=file, help="a script of the project with `def draw(figure)`")
    parser.add_argument("-o", "--output", type=file, required=True, help="the SVG to write")


def run(arguments: argparse.Namespace) -> int:
    """Draw one figure."""
    from proofweave.pipeline import draw_figure

    draw_figure(project_here(), arguments.script, arguments.output)
    return 0
