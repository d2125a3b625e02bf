"""The verdicts a project has accepted, and which of them fell."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.ledger.compare import compared
    from proofweave.stages.ledger.record import Entry, entries, ledger_text, read_ledger
else:
    __getattr__ = lazily(__name__)
