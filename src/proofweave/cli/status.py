"""`proofweave status`: one screen about all posts, from what the last build found."""

import argparse

from proofweave.cli.verb import print_lines, project_here


def run(arguments: argparse.Namespace) -> int:
    """Print the screen; 1 while a post is refused."""
    from proofweave.adapters import say_rows
    from proofweave.pipeline import status_of

    found = status_of(project_here())
    say_rows(found.rows)
    print_lines(found.totals)
    return int(found.refused)
