"""`proofweave schema`: the JSON Schema of outlines, which editors complete and check by."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from proofweave.cli.verb import Subparsers, add_verb


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "schema",
        "write the JSON Schema of outlines, made of the reader's own shapes",
        "proofweave schema -o schema/outline.schema.json",
        run,
    )
    parser.add_argument("-o", "--output", type=Path, help="write it here; printed when left out")


def run(arguments: argparse.Namespace) -> int:
    """Write or print the schema."""
    from proofweave.pipeline.outlines.schema import write_schema

    text = write_schema(arguments.output)
    if not arguments.output:
        sys.stdout.write(text)
    return 0
