"""Notice which files of a project changed, by looking at their times and sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

Stamp = tuple[int, int]


class Watch:
    """Remembers the files below a folder that match some patterns."""

    def __init__(self, root: Path, patterns: Sequence[str]) -> None:
        self.root = root
        self.patterns = tuple(patterns)
        self.stamps = self._look()

    def changed(self) -> frozenset[str]:
        """Return the paths, relative to the root, that were written, made or deleted since the last call."""
        before, self.stamps = self.stamps, self._look()
        paths = before.keys() | self.stamps.keys()
        return frozenset(path for path in paths if before.get(path) != self.stamps.get(path))

    def _look(self) -> dict[str, Stamp]:
        found: dict[str, Stamp] = {}
        for path in self._paths():
            try:
                state = path.stat()
            except OSError:  # deleted between listing and looking, or not yet whole
                continue
            found[path.relative_to(self.root).as_posix()] = (state.st_mtime_ns, state.st_size)
        return found

    def _paths(self) -> Iterable[Path]:
        for pattern in self.patterns:
            yield from self.root.glob(pattern)
