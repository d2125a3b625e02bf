"""Random instances of the symbols that meet the premises."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.instances.beyond import remote_cases, whole_cases
    from proofweave.check.instances.cases import (
        LEAST, Case, Drawn, Half, Task, draw_cases, open_case, remembering, task,
    )
    from proofweave.check.instances.moves import lengths, movable, moved, repeat, take
    from proofweave.check.instances.premises import Premises, assign, bind_free, holds, met, read
    from proofweave.check.instances.sample import FIRST_VALUES, LEVELS, complete, draw, size_symbols, unbounded
    from proofweave.check.instances.tail import far_case, ladders, sparing
else:
    __getattr__ = lazily(__name__)
