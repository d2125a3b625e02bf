"""Equations of an outline, a file or a Markdown post to verdicts, and verdicts to text."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.sheet import formats
    from proofweave.check.sheet.document import check_equations
    from proofweave.check.sheet.paper import Asked, Paper
    from proofweave.check.sheet.whole import check_file, check_outline, read_file, read_filled
else:
    __getattr__ = lazily(__name__)
