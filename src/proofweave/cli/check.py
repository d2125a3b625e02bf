"""`proofweave check`: equations in, verdicts with counterexamples out."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb

FORMATS = ("text", "json", "github", "sarif")


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "check",
        "check every equation numerically from its own TeX",
        "proofweave check outlines/POST.yaml\n"
        "  proofweave check equations.yaml --json\n"
        "  proofweave check post.md --format github",
        run,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="outlines, files of symbols: and equations:, Markdown")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how verdicts are printed (default: text)")
    parser.add_argument("--no-mutants", action="store_true", help="plant no errors: nothing is then called verified")
    parser.add_argument(
        "--instances", type=_count, default=400, metavar="N", help="instances per equation (default: 400)"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="another seed than the one the equation's content gives")
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
    from proofweave.adapters.terminal import say
    from proofweave.check.sheet import formats
    from proofweave.pipeline.check import check

    mutants = not arguments.no_mutants
    checked = check(arguments.files, instances=arguments.instances, seed=arguments.seed, mutants=mutants)
    say([f"proofweave: {error}" for error in checked.unopened], errors=True)
    say(map(str, checked.unread), errors=True)
    form = "json" if arguments.json else arguments.format
    if form == "text":
        say(formats.as_text(checked.verdicts, arguments.quiet))
    elif form == "github":
        for line in formats.as_github(checked.verdicts):
            print(line)
    else:
        print(formats.as_json(checked.verdicts) if form == "json" else formats.as_sarif(checked.verdicts))
    return checked.code
