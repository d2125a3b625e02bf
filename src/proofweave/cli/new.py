"""`proofweave new`: a commented outline laid out from a post's own headings and displays."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from proofweave.cli.verb import Subparsers, add_verb

if TYPE_CHECKING:
    from proofweave.core.types import Outline, Post
    from proofweave.pipeline.project import Project


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "new",
        "lay out an outline for a post, which builds at once and says what to write",
        "proofweave new blogs_raw/mine.md\n"
        "  proofweave new blogs_raw/mine.md --like outlines/REFERENCE.yaml -o outlines/mine.yaml",
        run,
    )
    parser.add_argument("post", help="a Markdown file below blogs_raw/; it is only read")
    parser.add_argument("--like", metavar="OUTLINE", help="lay out the sections and blocks of this outline instead")
    parser.add_argument(
        "-o", "--output", metavar="OUTLINE", help="the outline to write (default: outlines/<post>.yaml)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the outline; one that exists already is never touched."""
    from proofweave.adapters.files import write_text
    from proofweave.outline.new.outline import new_outline
    from proofweave.pipeline.project import Project

    project = Project.find()
    path = project.path(arguments.post)
    output = _output(project, path, arguments.output)
    post = _post(project, path)
    like = _reference(project, project.path(arguments.like)) if arguments.like else None
    text = new_outline(post, output.stem, like, project.config())
    _refuse_misread(project, text, post, output)
    write_text(output, text)
    name = project.name(output)
    print(name)
    goal = shlex.quote(f"build/posts/{output.stem}.md")
    print(f"next: edit {name}, then snakemake --cores 2 {goal}", file=sys.stderr)
    return 0


def _output(project: Project, post: Path, wanted: str | None) -> Path:
    """Return the outline to write; the build finds it only in outlines/, and never replaces what is there."""
    from proofweave.core.errors import UsageError

    folder = project.root / "outlines"
    output = project.path(wanted) if wanted else folder / f"{post.stem}.yaml"
    if Path(project.name(output)).parent != Path("outlines") or output.suffix != ".yaml" or not output.stem:
        raise UsageError(
            f"{wanted or output.name} is no outline of this project", "name one such as outlines/mine.yaml"
        )
    if output.exists() or output.is_symlink():
        raise UsageError(
            f"{project.name(output)} exists already, and is not replaced",
            "edit it, or name another with -o; to start over, delete it first",
        )
    return output


def _post(project: Project, path: Path) -> Post:
    """Return a post that can be grown: below blogs_raw/, not empty, not cut."""
    from proofweave.adapters.files import inside, read_text
    from proofweave.core.errors import FileError, FindingsError, UsageError
    from proofweave.core.types import Where
    from proofweave.pipeline.project import unfit
    from proofweave.stages.validate.source import check_whole
    from proofweave.text.markdown.post import read_post

    name = project.name(path)
    if Path(name).parts[:1] != ("blogs_raw",) or not inside(project.root / "blogs_raw", path):
        raise UsageError(f"{name} does not lie in blogs_raw/", "copy the post there first")
    try:
        text = read_text(path)
    except FileError as error:
        raise FileError(error.what.replace(str(path), name), error.fix) from None
    problems = unfit(text, name, Where(name))
    post = read_post("" if problems else text, name)
    problems = problems or check_whole(post)
    if problems:
        raise FindingsError(problems)
    return post


def _reference(project: Project, path: Path) -> Outline:
    """Return the outline to lay out after; one with errors is none."""
    from proofweave.core.errors import FindingsError
    from proofweave.core.wire import errors

    outline, findings = project.outline(path)
    if outline is None or errors(findings):
        raise FindingsError(errors(findings) or findings)
    return outline


def _refuse_misread(project: Project, text: str, post: Post, output: Path) -> None:
    """Refuse what would not read back as an outline of this post, such as for a name with a line end in it."""
    from proofweave.core.errors import FindingsError, UsageError
    from proofweave.outline.reading import read_outline

    outline, findings = read_outline(text, project.name(output))
    if outline is None or outline.source != post.path:
        raise UsageError(
            f"an outline cannot hold the name of {post.path!r}",
            "rename the post: visible characters, no space at its ends",
        )
    if findings:
        raise FindingsError(findings)
