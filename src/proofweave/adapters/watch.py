"""Hear of files of a project that change, from the system by way of watchfiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from proofweave.core.errors import ToolError

if TYPE_CHECKING:
    from watchfiles import Change

    Listener = Iterator[set[tuple[Change, str]]]

WAIT = 50
"""Milliseconds that each of two listeners waits for a change, and then for what is saved together with it."""


class Watch:
    """Hears of the files below a folder that match some patterns of `Path.glob`, from when it is made.

    One listener hears of what lies in the folder itself, which holds far more than posts, and one of all below the
    folders that patterns begin with. So a file may be renamed over another, and a folder may come late, or anew.
    """

    def __init__(self, root: Path, patterns: Sequence[str]) -> None:
        self.root = root.resolve()
        self.patterns = tuple(patterns)
        self.tops = frozenset(pattern.partition("/")[0] for pattern in patterns if "/" in pattern)
        self._places: dict[Path, str] = {}
        self._here: Listener = _listener(self.root, recursive=False)
        self._below: Listener = iter(())
        self.changed()

    def changed(self) -> frozenset[str]:
        """Return the paths, relative to the root, that were written, made or deleted since the last call."""
        heard = self._heard(self._here)
        there = {(self.root / top).resolve(): top for top in sorted(self.tops) if (self.root / top).is_dir()}
        if there != self._places or self.tops & {name for name, _ in heard}:
            heard |= {(top, True) for top in set(there.values()) - set(self._places.values())}
            before, self._below = self._below, _listener(*there, recursive=True)
            self._places = there
            heard |= self._heard(self._below) | self._heard(before)
        else:
            heard |= self._heard(self._below)
        new = [self.root / name for name, added in heard if added and (self.root / name).is_dir()]
        names = {name for name, _ in heard}
        names |= {path.relative_to(self.root).as_posix() for folder in new for path in folder.rglob("*")}
        return frozenset(filter(self._matches, names))

    def _heard(self, listener: Listener) -> set[tuple[str, bool]]:
        """Return what changed, and whether it was added; after a short while, nothing."""
        try:
            changes = next(listener, set())
        except FileNotFoundError:  # a folder is gone before it could be listened to
            self._places = {}
            return set()
        except (OSError, RuntimeError) as error:  # the system watches too much already, or cannot watch
            fix = "set WATCHFILES_FORCE_POLLING=1 to have them looked at again and again instead"
            raise ToolError(f"changes of files in {self.root} cannot be heard of: {error}", fix) from error
        return {(self._name(Path(path)), change.name == "added") for change, path in changes}

    def _name(self, path: Path) -> str:
        for place, top in self._places.items():
            if path.is_relative_to(place):
                return (PurePosixPath(top) / path.relative_to(place).as_posix()).as_posix()
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else ""

    def _matches(self, name: str) -> bool:
        return any(name.count("/") == each.count("/") and PurePosixPath(name).match(each) for each in self.patterns)


def _listener(*folders: Path, recursive: bool) -> Listener:
    from watchfiles import watch

    return watch(*folders, watch_filter=None, step=WAIT, rust_timeout=WAIT, yield_on_timeout=True, recursive=recursive)
