"""`proofweave reproduce`: two clean clones in unlike surroundings build the same bytes, those of manifest.lock."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.cli.verb import Subparsers, add_verb, print_findings

if TYPE_CHECKING:
    from proofweave.pipeline.manifest.record import Manifest


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between two builds and must not matter."""

    folder: str
    cores: int
    environment: Mapping[str, str]


UNLIKE = (
    Surroundings("one", 2, {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}),
    Surroundings("another folder", 1, {"LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "2"}),
)

SAID = "build.log"
"""Where a clone's build says what it does."""


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "reproduce",
        "build two clean clones in unlike surroundings and compare their bytes with manifest.lock",
        "proofweave reproduce\n  proofweave reproduce --keep /tmp/builds",
        run,
    )
    parser.add_argument("--keep", metavar="FOLDER", help="build there and keep the clones")


def run(arguments: argparse.Namespace) -> int:
    """Build twice and compare."""
    from proofweave.pipeline.project import Project

    project = Project.find()
    if arguments.keep:
        folder = project.path(arguments.keep)
        folder.mkdir(parents=True, exist_ok=True)
        return _reproduced(project, folder)
    with tempfile.TemporaryDirectory(prefix="proofweave-") as folder_name:
        return _reproduced(project, Path(folder_name))


def _reproduced(project: object, folder: Path) -> int:
    from proofweave.cli.manifest import compared
    from proofweave.pipeline.manifest.record import differences
    from proofweave.pipeline.project import Project

    assert isinstance(project, Project)
    _tell_uncommitted(project.root)
    builds = [(surroundings, _clone(project.root, folder / surroundings.folder)) for surroundings in UNLIKE]
    running = [(surroundings, clone, _start(clone, surroundings)) for surroundings, clone in builds]
    built = [_finished(surroundings, clone, process) for surroundings, clone, process in running]
    first, second = built
    code = print_findings(tuple(differences(first, second, "build/manifest.json")))
    if not code:
        print(f"both builds hold the same bytes: {len(first.outputs)} outputs", file=sys.stderr)
    return max(code, compared(project, first))


def _clone(root: Path, clone: Path) -> Path:
    _git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(clone))
    return clone


def _start(clone: Path, surroundings: Surroundings) -> subprocess.Popen[str]:
    """Start to build a clone with its own code; what it says goes to a file in the clone."""
    print(f"building in '{surroundings.folder}': {surroundings.cores} cores, {_shown(surroundings)}", file=sys.stderr)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "SNAKEMAKE"))}
    environment = {**kept, **surroundings.environment, "PYTHONPATH": str(clone / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "snakemake", "--cores", str(surroundings.cores)]
    with (clone / SAID).open("w") as said:
        return subprocess.Popen(command, cwd=clone, env=environment, stdout=said, stderr=said, text=True)


def _finished(surroundings: Surroundings, clone: Path, process: subprocess.Popen[str]) -> Manifest:
    """Wait for a build and return its manifest."""
    from proofweave.cli.manifest import manifest_of
    from proofweave.core.errors import ToolError
    from proofweave.pipeline.project import Project

    if process.wait():
        print((clone / SAID).read_text(encoding="utf-8", errors="replace"), file=sys.stderr, end="")
        raise ToolError(
            f"the clone in '{surroundings.folder}' does not build", "run `make build` and read its findings"
        )
    return manifest_of(Project(clone))


def _shown(surroundings: Surroundings) -> str:
    return ", ".join(f"{name}={value}" for name, value in surroundings.environment.items())


def _tell_uncommitted(root: Path) -> None:
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        print(f"note: {len(changed)} uncommitted changes are not part of what is reproduced", file=sys.stderr)


def _git(root: Path, *arguments: str) -> str:
    from proofweave.core.errors import ToolError

    command: Sequence[str] = ["git", "-C", str(root), *arguments]
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        raise ToolError("git is missing", "install git: reproduce builds clean clones") from None
    if run.returncode:
        what = run.stderr.strip().splitlines()[-1:] or ["git failed"]
        raise ToolError(f"git {arguments[0]}: {what[0]}", "run it inside a git repository with a commit")
    return run.stdout
