"""Specifications of what moves: sequences, which step, and flows, which follow a velocity."""

from collections.abc import Mapping

from proofweave.check.language import SCALAR, CheckError, Index, Node, Scope, Symbol, Type, read_key, refuse_if
from proofweave.check.symbols.reading import finish, hole_names, holes_of, read_type, size_symbols, text_of, value_of
from proofweave.core import SymbolSpec, say


def sequence(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {sequence: …}."""
    type_, domain, _ = read_type(text_of(value, "sequence", "symbols.sequence"), scope)
    names = hole_names(spec)
    refuse_if(not names, "symbols.sequence-index", name=spec.name)
    holes = holes_of(spec, value, scope, names)
    symbol = Symbol(spec.name, spec.where, type_, "sequence", holes, {"domain": domain})
    inner = Scope(scope)
    inner.bind(symbol)
    index = Index(names[0])
    start = value_of(text_of(value, "start", "symbols.sequence"), type_, scope)
    step = value_of(text_of(value, "next", "symbols.sequence"), type_, inner, {names[0]: index})
    symbol.data.update(start=start, next=step, index=index)
    return finish(symbol, scope, [start, step], (symbol,))


def flow(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {flow: …}: the solution of an ordinary differential equation, a function of time."""
    type_, domain, _ = read_type(text_of(value, "flow", "symbols.flow"), scope)
    if type_.kind not in ("scalar", "vector", "matrix") or domain not in ("scalar", "vector", "matrix", "real"):
        raise CheckError("symbols.flow-type")
    time = Symbol(text_of(value, "of", "symbols.flow"), spec.where, SCALAR, "bound")
    symbol = Symbol(spec.name, spec.where, Type("function", (), (SCALAR,), type_), "flow", params=(time,))
    symbol.data["state"] = Symbol(say("symbols.state", name=spec.name), spec.where, type_, "bound")
    start = value_of(text_of(value, "start", "symbols.flow"), type_, scope)
    entry = scope.entries.get(read_key(spec.name))
    assert entry is not None
    inner = Scope(scope)
    inner.bind(time)
    entry.symbol = symbol  # its own equation names it, and so may that of another flow it names
    try:
        velocity = value_of(text_of(value, "velocity", "symbols.flow"), type_, inner)
        field = states(velocity, time)
    finally:
        entry.symbol = None
    symbol.data.update(start=start, velocity=velocity, field=field)
    finish(symbol, scope, [start, velocity], (symbol, time))
    symbol.needs = (*symbol.needs, *(s for dim in type_.dims for s in size_symbols(dim, scope)))
    return symbol


def states(node: Node, time: Symbol) -> Node:
    """Return a velocity in which x(t) is replaced by the state it stands for."""
    if node.op == "call" and node.data.role == "flow":
        at = node.args[0]
        if at.op != "sym" or at.data is not time:
            raise CheckError("symbols.velocity", node.at, name=node.data.name, time=time.name)
        return Node("sym", (), node.type, node.at, node.end, node.data.data["state"])
    return node.with_args(tuple(states(arg, time) for arg in node.args)) if node.args else node
