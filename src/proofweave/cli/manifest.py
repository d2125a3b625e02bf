"""`proofweave manifest`: what a build wrote, as hashes, compared with what is committed."""

import argparse

from proofweave.cli.verb import print_findings, project_here, tell

SUMMARY = "write the hashes of what was built, and compare them with the committed ones"
EXAMPLE = "proofweave manifest --check\nproofweave manifest --lock"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--check", action="store_true", help="name what differs from manifest.lock, and why; exit 1")
    parser.add_argument("--lock", action="store_true", help="accept what was built: write manifest.lock")


def run(arguments: argparse.Namespace) -> int:
    """Write build/manifest.json; check or renew the lock."""
    from proofweave.pipeline import LOCKED, compared, write_manifest

    project = project_here()
    built = write_manifest(project, arguments.lock)
    if arguments.lock:
        tell(f"{LOCKED}: {len(built.outputs)} outputs")
    return print_findings(compared(project, built, tell)) if arguments.check else 0
