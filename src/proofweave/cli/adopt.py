"""`proofweave adopt`: a hand-written or re-read reply becomes the recording of its block."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Write the recordings that changed, and drop nothing."""
    from proofweave.pipeline import adopt_replies

    project, given = project_here(), arguments
    names, findings = adopt_replies(project, given.outline, given.blocks, given.drafts, given.by, given.date)
    code = print_findings(findings)
    if not code:
        print_lines(names)
        tell(f"{len(names)} recordings written")
    return code
