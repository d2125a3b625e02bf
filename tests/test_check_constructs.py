"""Every construct of the language with a true, a false and an unreadable case, each beside the verdict it must get."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES

from proofweave.check.judge.answer import Options
from proofweave.check.judge.verdict import Kind
from proofweave.check.sheet.document import check_equations
from proofweave.check.sheet.files import read_equations

FOLDER = CASES / "constructs"
NAMED = re.compile(r"# → (\w+)(?:: (.*))?$", re.M)


def told(path: Path, **options: object) -> list[tuple[str, str, str]]:
    sheet = read_equations(path.read_text(encoding="utf-8"), path.name)
    found = check_equations(sheet.symbols, sheet.equations, Options(**options))  # type: ignore[arg-type]
    return [(v.id, v.kind.value, str(v.reason)) for v in found if v.kind is not Kind.NOTE]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_construct_gets_the_verdict_it_names(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    found = told(path)
    assert len(named) == len(found)
    pairs = list(zip(named, found, strict=True))
    assert [each for want, each in pairs if want[0] != each[1] or want[1] not in each[2]] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_true_construct_is_refuted_by_another_seed(path: Path) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    found = told(path, seed=2026, mutants=False)
    pairs = list(zip(named, found, strict=True))
    assert [each for want, each in pairs if want[0] == "verified" and each[1] != "holds"] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("path", sorted((CASES / "hostile").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_a_hostile_reader_tried_gets_the_verdict_it_names(path: Path, seed: int | None) -> None:
    named = NAMED.findall(path.read_text(encoding="utf-8"))
    found = told(path, mutants=False, seed=seed)
    assert len(named) == len(found)
    assert [each for want, each in zip(named, found, strict=True) if want[0] != each[1]] == []
