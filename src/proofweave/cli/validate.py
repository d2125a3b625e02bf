"""`proofweave validate`: outline, replies and source in, findings and counts out."""

import argparse

from proofweave.cli.verb import REPLIES, file, print_findings, project_here

SUMMARY = "judge the text that would be merged, and count what it holds"
EXAMPLE = """\
proofweave validate outlines/POST.yaml
proofweave validate outlines/POST.yaml --replies build/replies/POST.json -o build/findings/POST.json"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("outlines", nargs="*", type=file, help="outlines; all of the project's when none is named")
    parser.add_argument("--replies", type=file, help=REPLIES)
    parser.add_argument("-o", "--output", type=file, help="write findings and counts here; exit 0, merge refuses")


def run(arguments: argparse.Namespace) -> int:
    """Judge one or more posts."""
    from proofweave.core import UsageError
    from proofweave.pipeline import outline_paths, validate_post

    project = project_here()
    paths = outline_paths(project, arguments.outlines)
    if (arguments.output or arguments.replies) and len(paths) != 1:
        raise UsageError("--output and --replies go with one outline", "name one outline")
    code = 0
    for path in paths:
        findings = validate_post(project, path, arguments.output, arguments.replies)
        if not arguments.output:
            code = max(code, print_findings(findings))
    return code
