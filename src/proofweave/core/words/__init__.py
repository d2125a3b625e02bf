"""The table of words: everything proofweave says to an author or a reader, by key, in each language."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.core.words.said import LANGUAGES, Said, changed, labels, say, table, together, told
else:
    __getattr__ = lazily(__name__)
