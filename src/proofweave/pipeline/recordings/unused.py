"""What `gc` does: recordings that no block needs any more are listed, and deleted when asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from proofweave.adapters import inside, leftovers, removed
from proofweave.core import FileError, errors_in
from proofweave.pipeline.project import Project, Tell, outline_paths
from proofweave.pipeline.recordings.reading import recorded
from proofweave.pipeline.render import rendered
from proofweave.stages.generate import kept, unused


def clear_recordings(
    project: Project, outlines: Sequence[Path], delete: bool, tell: Tell
) -> tuple[dict[str, str], bool]:
    """Return the files that can go with the reason, deleted where `delete` says so, and whether all could be told.

    A post whose outline has errors is left alone, and so are recordings that cannot be read; that is told.
    """
    found: list[tuple[Path, str]] = []
    whole = True
    for path in outline_paths(project, outlines):
        files = _of_post(project, path, tell)
        whole = whole and files is not None
        found += [(project.root / name, why) for name, why in files or ()]
    if not outlines:
        found += _of_no_post(project)
    found += [(path, "a run that was killed left it half-written") for path in leftovers(project.root / "generations")]
    for path, _ in found:
        if not inside(project.root / "generations", path):
            raise FileError(f"{path} leads out of generations/", "nothing was deleted")
    for path, _ in found if delete else ():
        removed(path)
    return {project.name(path): why for path, why in found}, whole


def _of_post(project: Project, path: Path, tell: Tell) -> list[tuple[str, str]] | None:
    """Return the files of a post that can go, each with the reason; None when nothing can be said."""
    stage = rendered(project, path)
    if stage.outline is None or errors_in(stage.findings):
        tell(f"{project.name(path)}: its outline has errors, so its recordings are left alone")
        return None
    there = recorded(project, path.stem)
    for name in sorted(set(there.texts) - {reply.path for reply in there.replies}):
        tell(f"{name}: it cannot be read, so it is left alone")
    for name, why in kept(stage.requests, there.replies):
        tell(f"{name}: kept: {why}")
    return list(unused(stage.requests, there.replies, there.aside))


def _of_no_post(project: Project) -> Iterator[tuple[Path, str]]:
    """Yield the recordings of posts that have no outline."""
    posts = {path.stem for path in project.outlines()}
    for folder in sorted((project.root / "generations").glob("*")):
        if folder.is_dir() and folder.name not in posts:
            for path in sorted(folder.rglob("*.json")):
                yield path, f"there is no outlines/{folder.name}.yaml"
