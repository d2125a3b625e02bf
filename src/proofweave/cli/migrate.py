"""`proofweave migrate`: outlines and recordings moved from the last format to this one, asking no model."""

from __future__ import annotations

import argparse
import sys

from proofweave.cli.verb import Subparsers, add_verb, print_findings


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "migrate",
        "list the outlines and recordings of an older format, and move them to this one with --write",
        "proofweave migrate\n  proofweave migrate --write",
        run,
    )
    parser.add_argument("--write", action="store_true", help="move them; without it nothing is changed")


def run(arguments: argparse.Namespace) -> int:
    """List or move; while one file cannot be moved, none is."""
    from proofweave.core.words.table import say
    from proofweave.pipeline.migrate import move, planned
    from proofweave.pipeline.project import Project

    project = Project.find()
    plan = planned(project)
    code = print_findings([finding for each in plan.values() for finding in each.findings])
    if code:
        print(say("formats.stopped"), file=sys.stderr)
        return code
    if arguments.write:
        move(plan)
    for path, each in plan.items():
        print(say("formats.moved", file=project.name(path), before=each.before, after=each.after))
    done = "formats.nothing" if not plan else "formats.written" if arguments.write else "formats.planned"
    print(say(done, count=len(plan)), file=sys.stderr)
    return 0
