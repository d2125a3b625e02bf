"""What follows a factor: powers, transposes, inverses, entries and factorials."""

import math
from collections.abc import Sequence

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Node,
    Token,
    Type,
    is_complex,
    matrix,
    meet,
    refuse_if,
    row,
    scripts,
    split,
    vector,
)
from proofweave.check.syntax.build import node
from proofweave.check.syntax.indices import entries
from proofweave.check.syntax.parser import Parser
from proofweave.core import say

HERMITIAN = (["H"], [r"\mathsf{H}"], [r"\mathrm{H}"])


def postfix(p: Parser, base: Node) -> Node:
    """Apply powers, transposes, inverses, entries and factorials that follow."""
    powered = False
    while (token := p.peek()) is not None:
        if token.text == "!" and base.type == SCALAR:
            refuse_if(powered, "parse.factorial-power", token.at)
            p.place += 1
            refuse_if((after := p.peek()) is not None and after.text == "!", "parse.double-factorial", token.at)
            base = node("func", (base,), SCALAR, base.at, token.end, ("factorial", False))
            continue
        if token.kind != "script" and not (token.kind == "mark" and token.text.startswith("'")):
            break
        sub, sup, p.place = scripts(p.tokens, p.place)
        end = p.reached
        if sub:
            base = entries(p, base, split(sub), end)
        if sup:
            base = raised(p, base, sup, end)
        powered = bool(sup)
    return base


def raised(p: Parser, base: Node, sup: Sequence[Token], end: int) -> Node:
    """Apply a superscript: a transpose, an inverse or a power."""
    refuse_if(sup[0].text == "'", "parse.prime", sup[0].at)
    texts = [t.text for t in sup if t.kind not in ("open", "close")]
    kind = base.type.kind
    refuse_if(kind in ("function", "bool"), "parse.script-on-function", sup[0].at)
    declared = texts == ["T"] and kind == "matrix" and p.scope.match(sup, 0) is not None
    refuse_if(declared, "parse.transpose-or-power", sup[0].at)
    if texts in ([r"\top"], ["T"]) and kind in ("vector", "row", "matrix"):
        return transposed(base, end)
    if texts == [r"\top"]:
        return base
    if texts in HERMITIAN and kind in ("vector", "row", "matrix"):
        refuse_if(texts == ["H"] and p.scope.match(sup, 0) is not None, "parse.adjoint-or-power", sup[0].at)
        return transposed(conjugated(base, base.at, end) if is_complex(base) else base, end)
    if kind == "scalar" and texts in (["*"], [r"\ast"]) and is_complex(base):
        return conjugated(base, base.at, end)
    refuse_if(texts in (["*"], [r"\ast"], [r"\dagger"]) and is_complex(base), "parse.star-readings", sup[0].at)
    if kind == "scalar":
        if texts == [r"\ast"] or texts == ["*"] or texts == [r"\star"] or texts == ["+"]:
            raise CheckError("parse.no-part", sup[0].at, text=texts[0])
        exponent = p.whole(sup, sup[0].at)
        if exponent.type.kind == "matrix" and base.op == "constant" and base.data == math.e:
            return exponential(exponent, base.at, end)
        return node("pow", (base, _scalar(exponent)), SCALAR, base.at, end)
    if kind == "matrix":
        if texts in (["-", r"\top"], ["-", "T"]):
            return transposed(_inverse(base, end), end)
        if texts in ([r"\dagger"], ["+"]):
            return node("pinv", (base,), Type("matrix", tuple(reversed(base.type.dims))), base.at, end)
        refuse_if(texts in (["*"], [r"\ast"]), "parse.no-part", sup[0].at, text="*")
        if texts == ["-", "1"]:
            return _inverse(base, end)
        meet(base.type.dims[0], base.type.dims[1], sup[0].at, say("parse.power-of-a-matrix"))
        return node("pow", (base, _scalar(p.whole(sup, sup[0].at))), base.type, base.at, end)
    if kind == "set" and texts in (["c"], [r"\complement"]):
        return node("complement", (base,), base.type, base.at, end)
    if texts[:1] == [r"\odot"]:
        return node("elementpow", (base, _scalar(p.whole(sup[1:], sup[0].at))), base.type, base.at, end)
    raise CheckError("parse.no-power", sup[0].at, type=base.type)


def exponential(value: Node, at: int, end: int) -> Node:
    """Return e^A of a square matrix."""
    meet(value.type.dims[0], value.type.dims[1], value.at, say("parse.matrix-exponential"))
    return node("expm", (value,), value.type, at, end)


def conjugated(base: Node, at: int, end: int) -> Node:
    """Return the conjugate, entry by entry."""
    return node("func", (base,), base.type, at, end, ("conj", False))


def _inverse(base: Node, end: int) -> Node:
    meet(base.type.dims[0], base.type.dims[1], base.at, say("parse.inverse"))
    return node("inverse", (base,), base.type, base.at, end)


def transposed(base: Node, end: int) -> Node:
    """Return the transpose."""
    kind, dims = base.type.kind, base.type.dims
    type_ = {"vector": row(dims[0]), "row": vector(dims[0])}.get(kind) or matrix(dims[1], dims[0])
    return node("transpose", (base,), type_, base.at, end)


def _scalar(value: Node) -> Node:
    refuse_if(value.type.kind != "scalar", "parse.exponent", value.at, type=value.type)
    return value
