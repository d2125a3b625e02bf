"""Minima and maxima, and where they are attained."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.optimum import solve
else:
    __getattr__ = lazily(__name__)
