"""`proofweave manifest`: what a build wrote, as hashes, compared with what is committed."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.cli.verb import Subparsers, add_verb, print_findings

if TYPE_CHECKING:
    from proofweave.pipeline.manifest.record import Manifest
    from proofweave.pipeline.project import Project

BUILT, LOCKED = "build/manifest.json", "manifest.lock"
OUTPUTS = ("posts/*.md", "figures/*/*.svg", "report.md", "report.json")


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "manifest",
        "write the hashes of what was built, and compare them with the committed ones",
        "proofweave manifest --check\n  proofweave manifest --lock",
        run,
    )
    parser.add_argument("--check", action="store_true", help=f"name what differs from {LOCKED}, and why; exit 1")
    parser.add_argument("--lock", action="store_true", help=f"accept what was built: write {LOCKED}")


def run(arguments: argparse.Namespace) -> int:
    """Write build/manifest.json; check or renew the lock."""
    from proofweave.adapters.files import write_text
    from proofweave.core.errors import UsageError
    from proofweave.pipeline.project import Project

    project = Project.find()
    built = manifest_of(project)
    if not built.outputs:
        raise UsageError("nothing is built yet", "run `snakemake --cores 2` first")
    write_text(project.root / BUILT, built.text(), keep=True)
    if arguments.lock:
        write_text(project.root / LOCKED, built.text(), keep=True)
        print(f"{LOCKED}: {len(built.outputs)} outputs", file=sys.stderr)
    return compared(project, built) if arguments.check else 0


def compared(project: Project, built: Manifest) -> int:
    """Print how a build differs from the committed manifest; return 1 if it does."""
    from proofweave.adapters.files import read_text
    from proofweave.pipeline.manifest.record import differences, read_manifest

    expected, findings = read_manifest(read_text(project.root / LOCKED), LOCKED)
    if expected is not None:
        findings = tuple(differences(expected, built, LOCKED))
    code = print_findings(findings)
    if not code:
        print(f"{len(built.outputs)} outputs are what {LOCKED} says", file=sys.stderr)
    return code


def manifest_of(project: Project) -> Manifest:
    """Return the manifest of a project's build folder."""
    from proofweave.pipeline.manifest.record import Manifest

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
    from proofweave.pipeline.code import fingerprint

    for folder in sorted((project.root / "templates").iterdir()):
        yield f"templates/{folder.name}", _together(sorted(folder.glob("*.j2")))
    yield "config.yaml", _sha256(project.root / "config.yaml")
    yield "proofweave", fingerprint("validate", "merge", "figure", "report")


def _own(project: Project, name: str) -> Iterator[tuple[str, str]]:
    """Yield what one output depends on: a post's outline, source, recordings and figures, or those of all posts."""
    from proofweave.outline.first_keys import peek

    post = Path(name).stem if name.startswith("posts/") else Path(name).parent.name if "figures/" in name else "*"
    for outline in sorted((project.root / "outlines").glob(f"{_literal(post)}.yaml")):
        yield f"outlines/{outline.name}", _sha256(outline)
        source = project.root / peek(outline.read_text(encoding="utf-8", errors="replace")).get("source", "")
        if source.is_file():
            yield project.name(source), _sha256(source)
        for folder, pattern in (("generations", "*.json"), ("figures", "*.py")):
            files = sorted((project.root / folder / outline.stem).glob(pattern))
            if files:
                yield f"{folder}/{outline.stem}", _together(files)


def _literal(post: str) -> str:
    import glob

    return post if post == "*" else glob.escape(post)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _together(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name} {_sha256(path)}\n".encode())
    return digest.hexdigest()
