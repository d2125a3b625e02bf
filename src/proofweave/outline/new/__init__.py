"""A first outline of a post that has none."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.outline.new.outline import new_outline
else:
    __getattr__ = lazily(__name__)
