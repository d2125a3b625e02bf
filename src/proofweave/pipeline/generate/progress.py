"""Progress of a run that asks a model: lines that stay, and one living line where there is a terminal."""

from proofweave.adapters import Screen


class Progress:
    """Tells what happens to each block, and how long the replies are by now."""

    def __init__(self, total: int, screen: Screen) -> None:
        self._total = total
        self._screen = screen
        self._done = 0
        self._running: dict[str, int] = {}

    def started(self, label: str, what: str) -> None:
        """A block is asked for."""
        self._running[label] = 0
        self._screen.tell(f"{label}: {what}")

    def grown(self, label: str, characters: int) -> None:
        """A reply has grown."""
        self._running[label] = characters
        shown = ", ".join(f"{name} {count}" for name, count in list(self._running.items())[:4])
        self._screen.draw(self._done, self._total, f"[{self._done}/{self._total}] {shown} characters")

    def told(self, label: str, what: str) -> None:
        """Something happened on the way."""
        self._screen.tell(f"{label}: {what}" if label else what)

    def ended(self, label: str, what: str) -> None:
        """A block is done."""
        self._running.pop(label, None)
        self._done += 1
        self._screen.tell(f"[{self._done}/{self._total}] {label}: {what}")

    def close(self) -> None:
        """Wipe the living line."""
        self._screen.wipe()
