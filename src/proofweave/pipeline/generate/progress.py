"""Progress of a run that asks a model: one living line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time


class Progress:
    """Tells what happens to each block; in a terminal also how long the replies are by now."""

    def __init__(self, total: int, post_names: bool) -> None:
        self._total = total
        self._done = 0
        self._names = post_names
        self._running: dict[str, int] = {}
        self._living = sys.stderr.isatty()
        self._drawn = 0.0
        self._width = 0

    def started(self, label: str, what: str) -> None:
        """A block is asked for."""
        self._running[label] = 0
        self.line(f"{label}: {what}")

    def grown(self, label: str, characters: int) -> None:
        """A reply has grown."""
        self._running[label] = characters
        if self._living and time.monotonic() - self._drawn > 0.1:
            self._drawn = time.monotonic()
            shown = ", ".join(f"{name} {count}" for name, count in list(self._running.items())[:4])
            self._draw(f"[{self._done}/{self._total}] {shown} characters")

    def told(self, label: str, what: str) -> None:
        """Something happened on the way."""
        self.line(f"{label}: {what}" if label else what)

    def ended(self, label: str, what: str) -> None:
        """A block is done."""
        self._running.pop(label, None)
        self._done += 1
        self.line(f"[{self._done}/{self._total}] {label}: {what}")

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._draw("")
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Wipe the living line."""
        self._draw("")

    def _draw(self, text: str) -> None:
        if self._living and (text or self._width):
            text = text[:100]
            print("\r" + text.ljust(self._width), end="\r" if not text else "", file=sys.stderr, flush=True)
            self._width = len(text)
