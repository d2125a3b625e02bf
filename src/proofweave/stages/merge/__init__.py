"""A source and what was woven to the grown post, and back again."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.merge.markers import strip
    from proofweave.stages.merge.post import merge
else:
    __getattr__ = lazily(__name__)
