"""Check the equations of some files: outlines with what is recorded for them, sheets and Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofweave.adapters import read_text, resident
from proofweave.check import Options, Verdict, failed, formats
from proofweave.core import FileError, Finding, FindingsError, Outline, UsageError, errors_in
from proofweave.outline import read_outline
from proofweave.pipeline.shares import Source, judged


@dataclass(slots=True)
class Checked:
    """The verdicts on what could be read, the files that could not be opened, and what is wrong in the others."""

    verdicts: list[Verdict] = field(default_factory=list)
    unopened: list[FileError] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)

    @property
    def code(self) -> int:
        """Return 1 where something is refuted or in error, 2 where a file cannot be read."""
        return 2 if self.unopened or self.unread else int(failed(self.verdicts))

    def printed(self, form: str, quiet: bool, language: str) -> Iterable[str]:
        """Return the verdicts as text, json (in English), github or sarif; `quiet` leaves out what is fine."""
        if form == "text":
            return formats.as_text(self.verdicts, quiet, language)
        if form == "github":
            return formats.as_github(self.verdicts, language)
        return [formats.as_json(self.verdicts) if form == "json" else formats.as_sarif(self.verdicts, language)]


def check_files(names: Sequence[str], jobs: int = 1, **settings: Any) -> Checked:
    """Check files, those of many equations in so many processes; the settings are those of `check_file`."""
    checked = Checked()
    options = Options(resident=resident, **settings)
    for name in names:
        try:
            checked.verdicts += judged(opened(name), options, jobs)
        except FileError as error:
            checked.unopened.append(error)
        except FindingsError as error:
            checked.unread += error.findings
    return checked


def opened(name: str) -> Source:
    """Return what a file holds: an outline with its recorded replies, or the text of a sheet or a Markdown file."""
    text = read_text(Path(name))
    outlined = name.endswith((".yaml", ".yml")) and _is_outline(text)
    return _outline(name, text) if outlined else (text, name)


def _is_outline(text: str) -> bool:
    return any(line.startswith(("sections:", "source:")) for line in text.splitlines())


def _outline(name: str, text: str) -> Outline:
    """Return an outline with its recorded replies filled in, where it lies in a project that has them."""
    outline, findings = read_outline(text, name)
    if outline is None or errors_in(findings):
        raise FindingsError(findings)
    try:
        from proofweave.pipeline.generate import replies_in, replies_of
        from proofweave.pipeline.project import Project
        from proofweave.stages.weave import fill

        project = Project.find(str(Path(name).parent))
        return fill(outline, replies_in(replies_of(project, Path(name).absolute())))
    except UsageError:
        return outline
