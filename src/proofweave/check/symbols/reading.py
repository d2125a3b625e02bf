"""What all symbol specifications are read with: types, sizes, ranges, indices, and what a symbol needs."""

import difflib
import re
from collections.abc import Iterable, Mapping

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
    is_complex,
    matrix,
    named_in,
    read_key,
    refuse_if,
    row,
    vector,
)
from proofweave.check.parse import read_expression, refuse_complex
from proofweave.check.syntax import as_dim, fit
from proofweave.core import SymbolSpec, say

VECTORS = ("vector", "row", "unit", "simplex")
SQUARES = ("symmetric", "psd", "spd", "orthogonal", "diagonal")
SCALARS = ("scalar", "positive", "nonneg", "interval", "int", "size", "real")
ENTRYWISE = ("positive", "nonneg")  # with sizes, the vectors and matrices of such entries
KNOWN = (*SCALARS, *VECTORS, "matrix", *SQUARES, "subset")
COMPLEX = ("complex", "hermitian", "unitary", "imaginary")


def near(word: str, known: Iterable[str]) -> str:
    """Return the question whether the known word most like one is meant, or an empty string."""
    found = difflib.get_close_matches(word, list(known), 1)
    return say("symbols.did-you-mean", name=found[0]) if found else ""


def text_of(value: Mapping[str, object], key: str, what: str) -> str:
    """Return the text of a key that a form of specification, named by its key in the table of words, must have."""
    if key not in value:
        raise CheckError("symbols.needs-key", what=say(what), key=key)
    found = value[key]
    refuse_if(isinstance(found, Mapping | list | tuple), "symbols.must-be-text", key=key)
    return str(found)


def value_of(text: str, type_: Type, scope: Scope, indices: Mapping[str, Index] | None = None) -> Node:
    """Read an expression whose value must have a type."""
    return fit(read_expression(text, scope, indices), type_, say("parse.value"))


def read_type(text: str, scope: Scope) -> tuple[Type, str, dict[str, object]]:
    """Read a type such as vector(d) or interval(0, 1): the type, the sampler's name, and its bounds."""
    match = re.fullmatch(r"\s*([a-z_]+)\s*(?:\((.*)\))?\s*", text, re.S)
    if match is None or match.group(1) not in KNOWN:
        refuse_if(match is not None and match.group(1) in COMPLEX, "symbols.complex-here", text=text)
        names = (*KNOWN, *COMPLEX)
        hint = near(match.group(1) if match else text, names) or say("symbols.known", names=", ".join(names))
        raise CheckError("symbols.unknown-type", text=text, hint=hint)
    word, inside = match.group(1), match.group(2)
    args = _arguments(inside)
    if word == "int" or (word == "size" and not args):
        lo, hi = read_range("1.." if word == "size" else inside or "", scope, may_be_open=True)
        return SCALAR, "int", {"lo": lo, "hi": hi}
    if word in ENTRYWISE and args:
        refuse_if(len(args) > 2, "parse.arity", name=word, wanted=2, found=len(args))
        entries = [read_size(arg, scope) for arg in args]
        return (vector(entries[0]) if len(args) == 1 else matrix(*entries)), word, {}
    wanted = {"matrix": 2, "interval": 2}.get(word, 0 if word in SCALARS else 1)
    refuse_if(len(args) != wanted, "parse.arity", name=word, wanted=wanted, found=len(args))
    if word == "interval":
        return SCALAR, word, {"lo": read_expression(args[0], scope), "hi": read_expression(args[1], scope)}
    if word in SCALARS:
        return SCALAR, "scalar" if word == "real" else word, {}
    dims = [read_size(arg, scope) for arg in args]
    if word == "subset":
        return Type("set", (dims[0],)), word, {}
    if word == "row":
        return row(dims[0]), "vector", {}
    if word in VECTORS:
        return vector(dims[0]), word, {}
    return matrix(dims[0], dims[-1]), word, {}


def arguments(text: str) -> tuple[str, list[str]]:
    """Return the word of a type and what stands in its brackets."""
    match = re.fullmatch(r"\s*([a-z_]+)\s*(?:\((.*)\))?\s*", text, re.S)
    return (match[1], _arguments(match[2])) if match else (text, [])


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
    refuse_if(not text.strip(), "symbols.size-missing")
    return as_dim(read_expression(text, scope))


def read_range(text: str, scope: Scope, may_be_open: bool = False) -> tuple[Node, Node]:
    """Read a..b; where it may be open, an end that is left out is infinite."""
    lo, dots, hi = (part.strip() for part in text.partition(".."))
    if not dots or ".." in hi or not (may_be_open or (lo and hi)):
        raise CheckError("symbols.range", found=text or say("symbols.nothing"))
    return read_expression(lo or r"-\infty", scope), read_expression(hi or r"\infty", scope)


def hole_names(spec: SymbolSpec) -> tuple[str, ...]:
    """Return the indices of a family or sequence, as its name writes them."""
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


def holes_of(spec: SymbolSpec, value: Mapping[str, object], scope: Scope, names: tuple[str, ...]) -> tuple[Hole, ...]:
    """Return a family's indices with the ranges of over:."""
    ranges = [part.strip() for part in text_of(value, "over", "symbols.family").split(",")]
    refuse_if(len(ranges) != len(names), "symbols.ranges", count=len(names))
    last = read_key(spec.name)[-1]
    for name in names:
        refuse_if(name not in last.sub + last.sup, "symbols.index-in-name", index=name, name=spec.name)
    holes = []
    for name, text in zip(names, ranges, strict=True):
        lo, hi = read_range(text, scope)
        holes.append(Hole(name, as_dim(lo), as_dim(hi)))
    return tuple(holes)


def sizes(symbol: Symbol) -> tuple[Symbol, ...]:
    """Return the int symbols that a symbol needs."""
    return tuple(s for s in symbol.needs if s.role == "int")


def size_symbols(dim: Dim | None, scope: Scope) -> list[Symbol]:
    """Return the symbols a size is made of."""
    found = [scope.get(name) for name in (dim.names() if dim else ())]
    return [symbol for symbol in found if symbol is not None]


def finish(symbol: Symbol, scope: Scope, trees: list[Node], own: tuple[Symbol, ...] = ()) -> Symbol:
    """Record what a symbol's value needs: everything its trees name, and its sizes."""
    for tree in trees:
        refuse_complex(tree)
        refuse_if(symbol.role not in ("define", "sequence") and is_complex(tree), "symbols.complex-value", tree.at)
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
