"""`proofweave generate`: requests in, replies out, from the recordings in generations/ or from a model."""

import argparse

from proofweave.cli.verb import file, print_findings, print_lines, project_here

SUMMARY = "find the reply to each request, recorded in generations/, or ask the provider of config.yaml for it"
EXAMPLE = """\
proofweave generate build/requests/POST.json -o build/replies/POST.json
proofweave generate outlines/POST.yaml --estimate
proofweave generate outlines/*.yaml --budget 2.50
proofweave generate outlines/POST.yaml --refresh BLOCK"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("requests", nargs="+", type=file, help="what render wrote, or outlines")
    parser.add_argument("-o", "--output", type=file, help="write the replies here; what is missing goes into the file")
    parser.add_argument("--estimate", action="store_true", help="print blocks, tokens and cost; call nothing")
    parser.add_argument("--budget", type=_budget, help="stop before this is exceeded: 2.50, or '200000 tokens'")
    what = "ask for this block (no name: for all) although it is recorded"
    parser.add_argument("--refresh", metavar="BLOCK", nargs="?", action="append", const="", help=what)


def _budget(text: str) -> str:
    from proofweave.pipeline import is_budget

    if not is_budget(text):
        raise argparse.ArgumentTypeError("an amount such as 2.50, or '200000 tokens'")
    return text


def run(arguments: argparse.Namespace) -> int:
    """Choose a recording for each request; ask the provider for those that have none."""
    from proofweave.adapters import Screen
    from proofweave.core import UsageError
    from proofweave.pipeline import Wishes, estimated, generate_posts

    project = project_here()
    if arguments.output and len(arguments.requests) != 1:
        raise UsageError("--output goes with one post", "name one outline, or one file of requests")
    wishes = Wishes(arguments.output, arguments.refresh, arguments.budget)
    if arguments.estimate:
        print_lines(estimated(project, arguments.requests, wishes))
        return 0
    code = 0
    for replies, findings in generate_posts(project, arguments.requests, wishes, Screen()):
        if not arguments.output:
            print_lines(f"{block}: {path}" for block, path in replies.items())
            code = max(code, print_findings(findings))
    return code
