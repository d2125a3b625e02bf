"""Inputs of the kinds on which checkers go wrong: each must get the verdict its case names."""

import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES, verdict

from proofweave.core import Check

KINDS = {
    f"{name}-{kind}": cases
    for name in ("kinds", "laws")
    for kind, cases in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")).items()
}
GIVEN = Path(__file__).parents[2] / "shared" / "cases" / "checker.yaml"


def judged(case):
    return verdict(case["symbols"], case["tex"], Check(given=tuple(case.get("given", ())), order=case.get("order")))


def right(case, found):
    want = case["want"]
    return found.kind != want[4:] if want.startswith("not ") else found.kind in want.split(" or ")


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{kind}-{k}") for kind, cases in KINDS.items() for k, case in enumerate(cases)]
)
def test_a_kind_gets_its_verdict(case):
    found = judged(case)
    assert right(case, found), f"{case['tex']}: {found.kind}: {found.reason}"


def given_cases():
    return yaml.safe_load(GIVEN.read_text(encoding="utf-8"))["cases"] if GIVEN.is_file() else []


@pytest.mark.skipif(not GIVEN.is_file(), reason="the shared cases are not beside this clone")
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in given_cases()])
def test_a_shared_case_gets_its_verdict(case):
    found = judged(case)
    assert right(case, found), f"{case['tex']}: {found.kind}: {found.reason}"
