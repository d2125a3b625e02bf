"""`proofweave schema`: the JSON Schema of outlines, which editors complete and check by."""

import argparse
import sys


def run(arguments: argparse.Namespace) -> int:
    """Write or print the schema."""
    from proofweave.pipeline import write_schema

    text = write_schema(arguments.output)
    if not arguments.output:
        sys.stdout.write(text)
    return 0
