"""The project's folder: where its texts are, and reading them with problems as findings."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from proofweave.adapters import inside, read_text
from proofweave.core import FileError, Finding, FindingsError, Outline, Post, UsageError, Where, errors_in, finding_of
from proofweave.outline import Config, read_config

Tell = Callable[[str], None]
"""What hears a line about the work while it goes on; the command line prints it."""

MARKS = ("config.yaml", "outlines")

MOST_CHARACTERS = 4_000_000
"""The longest post that is grown; the longest real ones have a fortieth of it."""


def silent(line: str) -> None:
    """Hear a line, and say nothing."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with config.yaml and outlines/; every path a finding names is relative to it."""

    root: Path

    @classmethod
    def find(cls, start: str = "") -> "Project":
        """Return the project that holds `start` (a path; default: the working directory)."""
        here = Path(start or ".").resolve()
        for folder in (here, *here.parents):
            if all((folder / mark).exists() for mark in MARKS):
                return cls(folder)
        raise UsageError(
            f"{here} is not inside a proofweave project",
            "change to the folder that holds config.yaml and outlines/",
        )

    def name(self, path: Path) -> str:
        """Return a file's path as findings print it: relative to the root where it lies inside."""
        absolute = Path(os.path.normpath(path.absolute()))
        return str(absolute.relative_to(self.root)) if absolute.is_relative_to(self.root) else str(absolute)

    def config(self) -> Config:
        """Return the settings; problems in config.yaml raise FindingsError."""
        config, findings = read_config(read_text(self.root / "config.yaml"), "config.yaml")
        if errors_in(findings):
            raise FindingsError(findings)
        return config

    def language(self) -> str:
        """Return the language findings are printed in: the one config.yaml asks for, else English."""
        try:
            asked = read_config(read_text(self.root / "config.yaml"), "config.yaml")[0].language
        except FileError:
            asked = "auto"
        return "en" if asked == "auto" else asked

    def outline(self, path: Path) -> tuple[Outline | None, tuple[Finding, ...]]:
        """Return an outline and its problems; a file that cannot be read is a problem too."""
        from proofweave.outline import read_outline

        name = self.name(path)
        try:
            text = read_text(path, name)
        except FileError as error:
            return None, (finding_of("files.file-unreadable", Where(name), what=error.what, fix=error.fix),)
        return read_outline(text, name)

    def outlines(self) -> tuple[Path, ...]:
        """Return the outline files, sorted by name."""
        return tuple(sorted((self.root / "outlines").glob("*.yaml")))

    def ingredients(self, outline: Path) -> tuple[Path, ...]:
        """Return the files that a post is made of, as far as they are there: its own, and those of all posts."""
        from proofweave.outline import peek

        text = outline.read_text(encoding="utf-8", errors="replace") if outline.is_file() else ""
        found = [outline, self.root / peek(text).get("source", "")]
        found += sorted((self.root / "generations" / outline.stem).glob("*.json"))
        found.append(self.root / "config.yaml")
        for folder in ("prompt", "post"):
            found += sorted((self.root / "templates" / folder).glob("*.j2"))
        return tuple(path for path in found if path.is_file())

    def source(self, outline: Outline) -> tuple[Post | None, tuple[Finding, ...]]:
        """Return the source post of an outline; a missing or unreadable one is a problem at `source:`."""
        from proofweave.text.markdown import read_post

        path = self.root / outline.source
        if not inside(self.root, path):
            away = finding_of("files.source-away", outline.source_where, rule="source-unreadable", path=outline.source)
            return None, (away,)
        try:
            text = read_text(path, outline.source)
        except FileError as error:
            where = outline.source_where
            return None, (finding_of("files.source-unreadable", where, what=error.what, fix=error.fix),)
        problems = unfit(text, outline.source, outline.source_where)
        return (None, problems) if problems else (read_post(text, outline.source), ())

    def templates(self, folder: str) -> Mapping[str, str]:
        """Return the templates below templates/<folder>/ by file name."""
        return {path.name: read_text(path) for path in sorted((self.root / "templates" / folder).glob("*.j2"))}

    def recordings(self, post: str) -> dict[str, str]:
        """Return the texts of a post's recordings by path."""
        folder = self.root / "generations" / post
        return {self.name(path): read_text(path) for path in sorted(folder.glob("*.json"))}


def unfit(text: str, name: str, where: Where) -> tuple[Finding, ...]:
    """Return why a text is no post: there is nothing in it, or far too much."""
    if not text.strip("\ufeff \t\r\n"):
        return (finding_of("files.source-empty", where, path=name),)
    if len(text) > MOST_CHARACTERS:
        return (finding_of("files.source-size", where, path=name, characters=len(text), most=MOST_CHARACTERS),)
    return ()


def outline_paths(project: Project, named: Sequence[Path]) -> tuple[Path, ...]:
    """Return the outlines that are named, or all of the project."""
    paths = tuple(named) or project.outlines()
    if not paths:
        raise UsageError("there are no outlines in outlines/", "write one with `proofweave new blogs_raw/POST.md`")
    return paths
