"""The process that runs a listing: it reads it, takes away what it may not do, runs it and says its numbers."""

import contextlib
import io
import json
import resource
import sys
import traceback
from typing import Any

NAME = "<listing>"
MEMORY = 2 << 30
SECONDS = 60
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.startfile",
           "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink",
           "os.truncate", "shutil.", "ctypes.", "webbrowser.", "urllib.", "ftplib.", "smtplib.")  # fmt: skip
"""Events of the interpreter that a listing has no use for."""

WRITING = frozenset("wax+")


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what a listing may not do, when the interpreter is about to do it."""
    if event.startswith(REFUSED):
        raise PermissionError(f"a listing may not do this: {event}")
    if event == "open" and (WRITING & set(str(arguments[1] or "r")) or int(arguments[2] or 0) & 0o3):
        raise PermissionError("a listing may not write files")


def main() -> None:
    """Run the listing of the standard input, and print its numbers as JSON."""
    code = sys.stdin.read()
    with contextlib.suppress(ImportError):
        import numpy  # noqa: F401  its loading opens libraries, which the watch refuses to the listing itself
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    said: dict[str, Any] = {"values": {}, "error": "", "line": 0}
    names: dict[str, Any] = {"__name__": "__main__"}
    sys.addaudithook(watch)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, NAME, "exec"), names)
    except SyntaxError as error:
        said |= {"error": f"SyntaxError: {error.msg}", "line": error.lineno or 0}
    except BaseException as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME]
        said |= {"error": f"{type(error).__name__}: {error}".strip(": "), "line": lines[-1] if lines else 0}
    said["values"] = {name: text for name, value in names.items() if (text := number(value))}
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
    main()
