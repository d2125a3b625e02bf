"""`proofweave status`: one screen about all posts, from what the last build found."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    add_verb(
        subparsers,
        "status",
        "show each post's state, lines, equations and first error, as the last build found them",
        "proofweave status",
        run,
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the screen; 1 while a post is refused."""
    from proofweave.adapters.terminal import say, say_rows
    from proofweave.pipeline.project import Project
    from proofweave.pipeline.status import status

    found = status(Project.find())
    say_rows(found.rows)
    say(found.totals)
    return int(found.refused)
