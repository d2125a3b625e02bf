"""A file's questions judged by several processes: each reads the whole file, since definitions feed what follows."""

import time

from proofweave.adapters import shared
from proofweave.check import Asked, Options, Paper, Verdict, read_file, read_filled
from proofweave.core import Outline

Source = Outline | tuple[str, str]
"""An outline whose slots are filled, or the text of another file and its path."""

FEWEST = 4
"""Questions a process must have to be worth starting."""

PATIENCE = 2.0
"""Seconds for which one process judges alone, since starting others costs about one; most files need no more."""

_held: list[tuple[list[Asked], Options]] = []
"""What a process that shares the work reads once; empty in any other."""


def judged(source: Source, options: Options, jobs: int) -> tuple[Verdict, ...]:
    """Return the verdicts on a file in document order; they do not depend on how many processes judge it."""
    paper = read(source)
    questions = paper.questions()
    stop = time.monotonic() + PATIENCE
    first = 0
    while first < len(questions) and (jobs == 1 or time.monotonic() < stop):
        questions[first].judge(options)
        first += 1
    rest = range(first, len(questions))
    if (several := min(jobs, len(rest) // FEWEST)) > 1:
        found = shared(_judge, rest, several, _hold, (source, options))
        for number, verdict in zip(rest, found, strict=True):
            questions[number].verdict = verdict
    return paper.verdicts(options)


def read(source: Source) -> Paper:
    """Return the equations of a file as they were read."""
    return read_filled(source) if isinstance(source, Outline) else read_file(*source)


def _hold(source: Source, options: Options) -> None:
    _held.append((read(source).questions(), options))


def _judge(number: int) -> Verdict:
    questions, options = _held[0]
    return questions[number].judge(options)
