"""`symbols:` and definitions to symbols with types."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.symbols.definitions import define
    from proofweave.check.symbols.specs import declare
else:
    __getattr__ = lazily(__name__)
