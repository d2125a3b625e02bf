"""The grammar: tokens to sums, terms and factors; constructs are readers in its tables."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.syntax.brackets import CLOSING, bracket, bracketed
    from proofweave.check.syntax.build import as_dim, dim_node, divide, fit, inner, multiply, node
    from proofweave.check.syntax.calls import apply, base, called, dotted, primed_call
    from proofweave.check.syntax.dots import collected, dotted_list, runs_beside
    from proofweave.check.syntax.grids import grid, zeros_after
    from proofweave.check.syntax.indices import (
        Uses, entries, entry_places, index_expression, member_places, used_range,
    )
    from proofweave.check.syntax.memberships import chosen, claimable, implied, size_of
    from proofweave.check.syntax.parser import (
        CALL, CLOSERS, EQUAL_IN_LAW, KINDS, OPENERS, PRODUCTS, PUNCTUATION, READERS, RELATIONS, UNREAD, Parser,
    )
    from proofweave.check.syntax.relations import CLAIMS, chain, constraint, relation
    from proofweave.check.syntax.sets import check_domain, index_set, progression
    from proofweave.check.syntax.slices import cut_identity
    from proofweave.check.syntax.suffixes import conjugated, exponential, postfix, raised
else:
    __getattr__ = lazily(__name__)
