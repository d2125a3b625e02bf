"""Where each post stands, from what the last build found."""

from collections.abc import Iterator
from dataclasses import dataclass

from proofweave.adapters import Row
from proofweave.core import FileError, line_of
from proofweave.pipeline.project import Project, outline_paths
from proofweave.pipeline.report import findings_path, reported
from proofweave.stages.report import PostReport, table_order, totals


@dataclass(frozen=True, slots=True)
class Status:
    """A row for each post, the totals in lines, and whether a post is refused."""

    rows: tuple[Row, ...]
    totals: tuple[str, ...]
    refused: bool


def status_of(project: Project) -> Status:
    """Return where the posts of a project stand."""
    names = [path.stem for path in outline_paths(project, ())]
    posts: list[PostReport] = []
    for name in names:
        path = findings_path(project, name)
        try:
            posts += reported(project, [path]).posts if path.is_file() else ()
        except FileError:
            continue
    posts.sort(key=table_order)
    missing = sorted(set(names) - {post.post for post in posts})
    rows: list[Row] = [(_cells(post), tuple(_notes(project, post))) for post in posts]
    rows += [((name, "not built"), ()) for name in missing]
    whole = totals(posts)
    counted = f"{len(names)} posts: {whole.complete} complete, {whole.pending} pending, {whole.refused} refused"
    counted += f", {len(missing)} not built" if missing else ""
    lines = [f"{counted}; {whole.added_lines} lines added, {whole.numbered} equations numbered"]
    lines += ["run snakemake --cores 2 to build them"] if missing else []
    return Status(tuple(rows), tuple(lines), whole.refused > 0)


def _cells(post: PostReport) -> tuple[str, ...]:
    grown = f" -> {post.lines}" if post.lines is not None else ""
    return (
        post.post,
        f"{post.status:<8}",
        f"{post.source_lines if post.source_lines is not None else '?'}{grown} lines",
        f"{post.numbered} numbered, {post.verdicts['verified']}/{len(post.equations)} verified"
        if post.equations
        else "",
        f"{len(post.warnings)} warnings" if post.warnings else "",
    )


def _notes(project: Project, post: PostReport) -> Iterator[str]:
    judged = findings_path(project, post.post).stat().st_mtime_ns
    newer = [path for path in project.ingredients(project.root / post.path) if path.stat().st_mtime_ns > judged]
    if newer:
        yield f"may be out of date: {project.name(newer[0])} is newer than what the build found; run snakemake"
    errors = sorted(post.errors, key=lambda error: not error.rule.startswith("yaml-"))  # what others follow from
    if errors:
        yield line_of(errors[0], project.language())
    if errors[1:]:
        yield f"and {len(errors) - 1} more in build/report.md"
