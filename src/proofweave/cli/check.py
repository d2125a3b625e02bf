"""`proofweave check`: equations in, verdicts with counterexamples out."""

import argparse
import sys

from proofweave.cli.verb import language_here, print_findings, print_lines, tell


def run(arguments: argparse.Namespace) -> int:
    """Check the files; 1 where something is refuted or in error, 2 where a file cannot be read."""
    from proofweave.pipeline import check_files

    mutants = not arguments.no_mutants
    checked = check_files(arguments.files, instances=arguments.instances, seed=arguments.seed, mutants=mutants)
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
