from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofweave.adapters import files
from proofweave.adapters.files import inside, read_text, write_text
from proofweave.core.errors import FileError

UTF8 = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(text=UTF8)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_round_trip(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    write_text(path, text)
    assert path.read_bytes() == text.encode()
    assert read_text(path) == text


def test_line_endings_and_byte_order_mark_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(path) == "\ufeffa\r\nb\rc\n"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"ab\0c", "byte 2 is NUL"),
        (b"ab\ncd\xff", "byte 5 (0xff, line 2)"),
        ("数".encode("gbk"), "is not UTF-8: byte 0"),
        ("a".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(FileError) as refused:
        read_text(path)
    assert what in refused.value.what
    assert str(path) in refused.value.what
    assert refused.value.fix


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    for path, what in (
        (tmp_path / "missing", "no such file"),
        (tmp_path, "a folder"),
        (tmp_path / "file" / "below", "not a folder"),
        (tmp_path / "loop", "circle"),
        (tmp_path / "pipe", "not a regular file"),
        (Path(os.devnull), "not a regular file"),
        (Path("a\0b"), "NUL"),
        (tmp_path / ("长" * 100), "too long"),
    ):
        with pytest.raises(FileError) as refused:
            read_text(path)
        assert what in refused.value.what


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(files.LIMIT + 1)
    with pytest.raises(FileError, match="larger than 20 MB"):
        read_text(path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    write_text(path, "old")
    for number, what in ((errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "permission")):

        def failing(_: int, number: int = number) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(files, "os", SimpleNamespace(**{**vars(os), "fsync": failing}))
        with pytest.raises(FileError) as refused:
            write_text(path, "new")
        assert what in refused.value.what
        assert refused.value.fix
        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name != "posix", reason="needs a POSIX system")
def test_a_real_limit_on_file_size_is_reported(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from proofweave.adapters.files import write_text; from proofweave.core.errors import FileError\n"
        "try: write_text(sys.argv[1], 'x' * 100000)\n"
        "except FileError as error: print(error)"
    )
    path = tmp_path / "a.md"
    path.write_text("old")
    run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert "cannot be written: the file grew too large" in run.stdout
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="it is a folder"):
        write_text(tmp_path, "x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="not a folder"):
        write_text(tmp_path / "file" / "below", "x")


def test_folders_are_made_and_the_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "build" / "posts" / "a.md"
    write_text(path, "x")
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()
    path.chmod(0o640)
    write_text(path, "y")
    assert path.stat().st_mode & 0o777 == 0o640


def test_keep_leaves_identical_bytes_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    write_text(path, "x")
    os.utime(path, ns=(1, 1))
    write_text(path, "x", keep=True)
    assert path.stat().st_mtime_ns == 1
    write_text(path, "x")
    assert path.stat().st_mtime_ns > 1
    os.utime(path, ns=(1, 1))
    write_text(path, "y", keep=True)
    assert path.read_text() == "y"


def test_a_lone_surrogate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"U\+D800"):
        write_text(tmp_path / "a", "a\ud800")


def test_inside(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "blogs_raw").mkdir(parents=True)
    (tmp_path / "secret").write_text("x")
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "blogs_raw")
    assert inside(root, "blogs_raw/a.md")
    assert inside(root, root / "in" / "a.md")
    assert inside(root, "blogs_raw/../outlines")
    assert not inside(root, "../secret")
    assert not inside(root, root / "out" / "secret")
    assert not inside(root, "/etc/passwd")
    assert not inside(root, tmp_path / "project-twin")
    assert not inside(root, "a\0b")


def _umask() -> int:
    old = os.umask(0)
    os.umask(old)
    return old
