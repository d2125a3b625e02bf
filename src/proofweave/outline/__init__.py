"""What an author writes: outlines, settings and recorded replies, read into types and printed again."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.outline.config import BUDGET, Config, Price, parameters, read_config
    from proofweave.outline.conformity import conform
    from proofweave.outline.first_keys import peek
    from proofweave.outline.format import ID, POSITIVE, TAGS
    from proofweave.outline.new import new_outline
    from proofweave.outline.parts import text_of
    from proofweave.outline.prose import CODE_OR_MATH
    from proofweave.outline.reading import read_outline
    from proofweave.outline.renumber import Retagged, retag
    from proofweave.outline.reply import SHORT, SHORTENED, read_drafts, read_reply, same_words, write_reply
    from proofweave.outline.schema import reply_schema, schema_text, told_schema
    from proofweave.outline.shapes import Key, Many, Record, Scalar, Table
    from proofweave.outline.version import Migrated, migrated, too_new
else:
    __getattr__ = lazily(__name__)
