"""What asks for too much work or memory gets a verdict that says so, within seconds and little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from checking import CASES

HEAVY = yaml.safe_load((CASES / "heavy.yaml").read_text(encoding="utf-8"))
SECONDS = 12  # of the processor; the work an equation may take is 5 on an unhurried machine
MEGABYTES = 512

MEASURED = """
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from checking import HERE, specs
from proofweave.adapters import resident
from proofweave.check.judge import Options
from proofweave.check.sheet.document import read_listed
from proofweave.core import Equation
for case in json.load(sys.stdin):
    started = time.thread_time()
    paper = read_listed(specs(case["symbols"]), [Equation("e", case["tex"], HERE)])
    found = next(v for v in paper.verdicts(Options(resident=resident)) if v.kind != "note")
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    place = found.at if found.at is not None else -1
    print(json.dumps([found.kind.value, found.reason, place, time.thread_time() - started, held]), flush=True)
"""


def measured(cases):
    """Return for each case its verdict, reason, place, processor time and the most memory held, from one process."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, str(Path(__file__).parent)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_heavy_equation_ends_soon_and_says_why(part):
    cases = HEAVY[part::4]
    found = measured(cases)
    assert len(found) == len(cases)
    for case, (kind, reason, _, seconds, held) in zip(cases, found, strict=True):
        assert (kind, case["says"] in reason) == ("error", True), (case["id"], kind, reason)
        assert "please report" not in reason
        assert seconds < SECONDS, case["id"]
        assert held < MEGABYTES, case["id"]
