"""`proofweave ledger`: the verdict on every equation, compared with what is committed."""

from __future__ import annotations

import argparse
import sys

from proofweave.cli.verb import Subparsers, add_verb, print_findings


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "ledger",
        "print the verdict on every equation, and compare it with the committed one",
        "proofweave ledger --check\n  proofweave ledger --accept",
        run,
    )
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--check", action="store_true", help="name each equation that fell or is gone; exit 1")
    asked.add_argument("--accept", action="store_true", help="take in what was built: write verdicts.lock")


def run(arguments: argparse.Namespace) -> int:
    """Print, compare or renew the ledger; 2 where the build's findings are missing or old."""
    from proofweave.adapters.files import write_text
    from proofweave.core.words.table import say
    from proofweave.pipeline.ledger import LOCKED, built, differences
    from proofweave.pipeline.project import Project
    from proofweave.stages.ledger.record import ledger_text

    project = Project.find()
    found = built(project)
    if print_findings(found.findings):
        return 2
    if arguments.check:
        code = print_findings(differences(project, found))
        if not code:
            print(say("ledger.same", count=found.count, file=LOCKED), file=sys.stderr)
        return code
    if arguments.accept:
        write_text(project.root / LOCKED, ledger_text(found.ledger), keep=True)
        print(say("ledger.written", file=LOCKED, count=found.count, posts=len(found.ledger)), file=sys.stderr)
    else:
        sys.stdout.write(ledger_text(found.ledger))
    return 0
