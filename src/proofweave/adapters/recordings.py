"""The folder of recordings as files: who may write one, whether it can be written at all, what lies there unused."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proofweave.core import FileError

TEMPORARY = ".proofweave-*"
"""Half-written files of a run that was killed; no reader looks at them."""

OLD = 3600.0
"""Seconds after which a half-written file belongs to no run."""


@contextmanager
def claimed(root: Path, post: str, name: str) -> Iterator[bool]:
    """Hold a claim on one recording while the body runs; yield False at once where another run holds it.

    The system frees a claim when its process ends, however it ends.
    """
    path = root / ".proofweave" / "claims" / post / f"{name}.lock"
    descriptor = _claim(path)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None and descriptor >= 0:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            os.close(descriptor)


def _claim(path: Path) -> int | None:
    """Return the descriptor of a file this process has locked, None where another has; -1 where there are no locks."""
    try:
        import fcntl
    except ImportError:  # a system without file locks: two runs may pay twice, but still write whole files
        return -1
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            if _same(descriptor, path):
                return descriptor
            os.close(descriptor)  # another run deleted it between the two steps
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise FileError(f"{path} cannot be written: {cause}", "make it writable, or free some space") from error


def check_writable(folder: Path, size: int = 4096) -> None:
    """Raise FileError when a file of `size` bytes cannot be written into a folder: before a call is paid, not after."""
    probe = folder / f".proofweave-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with probe.open("xb") as file:
            file.write(b"\n" * size)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        what = f"{folder} cannot be written: {(error.strerror or str(error)).lower()}"
        raise FileError(what, "make it writable, or free some space; nothing was asked") from error
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Path]:
    """Return the half-written files below a folder that no run can still be writing."""
    now = time.time()
    found = []
    for path in sorted(folder.rglob(TEMPORARY)):
        with suppress(OSError):
            if path.is_file() and now - path.stat().st_mtime > OLD:
                found.append(path)
    return found


def removed(path: Path) -> None:
    """Delete a file, and its folder when it was the last in it."""
    try:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()
    except OSError as error:
        raise FileError(f"{path} cannot be deleted: {error.strerror}", "change its permissions") from error


def _same(descriptor: int, path: Path) -> bool:
    """Tell whether the file just locked is still the one at its path."""
    try:
        here, there = os.fstat(descriptor), path.stat()
    except FileNotFoundError:
        return False
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
