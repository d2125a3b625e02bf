"""What the checker says is from the table of words: each key is there and used, and verdicts can be Chinese."""

import ast
import json
import re
import string
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, verdict
from test_check_hostile import S as HOSTILE
from test_check_parse import SYMBOLS

import proofweave.check
from proofweave.check.judge.answer import Answer, Options
from proofweave.check.judge.gate import excused
from proofweave.check.judge.memory import recall, remember
from proofweave.check.judge.verdict import Counterexample, Kind, Mutants, Verdict
from proofweave.check.sheet import formats
from proofweave.check.sheet.document import check_equations
from proofweave.check.sheet.files import read_equations
from proofweave.check.sheet.whole import check_file
from proofweave.core.errors import FindingsError
from proofweave.core.types import Check, Where
from proofweave.core.wire import line_of, text_in, text_out
from proofweave.core.words.said import Said, say, table, told

ROOMS = ("parse", "evaluate", "symbols", "judge", "explain", "sheet")
CHINESE = re.compile("[\u4e00-\u9fff]")
KEY = re.compile(rf"(?:{'|'.join(ROOMS)})\.[a-z0-9-]+")
SOURCES = sorted(Path(proofweave.check.__file__).parent.rglob("*.py"))
RAISED = ("CheckError", "refuse_if", "required", "TooLarge", "OutOfTime", "say")
PARAMETERS = {"rule", "fix", "expected"}


def fields(room, name):
    return {field for _, field, _, _ in string.Formatter().parse(table(room)[name]["en"]) if field is not None}


def trees():
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def literals(tree):
    """Yield the keys that stand in the code whole, and the beginnings of those that are put together there."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in inside and node.value.startswith(tuple(f"{room}." for room in ROOMS)):
                yield "", node.value
            elif KEY.fullmatch(node.value):
                yield node.value, ""


def test_every_key_the_checker_names_is_in_the_table_and_every_text_of_its_rooms_is_named():
    found = [pair for _, tree in trees() for pair in literals(tree)]
    named = {key for key, _ in found if key}
    beginnings = tuple(start for _, start in found if start)
    known = {f"{room}.{name}" for room in ROOMS for name in table(room)}
    assert named - known == set()
    spare = {key for key in known - named if not key.startswith(beginnings)}
    assert {key for key in spare if key.removesuffix("-expected") not in named} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_key_is_given_the_values_its_text_has_fields_for(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] not in RAISED:
            continue
        keys = [a.value for a in node.args if isinstance(a, ast.Constant) and KEY.fullmatch(str(a.value))]
        given = {keyword.arg for keyword in node.keywords}
        for key in keys[:1]:
            assert given == fields(*key.split(".", 1)), (key, node.lineno)


def assert_said(found: Verdict) -> None:
    """Check that a verdict's reason is from the table, can be said in Chinese and survives a document."""
    assert isinstance(found.reason, Said), found
    chinese = told(found.reason, "zh")
    assert CHINESE.search(chinese), chinese
    after = text_in(json.loads(json.dumps(text_out(found.reason))))
    assert (str(after), told(after, "zh")) == (found.reason, chinese)
    assert CHINESE.search(told(str(found), "zh"))
    assert type(str(found)) is Said


@pytest.mark.parametrize("path", sorted(CASES.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_the_reason_of_every_verdict_is_said(path):
    sheet = read_equations(path.read_text(encoding="utf-8"), path.name)
    for found in check_equations(sheet.symbols, sheet.equations, Options(instances=20, mutants=False)):
        assert_said(found)


@pytest.mark.parametrize("topic", ["linear-algebra"])
def test_a_counterexample_and_what_was_planted_are_said(topic):
    planted = yaml.load((CASES / "planted.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)[topic]
    sheet = read_equations((CASES / "textbook" / f"{topic}.yaml").read_text(encoding="utf-8"), "a.yaml")
    wrong = [
        type(e)(e.id, e.tex.replace(*planted[e.id][0], 1), e.where, e.check, e.symbols)
        for e in sheet.equations
        if e.id in planted
    ]
    for found in check_equations(sheet.symbols, wrong[:12], Options(instances=40)):
        assert_said(found)
        if found.counterexample is not None:
            assert told(str(found.counterexample), "zh").endswith("不成立")


REFUSED = [
    *(r"\hat" * 3000 + "t = 1", r"\begin{cases}" * 30 + "t = 1", "|" * 3000 + "t = 1", "9" * 400 + " = t", "_" * 90),
    *(r"\input{/etc/passwd} = t", r"\href{javascript:x}{t} = t", r"\frac{t}{0} = 1", "10^{400} = t", "", "t", "t < "),
    *(r"\sum_{i=1}^\infty i = t", r"\sum_{i=1}^{10^9} i = t", r"\sum_i \|H_i\|_F = t", r"\nabla_M \det(M) = N"),
    *("x + t = t", "x x = t", "t / x = t", "x y = 1", "t = (t", "t = t)", "t = {t", r"\log = t", "t = a/bs", "t = +"),
    *(r"\|M\| = t", r"|x| = t", r"\sqrt{x} = t", r"\det(x) = t", r"\lambda_1(x) = t", "g_9 = x", r"\nabla t = t"),
    *(r"\max_i = t", r"\sum t = t", r"\mathbb{E}[t] = t", r"\int_0 t = t", r"x \otimes t = t", "M^* = N", "x^2 = t"),
    *(r"t \ldots = t", r"t \pm s = t", r"t \to s", r"t \in [0, 1]", "t = t", r"\begin{foo} t \end{foo} = t"),
]


@pytest.mark.parametrize("tex", REFUSED, ids=lambda tex: tex[:20])
@pytest.mark.parametrize("symbols", [HOSTILE, SYMBOLS], ids=["hostile", "parse"])
def test_what_is_refused_is_said_in_chinese(symbols, tex):
    assert_said(verdict(symbols, tex, instances=20, mutants=False))


SPECIFICATIONS = [
    *("vectr(d)", "vector", "", "int(1)", "int(5..2)", "vector()", "interval(0)", "matrix(2, z)", "interval(1, 0)"),
    *({"family": "scalar"}, {"famly": "scalar"}, {"family": "scalar", "index": "i", "over": "1"}, {"function": "odd"}),
    *({"define": "t"}, {"define": "z", "of": "z"}, {"argmin": "t"}, {"least": "t"}, {"random": "int(1..2)"}),
    *({"sequence": "scalar"}, {"flow": "scalar"}, {"flow": "unit(2)", "of": "t"}, {"define": ["t"]}),
]


@pytest.mark.parametrize("specification", SPECIFICATIONS, ids=str)
def test_what_is_wrong_with_a_symbol_is_said_in_chinese(specification):
    found = verdict({"q": specification, "t": "scalar", "d": "int(2..3)"}, "q + t = t + q")
    assert found.kind is Kind.ERROR
    assert_said(found)
    assert told(found.reason, "zh").startswith("符号 q：") == found.reason.startswith("symbol q: ")


@pytest.mark.parametrize(
    ("check", "chinese"),
    [
        (Check(given=("t > 1", "t < 0")), "前提从不成立：只有 0 个实例满足前提，至少需要 20 个"),
        (Check(given=("t >",)), "第 1 个前提（t >）：末尾缺少内容"),
        (Check(assume="Kolmogorov"), "假定：Kolmogorov"),
        (Check(defines="u"), "左边必须是 u，对函数则是 u(x)"),
        (Check(order={"in": "t", "at_least": "many"}), "order: at_least 必须是数，不能是 many"),
        (Check(), "确定的反例：t = -1 时 -1 = 1 不成立"),
    ],
)
def test_an_exact_line_in_chinese(check, chinese):
    assert told(verdict({"t": "scalar"}, "t = t^2", check).reason, "zh") == chinese


def test_an_author_s_own_words_stay_as_they_are():
    found = verdict({"t": "scalar"}, "t = t^2", Check(skip="a figure"))
    assert type(found.reason) is str
    assert told(found.reason, "zh") == "a figure"


def test_a_type_in_a_message_is_a_word_where_it_is_no_notation():
    symbols = {"n": "int(2..3)", "x": "vector(n)", "f": {"function": "smooth", "of": "vector(n)"}}
    assert told(verdict(symbols, r"\|f\| = 1").reason, "zh") == "f 是函数；请给它一个自变量：f(x)"
    assert told(verdict(symbols, r"\sqrt{x} = 1").reason, "zh") == "vector(n) 没有方根"


def test_the_list_of_verdicts_in_chinese():
    text = "symbols: {t: scalar, s: scalar}\nequations:\n  - {id: a, tex: 't = 2 t'}\n  - {id: b, tex: 't + t = 2 t'}\n"
    lines = list(formats.as_text(check_file(text, "a.yaml"), language="zh"))
    assert lines[0] == "a.yaml:3:19: 不成立: a：确定的反例：t = 1 时 1 = 2 不成立"
    assert lines[1].startswith("a.yaml:4:19: 通过: b：在 ")
    assert lines[-1] == "共 2 个公式：通过 1 个，不成立 1 个；1 条提示"


def test_findings_about_a_file_are_said_in_chinese():
    listed = "equations:\n  - {id: a}\n  - {id: b, tex: [t], tight: 1, skip: x, assume: y}\n"
    text = f"symbols: {{t: [scalar]}}\nequatons: []\n{listed}"
    with pytest.raises(FindingsError) as caught:
        check_file(text, "a.yaml")
    for finding in caught.value.findings:
        assert isinstance(finding.what, Said)
        assert CHINESE.search(line_of(finding, "zh"))


def test_a_remembered_answer_can_be_said_in_chinese():
    values = {say("symbols.points", name="X"): [1, 2], "f": say("judge.sampled", count=2)}
    example = Counterexample(values, "a", "b", 1, 2, "=")
    unexposed = (say("judge.part", kind=say("judge.part-term"), tex="x"),)
    reason = say("judge.certainly-false", example=str(example))
    answer = Answer(Kind.REFUTED, reason, 40, example, Mutants(1, 2, (), unexposed))
    memory = {}
    remember(memory, "k", answer)
    found = recall(json.loads(json.dumps(memory)), "k")
    assert found == answer
    assert told(found.reason, "zh") == told(reason, "zh")
    assert told(str(found.counterexample), "zh") == "X 的取值点 = (1, 2)，f = 2 个抽样的函数 时 1 = 2 不成立"
    assert told(found.mutants.unexposed[0], "zh") == "项 x"


@pytest.mark.parametrize("key", ["factor x", "因子 x", "x"])
def test_a_part_is_excused_by_the_name_any_language_gives_it(key):
    assert excused(say("judge.part", kind=say("judge.part-factor"), tex="x"), {key: "why"})


def test_an_error_holds_its_place():
    found = verdict({"t": "scalar"}, "t = z")
    assert (found.kind, found.where) == (Kind.ERROR, Where("test.yaml", 1, 5))
