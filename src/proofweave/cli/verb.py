"""What all verbs share: how they are added to the command line and how they print findings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofweave.core.types import Finding

Subparsers = Any
"""What argparse's add_subparsers returns; its class is private."""


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


def print_findings(findings: Sequence[Finding]) -> int:
    """Print findings to standard error, one line each; return 1 when one is an error, else 0."""
    from proofweave.core.wire import errors, in_order

    for finding in in_order(findings):
        print(finding, file=sys.stderr)
    return 1 if errors(findings) else 0


def read_document(path: Path) -> dict[str, Any]:
    """Return the JSON a stage wrote; anything else there is a broken set-up."""
    import json

    from proofweave.adapters.files import read_text
    from proofweave.core.errors import FileError
    from proofweave.core.formats import DOCUMENT
    from proofweave.core.words.table import say

    try:
        document = json.loads(read_text(path))
    except ValueError:
        document = None
    if not isinstance(document, dict) or "findings" not in document:
        raise FileError(f"{path.name} is not what a stage of proofweave wrote", "delete it and run snakemake again")
    found = document.get("format", 1)
    if found != DOCUMENT:
        what = say("formats.document", file=path.name, found=found, known=DOCUMENT)
        raise FileError(what, say("formats.document_fix"))
    return document
