"""Symbol specifications (`symbols:`) to symbols: types, families, functions, definitions, solved and random values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from proofweave.check.language import SCALAR, CheckError, Entry, Node, Scope, Symbol, read_key
from proofweave.check.symbols.definitions import definition
from proofweave.check.symbols.forms import family, function, law_value, least, random_value, solved
from proofweave.check.symbols.motions import flow, sequence
from proofweave.check.symbols.planes import WORDS, planar
from proofweave.check.symbols.reading import arguments, finish, hole_names, near, read_type
from proofweave.core import SymbolSpec, say

DIFFERENTIAL = "differential"  # what a letter is declared as that a size of the same name would else hide


class Form(NamedTuple):
    """How a specification of some form is read, and the other keys it takes."""

    read: Callable[[SymbolSpec, Mapping[str, object], Scope], Symbol]
    keys: tuple[str, ...]


FORMS = {
    "family": Form(family, ("index", "over")),
    "function": Form(function, ("of", "to", "constant", "modulus", "index", "over")),
    "define": Form(definition, ("of", "index", "over")),
    "argmin": Form(solved, ("over", "type", "subject_to")),
    "argmax": Form(solved, ("over", "type", "subject_to")),
    "least": Form(least, ("over",)),
    "random": Form(random_value, ("support", "mean", "weights", "iid", "index")),
    "law": Form(law_value, ("of", "index", "over")),
    "sequence": Form(sequence, ("start", "next", "over", "index")),
    "flow": Form(flow, ("of", "start", "velocity")),
}


def declare(scope: Scope, specs: Iterable[SymbolSpec]) -> list[Entry]:
    """Add the symbols of one `symbols:` to a scope; each is built on first use."""
    entries: list[Entry] = []
    constants: list[SymbolSpec] = []
    for spec in map(_flat, specs):
        holes = hole_names(spec)
        entries.append(scope.declare(spec.name, spec.where, _maker(spec, scope), holes))
        entries[-1].because, entries[-1].stated = spec.because, spec.stated
        if isinstance(spec.value, Mapping) and ("constant" in spec.value or "modulus" in spec.value):
            constants.append(spec)
    for spec in constants:
        assert isinstance(spec.value, Mapping)
        for key in ("constant", "modulus"):
            if key in spec.value:
                name = str(spec.value[key])
                make, holes = _constant_maker(spec, scope, key), _constant_holes(spec, name)
                entry = scope.declare(name, spec.where, make, holes)
                entry.because, entry.stated = spec.because, spec.stated
    return entries


def _flat(spec: SymbolSpec) -> SymbolSpec:
    """Return {family: {function: …}, index, over} as the function with that index."""
    value = spec.value
    if not isinstance(value, Mapping) or not isinstance(value.get("family"), Mapping):
        return spec
    inner = value["family"]
    assert isinstance(inner, Mapping)
    return replace(spec, value={**inner, **{k: v for k, v in value.items() if k != "family"}})


def _maker(spec: SymbolSpec, scope: Scope) -> Callable[[], Symbol]:
    def make() -> Symbol:
        try:
            symbol = build(spec, scope)
            symbol.data["written"] = spec.value
            return symbol
        except CheckError as error:
            if error.where is None:
                error.where, error.at = spec.where, None
                error.what = say("symbols.symbol", name=spec.name, what=error.what)
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


def build(spec: SymbolSpec, scope: Scope) -> Symbol:
    """Return the symbol of a specification."""
    if isinstance(spec.value, Mapping):
        return _mapping(spec, spec.value, scope)
    if spec.value == DIFFERENTIAL:
        return Symbol(spec.name, spec.where, SCALAR, DIFFERENTIAL)
    if arguments(str(spec.value))[0] in WORDS:
        return planar(spec, str(spec.value), scope)
    type_, domain, data = read_type(str(spec.value), scope)
    role = "int" if domain == "int" else "free"
    symbol = Symbol(spec.name, spec.where, type_, role, data={"domain": domain, **data})
    return finish(symbol, scope, [end for end in data.values() if isinstance(end, Node)])


def _mapping(spec: SymbolSpec, value: Mapping[str, object], scope: Scope) -> Symbol:
    name = next((key for key in FORMS if key in value), None)
    if name is None:
        hint = near(next(iter(map(str, value)), ""), FORMS)
        raise CheckError("symbols.no-form-near" if hint else "symbols.no-form", names=", ".join(FORMS), hint=hint)
    form = FORMS[name]
    for key in value:
        if key != name and key not in form.keys:
            hint = near(str(key), form.keys) or say("symbols.takes", name=name, keys=", ".join(form.keys))
            raise CheckError("symbols.unknown-key", key=key, hint=hint)
    return form.read(spec, value, scope)
