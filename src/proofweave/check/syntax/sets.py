"""Sets after \\in: ranges of indices, and the domain a symbol was declared with."""

from collections.abc import Sequence
from itertools import pairwise

from proofweave.check.language import (
    BRACES,
    CheckError,
    Dim,
    Node,
    Symbol,
    Token,
    complex_symbol,
    group,
    number,
    refuse_if,
)
from proofweave.check.syntax.build import as_dim
from proofweave.check.syntax.parser import Parser

COMPLEXES = frozenset((r"\mathbb{C}", r"\mathbf{C}"))
REALS = frozenset((r"\mathbb{R}", r"\mathbf{R}", r"\mathds{R}"))


def index_set(p: Parser, where: Sequence[Token]) -> tuple[Node, Node] | None:
    """Read [n] and \\{1, …, n\\} as a range; None for other sets."""
    texts = [t.text for t in where]
    if not texts or texts[0] not in (r"\{", "["):
        return None
    inside, at = where[1:-1], where[0].at
    inner = texts[1:-1]
    if r"\ldots" in inner and "," in inner:
        terms = [part for part in listed(inside) if [t.text for t in part] != [r"\ldots"]]
        refuse_if(inner[-1] == r"\ldots", "parse.dots", inside[-1].at)
        return progression(p, terms)
    if texts[0] == "[" and "," not in inner:
        return number(1), p.whole(inside, at)
    return None


def listed(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Split at commas outside braces."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += BRACES.get(token.kind, 0)
        if token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return [tuple(part) for part in parts]


def progression(p: Parser, terms: Sequence[Sequence[Token]]) -> tuple[Node, Node]:
    """Return the ends of `1, 2, …, n`: the first terms and the last; a step other than one is refused."""
    at = terms[0][0].at
    nodes = [p.whole(term, at) for term in terms]
    for place, (one, two) in enumerate(pairwise(nodes[:-1])):
        step = two.data - one.data == 1 if one.op == two.op == "num" else _successor(terms[place], terms[place + 1])
        refuse_if(not step, "parse.index-step", two.at)
    return nodes[0], nodes[-1]


def _successor(one: Sequence[Token], two: Sequence[Token]) -> bool:
    return [t.text for t in two] == [*(t.text for t in one), "+", "1"]


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
    if complex_symbol(symbol):
        refuse_if(texts[0] not in COMPLEXES, "parse.in-complex", at, name=symbol.name)
        _same_sizes(p, symbol, where)
        return
    if texts[0] in REALS:
        _same_sizes(p, symbol, where)
    first = texts[0].lstrip("\\")
    if texts[0] in REALS and domain not in ("vector", "scalar", "matrix", "real"):
        raise CheckError("parse.not-all-reals", at, name=symbol.name, domain=domain)
    refuse_if("Delta" in first and domain not in ("simplex", "unit"), "parse.simplex", at, name=symbol.name)
    if texts[0] not in REALS and domain in ("vector", "scalar", "matrix", "real", "function"):
        raise CheckError("parse.all-reals", at, name=symbol.name, domain=domain)


def _same_sizes(p: Parser, symbol: Symbol, where: Sequence[Token]) -> None:
    """Check the sizes of \\mathbb{R}^d and \\mathbb{R}^{m \\times n} against the declared ones."""
    written = ""
    sizes: list[Dim] = []
    stop = 1
    if len(where) > 1 and where[1].text == "^":
        power, stop = group(where, 2)
        written = "".join(t.text for t in power)
        parts: list[list[Token]] = [[]]
        for token in power:
            if token.text == r"\times":
                parts.append([])
            else:
                parts[-1].append(token)
        sizes = [as_dim(p.whole(part, where[0].at)) for part in parts]
    refuse_if(stop < len(where), "parse.not-understood-here", where[-1].at, text=where[-1].text)
    declared = [dim for dim in symbol.type.dims if dim is not None]
    if sizes != declared and symbol.type.kind != "function":
        shown = " × ".join(str(dim) for dim in declared) or "1"
        raise CheckError("parse.set-size", where[0].at, name=symbol.name, declared=shown, written=written or "1")
