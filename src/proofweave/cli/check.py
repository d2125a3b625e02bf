"""`proofweave check`: equations in, verdicts with counterexamples out."""

import argparse
import sys

from proofweave.cli.verb import language_here, print_findings, print_lines, tell

FORMATS = ("text", "json", "github", "sarif")
SUMMARY = "check every equation numerically from its own TeX"
EXAMPLE = "proofweave check outlines/POST.yaml\nproofweave check post.md --explain cauchy"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    option = parser.add_argument
    option("files", nargs="+", metavar="FILE", help="outlines, files of symbols: and equations:, Markdown")
    option("--json", action="store_true", help="the same as --format json")
    option("--format", choices=FORMATS, default="text", help="how verdicts are printed (default: text)")
    option("--explain", metavar="ID", help="of one equation: how it was read, what was drawn, what survived")
    option("--watch", action="store_true", help="check again whenever a file is saved")
    option("--no-mutants", action="store_true", help="plant no errors: nothing is then called verified")
    option("--instances", type=_count, default=400, metavar="N", help="instances per equation (default: 400)")
    option("--seed", type=int, metavar="S", help="another seed than the one the equation's content gives")
    option("--jobs", type=int, default=0, metavar="N", help="processes for many equations (default: one a core)")
    option("--memory", type=int, default=512, metavar="MB", help="memory an equation may take (default: 512)")
    option("--quiet", action="store_true", help="print only what is weak, refuted or an error, and the totals")


def _count(text: str) -> int:
    if not 20 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError("between 20 and 100000")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Check the files; 1 where something is refuted or in error, 2 where a file cannot be read."""
    from proofweave.pipeline import watched

    arguments.format = "json" if arguments.json else arguments.format
    saved = watched(arguments.files, arguments.format, tell, language_here()) if arguments.watch else ()
    code = _check(arguments)
    for _ in saved:
        code = _check(arguments)
    return code


def _check(given: argparse.Namespace) -> int:
    from proofweave.pipeline import check_files

    limits = {"instances": given.instances, "seed": given.seed, "megabytes": given.memory}
    checked = check_files(given.files, given.jobs, given.explain, mutants=not given.no_mutants, **limits)
    for error in checked.unopened:
        tell(f"proofweave: {error}")
    print_findings(checked.unread)
    lines = checked.printed(given.format, given.quiet, language_here())
    if given.format == "text":
        print_lines(lines)
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)  # for programs: never coloured
    return checked.code
