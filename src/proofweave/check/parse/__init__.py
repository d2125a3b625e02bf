"""TeX to a typed tree."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.parse.constructs import formula
    from proofweave.check.parse.directions import refuse_unmoved
    from proofweave.check.parse.laws import FINITE, elsewhere, fitted, read_law, type_of
    from proofweave.check.parse.planes import readable, refuse_complex
    from proofweave.check.parse.statement import Statement, read_expression, read_relation, read_statement
else:
    __getattr__ = lazily(__name__)
