import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proofweave.pipeline.locks.manifest import Manifest, differences, read_manifest

ROOT = Path(__file__).parent.parent
PROJECT = Path(__file__).parent / "cases" / "workflow" / "project"
ANYWHERE = {name: value for name, value in os.environ.items() if not name.startswith(("SNAKEMAKE", "GIT_"))}


def manifest(outputs, **inputs):
    return Manifest(outputs, dict.fromkeys(outputs, inputs))


def told(expected, built):
    return [finding.what for finding in differences(expected, built, "manifest.lock")]


def test_equal_outputs_are_no_difference_whatever_the_inputs():
    assert not told(manifest({"a": "1"}, x="1"), manifest({"a": "1"}, x="2"))


def test_a_difference_names_the_inputs_that_changed():
    (what,) = told(manifest({"a": "1"}, x="1", y="1", z="1"), manifest({"a": "2"}, x="1", y="2", w="1"))
    assert what == "a differs (1, now 2); changed since: w (new), y, z (gone)"


def test_a_difference_without_a_cause_says_so():
    (what,) = told(manifest({"a": "1"}, x="1"), manifest({"a": "2"}, x="1"))
    assert "none of its inputs changed: it is not reproducible" in what


def test_what_is_missing_and_what_is_new_are_named():
    assert told(manifest({"a": "1"}), manifest({"b": "1"})) == [
        "a is expected and was not built",
        "b was built and is not expected",
    ]


def test_a_manifest_is_read_as_it_was_written():
    made = manifest({"posts/甲.md": "1"}, x="1")
    again, findings = read_manifest(made.text(), "manifest.lock")
    assert again == made and not findings


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"outputs": 1, "inputs": {}}', '{"outputs": {}, "inputs": {"a": 1}}']
)
def test_what_is_no_manifest_is_a_finding(text):
    again, (finding,) = read_manifest(text, "manifest.lock")
    assert again is None and finding.rule == "manifest-broken"


def run(project, *arguments):
    command = [sys.executable, "-m", "proofweave", *arguments]
    return subprocess.run(command, cwd=project, env=ANYWHERE, capture_output=True, text=True, timeout=300)


@pytest.fixture
def repository(tmp_path):
    """A repository of the small project that can build itself."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    for name in ("rules", "profiles", "templates", "src"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Snakefile", "environment.yaml", ".gitignore"):
        shutil.copy(ROOT / name, project)
    git(project, "init", "--quiet")
    commit(project)
    return project


def git(project, *arguments):
    who = {f"GIT_{role}_{what}": "t@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=project, env={**ANYWHERE, **who}, check=True, capture_output=True)


def commit(project):
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "state")


@pytest.mark.slow
def test_two_clones_build_the_same_bytes_and_the_lock_says_which(repository):
    build = [sys.executable, "-m", "snakemake", "--cores", "2"]
    assert subprocess.run(build, cwd=repository, env=ANYWHERE, capture_output=True, timeout=300).returncode == 0
    assert run(repository, "manifest", "--lock").returncode == 0
    commit(repository)
    same = run(repository, "reproduce")
    assert same.returncode == 0, same.stderr
    assert "both builds hold the same bytes: 6 outputs" in same.stderr
    outline = repository / "outlines/square.yaml"
    outline.write_text(outline.read_text(encoding="utf-8").replace("任意实数", "两个实数"), encoding="utf-8")
    note = run(repository, "manifest", "--check")
    assert note.returncode == 0, "nothing was rebuilt yet"
    assert subprocess.run(build, cwd=repository, env=ANYWHERE, capture_output=True, timeout=300).returncode == 0
    changed = run(repository, "manifest", "--check")
    assert changed.returncode == 1
    (line,) = [line for line in changed.stderr.splitlines() if "posts/" in line]
    assert "posts/square.md differs" in line and "changed since: outlines/square.yaml" in line


def test_outside_a_repository_reproduce_says_what_to_do(tmp_path):
    shutil.copytree(PROJECT, tmp_path / "project")
    said = run(tmp_path / "project", "reproduce")
    assert said.returncode == 2 and "Traceback" not in said.stderr
    assert "git repository" in said.stderr
