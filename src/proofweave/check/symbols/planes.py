"""Complex symbols: made of real ones that are drawn, moved and made exact like any other."""

from collections.abc import Mapping

from proofweave.check.language import CheckError, Index, Node, Scope, Symbol, Type, refuse_if, substitute
from proofweave.check.parse import read_expression
from proofweave.check.symbols.reading import arguments, finish, hole_names, holes_of, read_type
from proofweave.check.syntax import dim_node
from proofweave.core import SymbolSpec

CARTESIAN = r"a + \mathrm{i} b"
HERMITIAN = r"\frac{1}{2}(a + a^\top) + \frac{\mathrm{i}}{2}(a - a^\top)"
ROTATED = rf"b (I + \mathrm{{i}}({HERMITIAN}))^{{-1}}(I - \mathrm{{i}}({HERMITIAN}))"
FORMS = {
    ("imaginary", 0): (r"\mathrm{i}", ()),
    ("complex", 0): (CARTESIAN, ("scalar", "scalar")),
    ("complex", 1): (CARTESIAN, ("vector({0})", "vector({0})")),
    ("complex", 2): (CARTESIAN, ("matrix({0}, {1})", "matrix({0}, {1})")),
    ("hermitian", 1): (HERMITIAN, ("matrix({0}, {0})",)),
    ("unitary", 1): (ROTATED, ("matrix({0}, {0})", "orthogonal({0})")),
}
"""How a complex value of some type follows from real ones, and what these are: their types, by the sizes written."""

WORDS = frozenset(word for word, _ in FORMS)
PARTS = (r"\operatorname{Re} ", r"\operatorname{Im} ")


def planar(spec: SymbolSpec, text: str, scope: Scope, value: Mapping[str, object] | None = None) -> Symbol:
    """Return the symbol of a complex type such as complex(d), or the family of such values."""
    word, args = arguments(text)
    found = FORMS.get((word, len(args)))
    if found is None:
        counts = sorted(count for name, count in FORMS if name == word)
        raise CheckError("parse.arity", name=word, wanted=" / ".join(map(str, counts)), found=len(args))
    body, types = found
    names = hole_names(spec) if value is not None else ()
    refuse_if(value is not None and (not names or not types), "symbols.family-index")
    holes = holes_of(spec, value or {}, scope, names) if names else ()
    indices = tuple(Index(hole.token) for hole in holes)
    places = tuple(
        Node(
            "at", (Node("index", (), Type("scalar"), 0, 0, index), dim_node(h.lo), dim_node(h.hi)), Type("scalar"), 0, 0
        )
        for index, h in zip(indices, holes, strict=True)
    )
    inner, parts = Scope(), []
    for letter, type_text in zip("ab", types, strict=False):
        type_, domain, data = read_type(type_text.format(*args), scope)
        part = Symbol(letter, spec.where, type_, "free", data={"domain": domain, "part": True, **data})
        inner.bind(part)
        parts.append(part)
    tree = read_expression(body, inner)
    for part, title in zip(parts, PARTS, strict=False):
        part.name, part.holes = title + spec.name, holes
        finish(part, scope, [])
    if holes:
        members = {part: Node("member", places, part.type, 0, 0, part) for part in parts}
        tree = substitute(tree, members)
    symbol = Symbol(
        spec.name, spec.where, tree.type, "define", holes, {"body": tree, "indices": indices, "plane": word}
    )
    return finish(symbol, scope, [tree])
