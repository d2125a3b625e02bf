"""What a verdict covers: declared is claimed, less is said, and what the verdict leans on goes with it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES

from proofweave.check.judge.verdict import Kind, Verdict
from proofweave.check.sheet import formats
from proofweave.check.sheet.whole import check_file, check_outline
from proofweave.core import SymbolSpec, Where, told
from proofweave.outline.reading import read_outline

FOLDER = CASES / "scope"
NAMED = re.compile(r"# → (\w+)(?: (full|special)$|: (.*)$|$)", re.M)


def judged(text: str, path: str = "sheet.yaml", **options: object) -> dict[str, Verdict]:
    found = check_file(text, path, **options)  # type: ignore[arg-type]
    return {verdict.id: verdict for verdict in found if verdict.kind is not Kind.NOTE}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_case_gets_its_verdict_and_scope(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named, found = NAMED.findall(text), judged(text)
    assert len(named) == len(found)
    wrong = [
        (each.id, each.kind.value, each.scope, each.told())
        for (kind, scope, words), each in zip(named, found.values(), strict=True)
        if (each.kind.value, each.scope) != (kind, scope) or words not in each.reason
    ]
    assert wrong == []


SHEET = r"""symbols:
  n: {type: 'int(1..3)', because: more take too long}
  d: size
  x: vector(d)
  f: {function: convex smooth, of: vector(d), constant: L}
  c: {define: '\|x\|^2'}
equations:
  - id: descent
    tex: 'n f(x - \frac{1}{L}\nabla f(x)) \le n f(x)'
    given: ['\|x\| \ge 1']
    instances: {f: {as: quadratic, because: closed forms}}
    excuse: {'1': it cancels}
  - {id: plain, tex: 'c \ge 0 - L'}
"""


def test_a_narrowing_is_said_with_its_reason_in_both_languages() -> None:
    found = judged(SHEET, mutants=False)["descent"]
    assert told(str(found), "en").endswith(
        "; checked for quadratic f only (closed forms); checked for n ≤ 3 only (more take too long)"
    )
    assert "只在二次函数上检验：f（closed forms）" in told(str(found), "zh")


def test_what_a_verdict_leans_on_and_what_was_planned_go_with_it() -> None:
    found = judged(SHEET, mutants=False)
    conditions = [(one.kind, one.name, one.text) for one in found["descent"].conditions]
    assert ("given", "", r"\|x\| \ge 1") in conditions
    assert ("excuse", "1", "it cancels") in conditions
    assert [(one.kind, one.name) for one in found["plain"].conditions] == [("definition", "c")]
    planned = found["descent"].planned
    assert planned.near == {"d": "1..3", "n": "1..3"}
    assert planned.far == {"d": 64}
    assert planned.kinds == {"x": "vector(d)", "f": "convex smooth quadratic"}


def test_json_holds_scope_narrowings_conditions_and_plan() -> None:
    document = json.loads(formats.as_json(check_file(SHEET, "sheet.yaml", mutants=False)))
    descent, plain = document["equations"]
    assert (descent["scope"], plain["scope"]) == ("special", "full")
    assert [one["because"] for one in descent["narrowings"]] == ["closed forms", "more take too long"]
    assert {"given", "excuse"} <= {one["kind"] for one in descent["conditions"]}
    assert plain["planned"]["near"] == {"d": "1..3"}


def test_only_what_passed_in_special_cases_is_reported() -> None:
    found = check_file(SHEET, "sheet.yaml", mutants=False)
    quiet = list(formats.as_text(found, quiet=True))
    assert [line.split(": ")[2] for line in quiet[:-1]] == ["descent"]
    assert quiet[-1] == "2 equations: 2 holds; 1 in special cases only"
    results = json.loads(formats.as_sarif(found))["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in results] == [("special", "note")]
    assert next(iter(formats.as_github(found))).startswith("::notice ")


def test_a_narrowing_without_a_reason_is_noted_once() -> None:
    text = SHEET.replace("{type: 'int(1..3)', because: more take too long}", "int(1..3)")
    notes = [v for v in check_file(text, "sheet.yaml", mutants=False) if v.kind is Kind.NOTE]
    assert [(note.id, note.where.line) for note in notes] == [("n", 2)]
    assert "say why no more is checked" in notes[0].reason


def test_a_remembered_verdict_covers_the_same() -> None:
    memory: dict[str, object] = {}
    first = judged(SHEET, mutants=False, memory=memory)
    again = judged(SHEET, mutants=False, memory=memory)
    assert again == first
    wider = judged(SHEET.replace("as: quadratic", "as: smooth"), mutants=False, memory=memory)
    assert wider["descent"].planned != first["descent"].planned


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("vector(d)", "type"),
        ({"type": "int(1..3)", "because": "slow"}, "type"),
        ({"define": "2 x", "stated": "twice x"}, "type"),
        ({"as": "quadratic", "because": "closed forms"}, "as"),
        ({"as": {"define": "2 x"}, "because": "closed forms"}, "as"),
    ],
)
def test_a_specification_is_written_as_it_was_read(value: str | dict[str, object], key: str) -> None:
    spec = SymbolSpec.read("x", value, Where("f"), key)
    assert SymbolSpec.read("x", spec.written(key), Where("f"), key) == spec
    assert spec.written(key) == value


def test_large_values_that_cost_too_much_are_said() -> None:
    text = r"""symbols:
  n: size
  \xi: {random: scalar, support: 3, mean: 0, iid: n}
equations:
  - {id: mean, tex: '\mathbb{E}\left[\left(\sum_{i=1}^n \xi_i\right)^2\right] = n\,\mathbb{E}[\xi^2]'}
"""
    found = judged(text, mutants=False)["mean"]
    assert found.scope == "full"
    assert found.planned.far["n"] > found.reached["n"]


POST = r"""Let $v(t) = 3 t$ and let $k$ be a digit, that is, at most 9.

<!-- proofweave
symbols:
  t: scalar
  s: scalar
  v: {define: '3 t', of: t}
  w: {define: '5 t', of: t}
  k: {type: int(0..9), stated: at most  9}
  j: {type: int(0..9), stated: at most 10}
equations:
  - {id: said, tex: 'v(t + s) = v(t) + v(s)'}
  - {id: unsaid, tex: 'w(t + s) = w(t) + w(s)'}
  - {id: quoted, tex: 'k^2 \le 9 k'}
-->
"""


def test_what_the_text_says_is_no_narrowing() -> None:
    found = judged(POST, "post.md")
    assert {name: found[name].scope for name in ("said", "unsaid", "quoted")} == {
        "said": "full",
        "unsaid": "special",
        "quoted": "full",
    }
    assert ("stated", "k") in [(one.kind, one.name) for one in found["quoted"].conditions]
    assert found["j"].kind is Kind.ERROR


CLASSES = r"""Let $f$ be smooth; let $g$ be a quadratic.

<!-- proofweave
symbols:
  t: scalar
  s: scalar
  f: {function: smooth, of: scalar}
equations:
  - id: other
    tex: "f(t) - f(s) = f'(\\frac{s+t}{2})(t-s)"
    symbols: {f: {function: quadratic, of: scalar, stated: Let $f$ be smooth}}
  - id: said
    tex: "f(t) - f(s) = f'(\\frac{s+t}{2})(t-s)"
    symbols: {f: {function: quadratic, of: scalar, stated: let $g$ be a quadratic}}
-->
"""


def test_a_quotation_that_names_no_class_excuses_none() -> None:
    found = judged(CLASSES, "post.md", mutants=False)
    assert {name: (one.kind, one.scope) for name, one in found.items()} == {
        "other": (Kind.HOLDS, "special"),
        "said": (Kind.HOLDS, "full"),
    }
    assert [one.because for one in found["other"].narrowings] == ["Let $f$ be smooth"]


OUTLINE = r"""title: T
source: blogs_raw/t.md
language: en
symbols:
  d: size
  x: vector(d)
  t: scalar
  f: {function: smooth, of: scalar}
instances:
  d: {as: int(1..2), because: slow}
sections:
  - id: s
    title: S
    tags: 1-6
    symbols:
      t: positive
    blocks:
      - theorem: a
        statement: Nothing is said here.
        symbols:
          f: {define: '2 t', of: t}
        equations:
          - {id: linear, tex: 'f(t + 1) = f(t) + f(1)'}
          - {id: rate, tex: 'e^{-t} \le \frac{1}{1+t}'}
          - {id: norm, tex: '\|x\|_1 \le \frac32 \|x\|'}
        cite: r
      - theorem: b
        statement: Now let $f(t) = 2 t$.
        symbols:
          f: {define: '2 t', of: t}
        equations:
          - {id: said, tex: 'f(t + 1) = f(t) + f(1)', symbols: {t: scalar}}
          - {id: freed, tex: 'e^{t} \ge 1 + t', symbols: {t: scalar}}
        cite: r
      - special_case:
          - equation: {id: case, tex: 't^2 \le t'}
        symbols:
          t: interval(0, 1)
references:
  r: {title: R}
"""


def test_an_outline_is_judged_by_its_own_text_and_levels() -> None:
    outline, findings = read_outline(OUTLINE, "outlines/t.yaml")
    assert outline is not None, findings
    found = {v.id: v for v in check_outline(outline, mutants=False) if v.kind is not Kind.NOTE}
    narrowed = {name: [one.symbol for one in verdict.narrowings] for name, verdict in found.items()}
    assert narrowed == {"linear": ["f", "t"], "rate": ["t"], "norm": ["d"], "said": [], "freed": [], "case": []}
    assert [(one.kind, one.name) for one in found["freed"].conditions] == [("redeclared", "t")]


HIDING = r"""symbols:
  \mu: positive
  L: positive
  h: {define: 'L t^2', of: t}
  t: scalar
equations:
  - {id: first, tex: 'h(t) \ge 0'}
  - {id: tied, tex: '\mu \le 2 L', symbols: {\mu: {define: L}}}
"""

OUTLINED = r"""title: T
source: blogs_raw/a.md
language: en
symbols: {t: scalar, L: positive, h: {define: 'L t^2', of: t}}
sections:
  - id: s
    title: S
    tags: 1
    blocks:
      - lemma: l
        statement: Let $h$ be smooth.
        equations: [{id: first, tex: 'h(t) \ge 0'}]
        cite: [r]
"""


def asked_for_reasons(found: tuple[Verdict, ...]) -> list[str]:
    return [verdict.id for verdict in found if verdict.kind is Kind.NOTE and "while more is claimed" in verdict.reason]


def test_a_definition_needs_a_reason_where_it_hides_a_free_symbol_or_a_text_should_say_it() -> None:
    assert asked_for_reasons(check_file(HIDING, "sheet.yaml", mutants=False)) == [r"\mu"]
    outline, _ = read_outline(OUTLINED, "a.yaml")
    assert outline is not None
    assert asked_for_reasons(check_outline(outline, mutants=False)) == ["h"]
