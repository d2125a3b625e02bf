"""Names in a formula: bound indices, declared symbols with members, entries and calls, and a few constants."""

from __future__ import annotations

import math
from collections.abc import Sequence

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type, matrix, meet, unify, vector
from proofweave.check.language.names import occurrence
from proofweave.check.language.scope import Match, Symbol
from proofweave.check.language.tokens import Token
from proofweave.check.language.tree import Index, Node, number, settle
from proofweave.check.parse.parser import CALL, Parser, node

EXPECTATION = frozenset((r"\mathbb{E}", r"\mathop{\mathbb{E}}", r"\operatorname{E}"))
ONES = frozenset((r"\boldsymbol{1}", r"\mathbf{1}", r"\mathbb{1}", r"\bm{1}", r"\vec{1}"))
ZEROS = frozenset((r"\boldsymbol{0}", r"\mathbf{0}", r"\bm{0}", r"\vec{0}"))
BIG_O = frozenset(("O", r"\mathcal{O}"))
IDENTITY = frozenset(("I", r"\boldsymbol{I}", r"\mathbf{I}", r"\bm{I}", r"\mathrm{I}"))


def name(p: Parser, token: Token) -> Node:
    """Parse a name with its scripts, and its argument if it is a function."""
    from proofweave.check.parse.atoms import raised

    found = occurrence(p.tokens, p.place)
    index = p.indices.get(token.text)
    if index is not None and not found.sub:
        p.place = found.stop
        end = p.tokens[found.stop - 1].end
        base = node("index", (), SCALAR, token.at, token.end, index)
        return raised(p, base, found.sup, end) if found.sup else _call_or_product(p, base)
    match = None if _special(found.atom.nucleus, found.atom.sub, p) else p.scope.match(p.tokens, p.place)
    if match is not None:
        return declared(p, token, match)
    return builtin(p, token)


def _special(nucleus: str, sub: tuple[str, ...], p: Parser) -> bool:
    """Tell whether \\lambda_{\\max}(A) and its kin are meant rather than an entry of a declared \\lambda."""
    if nucleus not in (r"\lambda", r"\sigma") or sub not in (("max",), ("min",)):
        return False
    return not any(entry.key[0].sub == sub for entry in p.scope.near(nucleus))


def declared(p: Parser, token: Token, match: Match) -> Node:
    """Return the node of a declared symbol: itself, a member, an entry, or a call."""
    from proofweave.check.parse.atoms import raised

    symbol = match.symbol
    p.place = match.stop
    end = p.tokens[match.stop - 1].end
    members: list[Node] = []
    if match.entries and "sample" in symbol.data:
        symbol = symbol.data["sample"]
        match = Match(symbol, match.entries[:1], match.entries[1:], match.sup, match.stop)
    for hole, tokens in zip(symbol.holes, match.members, strict=True):
        members.append(index_expression(p, tokens, dim_node(hole.lo), dim_node(hole.hi)))
    if members:
        base = node("member", members, symbol.type, token.at, end, symbol)
    else:
        base = node("sym", (), symbol.type, token.at, end, symbol)
    sup = match.sup
    if symbol.type.kind == "function":
        if match.entries:
            raise CheckError(f"{symbol.name} is a function and has no entries; write f(x)_i", token.at)
        return call(p, symbol, base, sup, end)
    if match.entries:
        base = entries(p, base, match.entries, end)
    if sup:
        return raised(p, base, sup, end)
    return _call_or_product(p, base)


def _call_or_product(p: Parser, base: Node) -> Node:
    if (token := p.peek()) is not None and token.text == "!":
        from proofweave.check.parse.atoms import postfix

        return postfix(p, base)
    return base


def call(p: Parser, symbol: Symbol, base: Node, sup: Sequence[Token], end: int) -> Node:
    """Parse a function's arguments; primes before them are derivatives, a power after them a power."""
    from proofweave.check.parse.atoms import postfix
    from proofweave.check.parse.calculus import primed_call

    if sup and sup[0].text == "'":
        return postfix(p, primed_call(p, symbol, base, sup))
    if sup:
        raise CheckError(f"write the power after the argument: {symbol.name}(x)^2", sup[0].at)
    arguments = call_arguments(p, symbol)
    return postfix(p, apply(symbol, base, arguments, p.tokens[p.place - 1].end))


def apply(symbol: Symbol, base: Node, arguments: Sequence[Node], end: int) -> Node:
    """Return the node of a call; `base` holds the member indices of a family of functions."""
    result = symbol.type.result or SCALAR
    return node("call", (*arguments, *base.args), result, base.at, end, symbol)


def call_arguments(p: Parser, symbol: Symbol) -> list[Node]:
    """Parse (x, y) after a function and check the arguments' types."""
    opening = p.peek()
    if opening is None or opening.text not in ("(", "["):
        raise CheckError(f"{symbol.name} is a function; give it an argument: {symbol.name}(x)", p.here())
    closer = ")" if opening.text == "(" else "]"
    p.place += 1
    p.closers.append(CALL)
    arguments: list[Node] = []
    while True:
        arguments.append(p.expression())
        if not (p.take(",") or p.take(";") or p.take("|") or p.take(r"\|")):
            break
    p.closers.pop()
    p.expect(closer, opening.at)
    wanted = symbol.type.args
    if len(arguments) != len(wanted):
        raise CheckError(f"{symbol.name} takes {len(wanted)} arguments, not {len(arguments)}", opening.at)
    for place, (argument, type_) in enumerate(zip(arguments, wanted, strict=True)):
        if argument.op == "num" and argument.data == 0:
            arguments[place] = settle(argument, type_)
            continue
        arguments[place] = settle(argument, unify(argument.type, type_, argument.at, f"argument of {symbol.name}"))
    return arguments


def entries(p: Parser, base: Node, groups: Sequence[Sequence[Token]], end: int) -> Node:
    """Return an entry of a vector or matrix."""
    kind, dims = base.type.kind, base.type.dims
    groups = list(groups)
    if kind == "matrix" and len(groups) == 1 and len(groups[0]) == 2:
        groups = [[t] for t in groups[0] if t.kind in ("name", "digit")]
    wanted = {"vector": 1, "row": 1, "matrix": 2}.get(kind)
    if wanted is None or len(groups) != wanted:
        what = "".join(t.text for part in groups for t in part)
        raise CheckError(f"_{{{what}}} is no declared name, and a {base.type} has no such entry", base.at)
    places = []
    for tokens, dim in zip(groups, dims, strict=True):
        if dim is None:
            raise CheckError("the size of this part is open", base.at)
        places.append(index_expression(p, tokens, number(1), dim_node(dim)))
    return node("entry", (base, *places), SCALAR, base.at, end)


def index_expression(p: Parser, tokens: Sequence[Token], lo: Node, hi: Node) -> Node:
    """Parse an index; a bare name not declared becomes a free index that runs over what it subscripts."""
    if not tokens:
        raise CheckError("an index is missing", p.here())
    inner = p.sub(tokens, tokens[0].at)
    inner.in_index = True
    value = inner.expression()
    inner.finish()
    if value.type.kind != "scalar":
        raise CheckError(f"an index must be a number, not a {value.type}", tokens[0].at)
    if value.op == "sym" and value.data.role == "free":
        raise CheckError(
            f"{value.data.name} is declared as a real number and cannot be an index; rename one of the two",
            tokens[0].at,
        )
    if value.op == "index":
        p.uses.append((value.data, lo, hi))
    return node("at", (value, lo, hi), SCALAR, tokens[0].at, tokens[-1].end)


def dim_node(dim: Dim) -> Node:
    """Return a size as a node."""
    return number(dim.const) if not dim.terms else Node("dim", (), SCALAR, 0, 0, dim)


def builtin(p: Parser, token: Token) -> Node:
    """Return a name that needs no declaration, or a free index; anything else is undeclared."""
    from proofweave.check.parse.atoms import raised
    from proofweave.check.parse.functions import named
    from proofweave.check.parse.moments import indicator, moment

    found = occurrence(p.tokens, p.place)
    nucleus, sub, sup = token.text, found.sub, found.sup
    end = p.tokens[found.stop - 1].end
    if nucleus in EXPECTATION or nucleus in (r"\mathbb{P}", r"\mathbb{V}"):
        p.place += 1
        return moment(p, token)
    if nucleus in BIG_O and not sub and not sup and p.peek(1) is not None and p.tokens[found.stop].text == "(":
        from proofweave.check.parse.atoms import bracket

        p.place = found.stop
        inside = bracket(p)
        return node("bigo", (inside,), SCALAR, token.at, p.tokens[p.place - 1].end)
    if nucleus in ONES | {"1"} and indicator_follows(p, found.stop, sub):
        return indicator(p, token)
    base: Node | None = None
    if nucleus == "e" and not sub:
        base = node("constant", (), SCALAR, token.at, token.end, math.e)
    elif nucleus == r"\pi" and not sub:
        base = node("constant", (), SCALAR, token.at, token.end, math.pi)
    elif nucleus == r"\infty":
        base = node("constant", (), SCALAR, token.at, token.end, math.inf)
    elif nucleus in IDENTITY | ONES | ZEROS:
        dim = None
        if sub:
            dim = read_dim(p, sub)
        if nucleus in IDENTITY:
            base = node("identity", (), matrix(dim, dim), token.at, end)
        else:
            op = "ones" if nucleus in ONES else "zero"
            base = node(op, (), vector(dim), token.at, end) if op == "ones" or sub else number(0, token.at, end)
    if base is not None:
        p.place = found.stop
        return raised(p, base, sup, end) if sup else base
    if nucleus in (r"\lambda", r"\sigma") and sub:
        return eigenvalue(p, token, sub, sup, found.stop)
    if not sub and nucleus in p.subscripted and (p.in_index or nucleus in p.free or _index_like(nucleus)):
        index = p.free.setdefault(nucleus, Index(nucleus))
        p.place = found.stop
        base = node("index", (), SCALAR, token.at, token.end, index)
        return raised(p, base, sup, end) if sup else base
    if token.kind == "op":
        return named(token.text, base or number(0), token, False)
    from proofweave.check.parse.atoms import postfix
    from proofweave.check.parse.calculus import dotted

    if (rate := dotted(p, token)) is not None:
        return postfix(p, rate)
    raise CheckError(f"{_written(p, token, found.stop)} is not declared; add it to symbols:", token.at)


def _written(p: Parser, token: Token, stop: int) -> str:
    return token.text if stop == p.place + 1 else "".join(t.text for t in p.tokens[p.place : stop])


def _index_like(nucleus: str) -> bool:
    return len(nucleus) == 1 and nucleus in "ijklmnpqrst"


def indicator_follows(p: Parser, stop: int, sub: Sequence[Token]) -> bool:
    """Tell whether 1[…], 1\\{…\\} or 1_{…} with a relation is meant."""
    from proofweave.check.parse.parser import RELATIONS

    if any(t.text in RELATIONS for t in sub):
        return True
    following = p.tokens[stop] if stop < len(p.tokens) else None
    return following is not None and following.text in ("[", r"\{", "(")


def read_dim(p: Parser, tokens: Sequence[Token]) -> Dim:
    """Read a size such as n or 3 from an index."""
    value = p.whole(tokens, tokens[0].at)
    return as_dim(value)


def as_dim(value: Node) -> Dim:
    """Return an expression as a size: an integer combination of size symbols."""
    if value.op == "num" and isinstance(value.data, int):
        return Dim((), value.data)
    if value.op == "dim":
        dim = value.data
        assert isinstance(dim, Dim)
        return dim
    if value.op == "sym" and value.data.role in ("int", "size"):
        return Dim(((value.data.name, 1),), 0)
    if value.op == "neg":
        return as_dim(value.args[0]).times(-1)
    if value.op == "add":
        total = Dim()
        for arg in value.args:
            total = total + as_dim(arg)
        return total
    if value.op == "mul" and value.args[0].op == "num" and len(value.args) == 2:
        return as_dim(value.args[1]).times(int(value.args[0].data))
    raise CheckError("a size must be an integer combination of int symbols", value.at)


def eigenvalue(p: Parser, token: Token, sub: Sequence[Token], sup: Sequence[Token], stop: int) -> Node:
    """Parse \\lambda_{\\max}(A), \\lambda_i(A), \\sigma_{\\min}(A), \\sigma_i(A); i = 1 is the largest."""
    from proofweave.check.parse.atoms import bracket, postfix

    following = p.tokens[stop] if stop < len(p.tokens) else None
    if following is None or following.text != "(" or sup:
        raise CheckError(f"{_written(p, token, stop)} is not declared; add it to symbols:", token.at)
    p.place = stop
    argument = bracket(p)
    if argument.type.kind != "matrix":
        raise CheckError(f"{token.text} of a {argument.type} is not understood", token.at)
    rows, columns = argument.type.dims
    if token.text == r"\lambda":
        meet(rows, columns, token.at, "eigenvalues")
    which = "".join(t.text for t in sub)
    end = p.tokens[p.place - 1].end
    family = "eigenvalue" if token.text == r"\lambda" else "singular"
    if which in ("max", "min"):
        return postfix(p, node(family, (argument,), SCALAR, token.at, end, which))
    if rows is None:
        raise CheckError("the size of this matrix is open", token.at)
    place = index_expression(p, sub, number(1), dim_node(rows))
    return postfix(p, node(family, (argument, place), SCALAR, token.at, end, "at"))


def check_type(value: Node, type_: Type) -> Node:
    """Return the value settled to a type it must have."""
    if value.op == "num" and value.data == 0:
        return settle(value, type_)
    return settle(value, unify(value.type, type_, value.at, "value"))
