"""What the verdicts on a post depend on, as hashes: they stand in its findings, so that old ones are known as old."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofweave.pipeline.code import fingerprint
from proofweave.pipeline.project import Project

CODE = "proofweave"
"""The name under which the checker's code stands among the inputs, beside paths of files."""


def inputs_of(project: Project, outline: Path, replies: Mapping[str, Any]) -> dict[str, str]:
    """Return the sha256 of a post's outline and chosen recordings by path, and of the code that judges."""
    recorded = {reply["path"]: _sha256(reply["recording"].encode()) for reply in replies["replies"].values()}
    return {CODE: fingerprint("validate"), project.name(outline): _sha256(_bytes(outline)), **recorded}


def changed_since(project: Project, document: Mapping[str, Any]) -> str:
    """Return the first input that is another now than when a post was judged, "" where the findings are as of now."""
    for name, judged in sorted(document["inputs"].items()):
        now = fingerprint("validate") if name == CODE else _sha256(_bytes(project.root / name))
        if now != judged:
            return str(name)
    return ""


def _bytes(path: Path) -> bytes:
    """Return a file's bytes, none of one that is not there."""
    return path.read_bytes() if path.is_file() else b""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
