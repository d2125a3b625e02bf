"""The JSON documents that stages hand on below build/: read, written, and the findings each carries."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofweave.adapters import read_text, write_text
from proofweave.core import DOCUMENT, FileError, Finding, dump, findings_in, say

Document = dict[str, Any]


def read_document(path: Path) -> Document:
    """Return the JSON a stage wrote; anything else there, of another format too, is a broken set-up."""
    try:
        document = json.loads(read_text(path))
    except ValueError:
        document = None
    if not isinstance(document, dict) or "findings" not in document:
        raise FileError(f"{path.name} is not what a stage of proofweave wrote", "delete it and run snakemake again")
    found = document.get("format", 1)
    if found != DOCUMENT:
        what = say("version.document", file=path.name, found=found, known=DOCUMENT)
        raise FileError(what, say("version.document-fix"))
    return document


def write_document(path: Path, document: Document) -> None:
    """Write what a stage hands on, with the version of its format."""
    write_text(path, dump({"format": DOCUMENT, **document}))


def findings_of(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the findings a stage's document carries."""
    return findings_in(document["findings"])
