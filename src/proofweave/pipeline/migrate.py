"""A project's files moved to the present formats: outlines, recordings, replies kept aside; no model is asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from proofweave.adapters.files import read_text, write_text
from proofweave.core.errors import FileError
from proofweave.outline.version import Migrated, migrated
from proofweave.pipeline.project import Project, unreadable


def planned(project: Project) -> dict[Path, Migrated]:
    """Return the files that are not of the present format, or cannot be moved to it, in order."""
    paths = [*project.outlines(), *sorted((project.root / "generations").rglob("*.json"))]
    found = ((path, _moved(path, project.name(path))) for path in paths)
    return {path: each for path, each in found if each.findings or each.before != each.after}


def _moved(path: Path, name: str) -> Migrated:
    try:
        return migrated(read_text(path), name)
    except FileError as error:
        return Migrated("", 0, 0, (unreadable(error, path, name),))


def move(plan: Mapping[Path, Migrated]) -> None:
    """Write what was planned, each file whole or not at all; after an interruption the next run goes on."""
    for path, each in plan.items():
        write_text(path.resolve(), each.text)
