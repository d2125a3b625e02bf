from __future__ import annotations

import json

import pytest

from proofweave.check.judge.verdict import Kind, failed
from proofweave.check.sheet import formats
from proofweave.check.sheet.whole import check_file
from proofweave.core.errors import FindingsError

POST = r"""# 标题

<!-- proofweave:begin a grown part's own marker is no block -->

<!-- proofweave
symbols:
  d: int(2..)
  x: vector(d)
  y: vector(d)
check: next
-->

$$\|x + y\| \le \|x\| + \|y\| \tag{1}$$

not announced: $$a = b$$

```proofweave
given: ['\langle x, y\rangle = 0']
```

\begin{equation}
\|x + y\|^2 = \|x\|^2
 + \|z\|^2
\label{eq:pyth}\end{equation}

```proofweave
id: defined
defines: m
```

$$m = \frac{x + y}{2}$$

<!-- proofweave
check: all
-->

$$\|x - m\| = \|y - m\|$$ $$\|m\| \ge \|x\|$$

<!-- proofweave
check: none
equations: ['\|m\|^2 \le \frac{\|x\|^2 + \|y\|^2}{2}']
-->

$$c = d$$
"""


def test_checks_next_to_the_math() -> None:
    found = check_file(POST, "post.md")
    assert [(v.id, v.kind) for v in found] == [
        ("1", Kind.VERIFIED),
        ("eq:pyth", Kind.ERROR),
        ("defined", Kind.DEFINED),
        ("display-5", Kind.VERIFIED),
        ("display-6", Kind.REFUTED),
        ("equation-7", Kind.VERIFIED),
    ]
    lines = POST.splitlines()
    wrong = found[1].where
    assert lines[wrong.line - 1][wrong.column - 1 :].startswith("z")
    false = found[4].where
    assert lines[false.line - 1][false.column - 1 :].startswith(r"\|m\| \ge")
    listed = found[5].where
    assert lines[listed.line - 1][listed.column - 1 :].startswith(r"\|m\|^2")


def test_a_broken_block_is_located() -> None:
    text = "a\n\n<!-- proofweave\nsymbols:\n  x: vector(d)\nchek: next\n-->\n"
    with pytest.raises(FindingsError) as caught:
        check_file(text, "post.md")
    (finding,) = caught.value.findings
    assert (finding.where.line, finding.where.column) == (6, 1)
    assert "did you mean 'check'" in str(finding)


def test_a_file_of_equations_reports_every_problem_at_once() -> None:
    text = (
        "symbols: []\nequations:\n  - {id: a, tex: 'x = 1', tight: maybe, skip: a, defines: b}\n  - {id: a, txt: y}\n"
    )
    with pytest.raises(FindingsError) as caught:
        check_file(text, "eq.yaml")
    rules = {finding.rule for finding in caught.value.findings}
    assert {"wrong-kind", "two-modes", "unknown-key", "missing-key"} <= rules


def test_formats() -> None:
    found = check_file(POST, "post.md")
    assert failed(found)
    document = json.loads(formats.as_json(found))
    assert [set(e) >= {"file", "id", "verdict", "reason", "instances", "counterexample", "mutants"} for e in
            document["equations"]] == [True] * 6  # fmt: skip
    assert document["equations"][0]["mutants"]["killed"] > 0
    assert document["equations"][4]["counterexample"]["relation"] == r"\ge"
    annotations = list(formats.as_github(found))
    assert len(annotations) == 2
    assert annotations[0].startswith("::error file=post.md,line=23,col=6,")
    log = json.loads(formats.as_sarif(found))
    (run,) = log["runs"]
    assert [r["ruleId"] for r in run["results"]] == ["error", "refuted"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 23, "startColumn": 6}
    text = list(formats.as_text(found, quiet=True))
    assert len(text) == 3
    assert text[-1] == "6 equations: 3 verified, 1 refuted, 1 defined, 1 error"


def test_a_remembered_verdict_is_the_verdict() -> None:
    memory: dict[str, object] = {}
    first = check_file(POST, "post.md", memory=memory)
    keys = set(memory)
    again = check_file(POST.replace("# 标题", "# a\n\n## b"), "post.md", memory=memory)
    assert set(memory) == keys
    assert [(v.id, v.kind, v.reason, v.counterexample, v.mutants) for v in first] == [
        (v.id, v.kind, v.reason, v.counterexample, v.mutants) for v in again
    ]
    check_file(POST.replace("d: int(2..)", "d: int(3..)"), "post.md", memory=memory)
    assert len(memory) > len(keys)
    json.dumps(memory)
