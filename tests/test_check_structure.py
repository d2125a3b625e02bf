"""Symbols swapped or put in one another's place, other points and functions, dropped premises, ties."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, verdict

from proofweave.check.judge.verdict import Kind, Verdict
from proofweave.check.sheet.whole import check_file

CASE = CASES / "structure.yaml"
TEXT = CASE.read_text(encoding="utf-8")
NAMED = re.compile(r"\{id: ([\w-]+), .*# → (\w+)(?:: (.*))?$", re.M)


def checked() -> tuple[Verdict, ...]:
    return check_file(TEXT, CASE.name)


def test_every_case_gets_the_verdict_it_names_and_an_idle_premise_a_note() -> None:
    found = checked()
    by_id = {v.id: v for v in found if v.kind is not Kind.NOTE}
    for name, kind, why in NAMED.findall(TEXT):
        assert by_id[name].kind == kind, by_id[name]
        assert why in by_id[name].reason
    notes = {v.id: str(v.reason) for v in found if v.kind is Kind.NOTE}
    assert {"idle", "implied"} == set(notes) & set(by_id)
    assert notes["idle"].startswith(r"the premise \|x\| \le 1 can be dropped unnoticed")


def kinds(found: Verdict) -> dict[str, tuple[int, int]]:
    assert found.mutants is not None
    return {kind: (killed, total) for kind, killed, total in found.mutants.kinds}


def test_kinds_of_slips_are_counted_apart() -> None:
    function = {"function": "convex smooth", "of": "vector(2)"}
    symbols = {"x": "vector(2)", "y": "vector(2)", "f": function | {"constant": "L"}, "g": function | {"constant": "K"}}
    claim = r"f(y) + g(y) \le f(x) + g(x) + \langle\nabla f(x) + \nabla g(x), y - x\rangle + \frac{L+K}{2}\|y - x\|^2"
    found = verdict(symbols, claim)
    counted = kinds(found)
    assert found.kind is Kind.VERIFIED
    assert counted["another function"][0] >= 3
    assert counted["point"][0] >= 2
    assert sum(total for _, total in counted.values()) == found.mutants.total  # type: ignore[union-attr]
    assert sum(killed for killed, _ in counted.values()) == found.mutants.killed  # type: ignore[union-attr]


def test_a_symmetric_swap_is_no_error() -> None:
    found = verdict({"t": "scalar", "s": "scalar"}, r"(t + s)^2 = t^2 + 2 t s + s^2")
    assert found.kind is Kind.VERIFIED
    assert "swap" not in kinds(found)


def test_a_needed_premise_counts_as_caught() -> None:
    found = next(v for v in checked() if v.id == "needed")
    assert kinds(found)["premise"] == (1, 1)
