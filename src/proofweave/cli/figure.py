"""`proofweave figure`: a drawing script in, an SVG out, the same bytes each time."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "figure",
        "draw a figure of a post from its script",
        "proofweave figure figures/POST/FIGURE.py -o build/figures/POST/FIGURE.svg",
        run,
    )
    parser.add_argument("script", help="a script of the project with `def draw(figure)`")
    parser.add_argument("-o", "--output", required=True, help="the SVG to write")


def run(arguments: argparse.Namespace) -> int:
    """Draw one figure."""
    from proofweave.adapters.drawing import draw
    from proofweave.adapters.files import write_text
    from proofweave.pipeline.project import Project

    project = Project.find()
    path = project.path(arguments.script)
    write_text(project.path(arguments.output), draw(path, project.name(path)))
    return 0
