"""`proofweave build site` by real Snakemake: its progress in plain lines, and bytes that `serve` writes too."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = Path(__file__).parent / "cases" / "workflow" / "project"
ANYWHERE = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE")}
AGAIN = """
from pathlib import Path
from proofweave.pipeline.project import Project
from proofweave.pipeline.live.rebuild import Builder
here = Path.cwd()
builder = Builder(Project(here), here / "build" / "site")
for outline in builder.project.outlines():
    builder.post(outline)
for script in builder.undrawn():
    builder.figure(script)
builder.around()
builder.katex.close()
"""


def run(folder, *command):
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=ANYWHERE, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a project that was built with its site, and what was said on the way."""
    folder = tmp_path_factory.mktemp("build") / "project"
    shutil.copytree(PROJECT, folder)
    for name in ("rules", "profiles", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("Snakefile", "environment.yaml"):
        shutil.copy(ROOT / name, folder)
    done = run(folder, "-m", "proofweave", "build", "site")
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


@pytest.mark.slow
def test_progress_is_plain_lines_where_there_is_no_terminal(built):
    lines = built[1].splitlines()
    assert len(lines) > 3 and "\r" not in built[1]
    shape = re.compile(r"\d+/\d+ steps, \d/3 posts and \d of about 5 equations judged, .* left")
    assert all(shape.fullmatch(line) for line in lines[:-1])
    assert lines[-1].startswith("3/3 posts, 5 blocks, 5 equations; ")


@pytest.mark.slow
def test_quiet_says_the_summary_and_what_is_wrong(built, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(built[0], folder)
    done = run(folder, "-m", "proofweave", "build", "--quiet")
    assert done.returncode == 0 and len(done.stderr.splitlines()) == 1
    outline = folder / "outlines" / "cauchy.yaml"
    outline.write_text(outline.read_text(encoding="utf-8").replace("tags: 1-3", "tags: 1-4"), encoding="utf-8")
    done = run(folder, "-m", "proofweave", "build", "site", "--quiet")
    said = done.stderr.splitlines()
    assert done.returncode == 0, "a refused post has a page too: it says what is wrong"
    done = run(folder, "-m", "proofweave", "build", "--quiet")
    said = done.stderr.splitlines()
    assert done.returncode == 1 and len(said) == 2
    assert said[0].startswith("outlines/cauchy.yaml:15:11: error: ")
    assert "outlines/cauchy.yaml:15:11" in (folder / "build" / "site" / "posts" / "cauchy.html").read_text("utf-8")


def test_what_snakemake_itself_refuses_is_said(built):
    done = run(built[0], "-m", "proofweave", "build", "nothing.md")
    assert done.returncode == 1 and "MissingRuleException" in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("3/3 posts, ") and done.stdout == ""


def test_serve_writes_what_snakemake_writes(built, tmp_path):
    """Every file of a post and of the site, byte for byte, built again in one process."""
    folder = tmp_path / "project"
    shutil.copytree(built[0], folder, ignore=shutil.ignore_patterns("build", ".snakemake", ".proofweave"))
    done = run(folder, "-c", AGAIN)
    assert done.returncode == 0, done.stderr
    names = [
        path.relative_to(built[0])
        for part in ("requests", "replies", "findings", "posts", "figures", "site")
        for path in sorted((built[0] / "build" / part).rglob("*"))
        if path.is_file()
    ]
    assert len(names) > 20
    different = [str(name) for name in names if (built[0] / name).read_bytes() != (folder / name).read_bytes()]
    assert different == []


def events(address):
    """Yield what the server tells the pages that are open."""
    with urllib.request.urlopen(f"{address}-/events", timeout=60) as stream:
        yield from (json.loads(line[6:]) for line in stream if line.startswith(b"data: "))


def test_serve_follows_what_is_saved_and_tells_what_is_wrong(built, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(built[0], folder, copy_function=shutil.copy2)
    outline = folder / "outlines" / "square.yaml"
    text = outline.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "proofweave", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=ANYWHERE, stderr=subprocess.PIPE, text=True) as server:
        try:
            address = server.stderr.readline().split()[0]
            told = events(address)
            for changed in (text.replace("任意实数", "任意两个实数"), text.replace("sections:", "sectoins:"), text):
                saved = outline.with_name(".saved")
                saved.write_text(changed, encoding="utf-8")
                threading.Timer(0.2, saved.replace, [outline]).start()
                broken = "sectoins:" in changed
                next(event for event in told if (event.get("problems") if broken else event.get("reload") == "square"))
                page = urllib.request.urlopen(f"{address}posts/square.html", timeout=60).read().decode("utf-8")
                assert ("任意两个实数" in page) == (changed is not text), "the last good page stays"
                assert "/-/live.js" in page
        finally:
            server.terminate()
