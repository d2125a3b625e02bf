"""An outline to requests: what a model is asked, block by block."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.render.context import excerpt
    from proofweave.stages.render.requests import render
else:
    __getattr__ = lazily(__name__)
