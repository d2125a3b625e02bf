"""`proofweave schema`: the JSON Schema of outlines, which editors complete and check by."""

from __future__ import annotations

import argparse
import sys

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
    parser.add_argument("-o", "--output", help="write it here; printed when left out")


def run(arguments: argparse.Namespace) -> int:
    """Write or print the schema."""
    from pathlib import Path

    from proofweave.adapters.files import write_text
    from proofweave.outline.schema import schema_text

    if arguments.output:
        write_text(Path(arguments.output), schema_text(), keep=True)
    else:
        sys.stdout.write(schema_text())
    return 0
