from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from proofweave.check.sheet.whole import check_file

DOCS = Path(__file__).parent.parent / "docs" / "checks.md"
FENCE = re.compile(r"^```yaml\n(.*?)^```", re.M | re.S)


def examples() -> list[str]:
    return [text for text in FENCE.findall(DOCS.read_text(encoding="utf-8")) if "equations:" in text]


def test_the_page_has_examples() -> None:
    assert len(examples()) >= 5


@pytest.mark.parametrize("number", range(len(examples())))
def test_every_example_gets_the_verdict_it_names(number: int) -> None:
    text = examples()[number]
    named = re.findall(r"# → (\w+)", text)
    found = check_file(text, "example.yaml")
    assert [(v.id, v.kind.value, v.reason) for v in found if v.kind.value not in named] == []
    assert [v.kind.value for v in found] == named, [(v.id, v.kind.value, v.reason) for v in found]


def test_the_checker_is_used_alone_as_the_page_shows(tmp_path: Path) -> None:
    program = re.search(r"^```python\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.M | re.S)
    assert program is not None
    note = "<!-- proofweave\nsymbols:\n  a: real\n  b: real\ncheck: next\n-->\n$$(a + b)^2 = a^2 + b^2$$\n"
    (tmp_path / "notes.md").write_text(note, encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", program[1]], cwd=tmp_path, capture_output=True, text=True)
    assert "refuted" in run.stdout, run.stderr
    assert run.returncode == 1
