"""What is printed where: plain bytes in pipes and files, colours and a living bar in a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from proofweave.adapters.terminal import Screen, columns, fitted, say, say_rows

LINE = "outlines/多任务.yaml:3:7: error: equation 'a' is refuted: [bold]x[/bold] :smile: false"
ROWS = [
    (("甲乙丙", "complete", "7 -> 53 lines", "", "2 warnings"), ()),
    (("a", "refused ", "7 lines", "4 numbered"), (LINE,)),
    (("new", "not built"), ()),
]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
COUNT = """
import time
from proofweave.adapters.terminal import Screen
screen = Screen()
for done in range(1, 4):
    screen.draw(done, 3, f"{done}/3 steps  validate 多任务")
    time.sleep(0.2)
screen.tell("a line that stays")
screen.wipe()
"""


@pytest.fixture(autouse=True)
def nothing_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_pipe_gets_the_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    say([LINE, "x" * 500])
    say([LINE], errors=True)
    assert capsys.readouterr() == (f"{LINE}\n{'x' * 500}\n", f"{LINE}\n")


def test_colours_can_be_forced_and_forbidden(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    say([LINE, "x" * 500])
    coloured = capsys.readouterr().out
    assert "\x1b[31merror\x1b[0m" in coloured and "\x1b[36moutlines/多任务.yaml:3:7\x1b[0m" in coloured
    assert ESCAPE.sub("", coloured) == f"{LINE}\n{'x' * 500}\n", "no words are lost or broken"
    monkeypatch.setenv("NO_COLOR", "1")
    say([LINE])
    assert "\x1b" not in capsys.readouterr().out


def test_cells_stand_below_one_another(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    say_rows(ROWS)
    plain = capsys.readouterr().out.splitlines()
    assert plain == [
        "甲乙丙  complete  7 -> 53 lines  2 warnings",
        "a       refused   7 lines  4 numbered",
        f"    {LINE}",
        "new     not built",
    ]
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    say_rows(ROWS)
    coloured = capsys.readouterr().out
    assert "\x1b[32mcomplete\x1b[0m" in coloured and "\x1b[31mrefused \x1b[0m" not in coloured
    first, second, note, third = (ESCAPE.sub("", line).rstrip() for line in coloured.splitlines())
    assert note == f"    {LINE}" and third == "new     not built"
    starts = [columns(line[: line.index(cell)]) for line, cell in ((first, "complete"), (second, "refused"))]
    assert starts == [8, 8] and columns(first[: first.index("2 warnings")]) > columns(second[: second.index("4 numb")])


def test_nothing_is_drawn_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    for done in range(40):
        screen.draw(done, 40, "nothing of this is seen")
    screen.tell(LINE)
    screen.wipe()
    assert capsys.readouterr() == ("", f"{LINE}\n")


@pytest.mark.parametrize(("term", "living"), [("xterm", True), ("dumb", False)])
def test_a_line_lives_in_a_terminal(term: str, living: bool) -> None:
    reading, writing = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", COUNT], stderr=writing, env={**os.environ, "TERM": term}) as process:
        os.close(writing)
        seen = b""
        try:
            while part := os.read(reading, 4096):
                seen += part
        except OSError:  # the end of a terminal
            pass
        assert process.wait() == 0
    os.close(reading)
    text = seen.decode("utf-8")
    drawn = [name in text for name in ("━", "1/3 steps", "3/3 steps  validate 多任务", "\x1b[?25h")]
    assert drawn == [living] * 4 and "a line that stays" in text


def test_help_loads_none_of_it() -> None:
    told = "import sys; from proofweave.cli import main\ntry: main(['--help'])\nfinally: print({*sys.modules} & SLOW)"
    told = told.replace("SLOW", "{'rich', 'watchfiles'}")
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60)
    assert run.stdout.endswith("set()\n"), run.stderr


def test_names_fill_their_columns() -> None:
    assert columns("甲a") == 3
    assert fitted("甲乙", 6) == "甲乙  "
    assert columns(fitted("多任务学习漫谈", 8)) == 8
    assert fitted("多任务学习漫谈", 8) == "多任务… "
