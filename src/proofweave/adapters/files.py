"""Read and write text files: bytes round-trip, a file is replaced whole or not at all."""

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from proofweave.core import FileError, say

LIMIT = 20_000_000
"""The largest file read, in bytes; a post above it is a mistake, not a post."""

CAUSES = {
    errno.ENOENT: "absent",
    errno.EISDIR: "folder",
    errno.ENOTDIR: "no-folder",
    errno.EEXIST: "no-folder",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "read-only",
    errno.ENOSPC: "full",
    errno.EDQUOT: "quota",
    errno.EFBIG: "large",
    errno.ENAMETOOLONG: "long-name",
    errno.ELOOP: "circle",
    errno.EIO: "failed",
}
"""What the system's numbers mean, by name in the table of words."""


def read_text(path: Path | str, name: str = "") -> str:
    """Return a UTF-8 file's text with its line endings and byte-order mark, so writing it gives the same bytes.

    Errors call the file by a `name` where it has one that is the same on every machine.
    """
    path = Path(path)
    name = name or str(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a pipe would wait for its writer
            raise _error("irregular", name)
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except OSError as error:
        raise _plain(error, name, "read") from error
    except ValueError as error:
        raise _error("no-path", repr(name)) from error
    if len(content) > LIMIT:
        raise _error("size", name, most=LIMIT // 1_000_000)
    return _decoded(content, name)


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _error("utf-16", name)
    nul = content.find(b"\0")
    if nul >= 0:
        raise _error("binary", name, byte=nul)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _error("encoding", name, byte=error.start, value=f"0x{content[error.start]:02x}", line=line) from error


def write_text(path: Path | str, text: str, keep: bool = False) -> None:
    """Replace a file by `text` in one step; when that fails, the old file stays and nothing is left behind.

    Missing folders are made. `keep` leaves a file that already holds these bytes untouched, its time too.
    """
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        code = f"{ord(text[error.start]):04X}"
        raise _error("unwritable", str(path), character=error.start, code=code) from error
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
        raise _plain(error, str(path), "written") from error
    except ValueError as error:
        raise _error("no-path", repr(str(path))) from error
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


def _error(name: str, path: str, **fields: Any) -> FileError:
    return FileError(say(f"files.{name}", path=path, **fields), say(f"files.{name}-fix"))


def _plain(error: OSError, path: str, done: str) -> FileError:
    name = CAUSES.get(error.errno or 0, "unknown")
    cause = say(f"files.{name}", said=error.strerror or str(error))
    fix = f"{name}-{done}" if name == "denied" else f"{name}-fix"
    return FileError(say(f"files.not-{done}", path=path, cause=cause), say(f"files.{fix}"))
