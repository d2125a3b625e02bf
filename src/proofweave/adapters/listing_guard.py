"""The process that runs a listing, a file: it takes away what it may not do, runs it and says its numbers."""

import contextlib
import io
import json
import os
import resource
import runpy
import sys
import traceback
from typing import Any

MEMORY = 2 << 30
SECONDS = 60
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile",
           "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink",
           "os.truncate", "os.utime", "shutil.", "ctypes.", "webbrowser.", "urllib.", "ftplib.",
           "smtplib.")  # fmt: skip
"""Events of the interpreter that a listing has no use for."""

WRITING = frozenset("wax+")
CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what a listing may not do, when the interpreter is about to do it."""
    if event.startswith(REFUSED):
        raise PermissionError(f"a listing may not do this: {event}")
    if event == "open" and (WRITING & set(str(arguments[1] or "r")) or int(arguments[2] or 0) & CHANGING):
        raise PermissionError("a listing may not write files")


def main(listing: str) -> None:
    """Run a listing, and print its numbers as JSON."""
    with contextlib.suppress(ImportError):
        import numpy  # noqa: F401  its loading opens libraries, which the watch refuses to the listing itself
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    said: dict[str, Any] = {"values": {}, "error": "", "line": 0}
    sys.addaudithook(watch)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            names = runpy.run_path(listing, run_name="__main__")
        said["values"] = {name: text for name, value in names.items() if (text := number(value))}
    except SyntaxError as error:
        said |= {"error": f"SyntaxError: {error.msg}", "line": error.lineno or 0}
    except BaseException as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == listing]
        said |= {"error": f"{type(error).__name__}: {error}".strip(": "), "line": lines[-1] if lines else 0}
    print(json.dumps(said))


def number(value: object) -> str:
    """Return a finite number as decimal text, "" for anything else."""
    if isinstance(value, int):
        return str(int(value))
    try:
        text = repr(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return ""
    return "" if text.strip("-") in ("nan", "inf") or not hasattr(value, "__float__") else text


if __name__ == "__main__":
    main(sys.argv[1])
