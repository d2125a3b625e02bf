"""`proofweave serve`: the site on this machine, built again and reloaded whenever a file is saved."""

import argparse

from proofweave.cli.verb import project_here, tell

PORT = 8765

SUMMARY = "show the site on this machine, and reload a page when its post changes"
EXAMPLE = "proofweave serve\nproofweave serve --port 8080"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--port", type=int, default=PORT, help=f"the port on 127.0.0.1 (default: {PORT}; 0: any)")


def run(arguments: argparse.Namespace) -> int:
    """Build, serve and watch until it is stopped with Ctrl+C."""
    from proofweave.pipeline import serve_site

    serve_site(project_here(), arguments.port, tell)
    return 0
