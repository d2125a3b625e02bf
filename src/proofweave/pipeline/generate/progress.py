"""Progress of a run that asks a model: one living line in a terminal, plain lines elsewhere."""

from __future__ import annotations

from proofweave.adapters.terminal import Bar


class Progress:
    """Tells what happens to each block; in a terminal also how long the replies are by now."""

    def __init__(self, total: int, post_names: bool) -> None:
        self._total = total
        self._done = 0
        self._names = post_names
        self._running: dict[str, int] = {}
        self._bar = Bar()

    def started(self, label: str, what: str) -> None:
        """A block is asked for."""
        self._running[label] = 0
        self.line(f"{label}: {what}")

    def grown(self, label: str, characters: int) -> None:
        """A reply has grown."""
        self._running[label] = characters
        shown = ", ".join(f"{name} {count}" for name, count in list(self._running.items())[:4])
        self._bar.draw(self._done, self._total, f"[{self._done}/{self._total}] {shown} characters")

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
        self._bar.tell(text)

    def close(self) -> None:
        """Wipe the living line."""
        self._bar.wipe()
