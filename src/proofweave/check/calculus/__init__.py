"""Derivatives, integrals and flows."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.calculus import (
        derivatives, differences, differentials, flows, integrals, limits, spaces, tangent_functions, tangent_names,
        tangent_rules,
    )
    from proofweave.check.calculus.derivatives import differentiate, has_rules
    from proofweave.check.calculus.flows import rate_tree
else:
    __getattr__ = lazily(__name__)
