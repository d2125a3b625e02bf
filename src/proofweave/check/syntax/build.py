"""Nodes built by type: sums, products, quotients, and products with a written sign."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from proofweave.check.language import (
    LANDAU,
    SCALAR,
    CheckError,
    Dim,
    Node,
    Token,
    Type,
    is_number,
    matrix,
    number,
    product,
    refuse_if,
    required,
    settle,
    unify,
)
from proofweave.core import say


def node(op: str, args: Sequence[Node], type_: Type, at: int, end: int, data: Any = None) -> Node:
    """Return a node; its arguments may be any sequence."""
    return Node(op, tuple(args), type_, at, end, data)


def add(terms: Sequence[Node]) -> Node:
    """Return a sum; a bare 0, I or 1 takes the type of the others."""
    if len(terms) == 1:
        return terms[0]
    type_, what = _lead(terms), say("parse.sum")
    refuse_if(type_.kind == "set", "parse.set-values", terms[0].at)
    for term in terms:
        if not _open(term):
            type_ = unify(type_, term.type, term.at, what)
    settled = tuple(settle(term, type_, what) for term in terms)
    return Node("add", settled, type_, terms[0].at, terms[-1].end)


def _lead(terms: Sequence[Node]) -> Type:
    for term in terms:
        if not _open(term):
            return term.type
    return terms[0].type


def _open(term: Node) -> bool:
    """Tell whether a term takes the type of the others: a bare 0, an O(·)."""
    return is_number(term, 0) or term.op in LANDAU or (term.op == "neg" and term.args[0].op in LANDAU)


def multiply(factors: Sequence[Node]) -> Node:
    """Return a product of factors side by side, checked from left to right."""
    if len(factors) == 1:
        return factors[0]
    for factor in factors:
        refuse_if(factor.type.kind in ("function", "bool"), "parse.multiplied", factor.at)
        refuse_if(factor.type.kind == "set", "parse.set-values", factor.at)
    type_ = factors[0].type
    for factor in factors[1:]:
        type_ = product(type_, factor.type, factor.at)
    return Node("mul", _close_sizes(factors), type_, factors[0].at, factors[-1].end)


def _close_sizes(factors: Sequence[Node]) -> tuple[Node, ...]:
    """Give an open I or 1 in a product the size of its neighbour."""
    out = list(factors)
    for place, factor in enumerate(out):
        if None not in factor.type.dims:
            continue
        left = next((f for f in reversed(out[:place]) if f.type.dims), None)
        right = next((f for f in out[place + 1 :] if f.type.dims), None)
        dim = None
        if right is not None and factor.type.kind in ("matrix", "row"):
            dim = right.type.dims[0]
        elif left is not None and factor.type.kind in ("matrix", "vector"):
            dim = left.type.dims[-1]
        if dim is not None:
            dims = (dim,) * factor.type.rank
            out[place] = settle(factor, replace(factor.type, dims=dims))
    return tuple(out)


def divide(above: Node, below: Node) -> Node:
    """Return a quotient; only scalars divide."""
    refuse_if(below.type.kind != "scalar", "parse.divide", below.at, type=below.type)
    refuse_if(above.type.kind in ("function", "bool", "set"), "parse.divided", above.at)
    return Node("div", (above, below), above.type, above.at, below.end)


def join(token: Token, left: Node, right: Node) -> Node:
    """Return two operands joined by a written product sign."""
    sign = token.text
    refuse_if(sign == r"\circ", "parse.circ", token.at)
    if sign == r"\odot":
        type_ = unify(left.type, right.type, token.at, r"\odot")
        refuse_if(type_.kind == "set", "parse.set-values", token.at)
        left, right = settle(left, type_), settle(right, type_)
        return Node("hadamard", (left, right), type_, left.at, right.end)
    if sign == r"\otimes":
        kinds = (left.type.kind, right.type.kind)
        if kinds == ("matrix", "matrix"):
            return Node("kron", (left, right), _kronecker(left.type, right.type, token), left.at, right.end)
        if kinds == ("vector", "vector"):
            outer = Type("matrix", (left.type.dims[0], right.type.dims[0]))
            return Node("outer", (left, right), outer, left.at, right.end)
        raise CheckError("parse.otimes", token.at)
    if (left.type.kind, right.type.kind) == ("vector", "vector"):
        refuse_if(sign != r"\cdot", "parse.between-vectors", token.at, sign=sign)
        return inner(left, right, left.at, right.end)
    flat = [*(left.args if left.op == "mul" else (left,)), *(right.args if _flat(left, right) else (right,))]
    return multiply(flat)


def _kronecker(left: Type, right: Type, token: Token) -> Type:
    pairs = zip(left.dims, right.dims, strict=True)
    sizes = ((required(a, "parse.part-open", token.at), required(b, "parse.part-open", token.at)) for a, b in pairs)
    return Type("matrix", tuple(a.by(b) for a, b in sizes))


def _flat(left: Node, right: Node) -> bool:
    return right.op == "mul" and left.type == SCALAR


def inner(left: Node, right: Node, at: int, end: int) -> Node:
    """Return an inner product of two vectors or two matrices; of gradients of entries and a vector, their sum."""
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "gradients":
            rows = fit(other, Type("vector", one.type.dims[:1]), say("parse.inner-product"))
            turned = Type("matrix", one.type.dims[::-1])
            above = Node("transpose", (replace(one, type=matrix(*one.type.dims)),), turned, one.at, one.end)
            return Node("mul", (above, rows), Type("vector", one.type.dims[1:]), at, end)
    refuse_if(left.type.kind not in ("vector", "matrix", "scalar"), "parse.inner-types", left.at, type=left.type)
    type_ = unify(left.type, right.type, right.at, say("parse.inner-product"))
    return Node("inner", (settle(left, type_), settle(right, type_)), SCALAR, at, end)


def fit(value: Node, type_: Type, what: str) -> Node:
    """Return a value settled to a type it must have."""
    if not is_number(value, 0):
        type_ = unify(value.type, type_, value.at, what)
    return settle(value, type_)


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
    if value.op == "mul":
        product = Dim((), 1)
        for arg in value.args:
            product = product.by(as_dim(arg))
        return product
    raise CheckError("parse.size", value.at)


def dim_node(dim: Dim) -> Node:
    """Return a size as a node."""
    return number(dim.const) if not dim.terms else Node("dim", (), SCALAR, 0, 0, dim)
