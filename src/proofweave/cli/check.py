"""`proofweave check`: equations in, verdicts with counterexamples out."""

import argparse
import sys

from proofweave.cli.verb import language_here, print_findings, print_lines, tell

FORMATS = ("text", "json", "github", "sarif")

SUMMARY = "check every equation numerically from its own TeX"
EXAMPLE = """\
proofweave check outlines/POST.yaml
proofweave check equations.yaml --json
proofweave check post.md --format github"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="outlines, files of symbols: and equations:, Markdown")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how verdicts are printed (default: text)")
    parser.add_argument("--no-mutants", action="store_true", help="plant no errors: nothing is then called verified")
    parser.add_argument(
        "--instances", type=_count, default=400, metavar="N", help="instances per equation (default: 400)"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="another seed than the one the equation's content gives")
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="processes for a file of many equations (default: the cores)"
    )
    parser.add_argument(
        "--memory", type=int, default=512, metavar="MB", help="memory an equation may take (default: 512)"
    )
    parser.add_argument(
        "--quiet", action="store_true", help="print only what is weak, refuted or an error, and the totals"
    )


def _count(text: str) -> int:
    value = int(text)
    if not 20 <= value <= 100_000:
        raise argparse.ArgumentTypeError("between 20 and 100000")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Check the files; 1 where something is refuted or in error, 2 where a file cannot be read."""
    from proofweave.adapters import cores
    from proofweave.pipeline import check_files

    mutants = not arguments.no_mutants
    settings = {"instances": arguments.instances, "seed": arguments.seed, "megabytes": arguments.memory}
    checked = check_files(arguments.files, arguments.jobs or cores(), mutants=mutants, **settings)
    for error in checked.unopened:
        tell(f"proofweave: {error}")
    print_findings(checked.unread)
    form = "json" if arguments.json else arguments.format
    lines = checked.printed(form, arguments.quiet, language_here())
    if form == "text":
        print_lines(lines)
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)  # for programs: never coloured
    return checked.code
