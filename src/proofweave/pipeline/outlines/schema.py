"""What `schema` does: the JSON Schema of outlines, which editors complete and check by."""

from __future__ import annotations

from pathlib import Path

from proofweave.adapters.files import write_text
from proofweave.outline.schema import schema_text


def write_schema(output: Path | None) -> str:
    """Return the schema, written where `output` says; a file that holds it already stays untouched."""
    text = schema_text()
    if output is not None:
        write_text(output, text, keep=True)
    return text
