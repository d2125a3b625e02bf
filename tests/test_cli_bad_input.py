"""Bad input through the command line: each a located message, an exit code, nothing written, nothing touched.

A case is a folder `tests/cases/bad_input/<what>/` of an `outline.yaml`, where it matters a `post.md`, and in `told.txt`
what validate says; a case whose `told.txt` holds no error must still merge.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from proofweave.cli import main

sys.path.insert(0, str(Path(__file__).parent))
from projects import ROOT, make, state

CASES = Path(__file__).parent / "cases" / "bad_input"
POST = "# 题\n\n## 甲\n\n正文 $x$。\n\n$$\na = b\n$$\n"
GOOD = (CASES / "outline-bom" / "outline.yaml").read_text(encoding="utf-8-sig")
LOCATED = re.compile(
    r"(?:outlines/post\.yaml|blogs_raw/post\.md|templates/\S+):\d+:\d+: (?:error|warning|info): .+ \[[\w-]+\]"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make(tmp_path)
    (tmp_path / "outlines" / "post.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "blogs_raw" / "post.md").write_text(POST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], project: Path) -> str:
    """Return what was printed; it names no folder of this machine and shows no inside of the program."""
    out, error = capsys.readouterr()
    assert "Traceback" not in error and "unexpected problem" not in error
    assert str(project) not in error
    return out + error


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case: Path, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "outlines" / "post.yaml").write_bytes((case / "outline.yaml").read_bytes())
    post = (case / "post.md").read_bytes() if (case / "post.md").exists() else POST.encode()
    (project / "blogs_raw" / "post.md").write_bytes(post)
    before = state(project)
    expected = (case / "told.txt").read_text(encoding="utf-8")
    refused = ": error: " in expected
    assert main(["validate", "outlines/post.yaml"]) == int(refused)
    said = told(capsys, project)
    assert said == expected
    assert all(LOCATED.fullmatch(line) for line in said.splitlines())
    assert state(project) == before
    stages(project, capsys, post, refused)
    assert {name: digest for name, digest in state(project).items() if not name.startswith("build/")} == before


def stages(project: Path, capsys: pytest.CaptureFixture[str], post: bytes, refused: bool) -> None:
    """Go the build's own way: render, generate and validate write and exit 0, merge refuses, the report tells."""
    outline, requests, replies, findings = "outlines/post.yaml", "build/r.json", "build/p.json", "build/f.json"
    assert main(["render", outline, "-o", requests]) == 0
    assert main(["generate", requests, "-o", replies]) == 0
    assert main(["validate", outline, "--replies", replies, "-o", findings]) == 0
    told(capsys, project)
    given = ["--replies", replies, "--findings", findings]
    assert main(["merge", outline, *given, "-o", "build/post.md"]) == int(refused)
    assert (": error: " in told(capsys, project)) == refused
    assert main(["report", findings, "-o", "build/report.md", "--json", "build/report.json"]) == 0
    grown = project / "build" / "post.md"
    assert grown.exists() != refused
    assert refused or grown.read_bytes().startswith(post.rstrip(b"\r\n"))
    assert ("❌有误" if refused else "✅完成") in (project / "build" / "report.md").read_text(encoding="utf-8")


def test_a_post_of_ten_megabytes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "blogs_raw" / "post.md").write_text("# 题\n\n" + "word $x$ " * 1_200_000, encoding="utf-8")
    before = state(project)
    assert main(["validate", "outlines/post.yaml"]) == 1
    assert "outlines/post.yaml:2:9: error: the post blogs_raw/post.md has 10800005 characters" in told(capsys, project)
    assert main(["merge", "outlines/post.yaml", "-o", "build/post.md"]) == 1
    assert state(project) == before


def test_an_outline_of_five_megabytes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "outlines" / "post.yaml").write_text(GOOD + "# 注\n" * 2_000_000, encoding="utf-8")
    before = state(project)
    for verb in ("validate", "retag"):
        assert main([verb, "outlines/post.yaml"]) == 1
        assert "outlines/post.yaml:1:1: error: the file has" in told(capsys, project)
    assert state(project) == before


@pytest.mark.parametrize(
    ("template", "text", "line"),
    [
        ("post/step.md.j2", "一行\n{% if %}\n", 2),
        ("post/step.md.j2", "{{ nothing_of_this_name }}\n", 1),
        ("post/equation.md.j2", "一行\n\n{{ rows.a.b }}\n", 3),
        ("post/prose.md.j2", "{{ ''.__class__.__mro__ }}\n", 1),
    ],
)
def test_a_broken_template_is_located(
    project: Path, capsys: pytest.CaptureFixture[str], template: str, text: str, line: int
) -> None:
    (project / "templates").unlink()
    for path in (ROOT / "templates").rglob("*.j2"):
        copy = project / "templates" / path.relative_to(ROOT / "templates")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (project / "templates" / template).write_text(text, encoding="utf-8")
    before = state(project)
    assert main(["validate", "outlines/post.yaml"]) == 1
    assert f"templates/{template}:{line}:1: error: " in told(capsys, project)
    assert main(["merge", "outlines/post.yaml", "-o", "build/post.md"]) == 1
    assert state(project) == before


def test_paths_outside_the_project(
    project: Path, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.md").write_text("# 别处\n", encoding="utf-8")
    (project / "blogs_raw" / "post.md").unlink()
    (project / "blogs_raw" / "post.md").symlink_to(outside / "secret.md")
    before = state(outside)
    assert main(["validate", "outlines/post.yaml"]) == 1
    assert "source 'blogs_raw/post.md' leads out of the project" in told(capsys, project)
    (project / "blogs_raw" / "post.md").unlink()
    (project / "blogs_raw" / "post.md").write_text(POST, encoding="utf-8")
    sources = state(project)
    for output in ("blogs_raw/post.md", "blogs_raw/new.md", "outlines/../blogs_raw/post.md"):
        assert main(["merge", "outlines/post.yaml", "-o", output]) == 2
        assert "sources are never written" in told(capsys, project)
    assert state(outside) == before and state(project) == sources


WRITERS = {
    "validate": ["validate", "outlines/post.yaml", "-o", "build/f.json"],
    "render": ["render", "outlines/post.yaml", "-o", "build/r.json"],
    "merge": ["merge", "outlines/post.yaml", "-o", "build/posts/post.md"],
    "report": ["report", "f.json", "-o", "build/report.md"],
    "report-json": ["report", "f.json", "--json", "build/report.json"],
    "schema": ["schema", "-o", "build/outline.schema.json"],
}


@pytest.mark.parametrize("argv", WRITERS.values(), ids=WRITERS)
def test_an_output_folder_that_cannot_be_written(
    project: Path, capsys: pytest.CaptureFixture[str], argv: list[str]
) -> None:
    """A file stands where the folder should be: this stops the superuser too, whom permissions do not."""
    assert main(["validate", "outlines/post.yaml", "-o", "f.json"]) == 0
    (project / "build").write_text("not a folder", encoding="utf-8")
    before = state(project)
    assert main(argv) == 2
    error = capsys.readouterr().err
    assert "cannot be written: a part of the path is a file, not a folder" in error
    assert error.count("\n") == 1
    assert state(project) == before


@pytest.mark.parametrize("argv", WRITERS.values(), ids=WRITERS)
def test_a_full_disk(project: Path, argv: list[str]) -> None:
    """A limit on file sizes gives the same as a full disk: the write fails half way."""
    assert main(["validate", "outlines/post.yaml", "-o", "f.json"]) == 0
    run = subprocess.run(
        [sys.executable, "-m", "proofweave", *argv],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16)),
        check=False,
    )
    assert run.returncode == 2, run.stderr
    assert "cannot be written: the file grew too large" in run.stderr
    assert run.stderr.count("\n") == 1
    assert [path for path in (project / "build").rglob("*") if path.is_file()] == []


def test_a_failed_write_keeps_the_old_outline(project: Path) -> None:
    text = GOOD.replace("    tags: 1\n", "    tags: 4-9\n")
    (project / "outlines" / "post.yaml").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "proofweave", "retag", "outlines/post.yaml"],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16)),
        check=False,
    )
    assert run.returncode == 2 and "Traceback" not in run.stderr
    assert (project / "outlines" / "post.yaml").read_text(encoding="utf-8") == text
    assert sorted(path.name for path in (project / "outlines").iterdir()) == ["post.yaml"]


BAD_ARGUMENTS = {
    "no-such-outline": (["validate", "outlines/gone.yaml"], 1, "outlines/gone.yaml:1:1: error: "),
    "outline-is-a-folder": (["validate", "outlines"], 1, "it is a folder"),
    "findings-are-not-json": (["report", "config.yaml", "-o", "build/report.md"], 2, "is not what a stage"),
    "replies-are-gone": (["validate", "outlines/post.yaml", "--replies", "gone.json"], 2, "there is no such file"),
    "unknown-block": (["render", "outlines/post.yaml", "--show", "nothing"], 2, "no block 'nothing'"),
}


@pytest.mark.parametrize(("argv", "code", "said"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_bad_arguments(
    project: Path, capsys: pytest.CaptureFixture[str], argv: list[str], code: int, said: str
) -> None:
    before = state(project)
    assert main(argv) == code
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error and "unexpected problem" not in error
    assert state(project) == before


@pytest.mark.parametrize("argv", [[], ["no-such-verb"], ["validate", "--no-such-flag"], ["new"], ["retag"]])
def test_a_wrong_command_line_is_usage(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("provder: recorded\n", "config.yaml:1:1: error: unknown key 'provder'"),
        ("provider: [\n", "config.yaml:1:11: error"),
        ("provider: telepathy\n", "there is no provider 'telepathy'"),
    ],
)
def test_a_bad_config_is_located(project: Path, capsys: pytest.CaptureFixture[str], config: str, said: str) -> None:
    (project / "config.yaml").write_text(config, encoding="utf-8")
    before = state(project)
    assert main(["render", "outlines/post.yaml", "-o", "build/r.json"]) == 1
    assert said in told(capsys, project)
    assert state(project) == before
