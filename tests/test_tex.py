from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofweave.text.tex.faults import problems
from proofweave.text.tex.macros import definitions, without_definitions
from proofweave.text.tex.structure import environments, labels_in, split_rows, tags_in

PIECES = r"\\ \\[2pt] { } $ $$ & \left( \right) \tag{1} \tag* \label{a} \text{ % a \{ \ ^2 "
TOKENS = st.lists(
    st.sampled_from(
        [
            *PIECES.split(" "),
            *(
                rf"\{edge}{{{name}}}"
                for edge in ("begin", "end")
                for name in ("align", "aligned", "cases", "equation*")
            ),
            "\n",
        ]
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("tex", "rows"),
    [
        ("", ("",)),
        ("a", ("a",)),
        (r"a \\ b", ("a ", " b")),
        (r"a \\", ("a ",)),
        (r"a \\[2pt] b", ("a ", " b")),
        (r"a \\*[-1.5 em]b", ("a ", "b")),
        (r"a \\[x]_+ b", ("a ", "[x]_+ b")),
        (r"{a \\ b} \\ c", (r"{a \\ b} ", " c")),
        (r"\begin{pmatrix} a \\ b \end{pmatrix} \\ c", (r"\begin{pmatrix} a \\ b \end{pmatrix} ", " c")),
        (r"\{ a \\ b \}", (r"\{ a ", r" b \}")),
        (r"\\\alpha", ("", r"\alpha")),
        ("a % \\\\ said\n\\\\ b", ("a % \\\\ said\n", " b")),
    ],
)
def test_rows(tex: str, rows: tuple[str, ...]) -> None:
    assert split_rows(tex) == rows


def test_tags_and_labels() -> None:
    tex = r"a \tag{1} \label{eq:a} \\ b \tag*{(\text{x})} \label {eq:b}"
    assert [(mark.text, mark.command) for mark in tags_in(tex)] == [("1", "tag"), (r"(\text{x})", "tag*")]
    assert [tex[mark.offset :][:6] for mark in labels_in(tex)] == [r"\label", r"\label"]
    assert [mark.text for mark in labels_in(tex)] == ["eq:a", "eq:b"]


def test_a_tag_without_argument_is_still_found() -> None:
    assert [mark.text for mark in tags_in(r"\tag{1")] == [""]


def test_environments_nest() -> None:
    tex = r"\begin{equation}\begin{aligned}a\end{aligned}\end{equation}\begin{cases}"
    found = environments(tex)
    assert [(e.name, e.depth) for e in found] == [("equation", 0), ("aligned", 1), ("cases", 0)]
    assert tex[found[1].start : found[1].end] == r"\begin{aligned}a\end{aligned}"
    assert found[2].end == -1


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{align} a &= b \tag{1} \\ c &= d \tag{2} \end{align}",
        r"\begin{equation}\begin{aligned} a \\ b \end{aligned} \tag{1}\end{equation}",
        r"\text{if $x > 0$} \tag{$*$}",
        r"\left( \begin{matrix} a & b \\ c & d \end{matrix} \right)",
        r"\left\{ \{ \right.",
        "a % } \\left\nb",
        r"\$5 \} \{",
        r"a &= b \\ &= c",
    ],
)
def test_sound_tex_has_no_problem(tex: str) -> None:
    assert problems(tex) == ()


@pytest.mark.parametrize(
    ("tex", "display", "what"),
    [
        ("{a", True, "'{' is never closed"),
        ("a}", True, "'}' closes nothing"),
        (r"\left( a", True, r"'\left' is never closed"),
        (r"a \right)", True, r"'\right' closes nothing"),
        (r"\begin{aligned} a", True, r"'\begin{aligned}' is never closed"),
        (r"a \end{aligned}", True, r"'\end{aligned}' closes nothing"),
        (r"a $ b", True, "'$' inside mathematics"),
        (r"\text{a $x}", True, "'$' is never closed"),
        (r"\begin{aligned} a \tag{1} \end{aligned}", True, r"\tag inside 'aligned', which MathJax refuses"),
        (r"\begin{pmatrix} a \tag{1} \end{pmatrix}", True, r"\tag inside 'pmatrix', which MathJax refuses"),
        (r"a \tag{1}", False, r"\tag inside inline math"),
        (r"a \tag{1} \tag{2}", True, r"a second \tag in one row"),
        (r"\begin{align} a \tag{1} \tag{2} \\ b \end{align}", True, r"a second \tag in one row"),
        (r"\begin{equation}a\end{equation}", False, "'equation' inside inline math"),
        (
            r"\begin{equation}\begin{align}a\end{align}\end{equation}",
            True,
            "'align' inside another display environment",
        ),
        (r"\begin{aligned}\left( a & b \right)\end{aligned}", True, r"'&' between \left and \right"),
    ],
)
def test_each_problem_is_found_alone(tex: str, display: bool, what: str) -> None:
    assert [problem.what for problem in problems(tex, display)] == [what]


def test_a_problem_says_where_and_what_next() -> None:
    tex = r"x + \left( a"
    (problem,) = problems(tex)
    assert tex[problem.offset :].startswith(r"\left")
    assert problem.expected
    assert problem.fix


def test_crossed_environments_are_reported_once_each() -> None:
    found = [problem.what for problem in problems(r"\begin{aligned}\begin{cases} a \end{aligned}\end{cases}")]
    assert found == [r"'\begin{cases}' is never closed", r"'\end{cases}' closes nothing"]


@given(TOKENS)
def test_no_text_breaks_the_reader(tex: str) -> None:
    assert all(0 <= problem.offset < len(tex) for problem in problems(tex))
    assert all(row in tex for row in split_rows(tex))
    assert all(e.end == -1 or e.start < e.end <= len(tex) for e in environments(tex))
    assert len(tags_in(tex)) == sum(tex[mark.offset :].startswith(r"\tag") for mark in tags_in(tex))
    without_definitions(tex)


@pytest.mark.parametrize(
    "unit",
    ["{", "}", r"\left(", r"\begin{equation}", r"\begin{cases}{\tag{1}", "$", r"\text{$", r"\tag{", r"\newcommand{a}{"],
)
def test_deep_nesting_neither_recurses_nor_slows_down(unit: str) -> None:
    def seconds(tex: str) -> float:
        start = time.process_time()
        problems(tex)
        split_rows(tex)
        tags_in(tex)
        environments(tex)
        definitions(tex)
        return time.process_time() - start

    few = min(seconds(unit * 2_000) for _ in range(3))
    many = min(seconds(unit * 12_000) for _ in range(2))
    assert many < 15 * max(few, 0.01), f"six times the text took {many:.2f} s after {few:.2f} s: time grows faster than it"


@pytest.mark.parametrize(
    ("tex", "name", "body"),
    [
        (r"\newcommand{msign}{\mathop{\text{msign}}}x", r"\msign", r"\mathop{\text{msign}}"),
        (r"\newcommand{\E}[1]{\mathbb{E}[#1]}", r"\E", r"\mathbb{E}[#1]"),
        (r"\renewcommand\R{\mathbb{R}}", r"\R", r"\mathbb{R}"),
        (r"\def\x#1#2{#1_{#2}}", r"\x", r"#1_{#2}"),
        (r"\DeclareMathOperator*{\argmin}{arg\,min}", r"\argmin", r"\operatorname*{arg\,min}"),
    ],
)
def test_definitions(tex: str, name: str, body: str) -> None:
    assert [(d.name, d.body) for d in definitions(tex)] == [(name, body)]


def test_definitions_are_taken_out() -> None:
    assert without_definitions(r"a\newcommand{msign}{\mathop{x}}b\newcommand{t") == r"ab\newcommand{t"
