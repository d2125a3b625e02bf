"""The checker, usable alone: TeX to a typed tree, symbols, instances, values and a verdict."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.judge import Kind, Verdict, failed
    from proofweave.check.sheet import check_equations, check_file, check_outline, formats
else:
    __getattr__ = lazily(__name__)
