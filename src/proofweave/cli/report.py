"""`proofweave report`: the findings of all posts in, the plan's table and statistics out."""

import argparse
import sys

from proofweave.cli.verb import file, project_here, tell

SUMMARY = "write the table of all posts and their statistics"
EXAMPLE = "proofweave report\nproofweave report build/findings/*.json -o build/report.md --json build/report.json"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    what = "what validate wrote; build/findings/ when none is named"
    parser.add_argument("findings", nargs="*", type=file, metavar="FINDINGS", help=what)
    parser.add_argument("-o", "--output", type=file, help="write the report (Markdown) here; printed when left out")
    parser.add_argument("--json", type=file, metavar="FILE", help="write the same as JSON here")


def run(arguments: argparse.Namespace) -> int:
    """Write the report; posts in error are told in it and do not stop it."""
    from proofweave.pipeline import write_report

    text = write_report(project_here(), arguments.findings, arguments.output, arguments.json, tell)
    if not arguments.output and not arguments.json:
        sys.stdout.write(text)
    return 0
