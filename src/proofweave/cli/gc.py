"""`proofweave gc`: recordings that no block needs any more are listed, and deleted when asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.cli.verb import Subparsers, add_verb

if TYPE_CHECKING:
    from proofweave.pipeline.project import Project


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "gc",
        "list the recordings that no block needs any more, and delete them with --delete",
        "proofweave gc\n  proofweave gc outlines/POST.yaml --delete",
        run,
    )
    parser.add_argument("outlines", nargs="*", help="outlines; all of the project's when none is named")
    parser.add_argument("--delete", action="store_true", help="delete them; without it nothing is changed")


def run(arguments: argparse.Namespace) -> int:
    """List or delete; a post whose outline or recordings have errors is left alone."""
    from proofweave.adapters.files import inside
    from proofweave.adapters.recordings import leftovers, removed
    from proofweave.core.errors import FileError
    from proofweave.pipeline.project import Project, outline_paths

    project = Project.find()
    found: list[tuple[Path, str]] = []
    code = 0
    for path in outline_paths(project, arguments.outlines):
        told = _of_post(project, path)
        if told is None:
            code = 1
            continue
        found += [(project.root / name, why) for name, why in told]
    if not arguments.outlines:
        found += _of_no_post(project)
    found += [(path, "a run that was killed left it half-written") for path in leftovers(project.root / "generations")]
    for path, _ in found:
        if not inside(project.root / "generations", path):
            raise FileError(f"{path} leads out of generations/", "nothing was deleted")
    for path, why in found:
        if arguments.delete:
            removed(path)
        print(f"{project.name(path)}: {why}")
    done = "deleted" if arguments.delete else "can go; `proofweave gc --delete` deletes them"
    print(f"{len(found)} files {done}" if found else "every recording is in use", file=sys.stderr)
    return code


def _of_post(project: Project, path: Path) -> list[tuple[str, str]] | None:
    """Return the files of a post that can go, each with the reason; None when nothing can be said."""
    from proofweave.core.wire import errors
    from proofweave.pipeline.project import read_recordings
    from proofweave.pipeline.stages import rejected, rendered
    from proofweave.stages.generate.unused import kept, unused

    stage = rendered(project, path)
    if stage.outline is None or errors(stage.findings):
        print(f"{project.name(path)}: its outline has errors, so its recordings are left alone", file=sys.stderr)
        return None
    texts = project.recordings(path.stem)
    recordings, _ = read_recordings(texts)
    for name in sorted(set(texts) - {reply.path for reply in recordings}):
        print(f"{name}: it cannot be read, so it is left alone", file=sys.stderr)
    for name, why in kept(stage.requests, recordings):
        print(f"{name}: kept: {why}", file=sys.stderr)
    return list(unused(stage.requests, recordings, rejected(project, path.stem)))


def _of_no_post(project: Project) -> Iterator[tuple[Path, str]]:
    """Yield the recordings of posts that have no outline."""
    posts = {path.stem for path in project.outlines()}
    for folder in sorted((project.root / "generations").glob("*")):
        if folder.is_dir() and folder.name not in posts:
            for path in sorted(folder.rglob("*.json")):
                yield path, f"there is no outlines/{folder.name}.yaml"
