"""Random instances of the symbols that meet the premises."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.instances.beyond import remote_cases, whole_cases
    from proofweave.check.instances.cases import LEAST, Case, Drawn, Task, draw_cases, open_case, remembering, task
    from proofweave.check.instances.moves import lengths, movable, moved, repeat, take
    from proofweave.check.instances.premises import assign, bind_free, holds, met, read
    from proofweave.check.instances.sample import complete
else:
    __getattr__ = lazily(__name__)
