"""What `new`, `retag` and `schema` do: an outline laid out from a post, its tag ranges set, its JSON Schema."""

from pathlib import Path

from proofweave.adapters import inside, read_text, write_text
from proofweave.core import FindingsError, Outline, Post, UsageError, Where, errors_in
from proofweave.outline import Retagged, new_outline, read_outline, retag, schema_text
from proofweave.pipeline.project import Project, unfit
from proofweave.stages.validate import check_whole
from proofweave.text.markdown import read_post


def new_post(project: Project, source: Path, output: Path | None, like: Path | None) -> Path:
    """Write the outline of a post and return where it lies; one that exists already is never touched.

    `like` is an outline whose sections and blocks are laid out instead of the post's own.
    """
    output = _free(project, output or project.root / "outlines" / f"{source.stem}.yaml")
    post = _post(project, source)
    reference = _reference(project, like) if like is not None else None
    text = new_outline(post, output.stem, reference, project.config())
    _refuse_misread(project, text, post, output)
    write_text(output, text)
    return output


def _free(project: Project, output: Path) -> Path:
    """Return the outline to write; the build finds it only in outlines/, and never replaces what is there."""
    name = project.name(output)
    if Path(name).parent != Path("outlines") or output.suffix != ".yaml" or not output.stem:
        raise UsageError(f"{name} is no outline of this project", "name one such as outlines/mine.yaml")
    if output.exists() or output.is_symlink():
        raise UsageError(
            f"{name} exists already, and is not replaced",
            "edit it, or name another with -o; to start over, delete it first",
        )
    return output


def _post(project: Project, path: Path) -> Post:
    """Return a post that can be grown: below blogs_raw/, not empty, not cut."""
    name = project.name(path)
    if Path(name).parts[:1] != ("blogs_raw",) or not inside(project.root / "blogs_raw", path):
        raise UsageError(f"{name} does not lie in blogs_raw/", "copy the post there first")
    text = read_text(path, name)
    problems = unfit(text, name, Where(name))
    post = read_post("" if problems else text, name)
    problems = problems or check_whole(post)
    if problems:
        raise FindingsError(problems)
    return post


def _reference(project: Project, path: Path) -> Outline:
    """Return the outline to lay out after; one with errors is none."""
    outline, findings = project.outline(path)
    if outline is None or errors_in(findings):
        raise FindingsError(errors_in(findings) or findings)
    return outline


def _refuse_misread(project: Project, text: str, post: Post, output: Path) -> None:
    """Refuse what would not read back as an outline of this post, such as for a name with a line end in it."""
    outline, findings = read_outline(text, project.name(output))
    if outline is None or outline.source != post.path:
        raise UsageError(
            f"an outline cannot hold the name of {post.path!r}",
            "rename the post: visible characters, no space at its ends",
        )
    if findings:
        raise FindingsError(findings)


def retag_outline(path: str, write: bool) -> Retagged:
    """Rewrite an outline whose ranges do not fit, every other byte kept; one that cannot be read stays as it is."""
    text = read_text(path)
    done = retag(text, path)
    if write and done.text != text:
        write_text(Path(path).resolve(), done.text)
    return done


def write_schema(output: Path | None) -> str:
    """Return the schema, written where `output` says; a file that holds it already stays untouched."""
    text = schema_text()
    if output is not None:
        write_text(output, text, keep=True)
    return text
