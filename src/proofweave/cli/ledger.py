"""`proofweave ledger`: the verdict on every equation, compared with what is committed."""

import argparse
import sys

from proofweave.cli.verb import print_findings, project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Print, compare or renew the ledger; 2 where the build's findings are missing or old."""
    from proofweave.pipeline import accept, built, differences

    project = project_here()
    found = built(project)
    if print_findings(found.findings):
        return 2
    if arguments.check:
        return print_findings(differences(project, found, tell))
    if arguments.accept:
        accept(project, found, tell)
    else:
        sys.stdout.write(found.text())
    return 0
