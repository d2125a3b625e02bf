"""Specifications of families, functions, solved, least and random values."""

import re
from collections.abc import Mapping

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Dim,
    Hole,
    Index,
    Node,
    Scope,
    Symbol,
    Type,
    number,
    refuse_if,
    tokenise,
)
from proofweave.check.parse import (
    FINITE,
    elsewhere,
    fitted,
    formula,
    read_expression,
    read_law,
    read_relation,
    read_statement,
    type_of,
)
from proofweave.check.symbols.planes import WORDS, planar
from proofweave.check.symbols.reading import (
    arguments,
    finish,
    hole_names,
    holes_of,
    near,
    read_size,
    read_type,
    size_symbols,
    sizes,
    text_of,
    value_of,
)
from proofweave.check.syntax import apply, dim_node
from proofweave.core import SymbolSpec, say

CLASSES = ("convex", "smooth", "quadratic", "strongly_convex", "lipschitz")


def family(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {family: …}."""
    text = text_of(value, "family", "symbols.family")
    if arguments(text)[0] in WORDS:
        return planar(spec, text, scope, value)
    type_, domain, data = read_type(text, scope)
    names = hole_names(spec)
    refuse_if(not names, "symbols.family-index")
    holes = holes_of(spec, value, scope, names)
    symbol = Symbol(spec.name, spec.where, type_, "free", holes, {"domain": domain, **data})
    return finish(symbol, scope, [end for end in data.values() if isinstance(end, Node)])


def function(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {function: …}."""
    words = tuple(re.split(r"[\s,]+", text_of(value, "function", "symbols.function").strip()))
    for word in words:
        if word not in CLASSES:
            raise CheckError("symbols.unknown-class", word=word, hint=near(word, CLASSES) or ", ".join(CLASSES))
    type_, domain, _ = read_type(text_of(value, "of", "symbols.function"), scope)
    refuse_if(type_.kind not in ("scalar", "vector") or domain not in ("scalar", "vector"), "symbols.function-type")
    names = hole_names(spec)
    holes = holes_of(spec, value, scope, names) if names else ()
    data: dict[str, object] = {"classes": words, "constant": "constant" in value}
    symbol = Symbol(spec.name, spec.where, Type("function", (), (type_,), SCALAR), "function", holes, data)
    symbol = finish(symbol, scope, [])
    for dim in type_.dims:
        symbol.needs = (*symbol.needs, *size_symbols(dim, scope))
    return _to_vectors(symbol, value, scope) if "to" in value else symbol


def _to_vectors(symbol: Symbol, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the function whose entries are sampled functions, as a definition by these."""
    type_ = read_type(text_of(value, "to", "symbols.function"), scope)[0]
    refuse_if(type_.kind != "vector" or symbol.holes or symbol.data["constant"], "symbols.function-to")
    count = type_.dims[0]
    assert count is not None
    entry = Symbol(
        f"{symbol.name}_i", symbol.where, symbol.type, "function", (Hole("i", Dim((), 1), count),), symbol.data
    )
    entry = finish(entry, scope, [])
    entry.needs = (*entry.needs, *symbol.needs)
    point = Symbol("argument", symbol.where, symbol.type.args[0], "bound", needs=sizes(symbol))
    index = Index("i")
    lo, hi = number(1), dim_node(count)
    place = Node("at", (Node("index", (), SCALAR, 0, 0, index), lo, hi), SCALAR, 0, 0)
    call = Node("call", (Node("sym", (), point.type, 0, 0, point), place), SCALAR, 0, 0, entry)
    body = Node("collect", (lo, hi, number(1), call), type_, 0, 0, index)
    kind = Type("function", (), (point.type,), type_)
    found = Symbol(symbol.name, symbol.where, kind, "define", (), {"body": body, "indices": ()}, (point,))
    found = finish(found, scope, [body], (point,))
    found.needs = (*found.needs, entry, *(s for s in size_symbols(count, scope) if s not in found.needs))
    return found


def solved(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {argmin: …} or {argmax: …}."""
    key = "argmin" if "argmin" in value else "argmax"
    body = text_of(value, key, f"symbols.{key}")
    inner = Scope(scope)
    target = scope.get(body) if re.fullmatch(r"\s*\\?[\w{}\\^*]+\s*", body) else None
    if target is not None and target.type.kind == "function":
        type_ = target.type.args[0]
        variable = Symbol("argument", spec.where, type_, "bound", data={"domain": type_.kind}, needs=sizes(target))
        called = Node("sym", (), target.type, 0, 0, target)
        tree = apply(target, called, [Node("sym", (), type_, 0, 0, variable)], 0)
    else:
        name = text_of(value, "over", f"symbols.{key}")
        declared = scope.get(name)
        if "type" in value:
            type_, domain, data = read_type(text_of(value, "type", f"symbols.{key}"), scope)
            variable = Symbol(name, spec.where, type_, "bound", data={"domain": domain, **data})
            variable.needs = tuple(s for dim in type_.dims for s in size_symbols(dim, scope))
        elif declared is not None:
            variable = Symbol(name, spec.where, declared.type, "bound", data=dict(declared.data), needs=sizes(declared))
        else:
            raise CheckError("symbols.needs-type", key=key, name=name)
        inner.bind(variable)
        tree = read_expression(body, inner)
    refuse_if(tree.type != SCALAR, "parse.no-smallest", type=tree.type)
    listed = value.get("subject_to", [])
    conditions = [listed] if isinstance(listed, str) else list(listed) if isinstance(listed, list | tuple) else []
    constraints = [read_relation(str(text), inner) for text in conditions]
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
    statement = read_statement(text_of(value, "least", "symbols.least"), inner)
    if len(statement.rows) != 1 or statement.rows[0].op != "chain" or len(statement.rows[0].args) != 2:
        raise CheckError("symbols.least-relation")
    tree = statement.rows[0]
    if tree.data[0] in (r"\ge", ">"):
        tree = Node("chain", tuple(reversed(tree.args)), tree.type, tree.at, tree.end, (r"\le",))
    refuse_if(tree.data[0] not in (r"\le", "<") or tree.args[0].type != SCALAR, "symbols.least-le")
    if "over" in value:
        scope.get(str(value["over"]))
    data = {"premise": tree, "placeholder": placeholder, "free": statement.free}
    symbol = Symbol(spec.name, spec.where, SCALAR, "least", data=data)
    return finish(symbol, scope, [*statement.nodes()], (placeholder,))


def random_value(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {random: …}; with iid its sample hangs on it."""
    type_, domain, data = read_type(text_of(value, "random", "symbols.random"), scope)
    refuse_if(type_.kind not in ("scalar", "vector", "row", "matrix"), "symbols.random-type")
    support = read_size(str(value.get("support", 4)), scope)
    trees: list[Node] = [end for end in data.values() if isinstance(end, Node)]
    mean: Node | None = None
    if "mean" in value:
        mean = value_of(str(value["mean"]), type_, scope)
        trees.append(mean)
    weights: Node | None = None
    if "weights" in value and str(value["weights"]) not in ("uniform", "random"):
        weights = read_expression(str(value["weights"]), scope)
        trees.append(weights)
    uniform = str(value.get("weights", "")) == "uniform"
    full = {"domain": domain, **data, "support": support, "mean": mean, "weights": weights, "uniform": uniform}
    symbol = Symbol(spec.name, spec.where, type_, "random", data=full)
    symbol.data["weights_symbol"] = Symbol(say("symbols.weights", name=spec.name), spec.where, SCALAR, "weights")
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


def law_value(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {law: …}; with index: and over: a family of independent values, normal or finite."""
    text = text_of(value, "law", "symbols.law")
    tokens = tokenise(text)
    names = hole_names(spec)
    holes = holes_of(spec, value, scope, names) if names else ()
    indices = {hole.token: Index(hole.token) for hole in holes}
    parser = formula(tokens, scope)
    parser.indices.update(indices)
    law = read_law(parser, tokens, 0)
    fit = law.name == "N" or (law.name in FINITE and len(holes) == 1)
    refuse_if(holes and not fit, "symbols.law-family", name=law.name, count=len(holes))
    type_ = read_type(str(value["of"]), scope)[0] if "of" in value else type_of(law)
    law = elsewhere(fitted(law, type_))
    data = {"law": law, "domain": type_.kind, "indices": tuple(indices.values())}
    return finish(Symbol(spec.name, spec.where, type_, "law", holes, data), scope, list(law.params))
