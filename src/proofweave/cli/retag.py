"""`proofweave retag`: an outline's tag ranges made to run on from 1 and to fit its equations."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, tell

SUMMARY = "set the tag ranges of outlines, every other byte kept"
EXAMPLE = "proofweave retag outlines/POST.yaml\nproofweave retag --check outlines/*.yaml"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("outlines", nargs="+", metavar="OUTLINE", help="outlines to rewrite")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a range would change")


def run(arguments: argparse.Namespace) -> int:
    """Rewrite the outlines whose ranges do not fit; an outline that cannot be read is left as it is."""
    from proofweave.core import FileError
    from proofweave.pipeline import retag_outline

    code = 0
    for name in arguments.outlines:
        try:
            done = retag_outline(name, write=not arguments.check)
        except FileError as error:
            tell(f"proofweave: {error}")
            code = 2
            continue
        print_lines(map(str, done.changes))
        found = print_findings(done.findings) or int(arguments.check and bool(done.changes))
        code = max(code, found)
    return code
