"""How an equation was read and judged, for its author: its tree, its symbols, its tightest instances, its survivors."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.explain.explanation import Explanation, defined, explained
else:
    __getattr__ = lazily(__name__)
