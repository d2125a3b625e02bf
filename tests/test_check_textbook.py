from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES

from proofweave.check.judge.answer import Options
from proofweave.check.judge.verdict import Kind, Verdict
from proofweave.check.sheet.document import check_equations
from proofweave.check.sheet.files import Sheet, read_equations

TOPICS = ("calculus", "convexity", "dynamics", "linear-algebra", "probability")


@cache
def sheet(topic: str) -> Sheet:
    path = CASES / "textbook" / f"{topic}.yaml"
    return read_equations(path.read_text(encoding="utf-8"), path.name)


@cache
def checked(topic: str) -> tuple[Verdict, ...]:
    found = sheet(topic)
    return equations(found.symbols, found.equations, Options())


def equations(*asked: Any) -> tuple[Verdict, ...]:
    return tuple(verdict for verdict in check_equations(*asked) if verdict.kind is not Kind.NOTE)


def planted(topic: str) -> list[tuple[str, str, str]]:
    text = (CASES / "planted.yaml").read_text(encoding="utf-8")
    listed = yaml.load(text, Loader=yaml.BaseLoader)[topic]
    return [(name, old, new) for name, edits in listed.items() for old, new in edits]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_true_equation_is_verified(topic: str) -> None:
    assert [(v.id, v.kind.value, v.reason) for v in checked(topic) if v.kind is not Kind.VERIFIED] == []


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_no_true_equation_is_refuted_by_another_seed(topic: str) -> None:
    found = sheet(topic)
    other = equations(found.symbols, found.equations, Options(mutants=False, seed=2026))
    assert [(v.id, v.reason) for v in other if v.kind is not Kind.HOLDS] == []


@pytest.mark.parametrize(("name", "seed"), [("normal-tail", 14), ("normal-variance", 27)])
def test_a_wide_bell_whose_integral_once_was_trusted_too_far(name: str, seed: int) -> None:
    found = sheet("dynamics")
    known = [equation for equation in found.equations if equation.id == name]
    (verdict,) = equations(found.symbols, known, Options(mutants=False, seed=seed))
    assert verdict.kind is Kind.HOLDS


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_every_planted_error_is_refuted(topic: str) -> None:
    found = sheet(topic)
    known = {equation.id: equation for equation in found.equations}
    missed = []
    for name, old, new in planted(topic):
        equation = known[name]
        assert old in equation.tex, (name, old)
        wrong = replace(equation, tex=equation.tex.replace(old, new, 1))
        (verdict,) = equations(found.symbols, [wrong], Options(mutants=False))
        if verdict.kind is not Kind.REFUTED:
            missed.append((name, wrong.tex, verdict.kind.value, verdict.reason))
    assert missed == []


def test_the_sets_are_as_large_as_they_are_said_to_be() -> None:
    assert sum(len(sheet(topic).equations) for topic in TOPICS) >= 60
    assert sum(len(planted(topic)) for topic in TOPICS) >= 150
