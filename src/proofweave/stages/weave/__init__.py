"""An outline with its slots filled to the text that grows under the post."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.weave.grown import fill, label_of, weave
else:
    __getattr__ = lazily(__name__)
