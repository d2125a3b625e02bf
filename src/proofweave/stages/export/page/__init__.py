"""A marked post to its HTML page: boxes, formulas, references, what was checked."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.stages.export.page.checks import checked
    from proofweave.stages.export.page.document import Document, arranged, filled, problems, refused, whole
    from proofweave.stages.export.page.equations import Pictured, Printer, anchor_of, named, row_cells, several
    from proofweave.stages.export.page.mathml import APPLIED, SPACE, read_math
    from proofweave.stages.export.page.tree import NO_ATTR, PROOF, Node, inside, raw_block, raw_inline
else:
    __getattr__ = lazily(__name__)
