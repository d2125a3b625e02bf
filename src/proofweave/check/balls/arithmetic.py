"""Arithmetic in balls: sums, typed products, quotients, powers, arrays, named functions, norms, lists, branches."""

import math
from collections.abc import Callable, Sequence

from flint import acb, arb, fmpq

from proofweave.check.balls import numbers as nu
from proofweave.check.balls import spectra
from proofweave.check.balls.numbers import Cannot, Num, add, mul, total
from proofweave.check.balls.state import RULES, State, Value, each, flat, numeral, value_of
from proofweave.check.balls.truth import truth
from proofweave.check.language import SCALAR, Node


@RULES("add")
def _add(node: Node, state: State) -> Value:
    out = value_of(node.args[0], state)
    for arg in node.args[1:]:
        out = each(add, out, value_of(arg, state))
    return out


@RULES("neg")
def _neg(node: Node, state: State) -> Value:
    return each(nu.neg, value_of(node.args[0], state))


@RULES("mul")
def _mul(node: Node, state: State) -> Value:
    out, kind = value_of(node.args[0], state), node.args[0].type.kind
    for arg in node.args[1:]:
        out, kind = product(out, kind, value_of(arg, state), arg.type.kind)
    return out


def product(x: Value, kind: str, y: Value, other: str) -> tuple[Value, str]:
    """Return a typed product and its kind."""
    if kind == "scalar" and other == "scalar":
        return times(x, y), kind
    if kind == "scalar":
        return each(lambda entry: mul(x, entry), y), other
    if other == "scalar":
        return each(lambda entry: mul(y, entry), x), kind
    if kind == "vector":
        return [[mul(a, b) for b in y] for a in x], "matrix"
    if kind == "row" and other == "vector":
        return dot(x, y), "scalar"
    if kind == "row":
        return [dot(x, column) for column in zip(*y, strict=True)], "row"
    if other == "vector":
        return [dot(line, y) for line in x], "vector"
    return spectra.product(x, y), "matrix"


def times(x: Num, y: Num) -> Num:
    """Return a product of numbers; 0 log 0 is 0, as only the logarithm of an exact 0 is −∞."""
    for a, b in ((x, y), (y, x)):
        if nu.is_zero(a) and isinstance(b, arb) and b == arb.neg_inf():
            return fmpq(0)
    return mul(x, y)


def dot(x: Sequence[Value], y: Sequence[Value]) -> Num:
    """Return the sum of the entrywise product."""
    return total([mul(a, b) for a, b in zip(flat(list(x)), flat(list(y)), strict=True)])


@RULES("inner")
def _inner(node: Node, state: State) -> Num:
    x, y = (value_of(arg, state) for arg in node.args)
    return dot(x, y) if node.args[0].type.rank else mul(x, y)


@RULES("hadamard")
def _hadamard(node: Node, state: State) -> Value:
    return each(mul, value_of(node.args[0], state), value_of(node.args[1], state))


@RULES("outer")
def _outer(node: Node, state: State) -> Value:
    return product(value_of(node.args[0], state), "vector", value_of(node.args[1], state), "row")[0]


@RULES("div")
def _div(node: Node, state: State) -> Value:
    below = numeral(node.args[1], state)
    if all(arg.op == "func" and arg.data[0] == "log" for arg in node.args) and node.type == SCALAR:
        found = nu.log_ratio(*(numeral(arg.args[0], state) for arg in node.args))
        if found is not None:
            return found
    return each(lambda entry: nu.div(entry, below), value_of(node.args[0], state))


@RULES("transpose")
def _transpose(node: Node, state: State) -> Value:
    value = value_of(node.args[0], state)
    return spectra.transposed(value) if node.args[0].type.kind == "matrix" else value


@RULES("pow")
def _pow(node: Node, state: State) -> Value:
    base, exponent = node.args
    if base.type.kind == "matrix":
        return spectra.power(value_of(base, state), numeral(exponent, state))
    if base.op == "constant" and base.data == math.e:
        return nu.exp(numeral(exponent, state))
    return nu.real_power(numeral(base, state), numeral(exponent, state), state.analytic)


@RULES("elementpow")
def _element_power(node: Node, state: State) -> Value:
    exponent = numeral(node.args[1], state)
    return each(lambda entry: nu.real_power(entry, exponent, state.analytic), value_of(node.args[0], state))


@RULES("root")
def _root(node: Node, state: State) -> Num:
    return nu.root(numeral(node.args[0], state), numeral(node.args[1], state), state.analytic)


@RULES("binom")
def _binom(node: Node, state: State) -> Num:
    return nu.binomial(numeral(node.args[0], state), numeral(node.args[1], state))


@RULES("array")
def _array(node: Node, state: State) -> Value:
    cells = [numeral(arg, state) for arg in node.args]
    if node.type.rank == 1:
        return cells
    width = state.shape(node)[1]
    return [cells[k : k + width] for k in range(0, len(cells), width)]


BRANCHED: dict[str, Callable[[Num, bool], Num]] = {
    "log": nu.log,
    "abs": nu.absolute,
    "sign": nu.signum,
    "softplus": nu.softplus,
    "ReLU": lambda x, analytic: nu.larger(x, fmpq(0), analytic),
}
"""Functions that are analytic on a part of the plane only."""

PLAIN: dict[str, Callable[[Num], Num]] = {
    **nu.FUNCTIONS,
    "erfc": nu.erfc,
    "floor": nu.floor,
    "ceil": lambda x: nu.neg(nu.floor(nu.neg(x))),
    "factorial": nu.factorial,
    "gamma": nu.gamma,
    "re": lambda x: nu.part_of(x, 0),
    "im": lambda x: nu.part_of(x, 1),
    "conj": nu.conjugate,
    "arg": nu.angle,
}


@RULES("func")
def _func(node: Node, state: State) -> Value:
    name = node.data[0]

    def function(x: Num) -> Num:
        if name in BRANCHED:
            return BRANCHED[name](x, state.analytic)
        if name not in PLAIN or (name in nu.CUT and isinstance(nu.primal(x), acb)):
            raise Cannot
        return PLAIN[name](x)

    return each(function, value_of(node.args[0], state))


@RULES("norm")
def _norm(node: Node, state: State) -> Num:
    x = value_of(node.args[0], state)
    which = node.data
    if not node.args[0].type.rank:
        return nu.absolute(x, state.analytic)
    if which in ("2", "F"):
        return nu.length([nu.square(a) for a in flat(x)], state.analytic)
    if which in ("op", "nuclear"):
        found = spectra.singular_values(x)
        return found[0] if which == "op" else total(found)
    size = each(lambda entry: nu.absolute(entry, state.analytic), x)
    if which in ("rows", "columns"):
        return largest([total(list(line)) for line in (size if which == "rows" else spectra.transposed(size))])
    if which == "inf":
        return largest(size)
    other = value_of(node.args[1], state)
    if which == "weighted":
        return nu.sqrt(dot(x, product(other, "matrix", x, "vector")[0]), state.analytic)
    if nu.sign(nu.sub(other, fmpq(1))) not in (0, 1):
        return nu.nan()
    powers = total([nu.real_power(entry, other, state.analytic) for entry in size])
    return nu.real_power(powers, nu.div(fmpq(1), other), state.analytic)


def largest(numbers: Sequence[Num]) -> Num:
    """Return the maximum of a list."""
    out = numbers[0]
    for one in numbers[1:]:
        out = nu.larger(out, one)
    return out


def least(numbers: Sequence[Num]) -> Num:
    """Return the minimum of a list."""
    return nu.neg(largest([nu.neg(one) for one in numbers]))


@RULES("list")
def _list(node: Node, state: State) -> Num:
    out = numeral(node.args[0], state)
    for arg in node.args[1:]:
        better = nu.smaller if node.data == "min" else nu.larger
        out = better(out, numeral(arg, state), state.analytic)
    return out


@RULES("entries")
def _entries(node: Node, state: State) -> Num:
    return (least if node.data == "min" else largest)(value_of(node.args[0], state))


@RULES("softmax")
def _softmax(node: Node, state: State) -> Value:
    x = value_of(node.args[0], state)
    return [_shares(line) for line in x] if node.type.rank == 2 else _shares(x)


def _shares(entries: Sequence[Num]) -> list[Num]:
    weights = [nu.exp(entry) for entry in entries]
    whole = total(weights)
    return [nu.div(weight, whole) for weight in weights]


@RULES("indicator")
def _indicator(node: Node, state: State) -> Num:
    found = truth(node.args[0], state)
    if found is not None:
        return fmpq(int(found))
    return nu.nan() if state.analytic else nu.hull(fmpq(0), fmpq(1))


@RULES("cases")
def _cases(node: Node, state: State) -> Value:
    """Return the branch whose condition holds; while a condition is open, a hull over all that may be meant."""
    maybe: list[Value] = []
    args = node.args
    for place in range(0, len(args) - 1, 2):
        found = truth(args[place + 1], state)
        if found is not False:
            maybe.append(value_of(args[place], state))
        if found:
            break
    else:
        maybe.append(value_of(args[-1], state) if len(args) % 2 else each(lambda _: nu.nan(), value_of(args[0], state)))
    out = maybe[0]
    for one in maybe[1:]:
        out = each(_open if state.analytic else nu.hull, out, one)
    return out


def _open(_: Num, __: Num) -> Num:
    return nu.nan()


@RULES("bigo", "littleo", "theta")
def _big_o(node: Node, state: State) -> Value:
    raise Cannot
