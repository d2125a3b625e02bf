"""What a formula's TeX says about itself: tokens, environments, rows, tags, labels, macros, faults."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.text.tex.faults import problems
    from proofweave.text.tex.macros import definitions, without_definitions
    from proofweave.text.tex.structure import argument, braces, environments, labels_in, split_rows, tags_in
    from proofweave.text.tex.tokens import (
        DISPLAY_ENVIRONMENTS, ROW_ENVIRONMENTS, TEXT_COMMANDS, TOKEN, TOP_ENVIRONMENTS, unstarred,
    )
else:
    __getattr__ = lazily(__name__)
