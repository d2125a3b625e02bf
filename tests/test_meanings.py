"""What a reader is told of a symbol, a narrowing and a condition: words of the language around mathematics."""

import pytest

from proofweave.core import say, told
from proofweave.stages.export.page.meanings import drawn, leaned, meant, narrowed

SAID = [
    ("vector(d)", r"$\mathbb{R}^{d}$ 中的向量", r"a vector of $\mathbb{R}^{d}$"),
    ("matrix(m, n)", r"$m\times n$ 矩阵", r"a $m\times n$ matrix"),
    ("int(2..)", "不小于 $2$ 的整数", "a whole number ≥ $2$"),
    ("int(1..n)", "$1$ 到 $n$ 的整数", "a whole number from $1$ to $n$"),
    ("interval(0, \\frac{1}{L})", r"$(0,\,\frac{1}{L})$ 中的数", r"a number in $(0,\,\frac{1}{L})$"),
    ("a new kind", "`a new kind`", "`a new kind`"),
    ({"define": "x+1", "of": "x"}, r"$f(x) \coloneqq x+1$", r"$f(x) \coloneqq x+1$"),
    ({"family": "positive", "index": "i, j", "over": "1..n, 1..m"},
     r"正数，$i=1,\ldots,n$，$j=1,\ldots,m$ 各有一个",
     r"a positive number, one for each $i=1,\ldots,n$, $j=1,\ldots,m$"),
    ({"argmin": "g(u)", "over": "u", "subject_to": "u \\ge 0"},
     r"使 $g(u)$ 最小的 $u$，约束是 $u \ge 0$", r"the $u$ that minimises $g(u)$ where $u \ge 0$"),
    ({"function": "convex lipschitz", "of": "scalar", "constant": "G"},
     "凸、 Lipschitz 函数，自变量是实数，$G$ 是它最小的 Lipschitz 常数",
     "a convex Lipschitz function of a real number; $G$ is its least Lipschitz constant"),
    ({"unheard": "of"}, "`unheard: of`", "`unheard: of`"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "zh", "en"), SAID, ids=[str(value) for value, _, _ in SAID])
def test_a_specification_is_said_in_both_languages(value, zh, en):
    said = meant("f", value)
    assert (told(said, "zh"), told(said, "en")) == (zh, en)


def test_what_a_verdict_leans_on_is_one_line_for_what_only_names_symbols():
    found = leaned([
        ("definition", "x", "define: 1"), ("given", "", "t > 0"), ("definition", "y", "define: 2"),
        ("order", "1/N", "2"), ("stated", "r", "scalar"), ("stated", "f", "设 $f$ 凸"),
        ("excuse", r"\boldsymbol{x", "同上"), ("excuse", "", "都可"), ("stated", "S", "define: e^{-t}"),
    ])  # fmt: skip
    assert [told(line, "zh") for line in found] == [
        "给定了定义：$x$，$y$", "前提：$t > 0$", "误差在 $1/N$ 中至少是 $2$ 阶", "正文写明 $r$ 是实数",
        "正文写明 $f$：“设 $f$ 凸”", r"未检验 `\boldsymbol{x`：同上", "未检验：都可", "$S$ 如正文的公式所定义",
    ]  # fmt: skip


def test_sizes_and_narrowings_are_mathematics():
    planned = {"near": {"n": "1..3", "m": "2..2"}, "far": {"n": 64, "m": 16, "k": 10000}}
    assert told(drawn(planned, {"m": 0, "k": 10}), "zh") == r"多数取 $n=1,\ldots,3$，$m=2$；少数取 $n=64$，$k=10$"
    assert drawn({}, {}) == ""
    assert told(narrowed(say("scope.range", name=r"\tau", hi="3")), "zh") == r"只在 $\tau$ ≤ $3$ 时检验"
    assert narrowed("an author's words") == "an author's words"
