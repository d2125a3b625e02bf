"""What everybody may use: the frozen values, the errors, numbers, references, the JSON between stages, the words."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.core import formats
    from proofweave.core.data import beside
    from proofweave.core.errors import FileError, FindingsError, ProofweaveError, ToolError, UsageError
    from proofweave.core.findings import finding_of
    from proofweave.core.formats import DOCUMENT, LEDGER, OUTLINE, RECORDING
    from proofweave.core.lazy import named
    from proofweave.core.numbering import displays_of, equations_of, number, numbers_in, numeral, with_displays
    from proofweave.core.references import REFERENCE, VALUE, CrossReference, prose_of, references_in
    from proofweave.core.types import (
        NUMBERED, THEOREM_LIKE, Block, BlockKind, Check, Claim, Code, Elsewhere, Equation, Figure, Finding, Layer,
        LineTarget, Numbering, Origin, Outline, Part, Post, Provenance, Reference, Reply, Request, Section, Severity,
        Slot, Span, SpanKind, Step, SymbolSpec, TagRange, Text, Where, Woven,
    )
    from proofweave.core.wire import (
        dump, errors_in, findings_in, findings_out, in_order, line_of, text_in, text_out, texts_in, texts_out,
        verdict_of,
    )
    from proofweave.core.words import LANGUAGES, Said, changed, labels, say, table, together, told
else:
    __getattr__ = lazily(__name__)
