"""Named functions with their arguments: in parentheses, or one factor."""

from collections.abc import Sequence
from dataclasses import replace

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Node,
    Token,
    matrix,
    meet,
    number,
    refuse_if,
    scripts,
    vector,
    words,
)
from proofweave.check.syntax import (
    CLOSERS,
    CLOSING,
    KINDS,
    OPENERS,
    Parser,
    bracket,
    bracketed,
    divide,
    exponential,
    inner,
    multiply,
    node,
    postfix,
)

ELEMENTWISE = words("sign log exp sin cos tan tanh sinh cosh arctan arcsin arccos sigmoid ReLU softplus erf erfc abs")

WAVES = words("exp sin cos tan sinh cosh tanh")
PLAIN = words("num constant sym member entry index")


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
    if title == "lg":
        refuse_if(base is not None, "parse.no-index", token.at, title=title)
        title, base = "log", number(10, token.at, token.end)
    angle = _angle(p, token) if title == "cos" and not sub and power is None else None
    if angle is not None:
        return angle
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
    glued = False
    while (more := p.beside()) is not None:
        if more.kind == "op" and more.text != "exp":
            break
        joined, before = _constant(factors), p.tokens[p.place - 1]
        apart = more.at > before.end and not before.text.startswith("\\")  # TeX needs a space after \omega
        factors.append(p.factor())
        waves = token.text in WAVES and _plain(factors) and not (glued and apart)
        if more.kind == "op" or not (joined or waves):
            raise CheckError("parse.several-factors", more.at, text=token.text)
        glued = glued or (not apart and not _constant(factors))  # \sin 2x y: is y in the sine?
    return multiply(factors), True


def _plain(factors: Sequence[Node]) -> bool:
    """Tell whether only numbers and names stand side by side: \\sin n\\theta is \\sin(n\\theta)."""
    return all(f.op in PLAIN for f in factors) and all(f.type == SCALAR for f in factors[:-1])


def _angle(p: Parser, token: Token) -> Node | None:
    """Parse \\cos(x, y), the cosine of the angle between two vectors; None where one argument stands."""
    opening = p.peek()
    if opening is None or opening.text != "(" or not _two(p.tokens[p.place :]):
        return None
    with p.within(")", opening.at):
        left = p.expression()
        p.take(",")
        right = p.expression()
    for side in (left, right):
        refuse_if(side.type.kind not in ("vector", "row"), "parse.angle", side.at, type=side.type)
    lengths = [node("norm", (side,), SCALAR, side.at, side.end, "2") for side in (left, right)]
    found = replace(divide(inner(left, right, token.at, p.reached), multiply(lengths)), at=token.at, end=p.reached)
    return postfix(p, found)


def _two(tokens: Sequence[Token]) -> bool:
    """Tell whether brackets that open here hold two arguments."""
    depth = commas = 0
    for token in tokens:
        depth += (token.text in OPENERS) - (token.text in CLOSERS)
        commas += token.text == "," and depth == 1
        if not depth:
            break
    return commas == 1


BETA = frozenset((r"\mathrm{B}", r"\operatorname{B}", r"\operatorname{Beta}"))


def special(p: Parser, token: Token) -> Node | None:
    """Parse \\Gamma(x) and \\mathrm{B}(a, b), which is Γ(a)Γ(b)/Γ(a + b); None for other names."""
    opening = p.peek(1)
    if token.text not in BETA | {r"\Gamma"} or opening is None or opening.text not in ("(", "["):
        return None
    p.place += 1
    with p.within(CLOSING[opening.text], opening.at):
        arguments = [p.expression()]
        while p.take(","):
            arguments.append(p.expression())
    wanted = 2 if token.text in BETA else 1
    refuse_if(len(arguments) != wanted, "parse.arity", token.at, name=token.text, wanted=wanted, found=len(arguments))
    for argument in arguments:
        refuse_if(argument.type != SCALAR, "parse.function-of", argument.at, title="gamma", type=argument.type)
    values = [node("func", (argument,), SCALAR, token.at, p.reached, ("gamma", False)) for argument in arguments]
    if wanted == 1:
        return postfix(p, values[0])
    whole = node("add", arguments, SCALAR, token.at, p.reached)
    below = node("func", (whole,), SCALAR, token.at, p.reached, ("gamma", False))
    return postfix(p, divide(multiply(values), below))


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
        refuse_if(kind not in ("vector", "row", "matrix"), "parse.softmax", argument.at)
        return node("softmax", (argument,), argument.type, at, end)
    if title in ("Re", "Im", "arg"):
        return node("func", (argument,), argument.type, at, end, (title.lower(), bare))
    if title == "exp" and kind == "matrix":
        return exponential(argument, at, end)
    if title in ELEMENTWISE:
        if kind in ("scalar", "vector", "row") or (kind == "matrix" and title in ("sign", "abs", "ReLU", "tanh")):
            return node("func", (argument,), argument.type, at, end, (title, bare))
        raise CheckError("parse.function-of", argument.at, title=title, type=argument.type)
    raise CheckError("parse.not-understood", at, text=title)
