"""Symbol specifications (`symbols:`) to symbols: types, families, functions, definitions, solved and random values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type, matrix, vector
from proofweave.check.language.names import read_key
from proofweave.check.language.needs import named_in
from proofweave.check.language.scope import Entry, Hole, Scope, Symbol
from proofweave.check.language.tokens import tokenise
from proofweave.check.language.tree import Index, Node, number
from proofweave.check.parse.names import as_dim
from proofweave.check.parse.parser import Parser
from proofweave.core.types import SymbolSpec, Where

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
    "flow": ("of", "start", "velocity"),
}


def declare(scope: Scope, specs: Iterable[SymbolSpec]) -> list[Entry]:
    """Add the symbols of one `symbols:` to a scope; each is built on first use."""
    entries: list[Entry] = []
    constants: list[SymbolSpec] = []
    for spec in map(_flat, specs):
        holes = hole_names(spec)
        entries.append(scope.declare(spec.name, spec.where, _maker(spec, scope), holes))
        if isinstance(spec.value, Mapping) and ("constant" in spec.value or "modulus" in spec.value):
            constants.append(spec)
    for spec in constants:
        assert isinstance(spec.value, Mapping)
        for key in ("constant", "modulus"):
            if key in spec.value:
                name = str(spec.value[key])
                scope.declare(name, spec.where, _constant_maker(spec, scope, key), _constant_holes(spec, name))
    return entries


def _flat(spec: SymbolSpec) -> SymbolSpec:
    """Return {family: {function: …}, index, over} as the function with that index."""
    value = spec.value
    if not isinstance(value, Mapping) or not isinstance(value.get("family"), Mapping):
        return spec
    inner = value["family"]
    assert isinstance(inner, Mapping)
    return SymbolSpec(spec.name, {**inner, **{k: v for k, v in value.items() if k != "family"}}, spec.where)


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
        holes = owner.holes if _constant_holes(spec, name) else ()
        return Symbol(name, spec.where, SCALAR, "constant", holes, {"of": owner, "which": key}, needs=(owner,))

    return make


def _constant_holes(spec: SymbolSpec, name: str) -> tuple[str, ...]:
    """Return the family's indices if the constant's name carries them: L_i, one for each member."""
    last = read_key(name)[-1]
    names = hole_names(spec)
    return names if names and all(hole in last.sub + last.sup for hole in names) else ()


def hole_names(spec: SymbolSpec) -> tuple[str, ...]:
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
    return finish(symbol, scope, [end for end in data.values() if isinstance(end, Node)])


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
    from proofweave.check.symbols.forms import flow, least, random_value, sequence, solved

    maker = {
        "family": _family,
        "function": _function,
        "define": _define,
        "argmin": solved,
        "argmax": solved,
        "least": least,
        "random": random_value,
        "sequence": sequence,
        "flow": flow,
    }[form]
    return maker(spec, value, scope)


def text_of(value: Mapping[str, object], key: str, what: str) -> str:
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
    from proofweave.check.parse.statement import read_statement

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


def holes_of(spec: SymbolSpec, value: Mapping[str, object], scope: Scope, names: tuple[str, ...]) -> tuple[Hole, ...]:
    ranges = [part.strip() for part in text_of(value, "over", "a family").split(",")]
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
    type_, domain, data = read_type(text_of(value, "family", "a family"), scope)
    names = hole_names(spec)
    if not names:
        raise CheckError("a family needs index:")
    holes = holes_of(spec, value, scope, names)
    symbol = Symbol(spec.name, spec.where, type_, "free", holes, {"domain": domain, **data})
    return finish(symbol, scope, [end for end in data.values() if isinstance(end, Node)])


def _function(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    words = tuple(re.split(r"[\s,]+", text_of(value, "function", "a function").strip()))
    for word in words:
        if word not in CLASSES:
            near = difflib.get_close_matches(word, CLASSES, 1)
            raise CheckError(f"unknown class {word}; " + (f"did you mean {near[0]}?" if near else ", ".join(CLASSES)))
    type_, domain, _ = read_type(text_of(value, "of", "a function"), scope)
    if type_.kind not in ("scalar", "vector") or domain not in ("scalar", "vector"):
        raise CheckError("a sampled function is of a scalar or a vector(d)")
    names = hole_names(spec)
    holes = holes_of(spec, value, scope, names) if names else ()
    data: dict[str, object] = {"classes": words, "constant": "constant" in value}
    symbol = Symbol(spec.name, spec.where, Type("function", (), (type_,), SCALAR), "function", holes, data)
    symbol = finish(symbol, scope, [])
    for dim in type_.dims:
        symbol.needs = (*symbol.needs, *size_symbols(dim, scope))
    return symbol


def _define(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    body = text_of(value, "define", "a definition")
    params: list[Symbol] = []
    inner = scope
    if "of" in value:
        inner = Scope(scope)
        for part in text_of(value, "of", "a definition").split(","):
            params.append(parameter(part.strip(), scope))
            inner.bind(params[-1])
    return defined(spec.name, spec.where, body, inner, scope, tuple(params), value, hole_names(spec))


def parameter(name: str, scope: Scope) -> Symbol:
    """Return a function's formal parameter: it has the type of the declared symbol of that name."""
    declared = scope.get(name)
    if declared is None:
        raise CheckError(f"declare {name} first: a function's argument takes its type from there")
    return Symbol(name, declared.where, declared.type, "bound", data=dict(declared.data), needs=sizes(declared))


def sizes(symbol: Symbol) -> tuple[Symbol, ...]:
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
        holes = holes_of(spec, value or {}, scope, names)
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
    return finish(symbol, scope, [tree], params)


def size_symbols(dim: Dim | None, scope: Scope) -> list[Symbol]:
    found = [scope.get(name) for name, _ in (dim.terms if dim else ())]
    return [symbol for symbol in found if symbol is not None]


def finish(symbol: Symbol, scope: Scope, trees: list[Node], own: tuple[Symbol, ...] = ()) -> Symbol:
    """Record what a symbol's value needs: everything its trees name, and its sizes."""
    needs: dict[Symbol, None] = {}
    for dim in [*symbol.type.dims, *(d for hole in symbol.holes for d in (hole.lo, hole.hi))]:
        needs.update(dict.fromkeys(size_symbols(dim, scope)))
    for param in own:
        needs.update(dict.fromkeys(sizes(param) if param is not symbol else ()))
    for tree in trees:
        needs.update({named: None for named in named_in(tree) if named not in own and named is not symbol})
    symbol.trees = tuple(trees)
    symbol.needs = tuple(n for n in needs if n.role != "bound" or n in symbol.needs)
    return symbol


__all__ = ["build", "declare", "defined", "number", "parameter", "parse_relation", "parse_tex", "read_type"]
