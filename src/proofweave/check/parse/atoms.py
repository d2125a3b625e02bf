"""Single factors: numbers, names, brackets, norms, fractions, functions, and the scripts after them."""

from __future__ import annotations

from collections.abc import Sequence

from proofweave.check.language.kinds import SCALAR, CheckError, Type, matrix, meet, row, vector
from proofweave.check.language.names import group, scripts
from proofweave.check.language.tokens import Token
from proofweave.check.language.tree import Node, number
from proofweave.check.parse.binders import BIG, big_operator, extremum
from proofweave.check.parse.calculus import derivative_fraction, integral, nabla, prime
from proofweave.check.parse.names import name
from proofweave.check.parse.parser import Parser, divide, inner, node

LONGEST_NUMBER = 300
CLOSING = {"(": ")", "[": "]", r"\{": r"\}", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}


def atom(p: Parser, token: Token) -> Node:
    """Parse one factor and the scripts that follow it."""
    text = token.text
    if token.kind == "digit":
        return postfix(p, digits(p))
    if token.kind == "open":
        inside, stop = group(p.tokens, p.place)
        p.place = stop
        return postfix(p, p.whole(inside, token.at))
    if text in CLOSING:
        return postfix(p, bracket(p))
    if text in ("|", r"\|"):
        return postfix(p, bars(p))
    if text == r"\langle":
        return postfix(p, angle(p))
    if text in (r"\frac", r"\binom"):
        return postfix(p, fraction(p))
    if text == r"\sqrt":
        return postfix(p, root(p))
    if text in (r"\underbrace", r"\overbrace"):
        p.place += 1
        inside, p.place = group(p.tokens, p.place)
        _, _, p.place = scripts(p.tokens, p.place)
        return postfix(p, p.whole(inside, token.at))
    if text in BIG:
        return big_operator(p)
    if text == r"\int":
        return integral(p)
    if text == r"\nabla":
        return postfix(p, nabla(p))
    if text == r"\arg":
        p.place += 1
        following = p.peek()
        if following is None or following.text not in ("min", "max"):
            raise CheckError(r"\arg must be followed by \min or \max", token.at)
        return extremum(p, argument=True)
    if token.kind == "op" and p.scope.match(p.tokens, p.place) is None:
        from proofweave.check.parse.functions import function

        return function(p, token)
    if token.kind == "env":
        from proofweave.check.parse.arrays import environment

        return environment(p, token)
    if token.kind in ("name", "op"):
        return name(p, token)
    if text == r"\partial":
        raise CheckError(r"\partial stands in a fraction: \frac{\partial}{\partial x}", token.at)
    raise CheckError(f"{text} is not understood", token.at)


def digits(p: Parser) -> Node:
    """Parse a decimal number."""
    first = p.peek()
    assert first is not None
    text, end = "", first.at
    while (token := p.peek()) is not None and (token.kind == "digit" or (token.text == "." and "." not in text)):
        text += token.text
        end = token.end
        p.place += 1
    if end - first.at > LONGEST_NUMBER:
        raise CheckError(f"a number of more than {LONGEST_NUMBER} digits is not read", first.at)
    value = float(text) if "." in text else int(text)
    return Node("num", (), SCALAR, first.at, end, value)


def bracket(p: Parser) -> Node:
    """Parse a bracketed expression."""
    token = p.peek()
    assert token is not None
    closer = CLOSING[token.text]
    p.place += 1
    p.closers.append(closer)
    inside = p.expression()
    p.closers.pop()
    if (found := p.peek()) is not None and found.text == ",":
        raise CheckError("a list stands only after a function, \\min or \\max", found.at)
    p.expect(closer, token.at)
    if token.text in (r"\lfloor", r"\lceil"):
        return node(
            "func",
            (inside,),
            SCALAR,
            token.at,
            p.tokens[p.place - 1].end,
            ({"\\lfloor": "floor", "\\lceil": "ceil"}[token.text], False),
        )
    return inside


def bars(p: Parser) -> Node:
    """Parse |x| and the norms."""
    token = p.peek()
    assert token is not None
    p.place += 1
    p.closers.append(token.text)
    inside = p.expression()
    p.closers.pop()
    p.expect(token.text, token.at)
    end = p.tokens[p.place - 1].end
    if token.text == "|":
        if inside.type.kind != "scalar":
            raise CheckError(rf"|·| is read for scalars, not for a {inside.type}; write \|x\| or \det(A)", token.at)
        return node("func", (inside,), SCALAR, token.at, end, ("abs", False))
    which, args = _norm_kind(p, inside, token)
    return node("norm", (inside, *args), SCALAR, token.at, p.tokens[p.place - 1].end, which)


def _norm_kind(p: Parser, inside: Node, token: Token) -> tuple[str, tuple[Node, ...]]:
    kind = inside.type.kind
    if kind not in ("vector", "row", "matrix", "scalar"):
        raise CheckError(f"a {inside.type} has no norm", token.at)
    index: tuple[Token, ...] = ()
    if (script := p.peek()) is not None and script.kind == "script" and script.text == "_":
        index, p.place = group(p.tokens, p.place + 1)
    text = "".join(t.text for t in index)
    if not text:
        if kind == "matrix":
            raise CheckError(r"\|A\| of a matrix has several readings; write \|A\|_F, \|A\|_2 or \|A\|_*", token.at)
        return "2", ()
    plain = text.replace(r"\mathrm{", "").replace("}", "").replace(r"\text{", "").replace(r"\operatorname{", "")
    if kind == "matrix":
        known = {"F": "F", "2": "op", "op": "op", "*": "nuclear", r"\infty": "rows", "1": "columns"}
        if plain in known:
            return known[plain], ()
        if plain == "nuc":
            return "nuclear", ()
        raise CheckError(rf"\|A\|_{{{text}}} is not understood; known are F, 2, op, *, 1, \infty", index[0].at)
    if plain in ("2", "F"):
        return "2", ()
    if plain == r"\infty":
        return "inf", ()
    power = p.whole(index, index[0].at)
    if power.type.kind == "scalar":
        return "p", (power,)
    if power.type.kind == "matrix":
        meet(power.type.dims[0], inside.type.dims[0], index[0].at, "norm")
        return "weighted", (power,)
    raise CheckError(f"a {power.type} names no norm", index[0].at)


def angle(p: Parser) -> Node:
    """Parse an inner product."""
    token = p.peek()
    assert token is not None
    p.place += 1
    p.closers.append(r"\rangle")
    left = p.expression()
    if not p.take(",") and not p.take("|"):
        raise CheckError(r"\langle needs two sides: \langle x, y\rangle", token.at)
    right = p.expression()
    p.closers.pop()
    p.expect(r"\rangle", token.at)
    _, _, stop = (), (), p.place
    if (script := p.peek()) is not None and script.text == "_":
        index, stop = group(p.tokens, p.place + 1)
        if "".join(t.text for t in index) != "F":
            raise CheckError(r"\langle\cdot,\cdot\rangle takes no such index", script.at)
    p.place = stop
    return inner(left, right, token.at, p.tokens[p.place - 1].end)


def fraction(p: Parser) -> Node:
    """Parse \\frac and \\binom; a \\frac of differentials is a derivative."""
    token = p.peek()
    assert token is not None
    above, stop = group(p.tokens, p.place + 1)
    below, stop = group(p.tokens, stop)
    if token.text == r"\frac" and (derived := derivative_fraction(p, above, below, stop)) is not None:
        return derived
    p.place = stop
    top, bottom = p.whole(above, token.at), p.whole(below, token.at)
    end = p.tokens[stop - 1].end
    if token.text == r"\binom":
        if top.type.kind != "scalar" or bottom.type.kind != "scalar":
            raise CheckError(r"\binom takes two numbers", token.at)
        return node("binom", (top, bottom), SCALAR, token.at, end)
    quotient = divide(top, bottom)
    return Node(quotient.op, quotient.args, quotient.type, token.at, end)


def root(p: Parser) -> Node:
    """Parse \\sqrt[n]{x}."""
    token = p.peek()
    assert token is not None
    p.place += 1
    degree: Node = number(2, token.at, token.at)
    if p.take("["):
        p.closers.append("]")
        degree = p.expression()
        p.closers.pop()
        p.expect("]", token.at)
    inside, p.place = group(p.tokens, p.place)
    body = p.whole(inside, token.at)
    end = p.tokens[p.place - 1].end
    if body.type.kind == "matrix":
        return node("pow", (body, number(0.5, token.at, token.at)), body.type, token.at, end)
    if body.type.kind != "scalar":
        raise CheckError(f"a {body.type} has no root", body.at)
    return node("root", (body, degree), SCALAR, token.at, end)


def postfix(p: Parser, base: Node) -> Node:
    """Apply powers, transposes, inverses, entries and factorials that follow."""
    while (token := p.peek()) is not None:
        if token.text == "!" and base.type == SCALAR:
            p.place += 1
            base = node("func", (base,), SCALAR, base.at, token.end, ("factorial", False))
            continue
        if token.kind != "script" and not (token.kind == "mark" and token.text.startswith("'")):
            break
        sub, sup, p.place = scripts(p.tokens, p.place)
        end = p.tokens[p.place - 1].end
        if sub:
            from proofweave.check.language.scope import split
            from proofweave.check.parse.names import entries

            base = entries(p, base, split(sub), end)
        if sup:
            base = raised(p, base, sup, end)
    return base


def raised(p: Parser, base: Node, sup: Sequence[Token], end: int) -> Node:
    """Apply a superscript: a transpose, an inverse or a power."""
    if sup[0].text == "'":
        return prime(p, base, sup, end)
    texts = [t.text for t in sup if t.kind not in ("open", "close")]
    kind = base.type.kind
    if kind in ("function", "bool"):
        raise CheckError("a script on a function must stand after its argument: f(x)^2", sup[0].at)
    if texts in ([r"\top"], ["T"]) and kind in ("vector", "row", "matrix"):
        return transposed(base, end)
    if texts == [r"\top"]:
        return base
    if kind == "scalar":
        if texts == [r"\ast"] or texts == ["*"] or texts == [r"\star"] or texts == ["+"]:
            raise CheckError(f"^{texts[0]} is not part of a declared name", sup[0].at)
        return node("pow", (base, _scalar(p.whole(sup, sup[0].at))), SCALAR, base.at, end)
    if kind == "matrix":
        if texts in (["-", r"\top"], ["-", "T"]):
            return transposed(_inverse(base, end), end)
        if texts in ([r"\dagger"], ["+"]):
            return node("pinv", (base,), Type("matrix", tuple(reversed(base.type.dims))), base.at, end)
        if texts in (["*"], [r"\ast"]):
            raise CheckError("^* is not part of a declared name", sup[0].at)
        if texts == ["-", "1"]:
            return _inverse(base, end)
        meet(base.type.dims[0], base.type.dims[1], sup[0].at, "power of a matrix")
        return node("pow", (base, _scalar(p.whole(sup, sup[0].at))), base.type, base.at, end)
    if texts[:1] == [r"\odot"]:
        return node("elementpow", (base, _scalar(p.whole(sup[1:], sup[0].at))), base.type, base.at, end)
    raise CheckError(
        rf"a {base.type} has no power; write \|x\|^2, x^{{\odot 2}}, or declare the name with its script", sup[0].at
    )


def _inverse(base: Node, end: int) -> Node:
    meet(base.type.dims[0], base.type.dims[1], base.at, "inverse")
    return node("inverse", (base,), base.type, base.at, end)


def transposed(base: Node, end: int) -> Node:
    """Return the transpose."""
    kind, dims = base.type.kind, base.type.dims
    type_ = {"vector": row(dims[0]), "row": vector(dims[0])}.get(kind) or matrix(dims[1], dims[0])
    return node("transpose", (base,), type_, base.at, end)


def _scalar(value: Node) -> Node:
    if value.type.kind != "scalar":
        raise CheckError(f"an exponent must be a number, not a {value.type}", value.at)
    return value
