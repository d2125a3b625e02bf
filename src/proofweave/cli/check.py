"""`proofweave check`: equations in, verdicts with counterexamples out."""

import argparse
import sys

from proofweave.cli.verb import language_here, print_findings, print_lines, tell


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
