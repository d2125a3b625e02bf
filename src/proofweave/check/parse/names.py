"""Names in a formula: bound indices, declared symbols with members, entries and calls, and a few constants."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Index,
    Match,
    Node,
    Occurrence,
    Symbol,
    Token,
    complex_symbol,
    matrix,
    meet,
    number,
    occurrence,
    refuse_if,
    required,
    vector,
)
from proofweave.check.parse.densities import DIVERGENCE, kl, law_density
from proofweave.check.parse.differentials import differential
from proofweave.check.parse.functions import special
from proofweave.check.parse.guess import undeclared
from proofweave.check.parse.information import information
from proofweave.check.parse.laws import named_law
from proofweave.check.parse.limits import stopped
from proofweave.check.parse.moments import MOMENTS, indicator, moment
from proofweave.check.parse.planes import imaginary
from proofweave.check.syntax import (
    KINDS,
    RELATIONS,
    Parser,
    as_dim,
    base,
    bracket,
    called,
    conjugated,
    cut_identity,
    dim_node,
    dotted,
    entries,
    index_expression,
    node,
    postfix,
    primed_call,
    raised,
)
from proofweave.core import say

NUMBERS = {"e": math.e, r"\pi": math.pi, r"\infty": math.inf}
EIGENVALUES = {r"\lambda": "eigenvalue", r"\sigma": "singular"}
ONES = frozenset((r"\boldsymbol{1}", r"\mathbf{1}", r"\mathbb{1}", r"\bm{1}", r"\vec{1}"))
ZEROS = frozenset((r"\boldsymbol{0}", r"\mathbf{0}", r"\bm{0}", r"\vec{0}"))
UNITS = frozenset(("e", r"\boldsymbol{e}", r"\mathbf{e}", r"\bm{e}", r"\vec{e}"))
PLACES = frozenset("ijklmn")  # as indices of unit vectors; e_t is something else, to be declared
ERRORS = {"O": "bigo", r"\mathcal{O}": "bigo", "o": "littleo", r"\mathcal{o}": "littleo"}
BIG_THETA = frozenset((r"\Theta", r"\mathcal{\Theta}", r"\mathrm{\Theta}"))
IDENTITY = frozenset(("I", r"\boldsymbol{I}", r"\mathbf{I}", r"\bm{I}", r"\mathrm{I}"))


@KINDS("name")
def name(p: Parser, token: Token) -> Node:
    """Parse a name with its scripts, and its argument if it is a function."""
    found = occurrence(p.tokens, p.place)
    index = p.indices.get(token.text)
    if index is not None and not found.sub:
        p.place = found.stop
        end = p.tokens[found.stop - 1].end
        bound = node("index", (), SCALAR, token.at, token.end, index)
        return raised(p, bound, found.sup, end) if found.sup else _factorial(p, bound)
    if (moving := differential(p, token)) is not None:
        return moving
    match = None if _special(found, p) else p.scope.match(p.tokens, p.place)
    if match is not None:
        return declared(p, token, match)
    return builtin(p, token)


def _special(found: Occurrence, p: Parser) -> bool:
    """Tell whether \\lambda_{\\max}(A), \\mathcal{N}(…) and their kin are meant rather than a declared \\lambda or N.

    In the definition of \\sigma_i itself, \\sigma_i(A) is the singular value.
    """
    nucleus, sub = found.atom.nucleus, found.atom.sub
    opened = p.tokens[found.stop : found.stop + 1]
    if opened and opened[0].text == "(" and named_law(p.tokens[p.place]) is not None:
        return not any(entry.key[0].nucleus == nucleus for entry in p.scope.near(nucleus))  # of N in another font
    if nucleus not in EIGENVALUES or not sub:
        return False
    opens = p.tokens[found.stop : found.stop + 1]
    if opens and opens[0].text == "(" and any(entry.busy for entry in p.scope.near(nucleus)):
        return True
    return sub in (("max",), ("min",)) and not any(entry.key[0].sub == sub for entry in p.scope.near(nucleus))


def declared(p: Parser, token: Token, match: Match) -> Node:
    """Return the node of a declared symbol: itself, a member, an entry, or a call."""
    symbol = match.symbol
    if match.entries and "sample" in symbol.data:
        symbol = symbol.data["sample"]
        match = Match(symbol, match.entries[:1], match.entries[1:], match.sup, match.stop)
    found = base(p, match)
    end = p.reached
    sup = match.sup
    if symbol.type.kind == "function":
        refuse_if(match.entries, "parse.no-entries", token.at, name=symbol.name)
        return call(p, symbol, found, sup)
    if match.entries:
        found = entries(p, found, match.entries, end)
    return raised(p, found, sup, end) if sup else _factorial(p, found)


def _factorial(p: Parser, found: Node) -> Node:
    following = p.peek()
    return postfix(p, found) if following is not None and following.text == "!" else found


def call(p: Parser, symbol: Symbol, function: Node, sup: Sequence[Token]) -> Node:
    """Parse a function's arguments; primes before them are derivatives, a power after them a power."""
    if sup and sup[0].text == "'":
        return postfix(p, primed_call(p, symbol, function, sup))
    if sup:
        raise CheckError("parse.power-after-argument", sup[0].at, name=symbol.name)
    return postfix(p, called(p, symbol, function))


def builtin(p: Parser, token: Token) -> Node:
    """Return a name that needs no declaration, or a free index; anything else is undeclared."""
    found = occurrence(p.tokens, p.place)
    nucleus, sub, sup = token.text, found.sub, found.sup
    end = p.tokens[found.stop - 1].end
    if nucleus in MOMENTS:
        return moment(p, token)
    if nucleus in ERRORS and not sub and not sup and p.peek(1) is not None and p.tokens[found.stop].text == "(":
        p.place = found.stop
        inside = bracket(p)
        return node(ERRORS[nucleus], (inside,), SCALAR, token.at, p.reached)
    if nucleus in BIG_THETA and not sub and not sup and p.peek(1) is not None and p.tokens[found.stop].text == "(":
        p.place = found.stop
        inside = bracket(p)
        refuse_if(inside.type != SCALAR, "parse.of-type", token.at, text=token.text, type=inside.type)
        return node("theta", (inside,), SCALAR, token.at, p.reached)
    if nucleus in ONES and _indicator_follows(p, found.stop, sub):
        return indicator(p, token)
    if not sub and not sup and (found_special := special(p, token)) is not None:
        return found_special
    if nucleus in DIVERGENCE and (divergence := kl(p, token)) is not None:
        return divergence
    if not sub and not sup and (dense := law_density(p, token)) is not None:
        return postfix(p, dense)
    if not sub and not sup and (told := information(p, token)) is not None:
        return told
    if (still := stopped(p, token)) is not None:
        return still
    known = (imaginary(token) if not sub else None) or _constant(p, token, sub, end)
    if known is None and nucleus in UNITS and len(sub) == 1 and (sub[0].kind == "digit" or sub[0].text in PLACES):
        known = unit(p, token, sub, end)
    if known is None and nucleus in EIGENVALUES and sub:
        return eigenvalue(p, token, sub, sup, found.stop)
    free = not sub and nucleus in p.subscripted and (p.in_index or nucleus in p.free or _index_like(nucleus))
    if known is None and free:
        index = p.free.setdefault(nucleus, Index(nucleus))
        known = node("index", (), SCALAR, token.at, token.end, index)
    if known is not None:
        p.place = found.stop
        return raised(p, known, sup, end) if sup else known
    if (rate := dotted(p, token)) is not None:
        return postfix(p, rate)
    if (conjugate := _barred(p, token)) is not None:
        return conjugate
    raise undeclared(p, token, found.stop)


BARRED = re.compile(r"\\(?:bar|overline)\{(.*)\}")


def _barred(p: Parser, token: Token) -> Node | None:
    """Parse \\bar z of a complex symbol, its conjugate, with the scripts after it; None for other names."""
    found = BARRED.fullmatch(token.text)
    if found is None:
        return None
    bare = replace(token, text=found[1])
    tokens = [*p.tokens[: p.place], bare, *p.tokens[p.place + 1 :]]
    match = p.scope.match(tokens, p.place)
    if match is None or match.symbol.type.kind == "function" or not complex_symbol(match.symbol):
        return None
    p.tokens = tokens
    inside = declared(p, bare, match)
    return conjugated(inside, token.at, inside.end)


def _constant(p: Parser, token: Token, sub: Sequence[Token], end: int) -> Node | None:
    """Return a number such as \\pi, or an identity, ones or zeros of a size that may be written below."""
    nucleus = token.text
    if nucleus in NUMBERS and (not sub or nucleus == r"\infty"):
        return node("constant", (), SCALAR, token.at, token.end, NUMBERS[nucleus])
    if nucleus not in IDENTITY | ONES | ZEROS:
        return None
    if nucleus in IDENTITY and (cut := cut_identity(p, sub, token.at, end)) is not None:
        return cut
    dim = as_dim(p.whole(sub, sub[0].at)) if sub else None
    if nucleus in IDENTITY:
        return node("identity", (), matrix(dim, dim), token.at, end)
    if nucleus in ZEROS and not sub:
        return number(0, token.at, end)
    return node("ones" if nucleus in ONES else "zero", (), vector(dim), token.at, end)


def unit(p: Parser, token: Token, sub: Sequence[Token], end: int) -> Node:
    """Return the unit vector e_i; it takes its size from what it meets."""
    inner = p.sub(sub, token.at)
    inner.in_index = True
    place = inner.expression()
    inner.finish()
    return node("unit", (place,), vector(None), token.at, end)


def _index_like(nucleus: str) -> bool:
    return len(nucleus) == 1 and nucleus in "ijklmnpqrst"


def _indicator_follows(p: Parser, stop: int, sub: Sequence[Token]) -> bool:
    """Tell whether 1[…], 1\\{…\\} or 1_{…} with a relation is meant."""
    if any(t.text in RELATIONS for t in sub):
        return True
    following = p.tokens[stop] if stop < len(p.tokens) else None
    return following is not None and following.text in ("[", r"\{", "(")


def eigenvalue(p: Parser, token: Token, sub: Sequence[Token], sup: Sequence[Token], stop: int) -> Node:
    """Parse \\lambda_{\\max}(A), \\lambda_i(A), \\sigma_{\\min}(A), \\sigma_i(A); i = 1 is the largest."""
    following = p.tokens[stop] if stop < len(p.tokens) else None
    if following is None or following.text != "(" or sup:
        raise undeclared(p, token, stop)
    p.place = stop
    argument = bracket(p)
    refuse_if(argument.type.kind != "matrix", "parse.of-type", token.at, text=token.text, type=argument.type)
    rows, columns = argument.type.dims
    if token.text == r"\lambda":
        meet(rows, columns, token.at, say("parse.eigenvalues"))
    which = "".join(t.text for t in sub)
    end = p.reached
    family = EIGENVALUES[token.text]
    if which in ("max", "min"):
        return postfix(p, node(family, (argument,), SCALAR, token.at, end, which))
    place = index_expression(p, sub, number(1), dim_node(required(rows, "parse.matrix-open", token.at)))
    return postfix(p, node(family, (argument, place), SCALAR, token.at, end, "at"))
