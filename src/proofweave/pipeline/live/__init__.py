"""What `build`, `serve` and `status` do while somebody looks on."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.pipeline.live.run import build
    from proofweave.pipeline.live.serve import serve_site
    from proofweave.pipeline.live.status import status_of
else:
    __getattr__ = lazily(__name__)
