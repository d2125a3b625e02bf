"""`proofweave gc`: recordings that no block needs any more are listed, and deleted when asked."""

import argparse

from proofweave.cli.verb import print_lines, project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """List or delete; a post whose outline or recordings have errors is left alone."""
    from proofweave.pipeline import clear_recordings

    files, whole = clear_recordings(project_here(), arguments.outlines, arguments.delete, tell)
    print_lines(f"{name}: {why}" for name, why in files.items())
    done = "deleted" if arguments.delete else "can go; `proofweave gc --delete` deletes them"
    tell(f"{len(files)} files {done}" if files else "every recording is in use")
    return int(not whole)
