"""A tree printed as TeX with every grouping explicit: read again, it is the same tree."""

import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, HERE, specs

from proofweave.check.explain.printed import PRINTERS, printed, printed_statement
from proofweave.check.language import BOOL, SCALAR, FunctionAt, Scope, number, row, same, walk
from proofweave.check.parse.statement import read_expression, read_statement
from proofweave.check.sheet import document
from proofweave.check.sheet.files import read_equations
from proofweave.check.symbols import declare
from proofweave.check.syntax import divide, multiply, node
from proofweave.check.syntax.build import add, inner
from proofweave.core import Check, Equation


def sheets():
    for path in sorted(CASES.glob("textbook/*.yaml")):
        yield read_equations(path.read_text(encoding="utf-8"), path.name)


def readings(monkeypatch):
    """Return every statement that the textbook's and the small cases' equations and premises hold."""
    found = []

    def spy(tex, scope):
        statement = read_statement(tex, scope)
        found.append((tex, scope, statement))
        return statement

    monkeypatch.setattr(document, "read_statement", spy)
    for sheet in sheets():
        document.read_listed(sheet.symbols, sheet.equations)
    for cases in yaml.safe_load((CASES / "kinds.yaml").read_text(encoding="utf-8")).values():
        for case in cases:
            check = Check(given=tuple(case.get("given", ())))
            document.read_listed(specs(case["symbols"]), [Equation("e", case["tex"], HERE, check)])
    return found


def undotted(node):
    """A tree whose sums are all written with an operator: one written with dots is printed with its operator."""
    args = tuple(map(undotted, node.args))
    data = 1 if node.op == "num" and isinstance(node.data, float) and node.data == 1 else node.data
    return replace(node, args=args, data=data)


def test_every_equation_that_reads_is_printed_and_reads_as_the_same_trees(monkeypatch):
    found = readings(monkeypatch)
    assert len(found) > 180
    signed = [one for one in found if all(part.op in PRINTERS for tree in one[2].nodes() for part in walk(tree))]
    assert len(signed) > 180, "an operation without a printer is shown by its name alone"
    for tex, scope, statement in signed:
        written = printed_statement(statement)
        again = read_statement(written, scope)
        for one, other in ((statement.rows, again.rows), (statement.conditions, again.conditions)):
            assert len(one) == len(other), (tex, written)
            assert all(same(undotted(a), undotted(b)) for a, b in zip(one, other, strict=True)), (tex, written)
        assert [index.name for index in statement.free] == [index.name for index in again.free]


SYMBOLS = {"n": "int(2..3)", "m": "int(2..3)", "d": "int(2..3)", "t": "scalar", "s": "positive", "x": "vector(n)"}
SYMBOLS |= {"y^*": "vector(n)", "A": "matrix(n, n)", "B": "matrix(n, m)", "e_1": "scalar", r"\mathbf{u}": "vector(n)"}
SYMBOLS |= {"f": {"function": "smooth", "of": "vector(n)"}, "q": {"define": "t s", "of": "t, s"}}
SYMBOLS |= {
    "g_{ij}": {"family": "vector(n)", "index": "i, j", "over": "1..n, 1..m"},
    "F": "matrix(n, n)",
    "T": "scalar",
}
SYMBOLS |= {r"\theta^{(k)}": {"family": "scalar", "index": "k", "over": "0..n"}, "X": {"random": "vector(n)"}}


def grown(rng, scope, type_, depth):
    """Return a random tree of a type."""
    symbols = [scope.get(name) for name in SYMBOLS]
    leaves = [s for s in symbols if s.type == type_ and not s.holes and s.role != "random"]

    def more(wanted=type_):
        return grown(rng, scope, wanted, depth - 1)

    if depth <= 0 or rng.random() < 0.15:
        if type_ == SCALAR and rng.random() < 0.4:
            return number(rng.choice([0, 1, 2, 17, 0.5, 1e-7]))
        symbol = rng.choice(leaves)
        return node("sym", (), type_, 0, 1, symbol)
    vector, matrix = scope.get("x").type, scope.get("A").type
    common = [
        lambda: add([more() if rng.random() < 0.5 else negative(more()) for _ in range(rng.randint(2, 3))]),
        lambda: negative(more()),
        lambda: multiply([more(SCALAR), more()]),
        lambda: divide(more(), more(SCALAR)),
        lambda: node("hadamard", (more(), more()), type_, 0, 1),
    ]
    if type_ == SCALAR:
        own = [
            lambda: node("pow", (more(), more()), SCALAR, 0, 1),
            lambda: node("root", (more(), number(rng.choice([2, 3]))), SCALAR, 0, 1),
            lambda: node(
                "func", (more(),), SCALAR, 0, 1, (rng.choice(["log", "sin", "sigmoid", "abs", "floor"]), False)
            ),
            lambda: inner(more(vector), more(vector), 0, 1),
            lambda: node("norm", (more(vector),), SCALAR, 0, 1, rng.choice(["2", "inf"])),
            lambda: node("norm", (more(vector), more()), SCALAR, 0, 1, "p"),
            lambda: node("norm", (more(matrix),), SCALAR, 0, 1, rng.choice(["F", "op", "nuclear", "rows", "columns"])),
            lambda: node("call", (more(vector),), SCALAR, 0, 1, scope.get("f")),
            lambda: node("call", (more(), more()), SCALAR, 0, 1, scope.get("q")),
            lambda: multiply([node("transpose", (more(vector),), row_of(vector), 0, 1), more(vector)]),
            lambda: node("matfunc", (more(matrix),), SCALAR, 0, 1, rng.choice(["tr", "det", "rank"])),
            lambda: node("list", (more(), more()), SCALAR, 0, 1, rng.choice(["min", "max"])),
            lambda: node("binom", (more(), more()), SCALAR, 0, 1),
            lambda: node(
                "expect", (inner(node("sym", (), vector, 0, 1, scope.get("X")), more(vector), 0, 1),), SCALAR, 0, 1
            ),
            lambda: node("cases", (more(), chain(more(), more()), more()), SCALAR, 0, 1),
        ]
    elif type_ == vector:
        own = [
            lambda: multiply([more(matrix), more()]),
            lambda: node("gradient", (more(),), vector, 0, 1, gradient_of(scope)),
            lambda: node("elementpow", (more(), more(SCALAR)), vector, 0, 1),
            lambda: node("softmax", (more(),), vector, 0, 1),
        ]
    else:
        own = [
            lambda: multiply([more(), more()]),
            lambda: node("transpose", (more(),), type_, 0, 1),
            lambda: node("inverse", (more(),), type_, 0, 1),
            lambda: node("pow", (more(), number(rng.choice([2, 0.5]))), type_, 0, 1),
            lambda: node("outer", (more(vector), more(vector)), type_, 0, 1),
            lambda: node("diag", (more(vector),), type_, 0, 1),
        ]
    return rng.choice(common + own)()


def negative(term):
    return node("neg", (term,), term.type, 0, 1)


def chain(left, right):
    return node("chain", (left, right), BOOL, 0, 1, (r"\le",))


def row_of(type_):
    return row(type_.dims[0])


def gradient_of(scope):
    return FunctionAt(scope.get("f"), 0)


@pytest.mark.parametrize("seed", range(4))
def test_random_trees_are_printed_and_read_as_the_same_trees(seed):
    rng = random.Random(seed)
    scope = Scope()
    declare(scope, specs(SYMBOLS))
    types = [SCALAR, scope.get("x").type, scope.get("A").type]
    for _ in range(250):
        tree = grown(rng, scope, rng.choice(types), rng.randint(1, 4))
        written = printed(tree)
        again = read_expression(written, scope)
        assert same(tree, again), written
        assert printed(again) == written


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"\sum_{i,j} g_{ij}^\top x = t s / 2", r"\sum_{i} (\sum_{j} ((g_{i, j})^{\top} \, x)) = t \, \frac{s}{2}"),
        (r"\sum_{1 \le i < j \le n} x_i x_j = t", r"\sum_{i = 1}^{n} (\sum_{1 \le i < j \le n} (x_{i} \, x_{j})) = t"),
        (r"\theta^{(n-1)} = \theta^{(1)}", r"\theta^{( n - 1 )} = \theta^{( 1 )}"),
        (r"t^2 s - (-t) = \log 2", r"t^{2} \, s - (-t) = \log(2)"),
        (r"2 \cdot 3 d x = x", r"2 \, (3) \, (d) \, x = x"),
        (r"t > 0 \Rightarrow s > 0 \Rightarrow T > 0", r"t > 0 \Rightarrow s > 0 \Rightarrow T > 0"),
        (r"x_i = y^*_i, \quad i = 2, \ldots, n", r"x_{i} = (y^*)_{i} \quad \text{for } i = 2, \ldots, n"),
        (r"A^\top = T t^T F", r"A^{\top} = T \, t^{T} \, F"),
    ],
)
def test_what_is_printed(tex, written):
    scope = Scope()
    declare(scope, specs(SYMBOLS))
    assert printed_statement(read_statement(tex, scope)) == written


def test_an_index_that_one_row_binds_is_unbound_in_the_next():
    scope = Scope()
    declare(scope, specs({"n": "int(2..4)", "x": "vector(n)"}))
    rows = read_statement(
        r"\sum_{j=1}^{n} x_j &= \sum_{j} x_j \\ \sum_{i=1}^{n} \sum_{j \neq i} x_j &= \sum_{i=1}^{n} x_i", scope
    )
    assert printed(rows.rows[1].args[0]) == r"\sum_{i = 1}^{n} (\sum_{j \neq i} x_{j})"
