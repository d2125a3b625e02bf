"""Read and write text files: bytes round-trip, a file is replaced whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

from proofweave.core.errors import FileError

LIMIT = 20_000_000
"""The largest file read, in bytes; a post above it is a mistake, not a post."""

CAUSES = {
    errno.ENOENT: ("there is no such file or folder", "check the path"),
    errno.EISDIR: ("it is a folder", "name a file"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "check the path"),
    errno.EEXIST: ("a part of the path is a file, not a folder", "check the path"),
    errno.EACCES: ("permission denied", "change its permissions or write elsewhere"),
    errno.EPERM: ("permission denied", "change its permissions or write elsewhere"),
    errno.EROFS: ("the file system is read-only", "write elsewhere"),
    errno.ENOSPC: ("the disk is full", "free some space and run again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run again"),
    errno.EFBIG: ("the file grew too large for the file system", "free some space and run again"),
    errno.ENAMETOOLONG: ("the name is too long for the file system", "use a shorter name"),
    errno.ELOOP: ("its symbolic links go in a circle", "repair the links"),
    errno.EIO: ("the disk failed", "check the disk"),
}


def read_text(path: Path | str) -> str:
    """Return a UTF-8 file's text with its line endings and byte-order mark, so writing it gives the same bytes."""
    path = Path(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a pipe would wait for its writer
            raise FileError(f"{path} cannot be read: it is not a regular file", "name a text file")
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise _plain(error, path, "read") from error
    except ValueError as error:
        raise FileError(f"{str(path)!r} is not a path: it holds a NUL character", "check the path") from error
    if len(content) > LIMIT:
        raise FileError(f"{path} is larger than {LIMIT // 1_000_000} MB", "split it, or check that it is a text file")
    return _decoded(content, path)


def _decoded(content: bytes, path: Path) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError(f"{path} is UTF-16, not UTF-8", "save it as UTF-8")
    nul = content.find(b"\0")
    if nul >= 0:
        raise FileError(f"{path} is a binary file: byte {nul} is NUL", "name a UTF-8 text file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        what = f"{path} is not UTF-8: byte {error.start} (0x{byte:02x}, line {line})"
        raise FileError(what, "save it as UTF-8") from error


def write_text(path: Path | str, text: str, keep: bool = False) -> None:
    """Replace a file by `text` in one step; when that fails, the old file stays and nothing is left behind.

    Missing folders are made. `keep` leaves a file that already holds these bytes untouched, its time too.
    """
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        where = f"character {error.start} (U+{ord(text[error.start]):04X})"
        raise FileError(f"{path} cannot be written as UTF-8: {where}", "remove that character") from error
    write_bytes(path, content, keep)


def write_bytes(path: Path | str, content: bytes, keep: bool = False) -> None:
    """Replace a file by `content` as `write_text` does."""
    path = Path(path)
    temporary: Path | None = None
    try:
        if keep and path.is_file() and path.read_bytes() == content:
            return
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.parent / f".proofweave-{secrets.token_hex(8)}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            if path.exists():
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise _plain(error, path, "written") from error
    except ValueError as error:
        raise FileError(f"{str(path)!r} is not a path: it holds a NUL character", "check the path") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def inside(root: Path | str, path: Path | str) -> bool:
    """Return whether a path, symbolic links followed, lies below `root`; a relative one starts there."""
    try:
        base = Path(root).resolve()
        return (base / path).resolve().is_relative_to(base)
    except (OSError, RuntimeError, ValueError):
        return False


def _plain(error: OSError, path: Path, done: str) -> FileError:
    cause, fix = CAUSES.get(error.errno or 0, (error.strerror or str(error), "check the path"))
    if done == "read" and error.errno in (errno.EACCES, errno.EPERM):
        fix = "make it readable"
    return FileError(f"{path} cannot be {done}: {cause}", fix)
