"""The checker, usable alone: TeX to a typed tree, symbols, instances, values and a verdict."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.explain import Explanation
    from proofweave.check.judge import Kind, Options, Verdict, failed
    from proofweave.check.sheet import (
        Asked, Paper, check_equations, check_file, check_outline, formats, read_file, read_filled,
    )
else:
    __getattr__ = lazily(__name__)
