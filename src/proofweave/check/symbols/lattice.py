"""Which declarations are more general than others: what is claimed for the wider one covers the narrower one.

`covers` is sure where it says yes; where two declarations cannot be compared, the narrower reading is assumed.
"""

import math
from collections.abc import Iterable, Mapping

from proofweave.check.language import Dim, Node, Symbol, Type, endless, same

ABOVE: Mapping[str, tuple[str, ...]] = {
    "positive": ("nonneg",),
    "simplex": ("nonneg",),
    "psd": ("symmetric",),
    "spd": ("psd",),
    "diagonal": ("symmetric",),
}
"""The next wider domains of a domain; of all others these are the reals, vectors or matrices without more."""

CLASSES: Mapping[str, tuple[str, ...]] = {
    "quadratic": ("smooth",),
    "strongly_convex": ("convex",),
}
"""What a class of functions has by itself; other classes are compared by their names."""

RANKS = {"scalar": 0, "vector": 1, "row": 1, "matrix": 2}
DRAWN = frozenset(("free", "int", "function", "random", "law", "constant"))
"""The roles of symbols that stand for any value; the others are determined by a definition."""


def open_symbol(symbol: Symbol) -> bool:
    """Tell whether a symbol stands for any value of its type rather than for a defined one."""
    return symbol.role in DRAWN


def upper_bound(symbol: Symbol) -> str | None:
    """Return the number that bounds an integer from above, as text; None where nothing does, or other symbols do."""
    if symbol.role != "int" or endless(symbol.data["hi"]):
        return None
    value = constant(symbol.data["hi"])
    return f"{value:g}" if value is not None else None


def constant(node: Node) -> float | None:
    """Return the value of a number as it is written, with a sign or without."""
    if node.op in ("num", "constant"):
        return float(node.data)
    inside = constant(node.args[0]) if node.op == "neg" else None
    return None if inside is None else -inside


def covers(wide: Symbol, narrow: Symbol) -> bool:
    """Tell whether all that the narrow symbol may be is what the wide one may be too."""
    if not open_symbol(wide):
        return False
    if wide.role == narrow.role and wide.data.get("written") == narrow.data.get("written"):
        return True  # what it names is compared for itself
    if narrow.role == "constant":
        return wide.role == "constant" or _covers_constant(wide)
    if wide.role != narrow.role:
        return _other_role(wide, narrow)
    if not _sizes(wide, narrow):
        return False
    if wide.role == "int":
        return _within(_ends(narrow), _ends(wide))
    if wide.role == "function":
        return _classes(wide) <= _classes(narrow)
    if wide.role == "random":
        own = [symbol.data.get("parent", symbol) for symbol in (wide, narrow)]
        return _domain(*own) and _moments(*own)
    return wide.role == "free" and _domain(wide, narrow)


def _covers_constant(wide: Symbol) -> bool:
    return wide.role == "free" and wide.type.rank == 0 and wide.data["domain"] in ("scalar", "nonneg", "positive")


def _other_role(wide: Symbol, narrow: Symbol) -> bool:
    """Tell whether a symbol of one role is more general than one of another: a random value than a fixed one, …"""
    if wide.role == "function":
        return narrow.role in ("free", "int")
    if narrow.role == "int":
        return wide.role == "free" and (wide.type.rank > 0 or _within(_ends(narrow), _ends(wide)))
    return wide.role in ("random", "law") and narrow.role == "free"


def _sizes(wide: Symbol, narrow: Symbol) -> bool:
    """Tell whether the wide symbol has as many sizes and members to choose, and at least the narrow one's rank."""
    if wide.type.kind == "function" or narrow.type.kind == "function":
        types = [(a, b) for a, b in zip(wide.type.args, narrow.type.args, strict=False)]
        fit = len(wide.type.args) == len(narrow.type.args)
    else:
        types, fit = [(wide.type, narrow.type)], True
    fit = fit and all(RANKS.get(a.kind, -1) >= RANKS.get(b.kind, -1) for a, b in types)
    if not fit or len(wide.holes) < len(narrow.holes):
        return False
    return _freedom(_dims(wide, [a for a, _ in types])) >= _freedom(_dims(narrow, [b for _, b in types]))


def _dims(symbol: Symbol, types: Iterable[Type]) -> list[Dim]:
    dims = [dim for type_ in types for dim in type_.dims if dim is not None]
    return [*dims, *(hole.hi for hole in symbol.holes)]


def _freedom(dims: Iterable[Dim]) -> int:
    """Return how many sizes may be chosen apart from one another."""
    return len({name for dim in dims for name in dim.names()})


def _ends(symbol: Symbol) -> tuple[Node | float, Node | float]:
    """Return the ends of what a number may be."""
    least = {"positive": 0.0, "nonneg": 0.0}.get(str(symbol.data.get("domain")), -math.inf)
    ends = (symbol.data.get("lo", least), symbol.data.get("hi", math.inf))
    read = [constant(end) if isinstance(end, Node) else end for end in ends]
    lo, hi = (end if value is None else value for end, value in zip(ends, read, strict=True))
    return lo, hi


def _within(inner: tuple[Node | float, Node | float], outer: tuple[Node | float, Node | float]) -> bool:
    """Tell whether a range lies in another; ends that are no numbers must be the same."""
    fits = [
        inside == outside
        or (isinstance(outside, float) and math.isinf(outside))
        or (isinstance(inside, Node) and isinstance(outside, Node) and same(inside, outside))
        or (isinstance(inside, float) and isinstance(outside, float) and sign * inside <= sign * outside)
        for inside, outside, sign in zip(inner, outer, (-1, 1), strict=True)
    ]
    return all(fits)


def _domain(wide: Symbol, narrow: Symbol) -> bool:
    """Tell whether values of a domain all lie in another."""
    if RANKS.get(wide.type.kind, -1) > RANKS.get(narrow.type.kind, -1):
        return _plain(wide)
    if _plain(wide):
        return True
    names = (wide.data["domain"], narrow.data["domain"])
    if "interval" in names and wide.type.rank == 0:
        return _within(_ends(narrow), _ends(wide))
    return names[0] in _all(names[1], ABOVE)


def _plain(symbol: Symbol) -> bool:
    return symbol.data["domain"] in ("scalar", "vector", "matrix")


def _all(name: str, above: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Return a name and all above it."""
    return {name}.union(*(_all(other, above) for other in above.get(name, ())))


def _classes(symbol: Symbol) -> set[str]:
    """Return all that a sampled function is known to be."""
    own = {"smooth"} if symbol.data.get("constant") and "lipschitz" not in symbol.data["classes"] else set()
    return own.union(*(_all(word, CLASSES) for word in symbol.data["classes"]))


def _moments(wide: Symbol, narrow: Symbol) -> bool:
    """Tell whether nothing is asked of a random value's mean and weights that is not asked of the narrow one's."""
    mean, own = wide.data.get("mean"), narrow.data.get("mean")
    if mean is not None and (own is None or not same(mean, own)):
        return False
    return not wide.data.get("uniform") or bool(narrow.data.get("uniform"))
