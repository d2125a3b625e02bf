"""A file's questions judged by several processes: each reads the whole file, since definitions feed what follows."""

from proofweave.adapters import shared
from proofweave.check import Asked, Options, Paper, Verdict, read_file, read_filled
from proofweave.core import Outline

Source = Outline | tuple[str, str]
"""An outline whose slots are filled, or the text of another file and its path."""

FEWEST = 8
"""Questions a process must have to be worth starting."""

_held: list[tuple[list[Asked], Options]] = []
"""What a process that shares the work reads once; empty in any other."""


def judged(source: Source, options: Options, jobs: int) -> tuple[Verdict, ...]:
    """Return the verdicts on a file in document order; they do not depend on how many processes judge it."""
    paper = read(source)
    count = len(paper.questions())
    jobs = min(jobs, count // FEWEST)
    if jobs > 1:
        paper.take(dict(enumerate(shared(_judge, count, jobs, _hold, (source, options)))))
    return paper.verdicts(options)


def read(source: Source) -> Paper:
    """Return the equations of a file as they were read."""
    return read_filled(source) if isinstance(source, Outline) else read_file(*source)


def _hold(source: Source, options: Options) -> None:
    _held.append((read(source).questions(), options))


def _judge(number: int) -> Verdict:
    questions, options = _held[0]
    return questions[number].judge(options)
