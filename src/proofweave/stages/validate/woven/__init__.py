"""The checks on a woven text, one pure function each."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.validate.woven import placeholders, proofs, references, repeats, tags, theorems, vocabulary
    from proofweave.stages.validate.woven.formulas import RenderErrors, check_formulas
    from proofweave.stages.validate.woven.proofs import says_something
    from proofweave.stages.validate.woven.reading import LINE, count_words, placed, read
    from proofweave.stages.validate.woven.structure import check_structure, swallows
    from proofweave.stages.validate.woven.tags import Tag
else:
    __getattr__ = lazily(__name__)
