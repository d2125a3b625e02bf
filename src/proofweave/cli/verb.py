"""What all verbs share: how they are added to the command line, where they work, and how they speak."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofweave.core.types import Finding
    from proofweave.pipeline.project import Project

Subparsers = Any
"""What argparse's add_subparsers returns; its class is private."""

WRITTEN = {
    "replies": "what generate wrote; made in memory when left out",
    "findings": "what validate wrote; judged in memory when left out",
}
"""The options that name what an earlier stage wrote."""


def add_verb(
    subparsers: Subparsers, name: str, summary: str, example: str, run: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    """Return the parser of a new verb, whose help ends in an example."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def add_written(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add options that name what earlier stages wrote."""
    for name in names:
        parser.add_argument(f"--{name}", type=file, help=WRITTEN[name])


def file(argument: str) -> Path:
    """Return the file an argument names, relative to the working directory."""
    return Path(argument).absolute()


def project_here() -> Project:
    """Return the project around the working directory."""
    from proofweave.pipeline.project import Project

    return Project.find()


def language_here() -> str:
    """Return the language findings are printed in: the project's around the working directory, else English."""
    from proofweave.core.errors import ProofweaveError

    try:
        return project_here().language()
    except ProofweaveError:
        return "en"


def print_findings(findings: Sequence[Finding], language: str = "en") -> int:
    """Print findings to standard error, one line each; return 1 when one is an error, else 0."""
    from proofweave.core.wire import errors, in_order, line_of

    for finding in in_order(findings):
        tell(line_of(finding, language))
    return 1 if errors(findings) else 0


def print_lines(lines: Iterable[str]) -> None:
    """Print what was asked for to standard output."""
    for line in lines:
        print(line)


def tell(line: str) -> None:
    """Print a line about the work to standard error."""
    print(line, file=sys.stderr, flush=True)
