"""The operations: arithmetic, matrices, functions, sums, moments, sampled functions."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.operations import (
        arithmetic, binders, bindings, entropies, exponentials, functions, joint, laws, linear, matrices, memberships,
        moments, normals, scalars, supports,
    )
    from proofweave.check.operations.binders import bind_support, over_index, spread
    from proofweave.check.operations.functions import SHAPE_NAMES
    from proofweave.check.operations.joint import JOINT
    from proofweave.check.operations.linear import inverse
    from proofweave.check.operations.normals import standard
    from proofweave.check.operations.stable import is_exponential, positive_form
else:
    __getattr__ = lazily(__name__)
