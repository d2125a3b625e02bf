"""A grown post with tokens for what Markdown must not touch: displays, numbers, boxes."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.export.marked.numbers import Display, labelled
    from proofweave.stages.export.marked.placeholders import Marked, mark, tokens
    from proofweave.stages.export.marked.regions import Region
else:
    __getattr__ = lazily(__name__)
