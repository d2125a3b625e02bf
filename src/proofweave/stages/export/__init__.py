"""A grown post to what other programs read: a page, a handout, a book, plain Markdown."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.export.book import chapters, picture_name, pictures_of
    from proofweave.stages.export.marked import mark
    from proofweave.stages.export.page import Document, checked, filled, problems, refused, whole
    from proofweave.stages.export.pdf import handout, source
    from proofweave.stages.export.plain import dialect
else:
    __getattr__ = lazily(__name__)
