"""Symbol specifications (`symbols:`) to symbols: types, families, functions, definitions, solved and random values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping

from proofweave.check.kinds import SCALAR, CheckError, Dim, Type, matrix, vector
from proofweave.check.names import read_key
from proofweave.check.parse import Parser
from proofweave.check.parse_names import apply, as_dim, check_type
from proofweave.check.program import named_in
from proofweave.check.scope import Hole, Scope, Symbol
from proofweave.check.tokens import tokenise
from proofweave.check.tree import Index, Node, number
from proofweave.types import SymbolSpec, Where

VECTORS = ("vector", "unit", "simplex")
SQUARES = ("symmetric", "psd", "spd", "orthogonal", "diagonal")
SCALARS = ("scalar", "positive", "nonneg", "interval", "int", "real")
KNOWN = (*SCALARS, *VECTORS, "matrix", *SQUARES)
CLASSES = ("convex", "smooth", "quadratic", "strongly_convex", "lipschitz")
FORMS: dict[str, tuple[str, ...]] = {
    "family": ("index", "over"),
    "function": ("of", "constant", "modulus", "index", "over"),
    "define": ("of", "index", "over"),
    "argmin": ("over", "type", "subject_to"),
    "argmax": ("over", "type", "subject_to"),
    "least": ("over",),
    "random": ("support", "mean", "weights", "iid", "index"),
    "sequence": ("start", "next", "over", "index"),
}


def declare(scope: Scope, specs: Iterable[SymbolSpec]) -> None:
    """Add the symbols of one `symbols:` to a scope; each is built on first use."""
    constants: list[SymbolSpec] = []
    for spec in specs:
        holes = _hole_names(spec)
        scope.declare(spec.name, spec.where, _maker(spec, scope), holes)
        if isinstance(spec.value, Mapping) and ("constant" in spec.value or "modulus" in spec.value):
            constants.append(spec)
    for spec in constants:
        assert isinstance(spec.value, Mapping)
        for key in ("constant", "modulus"):
            if key in spec.value:
                scope.declare(str(spec.value[key]), spec.where, _constant_maker(spec, scope, key))


def _maker(spec: SymbolSpec, scope: Scope) -> Callable[[], Symbol]:
    def make() -> Symbol:
        try:
            symbol = build(spec, scope)
            symbol.data["written"] = spec.value
            return symbol
        except CheckError as error:
            if error.where is None:
                error.where = spec.where
                error.what = f"symbol {spec.name}: {error.what}"
                error.at = None
            raise

    return make


def _constant_maker(spec: SymbolSpec, scope: Scope, key: str) -> Callable[[], Symbol]:
    def make() -> Symbol:
        assert isinstance(spec.value, Mapping)
        owner = scope.get(spec.name)
        assert owner is not None
        name = str(spec.value[key])
        return Symbol(name, spec.where, SCALAR, "constant", data={"of": owner, "which": key}, needs=(owner,))

    return make


def _hole_names(spec: SymbolSpec) -> tuple[str, ...]:
    value = spec.value
    if not isinstance(value, Mapping):
        return ()
    if "index" in value:
        return tuple(part.strip() for part in str(value["index"]).split(","))
    if "sequence" in value:
        sub = read_key(spec.name)[-1]
        texts = sub.sub or tuple(t for t in sub.sup if t not in ("(", ")"))
        return texts[-1:]
    return ()


def build(spec: SymbolSpec, scope: Scope) -> Symbol:
    """Return the symbol of a specification."""
    if isinstance(spec.value, Mapping):
        return _mapping(spec, spec.value, scope)
    type_, domain, data = read_type(str(spec.value), scope)
    role = "int" if domain == "int" else "free"
    symbol = Symbol(spec.name, spec.where, type_, role, data={"domain": domain, **data})
    return _finish(symbol, scope, [end for end in data.values() if isinstance(end, Node)])


def _mapping(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    form = next((key for key in FORMS if key in value), None)
    if form is None:
        near = difflib.get_close_matches(next(iter(map(str, value)), ""), FORMS, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise CheckError(f"expected one of {', '.join(FORMS)}{hint}")
    for key in value:
        if key != form and key not in FORMS[form]:
            near = difflib.get_close_matches(str(key), FORMS[form], 1)
            hint = f"; did you mean {near[0]}?" if near else f"; {form} takes {', '.join(FORMS[form])}"
            raise CheckError(f"unknown key {key}{hint}")
    maker = {
        "family": _family,
        "function": _function,
        "define": _define,
        "argmin": _solve,
        "argmax": _solve,
        "least": _least,
        "random": _random,
        "sequence": _sequence,
    }[form]
    return maker(spec, value, scope)


def _text(value: Mapping[str, object], key: str, what: str) -> str:
    if key not in value:
        raise CheckError(f"{what} needs {key}:")
    found = value[key]
    if isinstance(found, Mapping | list | tuple):
        raise CheckError(f"{key}: must be text")
    return str(found)


def parse_tex(tex: str, scope: Scope, indices: Mapping[str, Index] | None = None) -> Node:
    """Parse one expression in a scope."""
    tokens = tokenise(tex)
    parser = Parser(tokens, scope)
    parser.indices.update(indices or {})
    node = parser.expression()
    parser.finish()
    if parser.free:
        raise CheckError(f"{next(iter(parser.free))} is not declared")
    return node


def parse_relation(tex: str, scope: Scope) -> Node:
    """Parse one relation in a scope."""
    from proofweave.check.statement import read_statement

    statement = read_statement(tex, scope)
    if len(statement.rows) != 1 or statement.free or statement.conditions:
        raise CheckError("one relation without free indices is expected here")
    return statement.rows[0]


def read_type(text: str, scope: Scope) -> tuple[Type, str, dict[str, object]]:
    """Read a type such as vector(d) or interval(0, 1): the type, the sampler's name, and its bounds."""
    match = re.fullmatch(r"\s*([a-z_]+)\s*(?:\((.*)\))?\s*", text, re.S)
    if match is None or match.group(1) not in KNOWN:
        word = match.group(1) if match else text
        near = difflib.get_close_matches(word, KNOWN, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(KNOWN)}"
        raise CheckError(f"unknown type {text}; {hint}")
    word, inside = match.group(1), match.group(2)
    if word == "int":
        lo, hi = read_range(inside or "", scope)
        return SCALAR, "int", {"lo": lo, "hi": hi}
    args = _arguments(inside)
    wanted = {"matrix": 2, "interval": 2}.get(word, 0 if word in SCALARS else 1)
    if len(args) != wanted:
        raise CheckError(f"{word} takes {wanted} arguments, not {len(args)}")
    if word == "interval":
        return SCALAR, word, {"lo": parse_tex(args[0], scope), "hi": parse_tex(args[1], scope)}
    if word in SCALARS:
        return SCALAR, "scalar" if word == "real" else word, {}
    dims = [read_size(arg, scope) for arg in args]
    if word in VECTORS:
        return vector(dims[0]), word, {}
    return matrix(dims[0], dims[-1]), word, {}


def _arguments(inside: str | None) -> list[str]:
    if inside is None or not inside.strip():
        return []
    parts, depth, current = [], 0, ""
    for char in inside:
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(char, 0)
        if char == "," and not depth:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    return [*parts, current.strip()]


def read_size(text: str, scope: Scope) -> Dim:
    """Read a size: an integer or an int symbol, or sums of them."""
    if not text.strip():
        raise CheckError("a size is missing")
    return as_dim(parse_tex(text, scope))


def read_range(text: str, scope: Scope) -> tuple[Node, Node]:
    """Read a..b."""
    if text.count("..") != 1:
        raise CheckError(f"expected a range such as 1..n, found {text or 'nothing'}")
    lo, hi = text.split("..")
    return parse_tex(lo, scope), parse_tex(hi, scope)


def _holes(spec: SymbolSpec, value: Mapping[str, object], scope: Scope, names: tuple[str, ...]) -> tuple[Hole, ...]:
    ranges = [part.strip() for part in _text(value, "over", "a family").split(",")]
    if len(ranges) != len(names):
        raise CheckError(f"{len(names)} indices need {len(names)} ranges in over:")
    last = read_key(spec.name)[-1]
    for name in names:
        if name not in last.sub + last.sup:
            raise CheckError(f"the index {name} does not stand in the name {spec.name}")
    holes = []
    for name, text in zip(names, ranges, strict=True):
        lo, hi = read_range(text, scope)
        holes.append(Hole(name, as_dim(lo), as_dim(hi)))
    return tuple(holes)


def _family(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    if isinstance(value["family"], Mapping):
        inner = {**value["family"], "index": value.get("index"), "over": value.get("over")}
        return _mapping(spec, inner, scope)
    type_, domain, data = read_type(_text(value, "family", "a family"), scope)
    names = _hole_names(spec)
    if not names:
        raise CheckError("a family needs index:")
    holes = _holes(spec, value, scope, names)
    symbol = Symbol(spec.name, spec.where, type_, "free", holes, {"domain": domain, **data})
    return _finish(symbol, scope, [end for end in data.values() if isinstance(end, Node)])


def _function(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    words = tuple(re.split(r"[\s,]+", _text(value, "function", "a function").strip()))
    for word in words:
        if word not in CLASSES:
            near = difflib.get_close_matches(word, CLASSES, 1)
            raise CheckError(f"unknown class {word}; " + (f"did you mean {near[0]}?" if near else ", ".join(CLASSES)))
    type_, domain, _ = read_type(_text(value, "of", "a function"), scope)
    if type_.kind not in ("scalar", "vector") or domain not in ("scalar", "vector"):
        raise CheckError("a sampled function is of a scalar or a vector(d)")
    names = _hole_names(spec)
    holes = _holes(spec, value, scope, names) if names else ()
    data: dict[str, object] = {"classes": words, "constant": "constant" in value}
    symbol = Symbol(spec.name, spec.where, Type("function", (), (type_,), SCALAR), "function", holes, data)
    symbol = _finish(symbol, scope, [])
    for dim in type_.dims:
        symbol.needs = (*symbol.needs, *_size_symbols(dim, scope))
    return symbol


def _define(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    body = _text(value, "define", "a definition")
    params: list[Symbol] = []
    inner = scope
    if "of" in value:
        inner = Scope(scope)
        for part in _text(value, "of", "a definition").split(","):
            params.append(parameter(part.strip(), scope))
            inner.bind(params[-1])
    return defined(spec.name, spec.where, body, inner, scope, tuple(params), value, _hole_names(spec))


def parameter(name: str, scope: Scope) -> Symbol:
    """Return a function's formal parameter: it has the type of the declared symbol of that name."""
    declared = scope.get(name)
    if declared is None:
        raise CheckError(f"declare {name} first: a function's argument takes its type from there")
    return Symbol(name, declared.where, declared.type, "bound", data=dict(declared.data), needs=_sizes(declared))


def _sizes(symbol: Symbol) -> tuple[Symbol, ...]:
    return tuple(s for s in symbol.needs if s.role == "int")


def defined(
    name: str,
    where: Where,
    body: str | Node,
    inner: Scope,
    scope: Scope,
    params: tuple[Symbol, ...] = (),
    value: Mapping[str, object] | None = None,
    names: tuple[str, ...] = (),
    indices: Mapping[str, Index] | None = None,
    holes: tuple[Hole, ...] = (),
) -> Symbol:
    """Return the symbol that stands for an expression, a family of expressions, or a function."""
    indices = dict(indices or {})
    if names:
        spec = SymbolSpec(name, "", where)
        holes = _holes(spec, value or {}, scope, names)
        indices = {hole.token: Index(hole.token) for hole in holes}
    tree = parse_tex(body, inner, indices) if isinstance(body, str) else body
    type_ = tree.type
    if type_.kind in ("function", "bool"):
        raise CheckError("a definition needs a value")
    if None in type_.dims:
        raise CheckError("the size of this definition is open; give I, 0 or 1 an index")
    if params:
        type_ = Type("function", (), tuple(p.type for p in params), type_)
    data: dict[str, object] = {"body": tree, "indices": tuple(indices[h.token] for h in holes)}
    symbol = Symbol(name, where, type_, "define", holes, data, params)
    return _finish(symbol, scope, [tree], params)


def _solve(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    key = "argmin" if "argmin" in value else "argmax"
    body = _text(value, key, key)
    inner = Scope(scope)
    target = scope.get(body) if re.fullmatch(r"\s*\\?[\w{}\\^*]+\s*", body) else None
    if target is not None and target.type.kind == "function":
        type_ = target.type.args[0]
        variable = Symbol("argument", spec.where, type_, "bound", data={"domain": type_.kind}, needs=_sizes(target))
        called = Node("sym", (), target.type, 0, 0, target)
        tree = apply(target, called, [Node("sym", (), type_, 0, 0, variable)], 0)
    else:
        name = _text(value, "over", key)
        declared = scope.get(name)
        if "type" in value:
            type_, domain, data = read_type(_text(value, "type", key), scope)
            variable = Symbol(name, spec.where, type_, "bound", data={"domain": domain, **data})
            variable.needs = tuple(s for dim in type_.dims for s in _size_symbols(dim, scope))
        elif declared is not None:
            variable = Symbol(
                name, spec.where, declared.type, "bound", data=dict(declared.data), needs=_sizes(declared)
            )
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
    return _finish(symbol, scope, [tree, *constraints], (variable,))


def _least(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    placeholder = Symbol(spec.name, spec.where, SCALAR, "bound")
    inner = Scope(scope)
    inner.bind(placeholder)
    from proofweave.check.statement import read_statement

    statement = read_statement(_text(value, "least", "least"), inner)
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
    return _finish(symbol, scope, [*statement.nodes()], (placeholder,))


def _random(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    type_, domain, data = read_type(_text(value, "random", "random"), scope)
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
    _finish(symbol, scope, trees)
    symbol.needs = (*symbol.needs, *_size_symbols(support, scope))
    if "iid" in value:
        count = read_size(str(value["iid"]), scope)
        name = _hole_names(spec)[0] if _hole_names(spec) else "i"
        sample = Symbol(spec.name, spec.where, type_, "random", (Hole(name, Dim((), 1), count),), {"parent": symbol})
        sample.needs = (symbol, *_size_symbols(count, scope))
        if _hole_names(spec):
            return sample
        symbol.data["sample"] = sample
    return symbol


def _sequence(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    type_, domain, _ = read_type(_text(value, "sequence", "a sequence"), scope)
    names = _hole_names(spec)
    if not names:
        raise CheckError(f"a sequence's name carries its index: {spec.name}_t")
    holes = _holes(spec, value, scope, names)
    symbol = Symbol(spec.name, spec.where, type_, "sequence", holes, {"domain": domain})
    inner = Scope(scope)
    inner.bind(symbol)
    index = Index(names[0])
    start = check_type(parse_tex(_text(value, "start", "a sequence"), scope), type_)
    step = check_type(parse_tex(_text(value, "next", "a sequence"), inner, {names[0]: index}), type_)
    symbol.data.update(start=start, next=step, index=index)
    return _finish(symbol, scope, [start, step], (symbol,))


def _size_symbols(dim: Dim | None, scope: Scope) -> list[Symbol]:
    found = [scope.get(name) for name, _ in (dim.terms if dim else ())]
    return [symbol for symbol in found if symbol is not None]


def _finish(symbol: Symbol, scope: Scope, trees: list[Node], own: tuple[Symbol, ...] = ()) -> Symbol:
    """Record what a symbol's value needs: everything its trees name, and its sizes."""
    needs: dict[Symbol, None] = {}
    for dim in [*symbol.type.dims, *(d for hole in symbol.holes for d in (hole.lo, hole.hi))]:
        needs.update(dict.fromkeys(_size_symbols(dim, scope)))
    for param in own:
        needs.update(dict.fromkeys(_sizes(param) if param is not symbol else ()))
    for tree in trees:
        needs.update({named: None for named in named_in(tree) if named not in own and named is not symbol})
    symbol.trees = tuple(trees)
    symbol.needs = tuple(n for n in needs if n.role != "bound" or n in symbol.needs)
    return symbol


__all__ = ["build", "declare", "defined", "number", "parameter", "parse_relation", "parse_tex", "read_type"]
