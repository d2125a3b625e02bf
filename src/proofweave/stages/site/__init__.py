"""The pages around the posts: index, search, progress, the graph of results."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.site.dependencies import Result, results
    from proofweave.stages.site.pages import dashboard_page, graph_page, index_page, search_index
else:
    __getattr__ = lazily(__name__)
