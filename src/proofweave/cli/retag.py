"""`proofweave retag`: an outline's tag ranges made to run on from 1 and to fit its equations."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, tell


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
