"""All constructs of formulas: importing a module enters its readers into the parser's tables."""

from collections.abc import Sequence

from proofweave.check.language import Scope, Token
from proofweave.check.parse import (
    arrays,
    atoms,
    binders,
    derivatives,
    functions,
    inlaw,
    integrals,
    limits,
    matrices,
    moments,
    names,
    planes,
)
from proofweave.check.syntax import Parser

CONSTRUCTS = (
    *(arrays, atoms, binders, derivatives, functions, inlaw, integrals),
    *(limits, matrices, moments, names, planes),
)


def formula(tokens: Sequence[Token], scope: Scope, at: int = 0) -> Parser:
    """Return a parser that knows all constructs; `at` is where a formula without tokens stands."""
    return Parser(tokens, scope, None, at)
