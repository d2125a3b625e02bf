import re

from hypothesis import given
from hypothesis import strategies as st

from proofweave.core.types import Check, Code, Equation, Provenance, Reply, Step, SymbolSpec, Text, Where
from proofweave.outline.reply import read_reply, write_reply

NOWHERE = Where("generations/p/b.json")
PROSE = st.text(st.sampled_from("甲乙。！？；，ab c.!;\n\\$@'\"ntbfr"), min_size=1, max_size=40).map(
    lambda t: t.strip("\n")
)
PROSE = PROSE.filter(lambda text: text.strip() and not re.search(r"\$|\n\s*\n", text))
TEX = st.sampled_from(
    [r"a = b", r"\nabla f = \theta \\ \beta", "\\begin{pmatrix} a \\\\ b \\end{pmatrix}\n= x", r"\frac{a}{b} \le \rho"]
)
CHECKS = st.sampled_from(
    [Check(), Check(skip="r"), Check(defines=r"\theta"), Check(given=("a > 0", "b = 1")), Check(tight=True),
     Check(order={"in": "1/k", "at_least": "1"}), Check(excuse={"a": "because"})]
)  # fmt: skip
SYMBOLS = st.sampled_from(
    [(), (SymbolSpec("x", "vector(d)", NOWHERE), SymbolSpec(r"\xi", {"random": "scalar"}, NOWHERE))]
)


def equations():
    from proofweave.text.tex.structure import split_rows

    def build(id, tex, check, symbols, numbered, one):
        rows = 1 if one else len(split_rows(tex))
        return Equation(id, tex, NOWHERE, check, symbols, numbered, rows)

    return st.builds(build, st.sampled_from(["", "e-1"]), TEX, CHECKS, SYMBOLS, st.booleans(), st.booleans())


CODES = st.builds(
    lambda code, language: Code(code.rstrip("\n") + "\n", language, NOWHERE),
    st.text(st.sampled_from('ab\t\n \\"#'), min_size=1).filter(lambda code: code.strip()),
    st.sampled_from(["", "python"]),
)
PARTS = st.one_of(
    st.builds(lambda text: Text(text, NOWHERE), PROSE),
    equations(),
    CODES,
    st.builds(lambda b, e, i: Step(b, e, i, NOWHERE), PROSE, st.none() | equations(), st.just("") | PROSE),
)


def without_places(value):
    return re.sub(r"where=Where\([^)]*\)", "", repr(value))


@given(st.lists(PARTS, min_size=1, max_size=4), st.lists(PARTS, max_size=2))
def test_what_is_written_is_read_again(proof, body):
    made = Provenance("a model", "2026-01-01", {"temperature": "0"}, "ab", {"prompt": 3})
    slots = {"proof": tuple(proof), **({"body": tuple(body)} if body else {})}
    reply = Reply("b", "k", "s", slots, made, "generations/p/b.json")
    text = write_reply(reply)
    again, _ = read_reply(text, reply.path)
    assert again is not None
    assert without_places(sorted(again.slots.items())) == without_places(sorted(slots.items()))
    assert (again.block, again.key, again.spec, again.provenance) == ("b", "k", "s", made)
    assert write_reply(again) == text


def test_a_sentence_stands_on_a_line_of_its_own():
    reply = Reply("b", "k", "s", {"proof": (Text("一。二！Three. Four", NOWHERE),)}, Provenance("m", "d"), "p.json")
    lines = [line.strip(" ,") for line in write_reply(reply).splitlines()]
    assert [line for line in lines if line.startswith('"') and ":" not in line] == [
        '"一。"',
        '"二！"',
        '"Three. "',
        '"Four"',
    ]


def test_every_problem_of_a_recording_is_located():
    text = r"""{
 "block": "b", "speck": "x",
 "slots": {
  "proof": [
   "## heading",
   {"equation": {"tex": "a \\tag{1}"}}
  ]
 }
}
"""
    reply, findings = read_reply(text, "g.json")
    assert reply is not None
    assert [(finding.rule, finding.where.line) for finding in findings] == [
        ("reply-unknown-key", 2),
        ("prose-heading", 5),
        ("tex-tag", 6),
    ]


def test_tex_eaten_by_an_escape_is_refused():
    _, findings = read_reply('{"block": "b", "slots": {"proof": [{"equation": {"tex": "\\nabla f"}}]}}', "g.json")
    assert [finding.rule for finding in findings] == ["json-escape"]
