"""One instance evaluated again, slowly and by other means: exact rationals and balls decide whether it refutes."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.balls.fates import Asked, Fate, confirm, evaluated
    from proofweave.check.balls.instance import Drawn, Sample
    from proofweave.check.balls.state import MOST_WORK
else:
    __getattr__ = lazily(__name__)
