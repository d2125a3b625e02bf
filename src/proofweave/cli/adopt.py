"""`proofweave adopt`: a hand-written or re-read reply becomes the recording of its block."""

import argparse

from proofweave.cli.verb import file, print_findings, print_lines, project_here, tell

SUMMARY = "keep hand-written replies, or recordings that were read again, as the recordings of an outline"
EXAMPLE = """\
proofweave adopt outlines/POST.yaml
proofweave adopt outlines/POST.yaml steepest-step
proofweave adopt outlines/POST.yaml --from replies.yaml --by 'A. Author'"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("outline", type=file, help="an outline below outlines/")
    what = "ids of blocks; all of the outline's when none is named"
    parser.add_argument("blocks", nargs="*", metavar="BLOCK", help=what)
    what = "YAML `block: {slot: parts}`, written as an outline writes parts"
    parser.add_argument("--from", dest="drafts", type=file, metavar="FILE", help=what)
    parser.add_argument("--by", default="", metavar="NAME", help="who wrote the replies; else what the recording says")
    parser.add_argument("--date", default="", help="when; today for a new recording")


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
