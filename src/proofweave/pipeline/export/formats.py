"""Write a post for other readers than a browser: a PDF, an EPUB, or Markdown for an application."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofweave.core import Finding
    from proofweave.pipeline.project import Project
    from proofweave.stages.export import Document


def format_of(asked: str | None, target: Path) -> str:
    """Return the format that is asked for; where none is, a file's name says it."""
    return asked or {".pdf": "pdf", ".epub": "epub"}.get(target.suffix.lower(), "html")


def font_folders() -> tuple[Path, ...]:
    """Return the folders of fonts that the environment names."""
    return tuple(Path(each) for each in os.environ.get("TYPST_FONT_PATHS", "").split(os.pathsep) if each)


def require(name: str) -> None:
    """Raise ToolError where a format's tools are missing, before any work is done for it."""
    if name == "pdf":
        from proofweave.adapters import ready

        ready(fonts=font_folders())


def written(project: Project, document: Document, name: str, target: Path) -> tuple[bytes, list[Finding]]:
    """Return a post in a format, and what a reader would miss in it."""
    if name in ("pdf", "epub"):
        return _made(project, document, name)
    from proofweave.stages.export import dialect

    folder = os.path.relpath(project.root / "build" / "figures", target.parent)
    head = f"---\ntitle: {json.dumps(document.title, ensure_ascii=False)}\n"
    head += f"date: {document.date}\n---\n\n" if document.date else "---\n\n"
    front = head if name == "obsidian" else ""
    return dialect(document.marked, name, front, Path(folder).as_posix() + "/").encode(), []


def _made(project: Project, document: Document, name: str) -> tuple[bytes, list[Finding]]:
    from proofweave.adapters import read_text
    from proofweave.pipeline.export.page import tree_of
    from proofweave.stages.export import pictures_of, problems

    blocks, shown = tree_of(document)
    drawings = _drawings(project, pictures_of(blocks))
    if name == "pdf":
        from proofweave.adapters import compiled, write_typst
        from proofweave.stages.export import handout, source

        template = read_text(project.root / "templates" / "pdf" / "handout.typ")
        body = write_typst(handout(document, blocks, shown))
        text = source(document, template, body)
        files = {target.removeprefix("../"): content for target, content in drawings.items()}
        return compiled(text, files, font_folders()), problems(document, shown, "")
    from importlib.resources import files as resources

    from proofweave.adapters import book
    from proofweave.stages.export import chapters, picture_name

    style = read_text(project.root / "templates" / "epub" / "book.css")
    files = {picture_name(target): content for target, content in drawings.items()}
    files["fonts/math.woff2"] = (resources("proofweave") / "assets" / "math.woff2").read_bytes()
    tree: Sequence[dict[str, Any]] = chapters(document, blocks, shown)
    return book(tree, document.title, document.language, document.path, style, files), problems(document, shown, "")


def _drawings(project: Project, targets: Sequence[str]) -> dict[str, bytes]:
    """Return the figures that a post shows; one that is not drawn yet is an error that says how to draw it."""
    from proofweave.core import FileError

    found: dict[str, bytes] = {}
    for target in targets:
        path = project.root / "build" / target.removeprefix("../")
        try:
            found[target] = path.read_bytes()
        except OSError as error:
            name = project.name(path)
            raise FileError(f"the figure {name} is not drawn yet", f"snakemake --cores 2 '{name}'") from error
    return found
