"""Export composed, one format at a time."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.pipeline.export.page import grown, page_of, refused_page
    from proofweave.pipeline.export.post import export_post
else:
    __getattr__ = lazily(__name__)
