"""`proofweave status`: one screen about all posts, from what the last build found."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from proofweave.pipeline.project import Project
    from proofweave.stages.report.post import PostReport

WIDEST = 44
"""The columns a post's name may take."""


SUMMARY = "show each post's state, lines, equations and first error, as the last build found them"
EXAMPLE = "proofweave status"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Print the screen; 1 while a post is refused."""
    from proofweave.core.errors import FileError
    from proofweave.pipeline.project import Project, outline_paths
    from proofweave.pipeline.report import findings_path, reported
    from proofweave.stages.report.summary import table_order, totals

    project = Project.find()
    names: dict[str, Path] = {path.stem: path for path in outline_paths(project, ())}
    posts: list[PostReport] = []
    for name in names:
        path = findings_path(project, name)
        try:
            posts += reported(project, [path]).posts if path.is_file() else ()
        except FileError:
            continue
    posts.sort(key=table_order)
    width = min(WIDEST, max(columns(name) for name in names))
    for post in posts:
        print(f"{fitted(post.post, width)}  {_line(post)}")
        for line in _remarks(project, post):
            print(f"    {line}")
    for name in sorted(set(names) - {post.post for post in posts}):
        print(f"{fitted(name, width)}  not built")
    whole = totals(posts)
    missing = len(names) - len(posts)
    print(
        f"{len(names)} posts: {whole.complete} complete, {whole.pending} pending, {whole.refused} refused"
        + (f", {missing} not built" if missing else "")
        + f"; {whole.added_lines} lines added, {whole.numbered} equations numbered"
    )
    if missing:
        print("run snakemake --cores 2 to build them")
    return int(whole.refused > 0)


def _line(post: PostReport) -> str:
    grown = f" -> {post.lines}" if post.lines is not None else ""
    parts = [f"{post.status:<8}", f"{post.source_lines if post.source_lines is not None else '?'}{grown} lines"]
    if post.equations:
        parts.append(f"{post.numbered} numbered, {post.verdicts['verified']}/{len(post.equations)} verified")
    if post.warnings:
        parts.append(f"{len(post.warnings)} warnings")
    return "  ".join(parts)


def _remarks(project: Project, post: PostReport) -> Iterator[str]:
    newer = newer_than_findings(project, post)
    if newer:
        yield f"may be out of date: {newer} is newer than what the build found; run snakemake"
    errors = sorted(post.errors, key=lambda error: not error.rule.startswith("yaml-"))  # what others follow from
    if errors:
        yield str(errors[0])
    if errors[1:]:
        yield f"and {len(errors) - 1} more in build/report.md"


def newer_than_findings(project: Project, post: PostReport) -> str:
    """Return the first file that changed after a post was judged, "" where none did."""
    from proofweave.pipeline.report import findings_path

    judged = findings_path(project, post.post).stat().st_mtime_ns
    own = [project.root / post.path, project.root / post.source]
    recordings = sorted((project.root / "generations" / post.post).glob("*.json"))
    folders = [project.root / "templates" / name for name in ("prompt", "zh", "en")]
    shared = [project.root / "config.yaml", *(path for folder in folders for path in sorted(folder.glob("*.j2")))]
    for path in (*own, *recordings, *shared):
        if path.is_file() and path.stat().st_mtime_ns > judged:
            return project.name(path)
    return ""


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fitted(text: str, width: int) -> str:
    """Return a text in exactly `width` columns, cut or filled up."""
    if columns(text) > width:
        while columns(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns(text))
