"""Hear of files of a project that change, from the system by way of watchfiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from proofweave.core import ToolError

if TYPE_CHECKING:
    from watchfiles import Change

    Listener = Iterator[set[tuple[Change, str]]]

WAIT = 50
"""Milliseconds to wait for a change, and then for what is saved together with it."""


class Watch:
    """Hears of the files below a folder that match some patterns of `Path.glob`, from when it is made.

    The folders those files lie in are listened to, not the files, and none below them: so a file may be renamed over
    another. When a folder comes, or comes anew, what is in it counts as changed.
    """

    def __init__(self, root: Path, patterns: Sequence[str]) -> None:
        self.root = root.resolve()
        self.patterns = tuple(patterns)
        self._folders: dict[Path, str] = {}
        self._listener: Listener = iter(())
        self.changed()

    def changed(self) -> frozenset[str]:
        """Return the paths, relative to the root, that were written, made or deleted since the last call."""
        heard = self._heard(self._listener)
        came = {name for name, modified in heard if not modified}
        if came or not self._folders:
            before, self._folders = self._folders, self._there()
            new = [name for name in self._folders.values() if name in came or name not in before.values()]
            if new:
                old, self._listener = self._listener, _listener(*self._folders)
                heard |= self._heard(self._listener) | self._heard(old)
                heard |= {(f"{name}/{path.name}", False) for name in new for path in (self.root / name).glob("*")}
        return frozenset(name for name, _ in heard if any(_matches(name, pattern) for pattern in self.patterns))

    def _there(self) -> dict[Path, str]:
        """Return the folders that files may lie in, and those above them: where they really are, and their names."""
        parents = {str(parent) for pattern in self.patterns for parent in PurePosixPath(pattern).parents[:-1]}
        found = (folder for parent in sorted(parents) for folder in self.root.glob(parent) if folder.is_dir())
        return {self.root: ".", **{path.resolve(): path.relative_to(self.root).as_posix() for path in found}}

    def _heard(self, listener: Listener) -> set[tuple[str, bool]]:
        """Return the names of what changed, and whether it was there before and after; in a short while, nothing."""
        try:
            changes = next(listener, set())
        except FileNotFoundError:  # a folder is gone before it could be listened to
            self._folders = {}
            return set()
        except (OSError, RuntimeError) as error:  # the system watches too much already, or cannot watch
            fix = "set WATCHFILES_FORCE_POLLING=1 to have them looked at again and again instead"
            raise ToolError(f"changes of files in {self.root} cannot be heard of: {error}", fix) from error
        found = ((Path(path), change.name == "modified") for change, path in changes)
        placed = ((self._folders.get(path.parent), path.name, modified) for path, modified in found)
        return {(str(PurePosixPath(folder, name)), modified) for folder, name, modified in placed if folder}


def _matches(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and PurePosixPath(name).match(pattern)


def _listener(*folders: Path) -> Listener:
    from watchfiles import watch

    return watch(*folders, watch_filter=None, step=WAIT, rust_timeout=WAIT, yield_on_timeout=True, recursive=False)
