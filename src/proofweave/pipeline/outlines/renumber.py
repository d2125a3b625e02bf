"""What `retag` does: an outline's tag ranges made to run on from 1 and to fit its equations."""

from __future__ import annotations

from pathlib import Path

from proofweave.adapters.files import read_text, write_text
from proofweave.outline.renumber import Retagged, retag


def retag_outline(path: str, write: bool) -> Retagged:
    """Rewrite an outline whose ranges do not fit, every other byte kept; one that cannot be read stays as it is."""
    text = read_text(path)
    done = retag(text, path)
    if write and done.text != text:
        write_text(Path(path).resolve(), done.text)
    return done
