"""Check the equations of some files: outlines with what is recorded for them, sheets and Markdown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from glob import escape
from pathlib import Path
from typing import Any

from proofweave.adapters import Watch, cores, read_text, resident
from proofweave.check import Asked, Explanation, Options, Paper, Verdict, failed, formats
from proofweave.core import FileError, Finding, FindingsError, Outline, UsageError, errors_in, say, told
from proofweave.outline import read_outline
from proofweave.pipeline.shares import Source, judged, read


@dataclass(slots=True)
class Checked:
    """The verdicts on what could be read, the files that could not be opened, and what is wrong in the others.

    Where one equation was to be explained, its verdict and explanation.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    unopened: list[FileError] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)
    explanation: Explanation | None = None

    @property
    def code(self) -> int:
        """Return 1 where something is refuted or in error, 2 where a file cannot be read."""
        return 2 if self.unopened or self.unread else int(failed(self.verdicts))

    def printed(self, form: str, quiet: bool, language: str) -> Iterable[str]:
        """Return the verdicts as text, json (in English), github or sarif; `quiet` leaves out what is fine."""
        if form == "github":
            return formats.as_github(self.verdicts, language)
        if form == "sarif":
            return [formats.as_sarif(self.verdicts, language)]
        if self.explanation is not None:
            return self.explanation.as_text(language) if form == "text" else [self.explanation.as_json()]
        return formats.as_text(self.verdicts, quiet, language) if form == "text" else [formats.as_json(self.verdicts)]


def check_files(names: Sequence[str], jobs: int = 0, explain: str | None = None, **settings: Any) -> Checked:
    """Check files, those of many equations in so many processes (0: as the machine has cores), or explain an equation.

    The settings are those of `check_file`.
    """
    checked = Checked()
    options = Options(resident=resident, **settings)
    papers: list[Paper] = []
    for name in names:
        try:
            if explain is None:
                checked.verdicts += judged(opened(name), options, jobs or cores())
            else:
                papers.append(read(opened(name)))
        except FileError as error:
            checked.unopened.append(error)
        except FindingsError as error:
            checked.unread += error.findings
    if explain is not None and not checked.code:
        checked.explanation = _asked(papers, explain).explain(options)
        checked.verdicts = [checked.explanation.verdict]
    return checked


def _asked(papers: Sequence[Paper], name: str) -> Asked:
    """Return the equation of that name; where there is none, the nearest is suggested."""
    asked = {one.equation.id: one for paper in reversed(papers) for one in reversed(paper.asked())}
    if name not in asked:
        near = get_close_matches(name, asked, 1, 0)
        fix = say("sheet.did-you-mean", name=near[0]) if near else ""
        raise UsageError(say("pipeline.no-equation", id=name), fix)
    return asked[name]


def watched(names: Sequence[str], form: str, tell: Callable[[str], None], language: str) -> Iterator[None]:
    """Listen to files from now on, and yield whenever one of them was saved; ends where it is interrupted."""
    if form != "text":
        raise UsageError(say("pipeline.watch-text"), say("pipeline.watch-text-fix"))
    watches = [Watch(Path(name).resolve().parent, [escape(Path(name).name)]) for name in names]

    def saved() -> Iterator[None]:
        tell(told(say("pipeline.watching", names=", ".join(names)), language))
        with suppress(KeyboardInterrupt):
            while True:
                heard = [watch.changed() for watch in watches]
                if any(heard):
                    yield

    return saved()


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
