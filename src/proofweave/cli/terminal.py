"""Standard error as a screen: lines that stay, and below them one living line where it is a terminal."""

from __future__ import annotations

import sys

from proofweave.cli.verb import tell

WIDEST = 100
"""The most characters of a living line."""


class Terminal:
    """Standard error as long as a verb runs."""

    def __init__(self) -> None:
        self._living = sys.stderr.isatty()
        self._width = 0

    def tell(self, line: str) -> None:
        """Print a line that stays."""
        self.draw("")
        tell(line)

    def draw(self, line: str) -> None:
        """Show a line in place of the last one drawn; "" wipes it."""
        if self._living and (line or self._width):
            line = line[:WIDEST]
            print("\r" + line.ljust(self._width), end="" if line else "\r", file=sys.stderr, flush=True)
            self._width = len(line)
