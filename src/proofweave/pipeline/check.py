"""Check the equations of some files: outlines with what is recorded for them, sheets and Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proofweave.adapters import read_text
from proofweave.check import Verdict, check_file, check_outline, failed, formats
from proofweave.core import FileError, Finding, FindingsError, Outline, UsageError, errors_in
from proofweave.outline import read_outline


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


def check_files(names: Sequence[str], **settings: Any) -> Checked:
    """Check files; the settings are those of `check_file`."""
    checked = Checked()
    for name in names:
        try:
            text = read_text(Path(name))
            if name.endswith((".yaml", ".yml")) and _is_outline(text):
                checked.verdicts += check_outline(_outline(name, text), **settings)
            else:
                checked.verdicts += check_file(text, name, **settings)
        except FileError as error:
            checked.unopened.append(error)
        except FindingsError as error:
            checked.unread += error.findings
    return checked


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
