"""What `reproduce` does: two clean clones in unlike surroundings build the same bytes, those of manifest.lock."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from proofweave.core import Finding, ToolError
from proofweave.pipeline.locks.hashes import BUILT, compared, manifest_of
from proofweave.pipeline.locks.manifest import Manifest, differences
from proofweave.pipeline.project import Project, Tell


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between two builds and must not matter."""

    folder: str
    cores: int
    environment: Mapping[str, str]

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.environment.items())
        return f"'{self.folder}': {self.cores} cores, {shown}"


UNLIKE = (
    Surroundings("one", 2, {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}),
    Surroundings("another folder", 1, {"LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "2"}),
)

SAID = "build.log"
"""Where a clone's build says what it does."""


def reproduce_build(project: Project, keep: Path | None, tell: Tell) -> Iterator[tuple[Finding, ...]]:
    """Build twice, in `keep` or in a folder that goes; yield how the builds differ, then how from the lock."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="proofweave-") as folder:
            yield from reproduce_build(project, Path(folder), tell)
        return
    keep.mkdir(parents=True, exist_ok=True)
    changed = _git(project.root, "status", "--porcelain").splitlines()
    if changed:
        tell(f"note: {len(changed)} uncommitted changes are not part of what is reproduced")
    builds = [(surroundings, keep / surroundings.folder) for surroundings in UNLIKE]
    for _, clone in builds:
        _git(project.root, "clone", "--quiet", "--no-hardlinks", str(project.root), str(clone))
    running = [(surroundings, clone, _start(clone, surroundings, tell)) for surroundings, clone in builds]
    first, second = (_finished(*each, tell) for each in running)
    unlike = tuple(differences(first, second, BUILT))
    if not unlike:
        tell(f"both builds hold the same bytes: {len(first.outputs)} outputs")
    yield unlike
    yield compared(project, first, tell)


def _start(clone: Path, surroundings: Surroundings, tell: Tell) -> subprocess.Popen[str]:
    """Start to build a clone with its own code; what it says goes to a file in the clone."""
    tell(f"building in {surroundings}")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "SNAKEMAKE"))}
    environment = {**kept, **surroundings.environment, "PYTHONPATH": str(clone / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "snakemake", "--cores", str(surroundings.cores)]
    with (clone / SAID).open("w") as said:
        return subprocess.Popen(command, cwd=clone, env=environment, stdout=said, stderr=said, text=True)


def _finished(surroundings: Surroundings, clone: Path, process: subprocess.Popen[str], tell: Tell) -> Manifest:
    """Wait for a build and return its manifest."""
    if process.wait():
        tell((clone / SAID).read_text(encoding="utf-8", errors="replace").removesuffix("\n"))
        raise ToolError(
            f"the clone in '{surroundings.folder}' does not build", "run `make build` and read its findings"
        )
    return manifest_of(Project(clone))


def _git(root: Path, *arguments: str) -> str:
    try:
        run = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        raise ToolError("git is missing", "install git: reproduce builds clean clones") from None
    if run.returncode:
        what = run.stderr.strip().splitlines()[-1:] or ["git failed"]
        raise ToolError(f"git {arguments[0]}: {what[0]}", "run it inside a git repository with a commit")
    return run.stdout
