"""How an equation was read and judged, for its author: its tree, its symbols, its tightest instances, its survivors."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.explain.printed import printed, printed_statement
else:
    __getattr__ = lazily(__name__)
