"""What people look at while a verb runs: rich's colours, tables and bars in a terminal, plain lines in pipes and logs.

rich decides which colours a terminal has; `NO_COLOR` switches them off, `FORCE_COLOR` on where there is no terminal.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from proofweave.core import table

if TYPE_CHECKING:
    from rich.text import Text

VERDICTS = (
    r"^ *(?P<cyan>.+?:\d+:\d+): (?:(?P<green>verified|holds|defined|skipped)|(?P<red>refuted|{error})"
    r"|(?P<yellow>weak|note|{warning}|{info}))\b"
)
STATES = r"^(?:(?P<green>complete)|(?P<yellow>pending|not built)|(?P<red>refused))\s*$"
"""What is coloured in a line or a cell; the groups are named after colours, and severities go into the braces."""

WIDEST = 44
"""The columns the first cell of a row may take."""

LONGEST = 1000
"""The columns a row may take; a narrower terminal breaks it."""

LENGTH = 24
"""The columns of a bar."""


Row = tuple[Sequence[str], Sequence[str]]
"""The cells of a row, "" where there is none, and the lines below it."""


def say(lines: Iterable[str], errors: bool = False) -> None:
    """Print lines to standard output, or to standard error; in a terminal places and verdicts have colours."""
    stream = sys.stderr if errors else sys.stdout
    console = _console(stream) if _seen(stream) else None
    for line in lines:
        if console:
            console.print(_coloured(line), soft_wrap=True)
        else:
            print(line, file=stream, flush=errors)


def say_rows(rows: Sequence[Row]) -> None:
    """Print rows, each with its notes below it; the cells are aligned, outside of a terminal only the first of them."""
    if not _seen(sys.stdout):
        width = min(WIDEST, max((columns(cells[0]) for cells, _ in rows), default=0))
        for cells, notes in rows:
            say(["  ".join([fitted(cells[0], width), *filter(None, cells[1:])]), *(f"    {note}" for note in notes)])
        return
    from rich.segment import Segment, Segments
    from rich.table import Table

    console = _console(sys.stdout)
    table = Table.grid(padding=(0, 2, 0, 0))
    for index in range(max(len(cells) for cells, _ in rows)):
        table.add_column(no_wrap=True, overflow="ellipsis", max_width=None if index else WIDEST)
    for cells, _ in rows:
        table.add_row(cells[0], *map(_coloured, cells[1:]))
    lines = console.render_lines(table, console.options.update(max_width=LONGEST), pad=False)
    for (_, notes), line in zip(rows, lines, strict=True):
        console.print(Segments([*line, Segment.line()]), end="", crop=False)
        say(f"    {note}" for note in notes)


class Screen:
    """Standard error while a verb runs: lines that stay, and below them, in a terminal, a living one with a bar."""

    def __init__(self) -> None:
        self._progress: Any = None
        self.living = sys.stderr.isatty() and (console := _console(sys.stderr)).is_interactive
        if self.living:
            from rich.progress import BarColumn, Progress, TextColumn
            from rich.table import Column

            rest = Column(no_wrap=True, overflow="ellipsis", ratio=1)
            text = TextColumn("{task.description}", markup=False, table_column=rest)
            self._progress = Progress(BarColumn(LENGTH), text, console=console, transient=True, expand=True)
            self._progress.add_task("", total=None)

    def tell(self, line: str) -> None:
        """Print a line that stays."""
        if self._progress:
            self._progress.console.print(_coloured(line), soft_wrap=True)
        else:
            say([line], errors=True)

    def draw(self, done: int, total: int, text: str) -> None:
        """Show how far something is, with a text beside it."""
        if self._progress:
            self._progress.start()
            self._progress.update(0, completed=done, total=total or None, description=text)

    def wipe(self) -> None:
        """Wipe what is drawn."""
        if self._progress:
            self._progress.stop()


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes; Chinese characters take two."""
    from rich.cells import cell_len

    return cell_len(text)


def fitted(text: str, width: int) -> str:
    """Return a text in exactly `width` columns, cut or filled up."""
    from rich.cells import set_cell_size

    return set_cell_size(text if columns(text) <= width else set_cell_size(text, width - 1).rstrip() + "…", width)


def _seen(stream: TextIO) -> bool:
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _console(stream: TextIO) -> Any:
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False)


def _coloured(line: str) -> "Text":
    from rich.text import Text

    text = Text(line)
    severities = {name: "|".join(table("finding")[name].values()) for name in ("error", "warning", "info")}
    for pattern in (VERDICTS.format(**severities), STATES):
        text.highlight_regex(pattern)
    return text
