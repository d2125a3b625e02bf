"""The versions of what proofweave writes and reads (docs/formats.md says what each changed); no number means 1."""

from __future__ import annotations

from proofweave.core.words.table import Said, say

OUTLINE = 2
RECORDING = 2
DOCUMENT = 2
LEDGER = 1


def refusal(found: int, known: int) -> tuple[Said, Said]:
    """Return what is wrong with a file of a version that is not known yet, and the next step."""
    return say("formats.newer", found=found, known=known), say("formats.newer_fix")
