from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofweave.check.evaluate.clock import Clock
from proofweave.check.judge.verdict import Kind
from proofweave.check.language.kinds import CheckError
from proofweave.check.language.scope import Scope
from proofweave.check.language.tokens import tokenise
from proofweave.check.language.tree import Node, walk
from proofweave.check.parse.statement import read_statement
from proofweave.check.symbols.specs import declare

sys.path.insert(0, str(Path(__file__).parent))
from checking import kind, specs, verdict

SYMBOLS = {
    "n": "int(2..4)",
    "d": "int(2..4)",
    "t": "scalar",
    "s": "scalar",
    "a": "positive",
    "x": "vector(n)",
    "y": "vector(n)",
    "A": "matrix(n, n)",
    "B": "matrix(d, n)",
    r"\boldsymbol{g}_i": {"family": "vector(d)", "index": "i", "over": "1..n"},
    "f": {"function": "smooth", "of": "vector(n)"},
    r"\Delta\theta": "vector(n)",
    "u^*": "vector(n)",
    "x_1": "scalar",
}


def scope() -> Scope:
    out = Scope()
    declare(out, specs(SYMBOLS))
    return out


def parse(tex: str) -> Node:
    return read_statement(tex, scope()).rows[0]


def refusal(tex: str) -> tuple[str, int | None]:
    with pytest.raises(CheckError) as caught:
        parse(tex)
    return caught.value.what, caught.value.at


def test_layout_is_dropped() -> None:
    tokens = tokenise(r"\left( x \right) \, \quad \tag{3} \label{eq:a} y")
    assert [t.text for t in tokens if t.kind != "sep"] == ["(", "x", ")", "y"]


def test_juxtaposition_follows_the_types() -> None:
    product = parse(r"x^\top A y = 1").args[0]
    assert product.type.kind == "scalar"
    outer = parse(r"x y^\top = A").args[0]
    assert outer.type.kind == "matrix"


def test_application_or_product() -> None:
    assert any(node.op == "call" for node in walk(parse("f(x) = 1")))
    assert not any(node.op == "call" for node in walk(parse("t(s) = 1")))


def test_a_name_is_matched_whole_before_its_parts() -> None:
    (name,) = [n.data.name for n in walk(parse("x_1 = t")) if n.op == "sym" and n.data.name != "t"]
    assert name == "x_1"
    assert any(n.op == "entry" for n in walk(parse("x_2 = t")))
    assert [n.op for n in walk(parse(r"\|u^*\| = t")) if n.op in ("sym", "pow")] == ["sym", "sym"]


def test_fonts_count_only_among_declared_names() -> None:
    assert any(n.op == "member" for n in walk(parse(r"\|g_i\| = t")))


def test_several_letters_make_one_name() -> None:
    assert {n.data.name for n in walk(parse(r"\|\Delta\theta\| = t")) if n.op == "sym"} == {r"\Delta\theta", "t"}


@pytest.mark.parametrize(
    ("tex", "at", "words"),
    [
        ("t/s t = 1", 4, "two readings"),
        (r"\|A\|= 1", 0, "several readings"),
        ("x y = 1", 2, "no product"),
        ("B y + x = x", 6, "sizes"),
        ("A x = t", 6, "does not go with"),
        ("z = 1", 0, "not declared"),
        ("t + z_k = 1", 4, "not declared"),
        (r"\|x\| \le {y", 10, "never closed"),
        ("t } = 1", 2, "closes nothing"),
        (r"\sqrt{t = 1", 5, "never closed"),
        (r"\input{x} = 1", 0, "refused"),
        (r"t = s + \ldots + s", 8, "dots"),
        ("t <= s", 2, r"\le"),
        (r"\log t s = 1", 7, "two readings"),
        ("x^2 = 1", 2, "no power"),
        ("t = s = ", 7, "missing at the end"),
        (r"\frac{t}{x} = 1", 9, "cannot divide"),
        (r"\max_t t + t = 1", 11, "put braces"),
    ],
)
def test_what_is_not_understood_is_located(tex: str, at: int, words: str) -> None:
    what, place = refusal(tex)
    assert words in what
    assert place == at


def test_rows_continue_the_chain_above() -> None:
    statement = read_statement(r"t + t &= 2 t \\ &= t \cdot 2", scope())
    assert len(statement.rows) == 2
    assert statement.rows[1].args[0] is statement.rows[0].args[-1]


def test_a_row_without_relation_belongs_to_the_row_above() -> None:
    assert len(read_statement(r"t + t &= t \\ &\quad + t", scope()).rows) == 1


def test_sums_reach_to_the_next_plus() -> None:
    left = parse(r"\sum_{i=1}^n x_i y_i + t = s").args[0]
    assert left.op == "add"
    assert [term.op for term in left.args] == ["sum", "sym"]


def test_transposes_and_powers() -> None:
    assert parse("x^T y = t").args[0].type.kind == "scalar"
    assert kind(SYMBOLS | {"T": "int(2..3)"}, r"s^T \cdot s = s^{T+1}") == Kind.VERIFIED
    assert kind(SYMBOLS | {"T": "int(2..3)"}, "(x^T y)^2 = y^T x x^T y") == Kind.VERIFIED


def test_deep_nesting_is_refused() -> None:
    assert "deeper" in refusal("(" * 200 + "t" + ")" * 200 + " = 1")[0]
    assert "deeper" in refusal(r"\sqrt{" * 200 + "t" + "}" * 200 + " = 1")[0]


def test_ten_thousand_characters() -> None:
    assert kind(SYMBOLS, "t" + "+t" * 4999 + r" = 5000 t", mutants=False) == Kind.HOLDS
    assert "more than" in refusal("t+" * 12_000 + "t = 1")[0]


EXPRESSIONS = st.recursive(
    st.one_of(st.sampled_from(["a", "s", "t"]), st.integers(0, 9).map(str)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]}+{p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}-{p[1]})"),
        st.tuples(inner, inner).map(lambda p: rf"({p[0]})\cdot({p[1]})"),
        inner.map(lambda x: rf"\frac{{{x}}}{{2}}"),
        inner.map(lambda x: f"({x})^2"),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_arithmetic_means_what_python_means(tex: str) -> None:
    import numpy as np

    from proofweave.check.evaluate.registry import ev
    from proofweave.check.instances.cases import draw_cases, task
    from proofweave.check.instances.premises import read

    statement = read_statement(f"{tex} = z", _with_z())
    (claim,) = statement.rows
    with np.errstate(all="ignore"):
        drawn = draw_cases(task(statement, [claim], [0], read(())), 20, np.random.default_rng(1), Clock(60))
    case = drawn.cases[0]
    values = {s.name: v.v for s, v in case.env.values.items()}
    python = tex.replace(r"\cdot", "*").replace("^", "**").replace(r"\frac{", "(").replace("}{2}", ")/2")
    want = eval(python, {}, values)
    assert np.allclose(
        np.broadcast_to(ev(claim.args[0], case.inner).v, np.shape(values["z"])), want, rtol=1e-12, atol=1e-9
    )


def _with_z() -> Scope:
    out = Scope()
    declare(out, specs({"a": "positive", "s": "scalar", "t": "scalar", "z": "scalar"}))
    return out


PIECES = st.sampled_from(
    [*"xyAtsnd+-=<>()[]{}|_^&'!,./ 0129ei", r"\frac", r"\|", r"\le", r"\sum", r"\int", r"\nabla", r"\min", r"\left(",
     r"\right)", r"\langle", r"\rangle", r"\top", r"\mathbb{E}", r"\\", r"\begin{cases}", r"\end{cases}", r"\log",
     r"\sqrt", r"\partial", r"\quad", r"\text{if}", r"\Rightarrow", "_{i=1}", "^{n}", r"\boldsymbol{g}", "f(x)", "二"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_text_gets_a_verdict(tex: str) -> None:
    found = verdict(SYMBOLS, tex, mutants=False, instances=20)
    assert isinstance(found.kind, Kind)
    if found.kind is Kind.ERROR:
        assert found.reason
