"""`proofweave migrate`: outlines and recordings moved from the last format to this one, asking no model."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """List or move; while one file cannot be moved, none is."""
    from proofweave.pipeline import migrate_files

    lines, findings, done = migrate_files(project_here(), arguments.write)
    print_lines(lines)
    code = print_findings(findings)
    tell(done)
    return code
