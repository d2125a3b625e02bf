"""Findings of outlines, recordings, config.yaml, YAML, JSON and TeX are said from the table, in Chinese too."""

import errno
import re
from pathlib import Path

import pytest

from proofweave.adapters import files
from proofweave.adapters.katex import MESSAGES
from proofweave.core.errors import FileError, FindingsError
from proofweave.core.types import Finding, Severity, Where
from proofweave.core.wire import line_of
from proofweave.core.words.said import Said, table, told
from proofweave.outline.config import read_config
from proofweave.outline.format import OUTLINE
from proofweave.outline.reading import read_outline
from proofweave.outline.renumber import retag
from proofweave.outline.reply import RECORDING, REPLIES, read_drafts, read_reply
from proofweave.outline.shapes import Many, OneOf, Record, Table, about, words_of
from proofweave.pipeline.code import modules
from proofweave.stages.ledger.record import SHAPE
from proofweave.text.press import environment_of, print_template
from proofweave.text.tex.faults import problems
from proofweave.text.yaml.reading import read_nodes

CASES = Path(__file__).parent / "cases"
HEAD = "title: 题\nsource: blogs_raw/a.md\nlanguage: zh\n"
ONE = HEAD + "sections:\n- id: s\n  title: 节\n  tags: 1\n  blocks:\n"
TWO = ONE + "  - derivation: {equation: {tex: a}}\n- id: v\n  title: b\n"
BLOCK = ONE + "  - theorem: t\n    statement: 甲\n    equations:\n    - "
MARKED = ["*a", "&a b", "!a b", "@a", "'a", "a: b", '"a" b', "'a' b", "{a: b", "[a } b", "'a\n\nb: c'd", "a #\n  b"]

OUTLINES = [
    "",
    "- a list",
    "%YAML 1.2",
    "a: " + "[" * 50,
    "a: {",
    "{[a]: b}",
    "title:\n  a b: c\n",
    "title: [a]\nsource: {b}\nlanguage: xx\nlines: 9..2\nbudget: {practice: 9..2, intuition: x}\nsections: []\n",
    *(f"title: a\nsource: {path}\nlanguage: zh\nsections: x\n" for path in ("/a", "../a", "'a\\b'", "b/c.md")),
    HEAD + "heading: |\n  甲\n  乙\nsections:\n- id: s\n  title: b\n",
    HEAD + "sections:\n- id: s\n  title: c\n  blocks: []\n  sections: []\n",
    HEAD + "sections:\n- id: s\n  title: a\n  tags: 1\n  sections:\n  - id: u\n    x：: 1\n    y z: 2\n    w:v : 3\n",
    ONE + "  - remark: 甲\n    claims: [{says: 甲}]\n",
    ONE + "  - layer: practice\n    theorem: t\n  - algorithm: a\n  - {d: e}\n  - {f}\n  - {}\n",
    ONE + "  - derivation:\n    - because：甲\n    - because:乙\n",
    ONE + "  - remark: |-\n      # 甲\n\n      乙\n      ===\n\n      ```\n      $$a$$ <b> $\\tag{1}$\n",
    BLOCK + "{id: e, tex: 'a \\tag{1} \\label{q} \\nonumber $b$', defines: a, skip: b, given: c}\n",
    BLOCK + "tex: |\n        \\begin{align}a\\end{align}\n\n        b\n      id: t\n      tag: none\n",
    BLOCK + "{id: e, tex: a}\n  - remark: 见 @eq:e.2、@thm:r、@eq:f、@thm:e、@sec:q 和 @eq:ee。\n    id: r\n",
    BLOCK + "{id: e, tex: a, tag: none}\n  - remark: 见 @eq:e。\n",
    *(ONE.replace("tags: 1", tags) + "  - derivation: {equation: {tex: a}}\n" for tags in ("tags: 2", "tags: 3-1", "")),
    ONE + "  - derivation: {write: 甲, equations: 2}\n- id: v\n  title: b\n  tags: 1-2\n  blocks: [{remark: c}]\n",
    TWO + "  tags: 4\n  blocks: [{remark: {equation: {tex: b}}}]\n",
    HEAD.replace(": zh", ":zh") + "references: {a b: {title: x}}\nsymbols: [a]\nlines：3\n",
    HEAD.replace("题", '"\\nabla \\beta \\q"') + "x: 'a''b'\ny: a #b\nz: {p: f(a, b), q: [g(c, d)]}\n",
    *(HEAD + f"heading: {text}\n" for text in MARKED),
    HEAD + "heading: a\nheading: b\n---\nb: c\n",
    HEAD + "\tx: 1\n",
    HEAD + "just a line\nmore: 1\n",
    HEAD + "a:\n  b: 1\n c: 2\n",
    HEAD + "heading: \x07\n",
    "x" * 4_000_001,
]
RECORDINGS = [
    *(
        "",
        "{",
        "[[",
        '{"a": 1,}',
        '{"a" 1}',
        "{1: 1}",
        '{"a": 1',
        '{"a": x}',
        '{"a": "b',
        "{} {}",
        '{"a": ]}',
        "{[]: 1}",
    ),
    *("[" * 50, '{"a": "\x07 \\n b \\uD800", "a": 1}'),
    '{"block": "b", "slots": {"proof": {"write": "again"}}, "x": 1}',
    '{"block": "b", "slots": {"proof": {"code": "x = 1", "run": "r"}}}',
]
CONFIGS = [
    "- a",
    "provider: x\nbase_url: a@b\nkey_variable: k\nmodel: ''\ntemperature: 9\nmax_tokens: 0\nretries: [1]\nextra: x\n",
    "concurrency: 0\ntimeout: 0\nretries: -1\nfirst_wait: x\nlongest_wait: x\nrepair_rounds: x\nsource_characters: x\n",
    "budget: x\ncurrency: ''\nbatch_poll: x\nheading: ''\nlanguage: fr\nprices: x\nmodle: a\napi_key: b\n",
    "prices: {a: 1, b: {input: x, outputs: 1}}\nextra: {model: a}\nvocabulary: x\n",
]
FORMULAS = [
    *("{", "}", r"\left(", r"\end{align}", r"\begin{align}a", "a $ b", r"a \tag{1} \tag{2}"),
    r"\begin{align}\begin{gather}a\end{gather}\end{align}",
    r"\begin{aligned}\left( a & b \right) \tag{1}\end{aligned}",
]


def broken() -> list[Finding]:
    """Return the findings of every broken text above and of every case that reads as an outline."""
    found: list[Finding] = []
    for text in OUTLINES:
        found += (*read_outline(text, "a.yaml")[1], *retag(text, "a.yaml").findings)
    for path in sorted(CASES.rglob("*.yaml")):
        found += read_outline(path.read_bytes().decode("utf-8", "replace"), path.name)[1]
    for text in RECORDINGS:
        found += read_reply(text, "a.json")[1]
    for text in CONFIGS:
        found += read_config(text, "config.yaml")[1]
    root, _ = read_nodes("a b: {proof: x}", "replies.yaml")
    assert root is not None
    found += read_drafts(root, "replies.yaml")[1]
    for tex in FORMULAS:
        for problem in (*problems(tex), *problems(tex, display=False)):
            found.append(Finding("formula", Severity.ERROR, Where("a.md"), problem.what, problem.expected, problem.fix))
    for template in ("{{ x", "{{ missing }}", "{% include 'none' %}"):
        with pytest.raises(FindingsError) as refused:
            print_template(environment_of({"t": template}), "templates", "t", {})
        found += refused.value.findings
    return found


BROKEN = broken()


def within(text: object):
    """Yield a said text's key and those said inside it."""
    if isinstance(text, Said):
        yield text.key
        for value in text.values.values():
            yield from within(value)


def authors(text: object) -> list[str]:
    """Return the words inside a text that come from elsewhere."""
    if isinstance(text, Said):
        return [word for value in text.values.values() for word in authors(value)]
    return [str(text)]


SENTENCE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){2,}")
PLAIN = re.compile(r"[\w./:…{}\[\]|, -]*")
"""What stands in a finding as it is in both languages: keys, numbers, what to type."""


@pytest.mark.parametrize("rule", sorted({finding.rule for finding in BROKEN}))
def test_every_finding_is_said_from_the_table_and_leaves_no_english_in_chinese(rule):
    for finding in (finding for finding in BROKEN if finding.rule == rule):
        texts = (finding.what, finding.expected, finding.fix)
        assert isinstance(finding.what, Said)
        assert all(isinstance(text, Said) or PLAIN.fullmatch(text) for text in texts), finding
        line = line_of(finding, "zh")
        for word in sorted((word for text in texts if isinstance(text, Said) for word in authors(text)), key=len)[::-1]:
            line = line.replace(" ".join(word.split()), "") if word.strip() else line
        assert not SENTENCE.search(line), line
        assert re.search(r"[\u4e00-\u9fff]", line)


SAID = {key for finding in BROKEN for text in (finding.what, finding.expected, finding.fix) for key in within(text)}
UNSEEN = {f"outline.retag-unsafe{end}" for end in ("", "-expected", "-fix")} | {
    *("text.yaml-syntax", "text.yaml-syntax-expected")
}
"""What no text we know of brings about."""


@pytest.mark.parametrize("room", ["outline", "text", "config"])
def test_every_text_of_a_room_is_said_by_some_broken_text(room):
    assert {f"{room}.{name}" for name in table(room)} - SAID <= UNSEEN


def shapes(shape, seen):
    if id(shape) in seen:
        return
    seen.add(id(shape))
    yield words_of(shape)
    if isinstance(shape, Record):
        for name, key in shape.keys.items():
            yield about(key, name)
            yield from shapes(key.shape, seen)
    inner = {Many: lambda: [shape.item], Table: lambda: [shape.key, shape.value]}.get(type(shape), list)()
    for each in [*inner, *(shape.records.values() if isinstance(shape, OneOf) else ())]:
        yield from shapes(each, seen)


def test_every_shape_and_key_has_words_and_no_words_are_left():
    seen: set[int] = set()
    said = {text.key for root in (OUTLINE, RECORDING, REPLIES, SHAPE) for text in shapes(root, seen)}
    assert said == {f"format.{name}" for name in table("format")}


def test_katex_has_words_for_each_of_its_messages():
    assert {name for name, _ in MESSAGES} | {"slow", "place"} == set(table("katex"))


def test_the_words_of_a_verb_are_part_of_its_code():
    rooms = {path.stem for path in modules("validate") if path.suffix == ".toml"}
    assert rooms >= {"outline", "format", "kind", "text", "config", "katex", "files"}


def test_a_finding_says_the_same_in_both_languages():
    (finding,) = read_outline((CASES / "bad_input/tags-gap/outline.yaml").read_text(encoding="utf-8"), "a.yaml")[1]
    told_en = "tags 4-5 leave a gap; expected 2-3; `proofweave retag` sets every range"
    assert line_of(finding, "en") == str(finding) == f"a.yaml:20:11: error: {told_en} [outline-tags-gap]"
    told_zh = "tags 4-5 之前缺了编号；应为 2-3；`proofweave retag` 会设好所有范围"
    assert line_of(finding, "zh") == f"a.yaml:20:11: 错误: {told_zh} [outline-tags-gap]"


@pytest.mark.parametrize("number", files.CAUSES)
@pytest.mark.parametrize("done", ["read", "written"])
def test_a_file_that_fails_is_told_in_chinese_by_its_name(number, done):
    error = files._plain(OSError(number, "said"), "blogs_raw/a.md", done)
    assert isinstance(error, FileError) and isinstance(error.what, Said)
    assert told(error.what, "zh").startswith(f"blogs_raw/a.md 无法{'读取' if done == 'read' else '写入'}：")
    assert not SENTENCE.search(told(error.what, "zh") + told(error.fix, "zh"))
    assert ("writ" in error.fix) == (done == "written") or number not in (errno.EACCES, errno.EPERM)
