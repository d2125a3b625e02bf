"""How functions, norms, parts of matrices and sets are printed."""

from proofweave.check.explain.printers import (
    PRINTERS,
    called,
    grouped,
    operand,
    printed,
)
from proofweave.check.language import Node, words

PLAIN = words("log exp sin cos tan tanh sinh cosh arctan arcsin arccos det min max arg")
NORMS = {"2": "", "inf": r"_{\infty}", "F": "_{F}", "op": "_{2}", "nuclear": "_{*}", "rows": r"_{\infty}"}
NORMS |= {"columns": "_{1}"}
PARTS = {"re": "Re", "im": "Im"}
ROUNDED = {"floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil")}


@PRINTERS("func")
def _func(node: Node) -> str:
    name, argument = node.data[0], node.args[0]
    if name == "abs":
        return rf"\left| {printed(argument)} \right|"
    if name == "factorial":
        return f"{operand(argument)}!"
    if name == "gamma":
        return rf"\Gamma({printed(argument)})"
    if name in ROUNDED:
        left, right = ROUNDED[name]
        return f"{left} {printed(argument)} {right}"
    return f"{_operator(PARTS.get(name, name))}({printed(argument)})"


def _operator(name: str) -> str:
    return f"\\{name}" if name in PLAIN else rf"\operatorname{{{name}}}"


@PRINTERS("norm")
def _norm(node: Node) -> str:
    inside = rf"\left\| {printed(node.args[0])} \right\|"
    if node.data in NORMS:
        return inside + NORMS[node.data]
    index = printed(node.args[1])
    return f"{inside}_{{({index})}}" if index in ("2", "F") else f"{inside}_{{{index}}}"


@PRINTERS("matfunc")
def _matfunc(node: Node) -> str:
    return f"{_operator(node.data)}({printed(node.args[0])})"


@PRINTERS("diag", "diagonal")
def _diag(node: Node) -> str:
    return rf"\operatorname{{diag}}({printed(node.args[0])})"


@PRINTERS("msign", "softmax")
def _whole(node: Node) -> str:
    return rf"\operatorname{{{node.op}}}({printed(node.args[0])})"


@PRINTERS("eigenvalue", "singular")
def _eigenvalue(node: Node) -> str:
    letter = r"\lambda" if node.op == "eigenvalue" else r"\sigma"
    which = printed(node.args[1]) if node.data == "at" else f"\\{node.data}"
    return f"{letter}_{{{which}}}({printed(node.args[0])})"


@PRINTERS("bigo")
def _big_o(node: Node) -> str:
    return f"O({printed(node.args[0])})"


@PRINTERS("littleo")
def _little_o(node: Node) -> str:
    return f"o({printed(node.args[0])})"


@PRINTERS("call")
def _call(node: Node) -> str:
    return called(node.data, node.args)


@PRINTERS("kron")
def _kron(node: Node) -> str:
    return rf"{grouped(node.args[0])} \otimes {grouped(node.args[1])}"


@PRINTERS("vec")
def _vec(node: Node) -> str:
    return rf"\operatorname{{vec}}({printed(node.args[0])})"


@PRINTERS("expm")
def _expm(node: Node) -> str:
    return rf"\exp({printed(node.args[0])})"


@PRINTERS("unit")
def _unit(node: Node) -> str:
    return f"e_{{{printed(node.args[0])}}}"


@PRINTERS("column")
def _column(node: Node) -> str:
    return f"{operand(node.args[0])}_{{:, {printed(node.args[1])}}}"


@PRINTERS("line")
def _line(node: Node) -> str:
    return f"{operand(node.args[0])}_{{{printed(node.args[1])}, :}}"


@PRINTERS("extent")
def _extent(node: Node) -> str:
    which = ("", "rows", "columns")[node.data + 1] if node.args[0].type.rank == 2 else "size"
    return rf"\operatorname{{{which}}}({printed(node.args[0])})"


@PRINTERS("card")
def _card(node: Node) -> str:
    return rf"\left| {printed(node.args[0])} \right|"


@PRINTERS("complement")
def _complement(node: Node) -> str:
    return f"{operand(node.args[0])}^{{c}}"


@PRINTERS("argtop")
def _argtop(node: Node) -> str:
    return rf"\operatorname{{argtop}}_{{{printed(node.args[0])}}}({printed(node.args[1])})"


@PRINTERS("sorted")
def _sorted(node: Node) -> str:
    return rf"\operatorname{{sorted}}({printed(node.args[0])})"


@PRINTERS("theta")
def _theta(node: Node) -> str:
    return rf"\Theta({printed(node.args[0])})"


@PRINTERS("nearest")
def _nearest(node: Node) -> str:
    """Return the set whose nearest element is meant."""
    return rf"\{{{', '.join(map(printed, node.args[1:]))}\}}"


@PRINTERS("whole")
def _whole_numbers(node: Node) -> str:
    lo, hi = (printed(end) for end in node.args[1:])
    if hi != r"\infty":
        return rf"\{{{lo}, \ldots, {hi}\}}"
    return r"\mathbb{Z}" if lo.startswith("-") else r"\mathbb{N}"
