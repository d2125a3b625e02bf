"""`proofweave manifest`: what a build wrote, as hashes, compared with what is committed."""

import argparse

from proofweave.cli.verb import print_findings, project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Write build/manifest.json; check or renew the lock."""
    from proofweave.pipeline import LOCKED, compared, write_manifest

    project = project_here()
    built = write_manifest(project, arguments.lock)
    if arguments.lock:
        tell(f"{LOCKED}: {len(built.outputs)} outputs")
    return print_findings(compared(project, built, tell)) if arguments.check else 0
