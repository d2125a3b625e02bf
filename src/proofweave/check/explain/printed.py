"""A tree back to TeX with every grouping written out; read again, it gives the same tree."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from proofweave.check.language import (
    Index,
    Node,
    Registry,
    Symbol,
    Token,
    Type,
    is_number,
    occurrence,
    split,
    tokenise,
    words,
)
from proofweave.check.parse import Statement

PRINTERS: Registry[Callable[[Node], str]] = Registry()
"""How an operation is written, by its name."""

SIMPLE = frozenset(("num", "constant", "index", "sym", "member", "dim"))
CLOSED = SIMPLE | words("norm div root binom inner array call list entries expect variance indicator matfunc diag")
CLOSED |= words(
    "diagonal msign softmax eigenvalue singular bigo func entry pow transpose inverse pinv gradient hessian rate"
)
"""Operations that need no parentheses around them in a product: what they reach over is marked."""

PLAIN = words("log exp sin cos tan tanh sinh cosh arctan arcsin arccos det min max")
NUMBERS = {math.e: "e", math.pi: r"\pi", math.inf: r"\infty"}
NORMS = {"2": "", "inf": r"_{\infty}", "F": "_{F}", "op": "_{2}", "nuclear": "_{*}", "rows": r"_{\infty}"}
NORMS |= {"columns": "_{1}"}
ROUNDED = {"floor": (r"\lfloor", r"\rfloor"), "ceil": (r"\lceil", r"\rceil")}
JOINS = {"and": r" \land ", "or": r" \lor ", "implies": r" \Rightarrow ", "iff": r" \iff "}


def printed(node: Node) -> str:
    """Return a tree as TeX; an operation that has no sign of its own by its name."""
    return PRINTERS.get(node.op, _plainly)(node)


def _plainly(node: Node) -> str:
    return rf"\operatorname{{{node.op}}}({', '.join(map(printed, node.args))})"


def printed_statement(statement: Statement) -> str:
    """Return what an equation claims as TeX: its rows, the ranges of free indices that were written, conditions."""
    rows = [printed(row) for row in statement.rows]
    ranges = [
        rf"{index.name} = {printed(index.lo)}, \ldots, {printed(index.hi)}"
        for index in statement.free
        if index.lo is not None and index.hi is not None and _written(index.lo, index.hi)
    ]
    after = [*ranges, *map(printed, statement.conditions)]
    rows[-1] = r" \quad ".join([rows[-1], *(rf"\text{{for }} {text}" for text in after)])
    return " \\\\\n".join(rows)


def _written(lo: Node, hi: Node) -> bool:
    """Tell whether a range was written, rather than read from what the index subscripts."""
    return bool(lo.end or hi.end)


def grouped(node: Node) -> str:
    """Return a tree as a factor: in parentheses, unless nothing beside it could be taken for a part of it."""
    bare = node.op in CLOSED and not is_differential(node)
    return printed(node) if bare else f"({printed(node)})"


def is_differential(node: Node) -> bool:
    """Tell whether a name would be read as a differential where another name follows."""
    return node.op in ("sym", "member", "index") and name_of(node).startswith("d")


def _operand(node: Node) -> str:
    """Return a tree as what a superscript or a sign hangs on."""
    plain = node.op in ("num", "constant", "index") or (node.op == "sym" and not {"^", "'", "_"} & set(node.data.name))
    return printed(node) if plain else f"({printed(node)})"


# -- leaves


@PRINTERS("num")
def _number(node: Node) -> str:
    return str(node.data) if isinstance(node.data, int) else f"{Decimal(repr(node.data)):f}"


@PRINTERS("constant")
def _constant(node: Node) -> str:
    return NUMBERS[node.data]


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


def name_of(node: Node) -> str:
    """Return a name as declared, its indices replaced by what stands for them."""
    symbol: Symbol = node.data
    return named(symbol, node.args)


def named(symbol: Symbol, members: Sequence[Node]) -> str:
    """Return the name of a symbol, or of a family's member at some indices."""
    if not members:
        return symbol.name
    places = {hole.token: printed(arg) for hole, arg in zip(symbol.holes, members, strict=True)}
    tokens = tokenise(symbol.name)
    place = 0
    while (last := occurrence(tokens, place)).stop < len(tokens):
        place = last.stop
    below = [_replaced(symbol.name, group, places) for group in split(last.sub)]
    primes = [t for t in last.sup if t.text == "'"]
    above = " ".join(places.pop(t.text, t.text) for t in last.sup[len(primes) :])
    below += places.values()
    scripts = (f"_{{{', '.join(below)}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return symbol.name[: tokens[place].end] + "'" * len(primes) + scripts


def _replaced(name: str, group: Sequence[Token], places: dict[str, str]) -> str:
    """Return a part of a subscript, or what stands for it where it is an index of the family."""
    written = name[group[0].at : group[-1].end]
    return places.pop(written, written)


@PRINTERS("sym", "member")
def _name(node: Node) -> str:
    return name_of(node)


@PRINTERS("entry")
def _entry(node: Node) -> str:
    return f"{_operand(node.args[0])}_{{{', '.join(map(printed, node.args[1:]))}}}"


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


# -- arithmetic


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
    return f"{_operand(base)}^{{{written}}}"


@PRINTERS("elementpow")
def _element_power(node: Node) -> str:
    return rf"{_operand(node.args[0])}^{{\odot ({printed(node.args[1])})}}"


@PRINTERS("transpose")
def _transpose(node: Node) -> str:
    return rf"{_operand(node.args[0])}^{{\top}}"


@PRINTERS("inverse")
def _inverse(node: Node) -> str:
    return f"{_operand(node.args[0])}^{{-1}}"


@PRINTERS("pinv")
def _pseudo_inverse(node: Node) -> str:
    return rf"{_operand(node.args[0])}^{{\dagger}}"


@PRINTERS("root")
def _root(node: Node) -> str:
    body, degree = node.args
    order = "" if is_number(degree, 2) else f"[{printed(degree)}]"
    return rf"\sqrt{order}{{{printed(body)}}}"


@PRINTERS("binom")
def _binom(node: Node) -> str:
    return rf"\binom{{{printed(node.args[0])}}}{{{printed(node.args[1])}}}"


@PRINTERS("array")
def _array(node: Node) -> str:
    width = 1 if node.type.kind == "vector" else node.type.dims[1].const  # type: ignore[union-attr]
    rows = [node.args[k : k + width] for k in range(0, len(node.args), width)]
    lines = r" \\ ".join(" & ".join(map(printed, line)) for line in rows)
    return rf"\begin{{pmatrix}} {lines} \end{{pmatrix}}"


@PRINTERS("cases")
def _cases(node: Node) -> str:
    lines = []
    for place in range(0, len(node.args), 2):
        when = node.args[place + 1 : place + 2]
        said = printed(when[0]) if when else r"\text{otherwise}"
        lines.append(f"{printed(node.args[place])} & {said}")
    inside = r" \\ ".join(lines)
    return rf"\begin{{cases}} {inside} \end{{cases}}"


# -- functions


@PRINTERS("func")
def _func(node: Node) -> str:
    name, argument = node.data[0], node.args[0]
    if name == "abs":
        return rf"\left| {printed(argument)} \right|"
    if name == "factorial":
        return f"{_operand(argument)}!"
    if name in ROUNDED:
        left, right = ROUNDED[name]
        return f"{left} {printed(argument)} {right}"
    return f"{_operator(name)}({printed(argument)})"


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


@PRINTERS("call")
def _call(node: Node) -> str:
    return _called(node.data, node.args)


def _called(symbol: Symbol, args: Sequence[Node], primes: str = "") -> str:
    arity = len(symbol.type.args)
    arguments = ", ".join(map(printed, args[:arity]))
    return f"{named(symbol, args[arity:])}{primes}({arguments})"


# -- operators


@PRINTERS("sum", "prod", "min", "max", "argmin", "argmax")
def _binder(node: Node) -> str:
    lo, hi, condition, body = node.args
    index: Index = node.data
    sign = rf"\arg\{node.op[3:]}" if node.op.startswith("arg") else f"\\{node.op}"
    if not is_number(condition, 1):
        below, above = ", ".join(map(printed, condition.args if condition.op == "and" else (condition,))), ""
    elif not (_written(lo, hi) or isinstance(condition.data, float)):  # what dots leave out has a range
        below, above = index.name, ""
    elif node.op in ("sum", "prod"):
        below, above = f"{index.name} = {printed(lo)}", f"^{{{printed(hi)}}}"
    else:
        below, above = rf"{index.name} = {printed(lo)}, \ldots, {printed(hi)}", ""
    return f"{sign}_{{{below}}}{above} {_reached(body)}"


def _reached(body: Node) -> str:
    """Return what an operator reaches over."""
    return printed(body) if body.op in CLOSED else f"({printed(body)})"


@PRINTERS("list", "entries")
def _list(node: Node) -> str:
    return f"\\{node.data}({', '.join(map(printed, node.args))})"


@PRINTERS("optimum")
def _optimum(node: Node) -> str:
    what = node.data
    sign = r"\arg" * what.argument + (r"\min" if what.sense > 0 else r"\max")
    below = ", ".join([what.symbol.name, *map(printed, node.args[1:])])
    return f"{sign}_{{{below}}} {_reached(node.args[0])}"


@PRINTERS("expect", "variance")
def _moment(node: Node) -> str:
    sign = r"\mathbb{E}" if node.op == "expect" else r"\operatorname{Var}"
    names = ", ".join(dict.fromkeys(symbol.name for symbol in node.data or ()))
    below = f"_{{{names}}}" if names else ""
    return rf"{sign}{below}\left[ {printed(node.args[0])} \right]"


@PRINTERS("limit")
def _limit(node: Node) -> str:
    side = {1: "^+", -1: "^-"}.get(node.data.side, "")
    return rf"\lim_{{{node.data.symbol.name} \to {printed(node.args[0])}{side}}} {_reached(node.args[1])}"


@PRINTERS("stopped")
def _stopped(node: Node) -> str:
    return rf"\operatorname{{sg}}\left[ {printed(node.args[0])} \right]"


@PRINTERS("kl")
def _divergence(node: Node) -> str:
    return rf"\operatorname{{KL}}\left( {printed(node.args[0])} \,\|\, {printed(node.args[1])} \right)"


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


@PRINTERS("indicator")
def _indicator(node: Node) -> str:
    return rf"\mathbb{{1}}\left[ {printed(node.args[0])} \right]"


@PRINTERS("integral")
def _integral(node: Node) -> str:
    lo, hi, body = node.args
    return rf"\int_{{{printed(lo)}}}^{{{printed(hi)}}} ({printed(body)}) \, \mathrm{{d}}{node.data.name}"


@PRINTERS("gradient", "hessian")
def _gradient(node: Node) -> str:
    symbol, which = node.data.symbol, node.data.which
    order = 1 if node.op == "gradient" else 2
    if (symbol.type.result is not None and symbol.type.result.rank) or (
        not symbol.type.args[which].rank and not symbol.params
    ):
        return _called(symbol, node.args, "'" * order)
    by = f"_{{{symbol.params[which].name}}}" if len(symbol.type.args) > 1 else ""
    power = "^{2}" if order == 2 else ""
    return rf"\nabla{by}{power} {_called(symbol, node.args)}"


@PRINTERS("rate")
def _rate(node: Node) -> str:
    return _called(node.data.symbol, node.args, "'" * node.data.order)


@PRINTERS("derive")
def _derive(node: Node) -> str:
    body, *places = node.args
    steps = []
    for symbol, members, entries in node.data.steps:
        own, places = places[: members + entries], places[members + entries :]
        steps.append(_variable(symbol, own[:members], own[members:]))
    power = f"^{{{len(steps)}}}" if len(steps) > 1 else ""
    if body.type.rank or len(set(steps)) > 1 or len(steps) > 2:
        below = r" \, ".join(rf"\partial {step}" for step in steps)
        return rf"\frac{{\partial{power} ({printed(body)})}}{{{below}}}"
    return rf"\nabla_{{{steps[0]}}}{power} ({printed(body)})"


def _variable(symbol: Symbol, members: Sequence[Node], entries: Sequence[Node]) -> str:
    name = named(symbol, members)
    return f"{name}_{{{', '.join(map(printed, entries))}}}" if entries else name


# -- claims


@PRINTERS("chain")
def _chain(node: Node) -> str:
    written = printed(node.args[0])
    for sign, side in zip(node.data, node.args[1:], strict=True):
        written += f" {sign} {printed(side)}"
    return written


@PRINTERS("and", "or", "implies", "iff")
def _joined(node: Node) -> str:
    linked = [part for part in node.args if part.op in ("implies", "iff")]
    if node.op == "and" and len(linked) == len(node.args):  # a ⇒ b ⇒ c is two claims that share a side
        return printed(linked[0]) + "".join(JOINS[part.op] + printed(part.args[1]) for part in linked[1:])
    return JOINS[node.op].join(map(printed, node.args))
