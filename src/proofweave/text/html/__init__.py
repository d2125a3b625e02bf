"""The frame of a page, and the text that a reader of a page sees."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.text.html.frame import page
    from proofweave.text.html.template import printed, wording
    from proofweave.text.html.visible import Part, parts_of, visible_text
else:
    __getattr__ = lazily(__name__)
