"""A grown post as its exporters get it: the specimen, which has a bit of everything, and the repository's own posts."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from proofweave.adapters.drawing import draw
from proofweave.pipeline.assembly import assembled, merged
from proofweave.pipeline.export.page import grown
from proofweave.pipeline.generate.replies import replies_of
from proofweave.pipeline.project import Project

ROOT = Path(__file__).parent.parent
SPECIMEN = Path(__file__).parent / "cases" / "export" / "project"
RIGHT, LEFT = 595.28 - 70.87, 70.87
"""The edges of a handout's text, in points."""

WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</word>')


def specimen(folder: Path) -> Project:
    """Return a copy of the specimen's project with its figure drawn."""
    shutil.copytree(SPECIMEN, folder)
    (folder / "templates").symlink_to(ROOT / "templates")
    figures(Project(folder), "specimen")
    return Project(folder)


def figures(project: Project, post: str) -> None:
    """Draw a post's figures where they are not drawn yet."""
    for script in sorted((project.root / "figures" / post).glob("*.py")):
        target = project.root / "build" / "figures" / post / f"{script.stem}.svg"
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(draw(script, script.name), encoding="utf-8")


def document(project: Project, post: str):
    """Return a post ready to be exported, and its Markdown; its equations are not judged."""
    outline = project.root / "outlines" / f"{post}.yaml"
    assembly = assembled(project, outline, replies_of(project, outline))
    assert assembly is not None
    return grown(project, outline, assembly, {"equations": []}), merged(project, assembly)


def words(pdf: bytes) -> list[list[tuple[float, float, float, str]]]:
    """Return the words of each page of a PDF: left, top, right, text."""
    html = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    return [
        [(float(x), float(y), float(right), text) for x, y, right, text in WORD.findall(page)]
        for page in html.split("<page ")[1:]
    ]


def chapters(book: bytes) -> dict[str, str]:
    """Return the chapters of an EPUB by their names."""
    import io

    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        return {name: opened.read(name).decode() for name in sorted(opened.namelist()) if "/text/ch" in name}
