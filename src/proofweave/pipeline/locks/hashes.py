"""What `manifest` does: the hashes of what a build wrote, compared with what is committed."""

import glob
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from proofweave.adapters import read_text, write_text
from proofweave.core import Finding, UsageError
from proofweave.outline import peek
from proofweave.pipeline.code import fingerprint
from proofweave.pipeline.locks.manifest import Manifest, differences, read_manifest
from proofweave.pipeline.project import Project, Tell

BUILT, LOCKED = "build/manifest.json", "manifest.lock"
OUTPUTS = ("posts/*.md", "figures/*/*.svg", "report.md", "report.json")


def write_manifest(project: Project, lock: bool) -> Manifest:
    """Write what was built to build/manifest.json, and as the lock where `lock` says so."""
    built = manifest_of(project)
    if not built.outputs:
        raise UsageError("nothing is built yet", "run `snakemake --cores 2` first")
    for name in (BUILT, LOCKED) if lock else (BUILT,):
        write_text(project.root / name, built.text(), keep=True)
    return built


def compared(project: Project, built: Manifest, tell: Tell) -> tuple[Finding, ...]:
    """Return how a build differs from the committed manifest; that it does not is told."""
    expected, findings = read_manifest(read_text(project.root / LOCKED), LOCKED)
    if expected is not None:
        findings = tuple(differences(expected, built, LOCKED))
    if not findings:
        tell(f"{len(built.outputs)} outputs are what {LOCKED} says")
    return findings


def manifest_of(project: Project) -> Manifest:
    """Return the manifest of a project's build folder."""
    build = project.root / "build"
    paths = sorted(path for pattern in OUTPUTS for path in build.glob(pattern))
    names = [path.relative_to(build).as_posix() for path in paths]
    shared = dict(_shared(project))
    return Manifest(
        {name: _sha256(path) for name, path in zip(names, paths, strict=True)},
        {name: {**shared, **dict(_own(project, name))} for name in names},
    )


def _shared(project: Project) -> Iterator[tuple[str, str]]:
    """Yield what every output depends on."""
    for folder in sorted((project.root / "templates").iterdir()):
        yield f"templates/{folder.name}", _together(sorted(folder.glob("*.j2")))
    yield "config.yaml", _sha256(project.root / "config.yaml")
    yield "proofweave", fingerprint("validate", "merge", "figure", "report")


def _own(project: Project, name: str) -> Iterator[tuple[str, str]]:
    """Yield what one output depends on: a post's outline, source, recordings and figures, or those of all posts."""
    post = Path(name).stem if name.startswith("posts/") else Path(name).parent.name if "figures/" in name else ""
    for outline in sorted((project.root / "outlines").glob(f"{glob.escape(post) or '*'}.yaml")):
        yield f"outlines/{outline.name}", _sha256(outline)
        source = project.root / peek(outline.read_text(encoding="utf-8", errors="replace")).get("source", "")
        if source.is_file():
            yield project.name(source), _sha256(source)
        for folder, pattern in (("generations", "*.json"), ("figures", "*.py")):
            files = sorted((project.root / folder / outline.stem).glob(pattern))
            if files:
                yield f"{folder}/{outline.stem}", _together(files)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _together(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name} {_sha256(path)}\n".encode())
    return digest.hexdigest()
