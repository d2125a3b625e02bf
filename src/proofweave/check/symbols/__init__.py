"""`symbols:` and definitions to symbols with types."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.symbols.definitions import define
    from proofweave.check.symbols.lattice import constant, covers, open_symbol, upper_bound
    from proofweave.check.symbols.specs import build, declare
else:
    __getattr__ = lazily(__name__)
