"""Compare what the listings of a post gave when they were run with what its text quotes of them."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.run.quoted import Ran, compare
else:
    __getattr__ = lazily(__name__)
