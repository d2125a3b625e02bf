"""A post as spans: headings, paragraphs, displays, code, each with its offsets; joined again they are the post."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.text.markdown.blocks import BEGIN, END
    from proofweave.text.markdown.escape import plain_tex
    from proofweave.text.markdown.inline import Inline
    from proofweave.text.markdown.post import Heading, displays, formulas, headings, language_of, macros, read_post
else:
    __getattr__ = lazily(__name__)
