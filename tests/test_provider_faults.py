"""A model's server that misbehaves: what heals, what is kept aside, what ends a run; through the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from proofweave.cli import main
from proofweave.outline.reading import read_outline

sys.path.insert(0, str(Path(__file__).parent))
from fake_model.running import CANARY, Project

HEALING = {
    "from-below": ["429", "wrong-equation"],
    "from-above": ["reset", "length", "length"],
    "why-close": ["hostile", "prose"],
    "shift": ["undeclared", "bad-escapes"],
    "all-equal": ["500", "503", "truncated-json", "fence"],
    "weights": ["wrong-schema", "broken-tex", "think"],
    "stable": ["slow", "drop", "stream-error", "empty-choice"],
}
ANSWERS = 16
"""Replies that were read to their end."""

ENDED = {"from-below": 3, "from-above": 4, "why-close": 2, "shift": 2, "all-equal": 4, "weights": 3, "stable": 4}
"""Requests that the server worked through to their end: all but the one it was too slow for."""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("PROOFWEAVE_TEST_KEY", CANARY)
    made = Project(tmp_path)
    made.configure(timeout=2)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def plain(tmp_path, monkeypatch):
    """A project of three blocks without equations."""
    monkeypatch.setenv("PROOFWEAVE_TEST_KEY", CANARY)
    made = Project(tmp_path, plain=3)
    made.configure(timeout=2)
    monkeypatch.chdir(made.root)
    return made


def slots(project):
    return {path.stem: json.loads(path.read_text())["slots"] for path in sorted(project.recordings.glob("*.json"))}


def test_faults_heal_and_the_post_is_built(project, capfd):
    with project.serve(HEALING):
        assert main(["generate", project.outline]) == 0
        told = capfd.readouterr().err
        healed = slots(project)
        assert {name: len(project.calls(name)) for name in healed} == ENDED
        assert f"{ANSWERS} calls" in told
        assert "equation 'from-below-largest' is refuted" in told
        calls = len(project.calls())
        assert main(["generate", project.outline]) == 0
        assert main(["merge", project.outline, "-o", "build/post.md"]) == 0
        assert len(project.calls()) == calls  # nothing is paid twice
    grown = (project.root / "build/post.md").read_text()
    assert "对 式(2)" in grown or "式(2)" in grown
    for foreign in ("script", "javascript:", "evil.example", "忽略之前", "<think>", "希望有帮助"):
        assert foreign not in grown
    for path in project.recordings.glob("*.json"):
        path.unlink()
    with project.serve():
        assert main(["generate", project.outline]) == 0
    assert slots(project) == healed


def test_what_never_gets_right_is_kept_aside_and_never_merged(project, capfd):
    then = {"from-below": "wrong-equation", "why-close": "hostile", "weights": "undeclared"}
    with project.serve(then=then):
        assert main(["generate", project.outline]) == 1
        assert project.aside() == sorted(then)
        assert [len(project.calls(name)) for name in sorted(then)] == [3, 3, 3]
        assert main(["generate", project.outline]) == 1
        assert [len(project.calls(name)) for name in sorted(then)] == [3, 3, 3]
        assert main(["merge", project.outline, "-o", "build/post.md"]) == 1
        assert not (project.root / "build/post.md").exists()
        told = capfd.readouterr().err
        assert "generations/log-sum-exp/rejected/from-below.json" in told
        assert "is refuted" in told and "reply-link" in told and "kappa is not declared" in told
        assert "Traceback" not in told
    with project.serve():
        assert main(["generate", project.outline, "--refresh", "from-below"]) == 1
        assert project.aside() == ["weights", "why-close"]
        assert main(["generate", project.outline, "--refresh", "weights", "--refresh", "why-close"]) == 0
        assert project.aside() == []
        assert main(["merge", project.outline, "-o", "build/post.md"]) == 0


def test_a_refresh_that_fails_leaves_the_recording(project, capfd):
    with project.serve():
        assert main(["generate", project.outline]) == 0
    before = slots(project)
    with project.serve(then={"shift": "wrong-equation"}):
        assert main(["generate", project.outline, "--refresh", "shift"]) == 0
        assert "reply-rejected" in capfd.readouterr().err
        assert slots(project) == before
        assert main(["merge", project.outline, "-o", "build/post.md"]) == 0


@pytest.mark.parametrize(
    ("fault", "rule"), [("refusal", "reply-refused"), ("filter", "reply-filtered"), ("huge", "reply-endless")]
)
def test_what_is_no_use_repeating_is_a_finding_at_once(plain, capfd, fault, rule):
    with plain.serve(then={"b2": fault}):
        plain.configure(max_tokens=100)
        assert main(["generate", plain.outline]) == 1
        assert len(plain.calls("b2", "begun")) == 1
        assert rule in capfd.readouterr().err
        assert (plain.recorded(), plain.aside()) == (["b1", "b3"], ["b2"])


def test_a_refuted_equation_does_not_come_back_without_its_check(project, capfd):
    with project.serve({"all-equal": ["wrong-equation", "evasion"], "weights": ["evasion"]}):
        assert main(["generate", project.outline]) == 0
        told = capfd.readouterr().err
        assert "back with its check taken off" in told
        assert "'weights-sum-one' is refuted, although it says skip" in told
        assert "skip" not in json.dumps(slots(project))
        assert (len(project.calls("all-equal")), len(project.calls("weights"))) == (3, 2)


def test_what_the_checker_cannot_read_may_be_skipped_and_is_counted(project, capfd):
    equation = project.replies["weights"]["body"][1]
    equation["tex"], equation["skip"] = r"\mathcal{F}[x] \leadsto \mathcal{G}[x]", "记号只作示意"
    with project.serve():
        assert main(["generate", project.outline]) == 0
    assert "1 equation not checked (skip, assume): read" in capfd.readouterr().err
    assert slots(project)["weights"]["body"][1]["equation"]["skip"] == "记号只作示意"


def test_odd_characters_end_no_run(plain, capfd):
    plain.replies["b1"] = {"body": [{"kind": "text", "text": "零\x00、半\ud83d、倒\u202e写。"}]}
    with plain.serve():
        assert main(["generate", plain.outline]) == 1
        assert (plain.recorded(), plain.aside()) == (["b2", "b3"], ["b1"])
        assert "which nobody sees" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", "does not accept the key"),
        ("404", "no such model or address"),
        ("quota", "no balance left"),
    ],
)
def test_what_no_other_call_can_heal_ends_the_run(plain, capfd, fault, words):
    with plain.serve(then={"*": fault}):
        assert main(["generate", plain.outline]) == 2
        told = capfd.readouterr().err
        assert words in told
        assert "Traceback" not in told and CANARY not in told
        assert len(plain.calls()) <= 3
        assert plain.recorded() == []


def test_no_server_and_no_key_are_told_plainly(plain, capfd, monkeypatch):
    plain.configure(retries=1)
    assert main(["generate", plain.outline]) == 2
    assert "no server answers at base_url" in capfd.readouterr().err
    monkeypatch.delenv("PROOFWEAVE_TEST_KEY")
    assert main(["generate", plain.outline]) == 2
    assert "the environment variable PROOFWEAVE_TEST_KEY holds no key" in capfd.readouterr().err
    monkeypatch.setenv("PROOFWEAVE_TEST_KEY", "sk-a\nb")
    assert main(["generate", plain.outline]) == 2
    told = capfd.readouterr().err
    assert "characters no key has" in told and "sk-a" not in told


def test_a_block_without_an_answer_stops_no_other(plain, capfd):
    with plain.serve(then={"b1": "503", "b2": "429-long"}):
        plain.configure(retries=2)
        assert main(["generate", plain.outline]) == 1
        told = capfd.readouterr().err
        assert plain.recorded() == ["b3"]
        assert len(plain.calls("b1")) == 3
        assert len(plain.calls("b2")) == 1 and "it asks to wait 3600 s" in told
        assert told.count("[model-unanswered]") == 2
    with plain.serve():
        done = len(plain.calls())
        assert main(["generate", plain.outline]) == 0
        assert len(plain.calls()) - done == 2


@pytest.mark.parametrize(
    ("accepts", "mode", "refused"),
    [
        (["json", "stream_options", "max_tokens", "temperature"], "json_object", 1),
        (["stream_options", "max_tokens", "temperature"], "text", 2),
        (["schema", "stream_options", "temperature"], "json_schema", 1),
        (["schema", "max_tokens"], "json_schema", 2),
    ],
)
def test_a_servers_dialect_is_found_out(plain, accepts, mode, refused):
    with plain.serve(accepts=accepts):
        plain.configure(concurrency=1)
        assert main(["generate", plain.outline]) == 0
        calls = plain.calls()
        assert [call["status"] for call in calls] == [400] * refused + [200] * 3
        assert {call["mode"] for call in calls if call["status"] == 200} == {mode}
        assert all(call["authorised"] for call in calls)


def test_one_refused_call_changes_no_dialect(plain, capfd):
    with plain.serve(then={"b2": "400"}):
        plain.configure(concurrency=1)
        assert main(["generate", plain.outline]) == 1
        assert [call["mode"] for call in plain.calls()] == ["json_schema"] * 3
        assert "maximum context length" in capfd.readouterr().err


def test_replies_may_come_whole(plain):
    with plain.serve({"b1": ["empty-choice"], "b2": ["length"], "b3": ["garbage"]}):
        plain.configure(stream="false")
        assert main(["generate", plain.outline]) == 0
        assert not any(call["stream"] for call in plain.calls())


def test_a_reply_cut_off_is_split_by_slots(project):
    project.edit(
        "        proof: {write: 由和不小于其最大的一项证明 @eq:below。, equations: 2}\n",
        "        proof:\n          - {write: 先写最大的一项。, equations: 1}\n"
        "          - {write: 再取对数。, equations: 1}\n",
    )
    first, second = project.replies["from-below"]["proof"]
    project.replies["from-below"] = {"proof": [first], "proof-2": [second]}
    with project.serve({"from-below": ["length"]}):
        assert main(["generate", project.outline]) == 0
        assert len(project.calls("from-below")) == 3
        assert sorted(slots(project)["from-below"]) == ["proof", "proof-2"]


def test_the_key_appears_nowhere(tmp_path):
    faults = {
        "b1": ["echo-key", "refusal"],
        "b2": ["echo-key-reply"],
        "b3": ["reset", "429", "hostile"],
        "b4": ["slow", "503"],
        "b5": ["garbage", "stream-error", "404"],
    }
    project = Project(tmp_path, plain=5)
    project.configure(timeout=2, concurrency=5)
    outputs = []
    with project.serve(faults):
        process = project.start("generate", project.outline)
        while process.poll() is None:
            outputs += [command_line(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
            try:
                outputs += process.communicate(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    with project.serve(then={"*": "401"}):
        outputs += project.run("generate", project.outline, "--refresh")[1:]
    project.configure(provider="batch", repair_rounds=0)
    with project.serve(then={"*": "echo-key-reply"}):
        outputs += project.run("generate", project.outline, "--refresh", "b2")[1:]
    assert any("recorded" in text for text in outputs) and any("(401)" in text for text in outputs)
    assert any("generate" in text for text in outputs)
    assert not [text for text in outputs if CANARY in text]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 20 and "[key]" in (project.recordings / "rejected/b2.json").read_text()
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


def command_line(path):
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def test_the_case_is_a_good_outline(project):
    outline, findings = read_outline((project.root / project.outline).read_text(), project.outline)
    assert outline is not None and findings == ()
