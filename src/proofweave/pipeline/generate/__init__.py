"""Generation composed: who asks, who judges, who records, who pays."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.pipeline.generate.posts import estimated, generate_posts, is_budget
    from proofweave.pipeline.generate.replies import replies_document, replies_in, replies_of
else:
    __getattr__ = lazily(__name__)
