"""`proofweave retag`: an outline's tag ranges made to run on from 1 and to fit its equations."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from proofweave.cli.verb import Subparsers, add_verb, print_findings


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "retag",
        "set the tag ranges of outlines, every other byte kept",
        "proofweave retag outlines/POST.yaml\n  proofweave retag --check outlines/*.yaml",
        run,
    )
    parser.add_argument("outlines", nargs="+", metavar="OUTLINE", help="outlines to rewrite")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a range would change")


def run(arguments: argparse.Namespace) -> int:
    """Rewrite the outlines whose ranges do not fit; an outline that cannot be read is left as it is."""
    from proofweave.adapters.files import read_text, write_text
    from proofweave.core.errors import FileError
    from proofweave.outline.renumber import retag

    code = 0
    for name in arguments.outlines:
        try:
            text = read_text(name)
            done = retag(text, name)
            if done.text != text and not arguments.check:
                write_text(Path(name).resolve(), done.text)
        except FileError as error:
            print(f"proofweave: {error}", file=sys.stderr)
            code = 2
            continue
        for change in done.changes:
            print(change)
        found = print_findings(done.findings) or int(arguments.check and bool(done.changes))
        code = max(code, found)
    return code
