"""Sets after \\in: ranges of indices, and the domain a symbol was declared with."""

from collections.abc import Sequence

from proofweave.check.language import CheckError, Node, Symbol, Token, number, refuse_if
from proofweave.check.syntax.parser import Parser

REALS = frozenset((r"\mathbb{R}", r"\mathbf{R}", r"\mathds{R}"))


def index_set(p: Parser, where: Sequence[Token]) -> tuple[Node, Node] | None:
    """Read [n] and \\{1, …, n\\} as a range; None for other sets."""
    texts = [t.text for t in where]
    if not texts or texts[0] not in (r"\{", "["):
        return None
    inside, at = where[1:-1], where[0].at
    inner = texts[1:-1]
    if r"\ldots" in inner and "," in inner:
        return p.whole(inside[: inner.index(",")], at), p.whole(inside[inner.index(r"\ldots") + 2 :], at)
    if texts[0] == "[" and "," not in inner:
        return number(1), p.whole(inside, at)
    return None


def check_domain(p: Parser, symbol: Symbol, where: Sequence[Token]) -> None:
    """Check that a set's name agrees with the domain a symbol was declared with; names of sets are not declared."""
    texts = [t.text for t in where]
    at = where[0].at if where else p.here()
    domain = str(symbol.data.get("domain", symbol.type.kind))
    refuse_if(not texts, "parse.set-missing", at)
    if texts[0] in (r"\{", "[", "("):
        if texts[0] in ("[", "(") and symbol.type.kind == "scalar" and "," in texts:
            raise CheckError("parse.interval", at, name=symbol.name)
        raise CheckError("parse.in-declared", at, name=symbol.name)
    first = texts[0].lstrip("\\")
    if texts[0] in REALS and domain not in ("vector", "scalar", "matrix", "real"):
        raise CheckError("parse.not-all-reals", at, name=symbol.name, domain=domain)
    refuse_if("Delta" in first and domain not in ("simplex", "unit"), "parse.simplex", at, name=symbol.name)
    if texts[0] not in REALS and domain in ("vector", "scalar", "matrix", "real", "function"):
        raise CheckError("parse.all-reals", at, name=symbol.name, domain=domain)
