"""How leaves, arithmetic and matrices written out are printed."""

import math
from collections.abc import Sequence
from decimal import Decimal

from proofweave.check.explain.printers import (
    PRINTERS,
    grouped,
    is_differential,
    name_of,
    operand,
    printed,
)
from proofweave.check.language import Node, Type, is_number, substitute

NUMBERS = {math.e: "e", math.pi: r"\pi", math.inf: r"\infty"}


@PRINTERS("num")
def _number(node: Node) -> str:
    return str(node.data) if isinstance(node.data, int) else f"{Decimal(repr(node.data)):f}"


@PRINTERS("constant")
def _constant(node: Node) -> str:
    size = NUMBERS.get(abs(node.data)) or f"{Decimal(repr(abs(float(node.data)))):f}"
    return f"-{size}" if node.data < 0 else size


@PRINTERS("imaginary")
def _unit(node: Node) -> str:
    return r"\mathrm{i}"


@PRINTERS("dim")
def _dim(node: Node) -> str:
    return str(node.data)


@PRINTERS("index")
def _index(node: Node) -> str:
    return str(node.data.name)


@PRINTERS("at")
def _at(node: Node) -> str:
    """Return an index; a product of letters is no list of indices."""
    value = node.args[0]
    return f"({printed(value)})" if value.op in ("mul", "hadamard") else printed(value)


@PRINTERS("sym", "member")
def _name(node: Node) -> str:
    return name_of(node)


@PRINTERS("entry")
def _entry(node: Node) -> str:
    base, places = node.args[0], ", ".join(map(printed, node.args[1:]))
    if base.op == "sorted":  # the i-th largest entry
        base, places = base.args[0], f"[{places}]"
    return f"{operand(base)}_{{{places}}}"


def _size(type_: Type, place: int = 0) -> str:
    dim = type_.dims[place] if type_.dims else None
    return "" if dim is None else f"_{{{dim}}}"


@PRINTERS("identity")
def _identity(node: Node) -> str:
    return f"I{_size(node.type)}"


@PRINTERS("ones")
def _ones(node: Node) -> str:
    return rf"\mathbf{{1}}{_size(node.type)}"


@PRINTERS("zero")
def _zero(node: Node) -> str:
    return rf"\mathbf{{0}}{_size(node.type)}" if node.type.kind == "vector" else "0"


@PRINTERS("add")
def _add(node: Node) -> str:
    written = ""
    for place, term in enumerate(node.args):
        minus = term.op == "neg"
        body = _term(term.args[0] if minus else term)
        sign = ("- " if minus else "") if not place else " - " if minus else " + "
        written += sign + body
    return written


def _term(node: Node) -> str:
    return f"({printed(node)})" if node.op in ("add", "neg") or node.type.kind == "bool" else printed(node)


@PRINTERS("neg")
def _neg(node: Node) -> str:
    return f"-{_term(node.args[0])}"


@PRINTERS("mul")
def _mul(node: Node) -> str:
    return r" \, ".join(
        f"({printed(factor)})" if place and factor.op == "num" else grouped(factor)
        for place, factor in enumerate(node.args)
    )


@PRINTERS("div")
def _div(node: Node) -> str:
    above, below = (f"({printed(a)})" if is_differential(a) else printed(a) for a in node.args)
    return rf"\frac{{{above}}}{{{below}}}"


@PRINTERS("hadamard")
def _hadamard(node: Node) -> str:
    return rf"{grouped(node.args[0])} \odot {grouped(node.args[1])}"


@PRINTERS("outer")
def _outer(node: Node) -> str:
    return rf"{grouped(node.args[0])} \otimes {grouped(node.args[1])}"


@PRINTERS("inner")
def _inner(node: Node) -> str:
    return rf"\left\langle {printed(node.args[0])}, {printed(node.args[1])} \right\rangle"


@PRINTERS("pow")
def _pow(node: Node) -> str:
    base, exponent = node.args
    written = printed(exponent)
    if base.type.kind == "matrix" and exponent.op != "num":
        written = f"({written})"
    return f"{operand(base)}^{{{written}}}"


@PRINTERS("elementpow")
def _element_power(node: Node) -> str:
    return rf"{operand(node.args[0])}^{{\odot ({printed(node.args[1])})}}"


@PRINTERS("transpose")
def _transpose(node: Node) -> str:
    return rf"{operand(node.args[0])}^{{\top}}"


@PRINTERS("inverse")
def _inverse(node: Node) -> str:
    return f"{operand(node.args[0])}^{{-1}}"


@PRINTERS("pinv")
def _pseudo_inverse(node: Node) -> str:
    return rf"{operand(node.args[0])}^{{\dagger}}"


@PRINTERS("root")
def _root(node: Node) -> str:
    body, degree = node.args
    order = "" if is_number(degree, 2) else f"[{printed(degree)}]"
    return rf"\sqrt{order}{{{printed(body)}}}"


@PRINTERS("binom")
def _binom(node: Node) -> str:
    return rf"\binom{{{printed(node.args[0])}}}{{{printed(node.args[1])}}}"


@PRINTERS("block")
def _block(node: Node) -> str:
    return _matrix(node.args, node.data)


@PRINTERS("array")
def _array(node: Node) -> str:
    width = 1 if node.type.kind == "vector" else node.type.dims[1].const  # type: ignore[union-attr]
    return _matrix(node.args, width)


def _matrix(cells: Sequence[Node], width: int) -> str:
    rows = [cells[k : k + width] for k in range(0, len(cells), width)]
    lines = r" \\ ".join(" & ".join(map(printed, line)) for line in rows)
    return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"


@PRINTERS("collect")
def _collect(node: Node) -> str:
    """Return entries, columns or rows side by side as a list with dots."""
    lo, hi, _, body = node.args
    first, last = (printed(substitute(body, {node.data: end})) for end in (lo, hi))
    return rf"\left[ {first}, \ldots, {last} \right]"


@PRINTERS("cases")
def _cases(node: Node) -> str:
    lines = []
    for place in range(0, len(node.args), 2):
        when = node.args[place + 1 : place + 2]
        said = printed(when[0]) if when else r"\text{otherwise}"
        lines.append(f"{printed(node.args[place])} & {said}")
    inside = r" \\ ".join(lines)
    return rf"\begin{{cases}} {inside} \end{{cases}}"
