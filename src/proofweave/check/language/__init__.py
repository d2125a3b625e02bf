"""Types, tokens, names, trees and scopes of the checked language."""

from typing import TYPE_CHECKING

from proofweave.core.lazy import lazily

if TYPE_CHECKING:
    from proofweave.check.language.degrees import degree, log_degree, written_out
    from proofweave.check.language.graft import grafted
    from proofweave.check.language.kinds import (
        BOOL, SCALAR, TIMES, CheckError, Dim, OutOfTime, TooLarge, Type, matrix, meet, product, refuse_if, required,
        row, unify, vector,
    )
    from proofweave.check.language.names import Occurrence, fontless, group, occurrence, read_key, scripts
    from proofweave.check.language.needs import (
        bound_by, closure, in_order, named_in, stochastic, unbound_random, varying,
    )
    from proofweave.check.language.operators import Approach, FunctionAt, Optimum, Rate, Wrt
    from proofweave.check.language.planes import complex_symbol, is_complex
    from proofweave.check.language.registry import Registry
    from proofweave.check.language.scope import ENTRY, Entry, Hole, Match, Scope, Symbol, fits, split
    from proofweave.check.language.tokens import BRACES, DEEPEST, STROKES, Token, nesting, tokenise, words
    from proofweave.check.language.tree import (
        LANDAU, Index, Node, endless, is_number, number, pairs, same, settle, shape, substitute, walk,
    )
else:
    __getattr__ = lazily(__name__)
