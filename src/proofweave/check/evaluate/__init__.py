"""A tree to values with error bounds: the registry of operations, the state of evaluation, truth."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.evaluate import names, values
    from proofweave.check.evaluate.clock import NODE, RATE, Clock
    from proofweave.check.evaluate.env import Env
    from proofweave.check.evaluate.names import CALLS, MEMBERS, SLOPES, VALUES, applied, gather, known, places_of, table
    from proofweave.check.evaluate.registry import MOST_KEPT, cubic, ev, rule
    from proofweave.check.evaluate.relations import NARROW, SAFETY, WIDE, Truth, compare, each, slack, truth
    from proofweave.check.evaluate.values import EPS, MOST_CELLS, Array, Val, afford, exact, rounded
else:
    __getattr__ = lazily(__name__)
