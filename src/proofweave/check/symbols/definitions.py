"""Definitions: symbols that stand for an expression, from `define:` in a specification or `defines:` of an equation."""

from collections.abc import Mapping

from proofweave.check.language import (
    CheckError,
    Hole,
    Index,
    Node,
    Scope,
    Symbol,
    Token,
    Type,
    complex_symbol,
    nesting,
    read_key,
    refuse_if,
    required,
    tokenise,
)
from proofweave.check.parse import formula, read_expression
from proofweave.check.symbols.reading import finish, hole_names, holes_of, sizes, text_of
from proofweave.check.syntax import RELATIONS, Parser, as_dim, used_range
from proofweave.core import Equation, SymbolSpec, Where


def definition(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    """Return the symbol of {define: …}."""
    body = text_of(value, "define", "symbols.definition")
    params: list[Symbol] = []
    inner = scope
    if "of" in value:
        inner = Scope(scope)
        for part in text_of(value, "of", "symbols.definition").split(","):
            params.append(parameter(part.strip(), scope))
            inner.bind(params[-1])
    return defined(spec.name, spec.where, body, inner, scope, tuple(params), value, hole_names(spec))


def parameter(name: str, scope: Scope) -> Symbol:
    """Return a function's formal parameter: it has the type of the declared symbol of that name."""
    declared = required(scope.get(name), "symbols.declare-first", name=name)
    return Symbol(name, declared.where, declared.type, "bound", data=_as_bound(declared), needs=sizes(declared))


def _as_bound(declared: Symbol) -> dict[str, object]:
    """Return what a parameter has of the symbol it stands for; that its values may be complex too."""
    return {**declared.data, "complex": complex_symbol(declared)}


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
    tree = read_expression(body, inner, indices) if isinstance(body, str) else body
    type_ = tree.type
    refuse_if(type_.kind in ("function", "bool"), "symbols.needs-value")
    refuse_if(None in type_.dims, "symbols.open-size")
    if params:
        type_ = Type("function", (), tuple(p.type for p in params), type_)
    data: dict[str, object] = {"body": tree, "indices": tuple(indices[h.token] for h in holes)}
    symbol = Symbol(name, where, type_, "define", holes, data, params)
    return finish(symbol, scope, [tree], params)


def define(equation: Equation, name: str, scope: Scope) -> Symbol:
    """Return the symbol that an equation defines: a value, a family with a free index, or a function."""
    tokens = [t for t in scope.named(tokenise(equation.tex)) if t.kind != "amp"]
    key = tokenise(name)
    cut = next((k for k, t in enumerate(tokens) if t.text in RELATIONS), None)
    if cut is None or tokens[cut].text not in ("=", r"\equiv", ":"):
        raise CheckError("symbols.definition-form", 0)
    start = cut + 1 if tokens[cut].text != ":" else cut + 2
    left, right = tokens[:cut], tokens[start:]
    while right and (right[-1].text in (",", ".", "。", "，") or right[-1].kind == "sep"):
        right.pop()
    if any(t.text in RELATIONS and not _nested(right, k) for k, t in enumerate(right)):
        raise CheckError("symbols.second-relation", right[0].at)
    params = _parameters(left, key, scope, name)
    inner = scope
    if params:
        inner = Scope(scope)
        for param in params:
            inner.bind(param)
    existing = scope.get(name)
    parser = formula(right, inner, tokens[-1].end)
    indices = _left_indices(name, parser)
    tree = parser.expression()
    parser.finish()
    holes = _holes(indices, parser, existing)
    stray = [index for index in parser.free if index not in {hole.token for hole in holes}]
    if stray:
        raise CheckError("parse.not-declared", tree.at, name=stray[0])
    index_map = {hole.token: indices[hole.token] for hole in holes}
    symbol = defined(name, equation.where, tree, inner, scope, params, None, (), index_map, holes)
    if existing is not None and existing.type != symbol.type:
        raise CheckError("symbols.redeclared", tree.at, name=name, declared=existing.type, type=symbol.type)
    return symbol


def _nested(tokens: list[Token], place: int) -> bool:
    depth = 0
    for token in tokens[:place]:
        depth += nesting(token)
        if token.text in (r"\{", "[", "("):
            depth += 1
        if token.text in (r"\}", "]", ")"):
            depth -= 1
    return depth > 0


def _texts(tokens: tuple[Token, ...] | list[Token]) -> list[str]:
    return [t.text for t in tokens if t.kind not in ("open", "close", "sep")]


def _parameters(left: list[Token], key: tuple[Token, ...], scope: Scope, name: str) -> tuple[Symbol, ...]:
    texts, wanted = _texts(left), _texts(key)
    if texts == wanted:
        return ()
    rest = texts[len(wanted) :]
    if texts[: len(wanted)] != wanted or rest[:1] != ["("] or rest[-1:] != [")"]:
        raise CheckError("symbols.left-side", left[0].at if left else 0, name=name)
    opening = next(k for k, t in enumerate(left) if t.text == "(")
    parts: list[list[Token]] = [[]]
    for token in left[opening + 1 : -1]:
        if token.text in (",", ";"):
            parts.append([])
        else:
            parts[-1].append(token)
    found = []
    for part in parts:
        match = scope.match(part, 0) if part else None
        if match is None or match.stop != len(part):
            written = "".join(t.text for t in part)
            raise CheckError("symbols.declare-first", left[opening].at, name=written)
        found.append(parameter(match.symbol.name, scope))
    return tuple(found)


def _left_indices(name: str, parser: Parser) -> dict[str, Index]:
    """Return the indices in the defined name's scripts that may turn it into a family."""
    last = read_key(name)[-1]
    names = [text for text in last.sub + last.sup if text.isalpha() and len(text) == 1]
    indices = {text: Index(text) for text in names if parser.scope.entries.get(read_key(text)) is None}
    parser.indices.update(indices)
    parser.subscripted = parser.subscripted | frozenset(indices)
    return indices


def _holes(indices: dict[str, Index], parser: Parser, existing: Symbol | None) -> tuple[Hole, ...]:
    holes: list[Hole] = []
    for token, index in indices.items():
        found = used_range(index, parser.uses)
        declared = next((hole for hole in existing.holes if hole.token == token), None) if existing else None
        if found is not None:
            holes.append(Hole(token, as_dim(found[0]), as_dim(found[1])))
        elif declared is not None:
            holes.append(declared)
    return tuple(holes)
