"""Exact derivatives of names: symbols and members by their roles, entries, calls and derivatives themselves."""

from dataclasses import replace

from proofweave.check.calculus.tangent import RULES, NoRule, Rule, Tangent
from proofweave.check.language import SCALAR, FunctionAt, Index, Node, Registry, Symbol, Type, number, substitute

MEMBERS: Registry[Rule] = Registry()
"""How the derivative of a family's member is made, by the family's role."""
CALLS: Registry[Rule] = Registry()
"""How the derivative of a function's call is made, by the function's role."""


@RULES("sym")
def _symbol(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    if symbol is t.symbol:
        return replace(node, data=t.direction)
    if symbol.role == "define" and not symbol.holes:
        return t.of(symbol.data["body"])
    raise NoRule


@RULES("member")
def _member(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    if symbol is t.symbol:
        return replace(node, data=t.direction)
    return _by_role(MEMBERS, symbol, t, node)


def _by_role(rules: Registry[Rule], symbol: Symbol, t: Tangent, node: Node) -> Node | None:
    found = rules.get(symbol.role)
    if found is None:
        raise NoRule
    return found(t, node)


@MEMBERS("sequence")
def _sequence(t: Tangent, node: Node) -> Node | None:
    """Return the member of the sequence of derivatives, which steps along with it."""
    symbol: Symbol = node.data
    known = t.sequences.get(symbol)
    if known is None:
        known = Symbol(f"d{symbol.name}", symbol.where, symbol.type, "sequence", symbol.holes)
        t.sequences[symbol] = known
        zero = number(0) if symbol.type == SCALAR else Node("zero", (), symbol.type, 0, 0)
        start = t.of(symbol.data["start"]) or zero
        step = t.of(symbol.data["next"]) or zero
        known.data.update(start=start, next=step, index=symbol.data["index"])
        known.needs = (symbol, t.direction, *symbol.needs)
    return replace(node, data=known)


@MEMBERS("define")
@CALLS("define")
def _defined(t: Tangent, node: Node) -> Node | None:
    """Return the derivative of a definition's body with its parameters and indices written out."""
    symbol: Symbol = node.data
    arity = len(symbol.params)
    values: dict[Index | Symbol, Node] = dict(zip(symbol.params, node.args[:arity], strict=True))
    for index, arg in zip(symbol.data["indices"], node.args[arity:], strict=True):
        values[index] = arg.args[0] if arg.op == "at" else arg
    return t.of(substitute(symbol.data["body"], values))


@RULES("entry")
def _entry(t: Tangent, node: Node) -> Node | None:
    base = t.of(node.args[0])
    return None if base is None else node.with_args((base, *node.args[1:]))


@RULES("call")
def _call(t: Tangent, node: Node) -> Node | None:
    return _by_role(CALLS, node.data, t, node)


@CALLS("function")
def _sampled(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data
    moved = t.of(node.args[0])
    if moved is None:
        raise NoRule
    type_ = symbol.type.args[0]
    slope = Node("gradient", node.args, type_, node.at, node.end, FunctionAt(symbol, 0))
    op = "mul" if type_ == SCALAR else "inner"
    return Node(op, (slope, moved), SCALAR, node.at, node.end)


@RULES("gradient")
def _gradient(t: Tangent, node: Node) -> Node | None:
    symbol: Symbol = node.data.symbol
    if symbol.role != "function":
        raise NoRule
    moved = t.of(node.args[0])
    type_ = symbol.type.args[0]
    square = SCALAR if type_ == SCALAR else Type("matrix", (type_.dims[0], type_.dims[0]))
    bend = Node("hessian", node.args, square, node.at, node.end, node.data)
    return None if moved is None else Node("mul", (bend, moved), node.type, node.at, node.end)


@RULES("derive")
def _derive(t: Tangent, node: Node) -> Node | None:
    inner = t.of(node.args[0])
    return None if inner is None else node.with_args((inner, *node.args[1:]))
