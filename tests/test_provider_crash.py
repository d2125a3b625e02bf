"""Runs that are killed, run twice at once, or cannot write: no half recording, nothing paid twice, a clear message."""

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from proofweave.outline.reply import read_reply

sys.path.insert(0, str(Path(__file__).parent))
from fake_model.running import Project, environment

CONCURRENCY = 3


def whole(project):
    """Return the recordings, each of which must be readable without a finding."""
    found = {}
    for path in project.recordings.glob("**/*.json"):
        reply, findings = read_reply(path.read_text(encoding="utf-8"), str(path))
        assert reply is not None and findings == (), path
        assert reply.spec and reply.provenance.tokens
        found[path.stem] = reply
    return found


def kill_at_random(project, kills, seed, window=1.0):
    """Kill runs at random moments; return (kills that met a run at work, calls begun, replies recorded anew)."""
    chance = random.Random(seed)
    met = anew = 0
    for _ in range(kills):
        known = set(whole(project))
        if len(known) > 8:
            for name in chance.sample(sorted(known), 6):
                (project.recordings / f"{name}.json").unlink()
                known.discard(name)
        begun = len(project.calls(state="begun"))
        process = project.start("generate", project.outline)
        deadline = time.monotonic() + 120
        if chance.random() < 0.8:  # the others are killed while the program starts
            while len(project.calls(state="begun")) == begun and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.005)
        time.sleep(chance.random() * window)
        met += process.poll() is None
        process.kill()
        process.communicate()
        anew += len(set(whole(project)) - known)
    return met, len(project.calls(state="begun")), anew


@pytest.mark.slow
def test_kills_at_any_moment_lose_at_most_the_replies_in_flight(tmp_path):
    project = Project(tmp_path, plain=12)
    project.configure(concurrency=CONCURRENCY)
    kills = 8
    with project.serve(delay=0.03):
        met, begun, anew = kill_at_random(project, kills, seed=20)
        assert met >= kills // 2
        assert begun <= anew + CONCURRENCY * kills
        missing = 12 - len(whole(project))
        before = len(project.calls())
        assert project.run("generate", project.outline)[0] == 0
        assert missing - CONCURRENCY * kills <= len(project.calls()) - before <= missing
        assert len(whole(project)) == 12
    assert not [path for path in project.recordings.iterdir() if path.suffix != ".json" and path.stat().st_size == 0]


def test_what_was_paid_is_judged_by_the_next_run(tmp_path):
    project = Project(tmp_path, plain=1)
    talk = project.root / ".proofweave" / "talks" / "plain" / "b1.json"
    with project.serve({"b1": ["hostile"]}):
        project.configure(max_tokens=200)
        assert project.run("generate", project.outline, "--budget", "0.006")[0] == 1
        assert project.aside() == ["b1"] and talk.exists()  # the budget ended its repair
        code, _, told = project.run("generate", project.outline)
        assert code == 0 and "its talk is picked up" in told
        assert len(project.calls()) == 2 and project.aside() == []
        assert whole(project)["b1"].provenance.tokens["calls"] == 2
    assert not talk.exists()


def test_two_runs_at_once_pay_once(tmp_path):
    project = Project(tmp_path, plain=8)
    with project.serve(delay=0.15):
        runs = [project.start("generate", project.outline) for _ in range(2)]
        outputs = [run.communicate(timeout=300) for run in runs]
        assert [run.returncode for run in runs] == [0, 0], outputs
        assert sorted(call["block"] for call in project.calls()) == [f"b{n}" for n in range(1, 9)]
        assert len(whole(project)) == 8
        assert "another run" in outputs[0][1] + outputs[1][1]
    assert not list((project.root / ".proofweave" / "claims").rglob("*.lock"))


def test_an_interrupt_says_what_is_kept(tmp_path):
    project = Project(tmp_path, plain=8)
    with project.serve(delay=0.3):
        process = project.start("generate", project.outline)
        while not project.recorded() and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=300)
        assert process.returncode == 130
        assert "the next run continues" in told and "Traceback" not in told
        kept = len(whole(project))
        assert 1 <= kept < 8
        before = len(project.calls())
        assert project.run("generate", project.outline)[0] == 0
        assert 8 - kept - 3 <= len(project.calls()) - before <= 8 - kept  # what was being judged is not asked again


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))


def test_a_disk_that_fills_up_loses_only_what_does_not_fit(tmp_path):
    project = Project(tmp_path, plain=6)
    project.configure(concurrency=1)
    project.replies["b3"] = {"body": [{"kind": "text", "text": "长文" * 2000 + "。"}]}
    with project.serve():
        code, _, told = project.run("generate", project.outline, preexec_fn=small_files)
        assert code == 2
        assert "generations/plain/b3.json cannot be written" in told and "Traceback" not in told
        assert sorted(whole(project)) == ["b1", "b2"]
        assert len(project.calls()) == 3  # nothing more was paid for once it was known
        assert project.run("generate", project.outline)[0] == 0
        assert len(project.calls()) == 7
        assert not [path for path in project.recordings.iterdir() if path.suffix != ".json"]


def test_a_full_disk_is_noticed_before_a_call(tmp_path):
    project = Project(tmp_path, plain=2)
    folder = project.root / "generations"
    mounted = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        (folder / "filler").write_bytes(b"\0" * 15_000)
        with project.serve():
            code, _, told = project.run("generate", project.outline)
        assert code == 2 and "no space left" in told and "nothing was asked" in told
        assert project.calls(state="begun") == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_folder_is_noticed_before_a_call(tmp_path):
    project = Project(tmp_path, plain=2)
    prefix = []
    if not os.geteuid():  # root may write everywhere unless it gives that up
        if not shutil.which("setpriv"):
            pytest.skip("root may write everywhere, and setpriv is not here")
        prefix = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    (project.root / "generations").chmod(0o555)
    try:
        with project.serve():
            code, _, told = project.run("generate", project.outline, prefix=prefix)
        assert code == 2 and "permission denied" in told and "nothing was asked" in told
        assert "Traceback" not in told and project.calls(state="begun") == []
    finally:
        (project.root / "generations").chmod(0o755)


def test_a_batch_is_picked_up_by_the_next_run(tmp_path):
    project = Project(tmp_path, plain=4)
    project.configure(provider="batch")
    state = project.root / ".proofweave" / "batches" / "plain.json"
    with project.serve(then={"b4": "hostile"}, polls=10_000):
        process = project.start("generate", project.outline)
        while not (state.exists() and "batch_1" in state.read_text()) and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
        assert whole(project) == {}
        project.scripted({"b4": ["wrong-schema"]}, polls=2)
        document = json.loads(state.read_text())
        state.write_text(json.dumps({**document, "batch": ""}))  # killed before its name was written down
        code, _, told = project.run("generate", project.outline)
        assert code == 0, told
        assert "picking up the batch of an earlier run" in told
        assert len(project.calls(state="batch")) == 2  # the first replies, and one repair
        assert sorted(whole(project)) == ["b1", "b2", "b3", "b4"]
        assert not state.exists()


def test_a_batch_that_expires_is_sent_again(tmp_path):
    project = Project(tmp_path, plain=2)
    project.configure(provider="batch")
    with project.serve(expire=1):
        code, _, told = project.run("generate", project.outline)
        assert code == 0 and "the batch expired without it; it goes into the next batch" in told
        assert len(whole(project)) == 2


def test_a_terminal_shows_one_living_line(tmp_path):
    project = Project(tmp_path, plain=3)
    project.replies["b2"] = {"body": [{"kind": "text", "text": "长一些的文字，" * 200 + "完。"}]}
    ours, theirs = os.openpty()
    with project.serve(delay=0.1):
        process = subprocess.Popen(
            [sys.executable, "-m", "proofweave", "generate", project.outline],
            cwd=project.root,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            env=environment(),
        )
        os.close(theirs)
        seen = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            seen += more
        assert process.wait(timeout=300) == 0
    os.close(ours)
    told = seen.decode()
    assert re.search(r"\r\x1b\[2K[^\n\r]*\[\d/3\] [^\n\r]*characters", told) and told.count("recorded in") == 3
