"""Named functions with their arguments: in parentheses, or one factor."""

from collections.abc import Sequence

from proofweave.check.language import SCALAR, CheckError, Node, Token, matrix, meet, refuse_if, scripts, vector, words
from proofweave.check.syntax import KINDS, Parser, bracket, bracketed, divide, exponential, multiply, node, postfix

ELEMENTWISE = words("sign log exp sin cos tan tanh sinh cosh arctan arcsin arccos sigmoid ReLU softplus erf erfc abs")


@KINDS("op")
def function(p: Parser, token: Token) -> Node:
    """Parse a named function with its argument, in parentheses or one factor."""
    title = token.text
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    power = None
    if sup:
        power = p.whole(sup, token.at)
        if (power.op == "num" and power.data < 0) or power.op == "neg":
            raise CheckError("parse.inverse-readings", token.at, title=title)
    base = p.whole(sub, token.at) if sub else None
    argument, bare = function_argument(p, token)
    result = named(title, argument, token, bare)
    if base is not None:
        refuse_if(title != "log", "parse.no-index", token.at, title=title)
        below = node("func", (base,), SCALAR, token.at, token.end, ("log", False))
        result = divide(result, below)
    if power is not None:
        return node("pow", (result, power), result.type, token.at, result.end)
    return result if bare else postfix(p, result)


def function_argument(p: Parser, token: Token) -> tuple[Node, bool]:
    """Return a named function's argument and whether it stood without parentheses."""
    following = p.peek()
    refuse_if(following is None or p.stops(following), "parse.needs-argument", token.at, text=token.text)
    if bracketed(p):
        return bracket(p), False
    factors = [p.factor()]
    while (more := p.beside()) is not None:
        if more.kind == "op" or (factors[0].op not in ("num",) and not _constant(factors)):
            if more.kind == "op" and more.text not in ("exp",):
                break
            raise CheckError("parse.several-factors", more.at, text=token.text)
        factors.append(p.factor())
    return multiply(factors), True


def _constant(factors: Sequence[Node]) -> bool:
    return all(f.op in ("num", "constant") for f in factors)


def named(title: str, argument: Node, token: Token, bare: bool) -> Node:
    """Return the node of a named function, typed."""
    kind, end = argument.type.kind, argument.end
    dims = argument.type.dims
    at = token.at
    if title in ("tr", "det", "rank"):
        refuse_if(kind != "matrix", "parse.takes-matrix", argument.at, title=title, type=argument.type)
        if title != "rank":
            meet(dims[0], dims[1], argument.at, title)
        return node("matfunc", (argument,), SCALAR, at, end, title)
    if title == "diag":
        if kind == "vector":
            return node("diag", (argument,), matrix(dims[0], dims[0]), at, end)
        if kind == "matrix":
            return node("diagonal", (argument,), vector(meet(dims[0], dims[1], at, "diag")), at, end)
        raise CheckError("parse.diag", argument.at)
    if title == "msign":
        refuse_if(kind != "matrix", "parse.msign", argument.at)
        return node("msign", (argument,), argument.type, at, end)
    if title == "softmax":
        refuse_if(kind != "vector", "parse.softmax", argument.at)
        return node("softmax", (argument,), argument.type, at, end)
    if title == "exp" and kind == "matrix":
        return exponential(argument, at, end)
    if title in ELEMENTWISE:
        if kind in ("scalar", "vector", "row") or (kind == "matrix" and title in ("sign", "abs", "ReLU", "tanh")):
            return node("func", (argument,), argument.type, at, end, (title, bare))
        raise CheckError("parse.function-of", argument.at, title=title, type=argument.type)
    raise CheckError("parse.not-understood", at, text=title)
