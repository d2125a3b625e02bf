"""The types of expressions: what an array means, with sizes kept symbolic until instances are drawn."""

from dataclasses import dataclass
from typing import TypeVar

from proofweave.core import Where, say

T = TypeVar("T")


class CheckError(Exception):
    """An equation that cannot be read or evaluated: why, by a key of the table of words, and where in its TeX.

    `where` is set when the fault lies in a symbol's declaration instead.
    """

    def __init__(self, key: str, at: int | None = None, where: Where | None = None, /, **values: object) -> None:
        self.what: str = say(key, **{name: _plain(value) for name, value in values.items()})
        self.at, self.where = at, where
        super().__init__(self.what)


def required(value: T | None, key: str, at: int | None = None, /, **values: object) -> T:
    """Return a value, or raise the CheckError of a key where there is none."""
    if value is None:
        raise CheckError(key, at, **values)
    return value


def _plain(value: object) -> str | float:
    return value if isinstance(value, str | int | float) else str(value)


def refuse_if(wrong: object, key: str, at: int | None = None, where: Where | None = None, /, **values: object) -> None:
    """Raise the CheckError of a key where something is wrong."""
    if wrong:
        raise CheckError(key, at, where, **values)


class TooLarge(CheckError):
    """One evaluation would need too much memory at this batch size."""


class OutOfTime(CheckError):
    """An equation's time is used up."""


TIMES = "·"  # between the size symbols of a product, such as the size of vec(A)


@dataclass(frozen=True, slots=True)
class Dim:
    """A size: an integer combination of size symbols and their products, such as n, n - 1, m n or 3."""

    terms: tuple[tuple[str, int], ...] = ()
    const: int = 0

    def __add__(self, other: "Dim") -> "Dim":
        total = dict(self.terms)
        for name, factor in other.terms:
            total[name] = total.get(name, 0) + factor
        kept = tuple(sorted((name, factor) for name, factor in total.items() if factor))
        return Dim(kept, self.const + other.const)

    def times(self, factor: int) -> "Dim":
        """Return the size multiplied by an integer."""
        return Dim(tuple((name, f * factor) for name, f in self.terms if factor), self.const * factor)

    def by(self, other: "Dim") -> "Dim":
        """Return the product of two sizes, whose terms are products of size symbols."""
        total = self.times(other.const) + other.times(self.const) + Dim((), -self.const * other.const)
        for name, factor in self.terms:
            for more, times in other.terms:
                both = TIMES.join(sorted([*name.split(TIMES), *more.split(TIMES)]))
                total = total + Dim(((both, factor * times),))
        return total

    def names(self) -> tuple[str, ...]:
        """Return the size symbols that a size is made of."""
        return tuple(dict.fromkeys(part for name, _ in self.terms for part in name.split(TIMES)))

    def __str__(self) -> str:
        parts = [name if factor == 1 else f"{factor}{name}" for name, factor in self.terms]
        if self.const or not parts:
            parts.append(str(self.const))
        return "+".join(parts).replace("+-", "-")


@dataclass(frozen=True, slots=True)
class Type:
    """A type: `kind` names it, `dims` are its sizes (None where it takes the size of what it meets).

    A function has `args` and gives `result`; a bool is a relation.
    """

    kind: str
    dims: tuple[Dim | None, ...] = ()
    args: "tuple[Type, ...]" = ()
    result: "Type | None" = None

    @property
    def rank(self) -> int:
        """The number of array axes a value of this type has."""
        return len(self.dims)

    def __str__(self) -> str:
        if self.kind == "function":
            return say("parse.function-of-types", types=", ".join(map(str, self.args)))
        if not self.dims:
            return say("parse.bool") if self.kind == "bool" else self.kind
        return f"{self.kind}({', '.join('?' if dim is None else str(dim) for dim in self.dims)})"


SCALAR = Type("scalar")
BOOL = Type("bool")


def vector(dim: Dim | None) -> Type:
    """Return the type of column vectors."""
    return Type("vector", (dim,))


def row(dim: Dim | None) -> Type:
    """Return the type of transposed vectors."""
    return Type("row", (dim,))


def matrix(rows: Dim | None, columns: Dim | None) -> Type:
    """Return the type of matrices."""
    return Type("matrix", (rows, columns))


def meet(a: Dim | None, b: Dim | None, at: int | None, what: str) -> Dim | None:
    """Return the common size of two that must agree."""
    if a is None or a == b:
        return b
    if b is None:
        return a
    raise CheckError("parse.sizes-differ", at, what=what, a=a, b=b)


def unify(a: Type, b: Type, at: int | None, what: str) -> Type:
    """Return the common type of two sides that must agree."""
    refuse_if(a.kind != b.kind or a.kind in ("function", "bool"), "parse.types-differ", at, what=what, a=a, b=b)
    return Type(a.kind, tuple(meet(x, y, at, what) for x, y in zip(a.dims, b.dims, strict=True)))


def product(a: Type, b: Type, at: int | None) -> Type:
    """Return the type of a b written side by side."""
    if a.kind == "scalar":
        return b
    if b.kind == "scalar":
        return a
    pair = (a.kind, b.kind)
    if pair == ("vector", "row"):
        return matrix(a.dims[0], b.dims[0])
    if pair in (("matrix", "vector"), ("matrix", "matrix"), ("row", "vector"), ("row", "matrix")):
        meet(a.dims[-1], b.dims[0], at, say("parse.product"))
    if pair == ("matrix", "vector"):
        return vector(a.dims[0])
    if pair == ("matrix", "matrix"):
        return matrix(a.dims[0], b.dims[1])
    if pair == ("row", "vector"):
        return SCALAR
    if pair == ("row", "matrix"):
        return row(b.dims[1])
    refuse_if(pair == ("vector", "vector"), "parse.two-columns", at)
    raise CheckError("parse.no-product", at, a=a, b=b)
