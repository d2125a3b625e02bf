"""What `migrate` does: outlines, recordings and replies kept aside are moved to their present formats."""

from pathlib import Path

from proofweave.adapters import read_text, write_text
from proofweave.core import FileError, Finding, Said, Where, finding_of, say
from proofweave.outline import Migrated, migrated
from proofweave.pipeline.project import Project


def migrate_files(project: Project, write: bool) -> tuple[list[Said], tuple[Finding, ...], Said]:
    """Return a line for each file of an older format, why some cannot be moved, and what came of it.

    The files are rewritten where `write` says so and all can be; each is replaced whole, so that after an interruption
    the next run goes on.
    """
    paths = [*project.outlines(), *sorted((project.root / "generations").rglob("*.json"))]
    read = {path: _moved(path, project.name(path)) for path in paths}
    findings = tuple(finding for each in read.values() for finding in each.findings)
    if findings:
        return [], findings, say("version.stopped")
    older = {path: each for path, each in read.items() if each.before != each.after}
    for path, each in older.items() if write else ():
        write_text(path.resolve(), each.text)
    lines = [say("version.moved", file=project.name(path), before=e.before, after=e.after) for path, e in older.items()]
    done = "version.nothing" if not older else "version.written" if write else "version.planned"
    return lines, (), say(done, count=len(older))


def _moved(path: Path, name: str) -> Migrated:
    try:
        return migrated(read_text(path, name), name)
    except FileError as error:
        return Migrated("", 0, 0, (finding_of("files.file-unreadable", Where(name), what=error.what, fix=error.fix),))
