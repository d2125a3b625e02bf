"""Named laws of random values: how they are read, their densities, and expectations as integrals.

N is the normal law with its variance, U the uniform one, Exp has its rate, Laplace and Gumbel a location and a scale.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from proofweave.check.language import (
    SCALAR,
    CheckError,
    Node,
    Scope,
    Symbol,
    Token,
    Type,
    fontless,
    matrix,
    number,
    refuse_if,
    settle,
    substitute,
    tokenise,
    unify,
)
from proofweave.check.syntax import Parser, dim_node, divide, fit, multiply, node
from proofweave.core import Where, say

NOWHERE = Where("")
LINE, HALF_LINE, SEGMENT = "line", "half-line", "segment"


@dataclass(frozen=True, slots=True)
class Law:
    """A law and its parameters; equal in kind to what a symbol is drawn from."""

    name: str
    params: tuple[Node, ...]
    at: int

    @property
    def continuous(self) -> bool:
        """Whether it is a law of one number with a density."""
        return self.name in DENSITIES and all(param.type == SCALAR for param in self.params)


@dataclass(frozen=True, slots=True)
class Density:
    """The logarithm of a density, in the variable x and the parameters a and b, and where it stands."""

    log: str
    over: str


DENSITIES = {
    "N": Density(r"-\frac{(x-a)^2}{2 b} - \frac{1}{2}\log(2\pi b)", LINE),
    "U": Density(r"-\log(b - a) + 0 x", SEGMENT),
    "Exp": Density(r"\log a - a x", HALF_LINE),
    "Laplace": Density(r"-\frac{|x - a|}{b} - \log(2 b)", LINE),
    "Gumbel": Density(r"-\frac{x-a}{b} - e^{-\frac{x-a}{b}} - \log b", LINE),
}
ARITY = {"N": 2, "U": 2, "Exp": 1, "Laplace": 2, "Gumbel": 2, "Bernoulli": 1, "Rademacher": 0, "Poisson": 1}
ARITY |= {"Binomial": 2, "Categorical": 1}
NAMES = {"Normal": "N", "Uniform": "U", "Unif": "U", "Exponential": "Exp", "Bern": "Bernoulli", "Ber": "Bernoulli"}
NAMES |= {"Cat": "Categorical", "Lap": "Laplace", "Pois": "Poisson", "Bin": "Binomial", "Rad": "Rademacher"}
FINITE = frozenset(("Bernoulli", "Rademacher", "Binomial", "Categorical"))
"""The laws with finitely many outcomes."""

DEGREE = 15  # of a polynomial whose mean over a normal vector is computed exactly
LETTERS = frozenset(("N", "U"))
"""Names that are laws only in a calligraphic or upright font, as letters are taken by symbols."""


def named_law(token: Token) -> str | None:
    """Return the law a token names, or None."""
    word = re.fullmatch(r"\\[a-z]+\*?\s*\{\s*(\w+)\s*\}", token.text) if token.kind == "word" else None
    bare = word[1] if word else fontless(token.text)
    known = NAMES.get(bare, bare)
    if known not in ARITY or (bare in LETTERS and token.text == bare):
        return None
    return known


def read_law(p: Parser, tokens: Sequence[Token], at: int) -> Law:
    """Read a law such as \\mathcal{N}(\\mu, \\sigma^2)."""
    name = named_law(tokens[0]) if tokens else None
    if name is None:
        text = "".join(t.text for t in tokens)
        raise CheckError("parse.law-unknown", at, text=text, names=", ".join(ARITY))
    inner = p.sub(tokens[1:], at)
    params: list[Node] = []
    if (opening := inner.peek()) is not None:
        refuse_if(opening.text not in ("(", "["), "parse.law-parameters", opening.at, name=name, count=ARITY[name])
        with inner.within(")" if opening.text == "(" else "]", opening.at):
            params.append(inner.expression())
            while inner.take(",") or inner.take(";"):
                params.append(inner.expression())
        inner.finish()
    refuse_if(len(params) != ARITY[name], "parse.law-parameters", at, name=name, count=ARITY[name])
    return Law(name, tuple(params), at)


def fitted(law: Law, type_: Type) -> Law:
    """Return a law of values of a type, its open parameters (0, I) settled; other types are refused."""
    if law.name == "Categorical" or (type_ == SCALAR and all(param.type == SCALAR for param in law.params)):
        return law
    refuse_if(law.name != "N" or type_.kind != "vector", "parse.law-type", law.at, name=law.name, type=type_)
    what = say("parse.law-size")
    dim = type_.dims[0]
    mean = fit(law.params[0], type_, what)
    covariance = law.params[1]
    refuse_if(covariance.type.kind != "matrix", "parse.law-covariance", law.at)
    unify(covariance.type, matrix(dim, dim), covariance.at, what)
    return Law(law.name, (mean, settle(covariance, matrix(dim, dim), what)), law.at)


def elsewhere(law: Law) -> Law:
    """Return a law that is declared: its parameters are no part of the formulas that use it."""
    return Law(law.name, tuple(map(_nowhere, law.params)), law.at)


def type_of(law: Law) -> Type:
    """Return the type of a law's values, as far as its parameters say it."""
    if law.name != "N" or law.params[1].type.kind != "matrix":
        return SCALAR
    rows = law.params[1].type.dims[0]
    refuse_if(rows is None, "parse.law-open", law.at)
    return Type("vector", (rows,))


@cache
def _template(tex: str) -> tuple[Node, tuple[Symbol, ...]]:
    """Return a formula in x, a and b that stands nowhere in the text, and these symbols."""
    scope = Scope()
    symbols = tuple(Symbol(name, NOWHERE, SCALAR, "bound") for name in ("x", "a", "b"))
    for symbol in symbols:
        scope.bind(symbol)
    return _nowhere(Parser(tokenise(tex), scope).expression()), symbols


def _nowhere(tree: Node) -> Node:
    return Node(tree.op, tuple(map(_nowhere, tree.args)), tree.type, 0, 0, tree.data)


def log_density(law: Law, value: Node) -> Node:
    """Return the logarithm of a scalar law's density at a value."""
    tree, symbols = _template(DENSITIES[law.name].log)
    return substitute(tree, dict(zip(symbols, (value, *law.params), strict=False)))


def density(law: Law, value: Node, at: int, end: int) -> Node:
    """Return a law's density at a value: of a number, or of a vector under the normal law."""
    if law.continuous:
        refuse_if(DENSITIES[law.name].over != LINE, "parse.density-line", at, name=law.name)
        return node("func", (log_density(law, value),), SCALAR, at, end, ("exp", False))
    mean, covariance = law.params
    dim = covariance.type.dims[0]
    assert dim is not None
    gap = Node("add", (value, Node("neg", (mean,), mean.type, at, at)), value.type, at, at)
    inverse = Node("inverse", (covariance,), covariance.type, at, at)
    form = Node("inner", (gap, multiply([inverse, gap])), SCALAR, at, at)
    power = Node("pow", (number(2 * math.pi), dim_node(dim)), SCALAR, at, at)
    volume = Node("matfunc", (covariance,), SCALAR, at, at, "det")
    below = Node("root", (multiply([power, volume]), number(2)), SCALAR, at, at)
    above = Node("func", (multiply([number(-0.5), form]),), SCALAR, at, at, ("exp", False))
    return Node("div", (above, below), SCALAR, at, end)


def expectation(law: Law, symbol: Symbol, body: Node, at: int, end: int) -> Node:
    """Return the expectation of a body over a number with a density, as an integral."""
    variable = Node("sym", (), SCALAR, 0, 0, symbol)
    weight = Node("func", (log_density(law, variable),), SCALAR, 0, 0, ("exp", False))
    over = DENSITIES[law.name].over
    infinity = Node("constant", (), SCALAR, 0, 0, math.inf)
    lo, hi = {
        LINE: (Node("neg", (infinity,), SCALAR, 0, 0), infinity),
        HALF_LINE: (number(0), infinity),
        SEGMENT: law.params,
    }[over]
    weighted = Node("mul", (weight, body), body.type, body.at, body.end)
    return Node("integral", (lo, hi, weighted), body.type, at, end, symbol)


def divergence(one: Law, two: Law, at: int, end: int) -> Node:
    """Return the Kullback–Leibler divergence of two laws of one number, as an integral over the first."""
    refuse_if(not (one.continuous and two.continuous), "parse.kl-laws", at)
    spans = DENSITIES[one.name].over, DENSITIES[two.name].over
    refuse_if(spans[1] != LINE and spans != (HALF_LINE, HALF_LINE), "parse.kl-laws", at)
    symbol = Symbol("x", NOWHERE, SCALAR, "law", data={"law": one})
    variable = Node("sym", (), SCALAR, 0, 0, symbol)
    other = Node("neg", (log_density(two, variable),), SCALAR, at, at)
    body = Node("add", (log_density(one, variable), other), SCALAR, at, at)
    return expectation(one, symbol, body, at, end)


def average(body: Node, weight: Node, at: int, end: int) -> Node:
    """Return what is left of a body where an event has happened: its mean over the event's probability."""
    return divide(body, weight) if body.type == SCALAR else Node("div", (body, weight), body.type, at, end)
