"""`proofweave serve`: the site on this machine, built again and reloaded whenever a file is saved."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb

PORT = 8765


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "serve",
        "show the site on this machine, and reload a page when its post changes",
        "proofweave serve\n  proofweave serve --port 8080",
        run,
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"the port on 127.0.0.1 (default: {PORT}; 0: any)")


def run(arguments: argparse.Namespace) -> int:
    """Build, serve and watch until it is stopped with Ctrl+C."""
    from proofweave.pipeline.project import Project, outline_paths
    from proofweave.pipeline.serve import serve

    project = Project.find()
    outline_paths(project, ())
    serve(project, arguments.port)
    return 0
