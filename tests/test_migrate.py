"""`proofweave migrate` and the numbers of formats: bytes are kept, nothing is asked, what is newer is refused."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from proofweave.cli import main
from proofweave.outline.version import migrated

sys.path.insert(0, str(Path(__file__).parent))
from projects import ROOT, make, state

PROJECT = Path(__file__).parent / "cases" / "workflow" / "project"
BUILT = "build/posts/cauchy.md"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project in format 1, as it was before formats had numbers."""
    shutil.copytree(PROJECT, tmp_path, dirs_exist_ok=True)
    make(tmp_path)
    for path in (*(tmp_path / "outlines").glob("*.yaml"), *(tmp_path / "generations").rglob("*.json")):
        text = path.read_text(encoding="utf-8").replace("format: 2\n", "").replace(' "format": 2,\n', "")
        path.write_text(text, encoding="utf-8")
    aside = tmp_path / "generations" / "square" / "rejected" / "none.json"
    aside.parent.mkdir(parents=True)
    aside.write_text('{"block": "none", "spec": "0", "key": "0"}\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(capsys: pytest.CaptureFixture[str]) -> dict[str, bytes]:
    """Run the stages on one post; return its bytes, and the requests it makes without their places."""
    outline = "outlines/cauchy.yaml"
    given = ["--replies", "build/replies.json", "--findings", "build/findings.json"]
    assert main(["render", outline, "-o", "build/requests.json"]) == 0
    assert main(["generate", "build/requests.json", "-o", "build/replies.json"]) == 0
    assert main(["validate", outline, *given[:2], "-o", "build/findings.json"]) == 0
    assert main(["merge", outline, *given, "-o", BUILT]) == 0
    requests = json.loads(Path("build/requests.json").read_text(encoding="utf-8"))["requests"]
    keys = [{name: request[name] for name in ("block", "key", "spec", "prompt")} for request in requests]
    findings = [finding["rule"] for finding in json.loads(Path("build/findings.json").read_text())["findings"]]
    assert capsys.readouterr().err == ""
    return {"post": Path(BUILT).read_bytes(), "keys": json.dumps(keys).encode(), "told": "".join(findings).encode()}


def test_it_lists_then_writes_then_has_nothing_to_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, built = state(project), build(capsys)
    shutil.rmtree(project / "build")
    assert main(["migrate"]) == 0
    listed, told = capsys.readouterr()
    assert state(project) == before
    assert listed.splitlines() == [
        "outlines/cauchy.yaml: format 1 -> 2",
        "outlines/later.yaml: format 1 -> 2",
        "outlines/square.yaml: format 1 -> 2",
        "generations/cauchy/cauchy.json: format 1 -> 2",
        "generations/cauchy/equality.json: format 1 -> 2",
        "generations/square/rejected/none.json: format 1 -> 2",
    ]
    assert told == "6 files would be moved; `proofweave migrate --write` does it\n"
    assert main(["migrate", "--write"]) == 0
    assert capsys.readouterr() == (listed, "6 files moved\n")
    moved = state(project)
    assert {name for name in moved if moved[name] != before[name]} == {
        line.split(":")[0] for line in listed.splitlines()
    }
    assert main(["migrate", "--write"]) == 0
    assert capsys.readouterr() == ("", "every file is of the newest format\n")
    assert state(project) == moved
    assert build(capsys) == built, "neither a recording's key nor a byte of the post changes"
    assert main(["adopt", "outlines/cauchy.yaml"]) == 0
    assert capsys.readouterr().out == "", "a moved recording is what the program itself would write"


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.yaml", "title: x\nsource: y\n", "format: 2\ntitle: x\nsource: y\n"),
        ("a.yaml", "# 注\n\ntitle: x  # y\n", "# 注\n\nformat: 2\ntitle: x  # y\n"),
        ("a.yaml", "# a\r\ntitle: x\r\n", "# a\r\nformat: 2\r\ntitle: x\r\n"),
        ("a.yaml", "\ufefftitle: x\n", "\ufeffformat: 2\ntitle: x\n"),
        ("a.yaml", "\ufeff# a\ntitle: x", "\ufeff# a\nformat: 2\ntitle: x"),
        ("a.yaml", "---\n  title: x\n  source: y\n", "---\n  format: 2\n  title: x\n  source: y\n"),
        ("a.yaml", "{title: x, source: y}\n", "{format: 2, title: x, source: y}\n"),
        ("a.yaml", "{\n  title: x }\n", "{\n  format: 2,\n  title: x }\n"),
        ("a.yaml", "'title': x\nformat: 1  # old\nsource: y\n", "'title': x\nformat: 2  # old\nsource: y\n"),
        ("a.yaml", "title: [\nsource: y\n", "format: 2\ntitle: [\nsource: y\n"),
        ("a.json", '{"block": "b"}', '{"format": 2, "block": "b"}'),
        ("a.json", '{\n "block": "b"\n}\n', '{\n "format": 2,\n "block": "b"\n}\n'),
        ("a.json", '\ufeff{\r\n\t"block": "b"}', '\ufeff{\r\n\t"format": 2,\r\n\t"block": "b"}'),
        ("a.json", '{"block": "b", "format": 1}', '{"block": "b", "format": 2}'),
        ("a.json", '{"texts": ["a\\nb"]}', '{"format": 2, "texts": ["a\\nb"]}'),
    ],
)
def test_every_other_byte_is_kept(path: str, before: str, after: str) -> None:
    done = migrated(before, path)
    assert (done.text, done.before, done.after, done.findings) == (after, 1, 2, ())
    again = migrated(after, path)
    assert (again.text, again.before, again.after, again.findings) == (after, 2, 2, ())


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("a.yaml", "", "no mapping"),
        ("a.yaml", "- a\n", "no mapping"),
        ("a.yaml", "? title\n: x\n", "cannot be added here safely"),
        ("a.yaml", "title: x\nformat: [1]\n", "cannot be added here safely"),
        ("a.yaml", "title: x\nformat: 0\n", "cannot be added here safely"),
        ("a.yaml", "title: x\nformat: 3\n", "of format 3"),
        ("a.json", "{}", "no mapping"),
        ("a.json", "[]", "no mapping"),
        ("a.json", '{"block": }', "stands where a value should"),
        ("a.json", '{"format": 12, "block": "b"}', "of format 12"),
    ],
)
def test_what_cannot_be_moved_is_said_and_left(path: str, text: str, told: str) -> None:
    done = migrated(text, path)
    assert done.text == text and told in done.findings[0].what


def test_while_one_file_cannot_be_moved_none_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "outlines" / "binary.yaml").write_bytes(b"title: \0\n")
    (project / "generations" / "cauchy" / "cut.json").write_text('{"block": ', encoding="utf-8")
    before = state(project)
    assert main(["migrate", "--write"]) == 1
    out, error = capsys.readouterr()
    assert state(project) == before and not out
    cut, binary, stopped = error.splitlines()
    assert cut.startswith("generations/cauchy/cut.json:1:11: error: ") and str(project) not in error
    assert binary.startswith("outlines/binary.yaml:1:1: error: ") and "nothing is written" in stopped


def test_a_newer_outline_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "outlines" / "square.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("title:", "format: 7\ntitel: x\ntitle:", 1), encoding="utf-8"
    )
    told = "outlines/square.yaml:1:9: error: this is of format 7, and this proofweave knows formats up to 2; update"
    for verb in ("validate", "check", "render", "retag"):
        assert main([verb, "outlines/square.yaml"]) == (2 if verb == "check" else 1)
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("outlines/")]
        assert line.startswith(told) and line.endswith("[outline-format]")


def test_a_newer_recording_is_one_line_and_never_asked_for_again(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "generations" / "cauchy" / "cauchy.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("{\n", '{\n "format": 3,\n "parts": 1,\n', 1), encoding="utf-8"
    )
    told = "generations/cauchy/cauchy.json:2:12: error: this is of format 3"
    for verb in ("generate", "validate", "adopt"):
        assert main([verb, "outlines/cauchy.yaml"]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith(told) and line.endswith("[reply-format]")
    before = path.read_bytes()
    (project / "config.yaml").write_text(
        "provider: openai\nbase_url: http://127.0.0.1:9/v1\nkey_variable: none\nretries: 0\n", encoding="utf-8"
    )
    assert main(["generate", "outlines/cauchy.yaml"]) == 1
    assert path.read_bytes() == before and "127.0.0.1" not in capsys.readouterr().err
    path.write_text(
        path.read_text(encoding="utf-8").replace('"format": 3', '"format": 1').replace(' "parts": 1,\n', "")
    )
    assert main(["validate", "outlines/cauchy.yaml"]) == 0


def test_a_stage_document_of_another_format_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(capsys)
    outline, out = "outlines/cauchy.yaml", "build/out"
    readers = {
        "requests": ["generate", "build/requests.json", "-o", out],
        "replies": ["validate", outline, "--replies", "build/replies.json", "-o", out],
        "findings": ["merge", outline, "--findings", "build/findings.json", "-o", out],
    }
    for name, command in readers.items():
        path = project / "build" / f"{name}.json"
        for found, number in (("1", ""), ("3", '  "format": 3,\n')):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace('  "format": 2,\n', number), encoding="utf-8")
            assert main(command) == 2
            (line,) = capsys.readouterr().err.splitlines()
            assert line == (
                f"proofweave: {name}.json is not what this proofweave writes: it is of format {found}, not 2; "
                "run snakemake again, which writes it anew"
            )
            path.write_text(text, encoding="utf-8")
        assert not (project / out).exists()


def test_the_posts_of_this_repository_are_of_the_present_format() -> None:
    paths = [*(ROOT / "outlines").glob("*.yaml"), *(ROOT / "generations").rglob("*.json")]
    moved = [migrated(path.read_text(encoding="utf-8"), str(path)) for path in paths]
    assert moved and not [path for path, each in zip(paths, moved, strict=True) if each.before != each.after]
