import subprocess
import sys
import time

import pytest

from proofweave.adapters import katex
from proofweave.adapters.katex import KaTeX
from proofweave.core.errors import ToolError


@pytest.fixture(scope="module")
def engine():
    return KaTeX()


@pytest.mark.parametrize(
    ("tex", "display", "said"),
    [
        (r"\frac{a}", True, r"an argument is never closed with '}', at character 9"),
        (r"a_\boldsymbol x", False, r"'\boldsymbol' as a subscript needs braces around it, at character 3"),
        (r"\tag{1} x", False, r"\tag works only in a display"),
        (r"\foo", True, r"KaTeX does not know '\foo', at character 1: '\foo'"),
        ("𝔼 \\foo", True, "at character 3"),
        (r"\begin{eqnarray}a\end{eqnarray}", True, "KaTeX does not know the environment 'eqnarray'"),
        (r"\begin{aligned} x", True, r"an environment is never closed with \end"),
        (r"\left( x", True, r"'\right' is missing"),
        ("x }", True, "'}' cannot stand here, at character 3"),
        ("x^2^3", True, "two superscripts stand in a row"),
        ("a $x$", True, "'$' cannot stand in mathematics, at character 3"),
        (r"\href{javascript:alert(1)}{x}", True, r"'\href' is not allowed"),
    ],
)
def test_a_refusal_is_told_in_plain_words_with_its_place(engine, tex, display, said):
    (answer,) = engine.render_errors([(tex, display)], {})
    assert answer is not None
    assert said in answer
    assert "\u0332" not in answer


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{equation}\begin{aligned}a&=b\\c&=d\end{aligned}\tag{1}\end{equation}",
        r"\begin{align}a&=b\tag{1}\\c&=d\tag{2}\end{align}",
        r"x \quad \text{若 $x>0$} 中文 ≤",
    ],
)
def test_what_renders_has_no_error(engine, tex):
    assert engine.render_errors([(tex, True)], {}) == [None]


def test_answers_stand_in_the_order_of_the_formulas(engine):
    answers = engine.render_errors([("x", False), (r"\no", False), ("x", False), (r"\no", False)], {})
    assert [answer is None for answer in answers] == [True, False, True, False]


def test_macros_are_known_in_every_formula_and_kept_by_none(engine):
    macros = {r"\R": r"\mathbb{R}", r"\pair": r"(#1, #2)"}
    assert engine.render_errors([(r"\R", False), (r"\pair{a}{b}", True)], macros) == [None, None]
    first, second = engine.render_errors([(r"\gdef\kept{x}\kept", False), (r"\kept", False)], {})
    assert first is None
    assert second is not None


def test_a_place_inside_a_macro_is_no_place_in_the_formula(engine):
    assert engine.render_errors([(r"x \bad", True)], {r"\bad": r"xx\nope"}) == [r"KaTeX does not know '\nope'"]


@pytest.mark.parametrize("tex", [r"\def\a{\a\a}\a", "{" * 20000, r"\def\a#1{#1#1#1}\a{\a{\a{\a{\a{\a{\a{x}}}}}}}"])
def test_hostile_formulas_are_refused_quickly(engine, tex):
    start = time.perf_counter()
    assert engine.render_errors([(tex, True), ("x", True)], {})[1] is None
    assert time.perf_counter() - start < 5


def test_a_formula_that_takes_too_long_is_refused_and_the_engine_goes_on(monkeypatch):
    engine = KaTeX()
    engine.render_errors([("x", True)], {})
    monkeypatch.setattr(katex, "CHUNK_SECONDS", 0.05)
    monkeypatch.setattr(katex, "FORMULA_SECONDS", 0.05)
    (answer,) = engine.render_errors([("x+" * 1_000_000, True)], {})
    assert answer is not None
    assert "takes more than 0.05 s" in answer
    monkeypatch.undo()
    assert engine.render_errors([("y", True)], {}) == [None]


def test_a_thousand_formulas_take_less_than_a_second(engine):
    formulas = [(rf"\frac{{a_{{{i}}}}}{{b}} + \sum_{{i=1}}^n \langle g_i, u\rangle", True) for i in range(1000)]
    engine.render_errors(formulas[:50], {})
    start = time.process_time()
    assert engine.render_errors(formulas, {}) == [None] * 1000
    assert time.process_time() - start < 1


def test_a_missing_package_is_named_with_its_installation(monkeypatch):
    monkeypatch.setitem(sys.modules, "sphinxcontrib", None)
    with pytest.raises(ToolError, match="pip install sphinxcontrib-katex"):
        KaTeX().render_errors([("x", True)], {})
    monkeypatch.setitem(sys.modules, "py_mini_racer", None)
    with pytest.raises(ToolError, match="pip install mini-racer"):
        KaTeX().render_errors([("x", True)], {})


def test_an_engine_left_open_lets_its_process_end():
    script = "from proofweave.adapters.katex import KaTeX; k = KaTeX(); print(k.render_errors([('x', True)] * 9, {}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, str([None] * 9))
