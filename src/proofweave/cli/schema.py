"""`proofweave schema`: the JSON Schema of outlines, which editors complete and check by."""

import argparse
import sys
from pathlib import Path

SUMMARY = "write the JSON Schema of outlines, made of the reader's own shapes"
EXAMPLE = "proofweave schema -o schema/outline.schema.json"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("-o", "--output", type=Path, help="write it here; printed when left out")


def run(arguments: argparse.Namespace) -> int:
    """Write or print the schema."""
    from proofweave.pipeline import write_schema

    text = write_schema(arguments.output)
    if not arguments.output:
        sys.stdout.write(text)
    return 0
