"""`proofweave serve`: the site on this machine, built again and reloaded whenever a file is saved."""

import argparse

from proofweave.cli.verb import project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Build, serve and watch until it is stopped with Ctrl+C."""
    from proofweave.pipeline import serve_site

    serve_site(project_here(), arguments.port, tell)
    return 0
