"""The JSON documents that stages hand on below build/: read, written, and the findings each carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofweave.adapters.files import read_text, write_text
from proofweave.core.errors import FileError
from proofweave.core.types import Finding
from proofweave.core.wire import dump, findings_in

Document = dict[str, Any]


def read_document(path: Path) -> Document:
    """Return the JSON a stage wrote; anything else there is a broken set-up."""
    try:
        document = json.loads(read_text(path))
    except ValueError:
        document = None
    if not isinstance(document, dict) or "findings" not in document:
        raise FileError(f"{path.name} is not what a stage of proofweave wrote", "delete it and run snakemake again")
    return document


def write_document(path: Path, document: Document) -> None:
    """Write what a stage hands on."""
    write_text(path, dump(document))


def findings_of(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings a stage's document carries."""
    return findings_in(document["findings"])
