"""Specifications of solved, least and random values, of sequences and flows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type
from proofweave.check.language.names import read_key
from proofweave.check.language.scope import Hole, Scope, Symbol
from proofweave.check.language.tree import Index, Node
from proofweave.check.parse.names import apply, check_type
from proofweave.check.symbols.specs import (
    finish,
    hole_names,
    holes_of,
    parse_relation,
    parse_tex,
    read_size,
    read_type,
    size_symbols,
    sizes,
    text_of,
)
from proofweave.core.types import SymbolSpec


def solved(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {argmin: …} or {argmax: …}."""
    key = "argmin" if "argmin" in value else "argmax"
    body = text_of(value, key, key)
    inner = Scope(scope)
    target = scope.get(body) if re.fullmatch(r"\s*\\?[\w{}\\^*]+\s*", body) else None
    if target is not None and target.type.kind == "function":
        type_ = target.type.args[0]
        variable = Symbol("argument", spec.where, type_, "bound", data={"domain": type_.kind}, needs=sizes(target))
        called = Node("sym", (), target.type, 0, 0, target)
        tree = apply(target, called, [Node("sym", (), type_, 0, 0, variable)], 0)
    else:
        name = text_of(value, "over", key)
        declared = scope.get(name)
        if "type" in value:
            type_, domain, data = read_type(text_of(value, "type", key), scope)
            variable = Symbol(name, spec.where, type_, "bound", data={"domain": domain, **data})
            variable.needs = tuple(s for dim in type_.dims for s in size_symbols(dim, scope))
        elif declared is not None:
            variable = Symbol(name, spec.where, declared.type, "bound", data=dict(declared.data), needs=sizes(declared))
        else:
            raise CheckError(f"{key} over {name} needs type:")
        inner.bind(variable)
        tree = parse_tex(body, inner)
    if tree.type != SCALAR:
        raise CheckError(f"a {tree.type} has no smallest value")
    listed = value.get("subject_to", [])
    conditions = [listed] if isinstance(listed, str) else list(listed) if isinstance(listed, list | tuple) else []
    constraints = [parse_relation(str(text), inner) for text in conditions]
    data = {
        "body": tree,
        "variable": variable,
        "sense": 1 if key == "argmin" else -1,
        "constraints": tuple(constraints),
    }
    symbol = Symbol(spec.name, spec.where, variable.type, "solve", data=data)
    return finish(symbol, scope, [tree, *constraints], (variable,))


def least(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {least: …}."""
    placeholder = Symbol(spec.name, spec.where, SCALAR, "bound")
    inner = Scope(scope)
    inner.bind(placeholder)
    from proofweave.check.parse.statement import read_statement

    statement = read_statement(text_of(value, "least", "least"), inner)
    if len(statement.rows) != 1 or statement.rows[0].op != "chain" or len(statement.rows[0].args) != 2:
        raise CheckError("least: needs one relation between two sides")
    tree = statement.rows[0]
    if tree.data[0] in (r"\ge", ">"):
        tree = Node("chain", tuple(reversed(tree.args)), tree.type, tree.at, tree.end, (r"\le",))
    if tree.data[0] not in (r"\le", "<") or tree.args[0].type != SCALAR:
        raise CheckError("least: needs a relation \\le between scalars")
    over = scope.get(str(value["over"])) if "over" in value else None
    data = {"premise": tree, "placeholder": placeholder, "free": statement.free, "over": over}
    symbol = Symbol(spec.name, spec.where, SCALAR, "least", data=data)
    return finish(symbol, scope, [*statement.nodes()], (placeholder,))


def random_value(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {random: …}; with iid its sample hangs on it."""
    type_, domain, data = read_type(text_of(value, "random", "random"), scope)
    if type_.kind not in ("scalar", "vector", "matrix"):
        raise CheckError("a random value is a scalar, vector or matrix")
    support = read_size(str(value.get("support", 4)), scope)
    trees: list[Node] = [end for end in data.values() if isinstance(end, Node)]
    mean: Node | None = None
    if "mean" in value:
        mean = check_type(parse_tex(str(value["mean"]), scope), type_)
        trees.append(mean)
    weights: Node | None = None
    if "weights" in value and str(value["weights"]) not in ("uniform", "random"):
        weights = parse_tex(str(value["weights"]), scope)
        trees.append(weights)
    uniform = str(value.get("weights", "")) == "uniform"
    full = {"domain": domain, **data, "support": support, "mean": mean, "weights": weights, "uniform": uniform}
    symbol = Symbol(spec.name, spec.where, type_, "random", data=full)
    symbol.data["weights_symbol"] = Symbol(f"weights of {spec.name}", spec.where, SCALAR, "weights")
    finish(symbol, scope, trees)
    symbol.needs = (*symbol.needs, *size_symbols(support, scope))
    if "iid" in value:
        count = read_size(str(value["iid"]), scope)
        name = hole_names(spec)[0] if hole_names(spec) else "i"
        sample = Symbol(spec.name, spec.where, type_, "random", (Hole(name, Dim((), 1), count),), {"parent": symbol})
        sample.needs = (symbol, *size_symbols(count, scope))
        if hole_names(spec):
            return sample
        symbol.data["sample"] = sample
    return symbol


def sequence(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {sequence: …}."""
    type_, domain, _ = read_type(text_of(value, "sequence", "a sequence"), scope)
    names = hole_names(spec)
    if not names:
        raise CheckError(f"a sequence's name carries its index: {spec.name}_t")
    holes = holes_of(spec, value, scope, names)
    symbol = Symbol(spec.name, spec.where, type_, "sequence", holes, {"domain": domain})
    inner = Scope(scope)
    inner.bind(symbol)
    index = Index(names[0])
    start = check_type(parse_tex(text_of(value, "start", "a sequence"), scope), type_)
    step = check_type(parse_tex(text_of(value, "next", "a sequence"), inner, {names[0]: index}), type_)
    symbol.data.update(start=start, next=step, index=index)
    return finish(symbol, scope, [start, step], (symbol,))


def flow(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {flow: …}: the solution of an ordinary differential equation, a function of time."""
    type_, domain, _ = read_type(text_of(value, "flow", "a flow"), scope)
    if type_.kind not in ("scalar", "vector", "matrix") or domain not in ("scalar", "vector", "matrix", "real"):
        raise CheckError("a flow is of a scalar, a vector(d) or a matrix(m, n)")
    time = Symbol(text_of(value, "of", "a flow"), spec.where, SCALAR, "bound")
    symbol = Symbol(spec.name, spec.where, Type("function", (), (SCALAR,), type_), "flow", params=(time,))
    symbol.data["state"] = Symbol(f"state of {spec.name}", spec.where, type_, "bound")
    start = check_type(parse_tex(text_of(value, "start", "a flow"), scope), type_)
    entry = scope.entries.get(read_key(spec.name))
    assert entry is not None
    inner = Scope(scope)
    inner.bind(time)
    entry.symbol = symbol  # its own equation names it, and so may that of another flow it names
    try:
        velocity = check_type(parse_tex(text_of(value, "velocity", "a flow"), inner), type_)
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
            raise CheckError(f"a flow's velocity may name {node.data.name} at the time {time.name} only", node.at)
        return Node("sym", (), node.type, node.at, node.end, node.data.data["state"])
    return node.with_args(tuple(states(arg, time) for arg in node.args)) if node.args else node
