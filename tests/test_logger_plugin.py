"""Snakemake's logger plug-in, by real Snakemake: each event a line of JSON, beside Snakemake's own words."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from proofweave.adapters.snakemake_run import FIELDS, snakemake, written

ROOT = Path(__file__).parent.parent
RULES = """
rule all:
    input:
        "一.txt",
        "two.txt",


rule grow:
    output:
        "{post}.txt",
    shell:
        "echo 'a job may print; {{}} too'; test {wildcards.post} = 一 && touch {output}"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Snakefile").write_text(RULES, encoding="utf-8")
    return tmp_path


def of(events, name):
    return [event for event in events if event["event"] == name]


def test_each_event_is_handed_on(folder):
    events = []
    code, said = snakemake(folder, ["--cores", "1", "--keep-going"], events.append)
    assert code == 1 and "Error in rule grow" in said and not said.lstrip().startswith("{")
    assert events[0] == {"event": "run_info", "stats": {"grow": 2, "all": 1, "total": 3}}
    started = {event["jobid"]: (event["rule_name"], event["wildcards"]) for event in of(events, "job_info")}
    assert sorted(started.values(), key=str) == [("grow", {"post": "two"}), ("grow", {"post": "一"})]
    (finished,), (failed,) = of(events, "job_finished"), of(events, "job_error")
    assert started[finished["job_id"]] == ("grow", {"post": "一"})
    assert started[failed["jobid"]] == ("grow", {"post": "two"}) and failed["rule_name"] == "grow"
    assert of(events, "progress") == [{"event": "progress", "done": 1, "total": 3}]
    assert "CalledProcessError" in of(events, "error")[0]["msg"]


def test_by_hand_snakemake_speaks_as_ever_and_events_go_to_the_pipe(folder):
    (folder / "two.txt").touch()
    command = [sys.executable, "-m", "snakemake", "--cores", "1"]
    plain = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert plain.returncode == 0 and '"event"' not in plain.stdout + plain.stderr
    (folder / "一.txt").unlink()
    told = subprocess.run([*command, "--logger", "proofweave"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0 and "2 of 2 steps (100%) done" in told.stderr
    events = [json.loads(line) for line in told.stdout.splitlines() if line.startswith("{")]
    assert {event["event"] for event in events} == {"run_info", "job_info", "job_finished", "progress"}


def test_what_stops_snakemake_before_any_job_is_told(folder):
    events = []
    code, said = snakemake(folder, ["--cores", "1", "three.md"], events.append)
    assert code == 1 and "three.md" in of(events, "error")[0]["msg"]
    events.clear()
    code, said = snakemake(folder, ["--cores", "some"], events.append)
    assert code and not events and "--cores" in said


def test_events_are_those_of_the_interface_and_the_rest_is_silent():
    from snakemake_interface_logger_plugins.common import LogEvent

    assert FIELDS.keys() <= {event.value for event in LogEvent}
    assert written({"event": LogEvent.SHELLCMD, "shellcmd": "echo"}) == written({"msg": "Building DAG"}) == ""
    assert json.loads(written({"event": LogEvent.PROGRESS, "done": 1})) == {
        "event": "progress",
        "done": 1,
        "total": None,
    }


def test_the_wheel_ships_every_package():
    with (ROOT / "pyproject.toml").open("rb") as file:
        shipped = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(shipped) == sorted(f"src/{path.parent.name}" for path in (ROOT / "src").glob("*/__init__.py"))
