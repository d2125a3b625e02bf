"""The versions of what proofweave writes and reads (docs/formats.md says what each changed); no number means 1."""

OUTLINE = 2
RECORDING = 2
DOCUMENT = 2
LEDGER = 1
