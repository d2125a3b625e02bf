"""`proofweave new` through the command line: what it lays out builds at once as pending, the source untouched."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from proofweave.cli import main
from proofweave.outline.reading import read_outline
from proofweave.pipeline.generate.replies import replies_of
from proofweave.pipeline.project import Project
from proofweave.pipeline.validate import judged

sys.path.insert(0, str(Path(__file__).parent))
from projects import ROOT, make, state

CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.md"))
POST = "---\ntitle: 题\n---\n\n## 甲\n\n正文 $x$。\n\n$$a=b$$\n\n## 乙\n\n$$c=d$$\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(post: str) -> str:
    """Run the stages on one post; return its state and write the post where it is not refused."""
    outline, out = f"outlines/{post}.yaml", f"build/findings/{post}.json"
    assert main(["render", outline, "-o", f"build/requests/{post}.json"]) == 0
    assert main(["generate", f"build/requests/{post}.json", "-o", f"build/replies/{post}.json"]) == 0
    assert main(["validate", outline, "--replies", f"build/replies/{post}.json", "-o", out]) == 0
    document = json.loads(Path(out).read_text(encoding="utf-8"))
    given = ["--replies", f"build/replies/{post}.json", "--findings", out]
    refused = main(["merge", outline, *given, "-o", f"build/posts/{post}.md"])
    assert refused == (document["status"] == "refused")
    return str(document["status"])


@pytest.mark.parametrize(
    "content",
    [
        POST,
        POST.replace("\n", "\r\n"),
        "\ufeff" + POST,
        "只有一句话",
        "# 只有标题",
        "## a\n\n```\n# 不是标题 $$\n```\n",
        POST + "<div>盒子</div>\n",
    ],
    ids=["plain", "crlf", "bom", "sentence", "title", "code", "html"],
)
def test_a_new_outline_builds_at_once_as_pending(project: Path, content: str) -> None:
    source = project / "blogs_raw" / "mine.md"
    source.write_bytes(content.encode())
    assert main(["new", "blogs_raw/mine.md"]) == 0
    assert build("mine") == "pending"
    assert source.read_bytes() == content.encode()
    assert (project / "build" / "posts" / "mine.md").read_bytes() == content.encode()


@pytest.mark.parametrize(
    "name", ["a b", "甲：乙 #1", "it's", "-x", "a|b", "{a}", "@eq:x", "100%", "a&b;c", "null", "1.10"]
)
def test_any_name_that_can_be_seen_will_do(project: Path, name: str) -> None:
    (project / "blogs_raw" / f"{name}.md").write_text(POST, encoding="utf-8")
    assert main(["new", f"blogs_raw/{name}.md"]) == 0
    outline, findings = read_outline((project / "outlines" / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")
    assert outline is not None and findings == () and outline.source == f"blogs_raw/{name}.md"


def test_from_a_folder_inside_and_for_a_post_in_a_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "blogs_raw" / "2026").mkdir()
    (project / "blogs_raw" / "2026" / "mine.md").write_text(POST, encoding="utf-8")
    monkeypatch.chdir(project / "blogs_raw" / "2026")
    assert main(["new", "mine.md"]) == 0
    assert "source: 'blogs_raw/2026/mine.md'" in (project / "outlines" / "mine.yaml").read_text(encoding="utf-8")


def test_like_lays_out_the_reference_and_o_names_the_outline(project: Path) -> None:
    (project / "blogs_raw" / "mine.md").write_text(POST, encoding="utf-8")
    assert main(["new", "blogs_raw/mine.md"]) == 0
    reference = (project / "outlines" / "mine.yaml").read_text(encoding="utf-8")
    (project / "outlines" / "mine.yaml").write_text(reference.replace("id: s1\n", "id: basics\n"), encoding="utf-8")
    (project / "blogs_raw" / "other.md").write_text("# 别的\n", encoding="utf-8")
    assert main(["new", "blogs_raw/other.md", "--like", "outlines/mine.yaml", "-o", "outlines/second.yaml"]) == 0
    outline, findings = read_outline((project / "outlines" / "second.yaml").read_text("utf-8"), "outlines/second.yaml")
    assert outline is not None and findings == ()
    assert (outline.source, [leaf.id for leaf in outline.leaves()]) == ("blogs_raw/other.md", ["basics", "s2"])
    assert build("second") == "pending"


BAD = {
    "missing": (None, 2, "blogs_raw/mine.md cannot be read: there is no such file"),
    "empty": (b"", 1, "blogs_raw/mine.md:1:1: error: the post blogs_raw/mine.md is empty"),
    "blank": (b"\xef\xbb\xbf \r\n\t\n", 1, "is empty"),
    "binary": (b"# a\n\0\1", 2, "is a binary file"),
    "latin-1": ("# é".encode("latin-1"), 2, "is not UTF-8"),
    "utf-16": ("# a".encode("utf-16"), 2, "is UTF-16"),
    "ten-megabytes": (b"# a\n" + b"word " * 2_000_000, 1, "error: the post blogs_raw/mine.md has 10000004 characters"),
    "huge": (b"a" * 21_000_000, 2, "larger than 20 MB"),
    "unclosed-math": ("## 甲\n\n$$\nx\n".encode(), 1, "blogs_raw/mine.md:3:1: error: a formula of the source is never"),
    "unclosed-fence": (b"a\n\n```\nx\n", 1, "a fence of the source is never closed"),
    "cut-by-a-scraper": ("## 甲\n\n后文 [[...]]\n".encode(), 1, "the source is cut here"),
}


@pytest.mark.parametrize(("content", "code", "told"), BAD.values(), ids=BAD)
def test_a_bad_post_is_told_and_nothing_written(
    project: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, code: int, told: str
) -> None:
    if content is not None:
        (project / "blogs_raw" / "mine.md").write_bytes(content)
    before = state(project)
    assert main(["new", "blogs_raw/mine.md"]) == code
    error = capsys.readouterr().err
    assert told in error and str(project) not in error and "Traceback" not in error
    assert error.count("\n") == 1
    assert state(project) == before


def test_paths_that_lead_elsewhere_are_refused(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.md").write_text(POST, encoding="utf-8")
    (project / "x.md").write_text(POST, encoding="utf-8")
    (project / "blogs_raw" / "link.md").symlink_to(outside / "x.md")
    (project / "blogs_raw" / "mine.md").write_text(POST, encoding="utf-8")
    before = state(project)
    for post in (str(outside / "x.md"), "x.md", "blogs_raw/../x.md", "blogs_raw/link.md", "blogs_raw", "."):
        assert main(["new", post]) == 2, post
    for output in ("mine.yaml", str(outside / "mine.yaml"), "outlines/a/mine.yaml", "outlines/mine.yml", "outlines"):
        assert main(["new", "blogs_raw/mine.md", "-o", output]) == 2, output
    assert "Traceback" not in capsys.readouterr().err
    assert state(project) == before


def test_names_that_cannot_be_seen_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a\nb", "a\tb", " "):
        (project / "blogs_raw" / f"{name}.md").write_text(POST, encoding="utf-8")
        before = state(project)
        code = main(["new", f"blogs_raw/{name}.md"])
        assert code in ((2,) if name.strip() else (0, 2))
        assert state(project) == before or code == 0
    assert "cannot hold the name" in capsys.readouterr().err


def test_an_outline_that_exists_is_never_replaced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "blogs_raw" / "mine.md").write_text(POST, encoding="utf-8")
    (project / "outlines" / "mine.yaml").write_text("title: 我的\n", encoding="utf-8")
    (project / "outlines" / "link.yaml").symlink_to(project / "nowhere.yaml")
    before = state(project)
    assert main(["new", "blogs_raw/mine.md"]) == 2
    assert "outlines/mine.yaml exists already" in capsys.readouterr().err
    assert main(["new", "blogs_raw/mine.md", "-o", "outlines/link.yaml"]) == 2
    assert state(project) == before


def test_an_outlines_folder_that_cannot_be_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "blogs_raw" / "mine.md").write_text(POST, encoding="utf-8")
    (project / "outlines").rmdir()
    (project / "outlines").write_text("a file in place of the folder", encoding="utf-8")
    before = state(project)
    assert main(["new", "blogs_raw/mine.md"]) == 2
    assert "outlines/mine.yaml cannot be written" in capsys.readouterr().err
    assert state(project) == before


def test_a_reference_with_errors_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "blogs_raw" / "mine.md").write_text(POST, encoding="utf-8")
    (project / "outlines" / "bad.yaml").write_text("title: [\n", encoding="utf-8")
    assert main(["new", "blogs_raw/mine.md", "--like", "outlines/bad.yaml"]) == 1
    assert "outlines/bad.yaml:1:8: error" in capsys.readouterr().err
    assert main(["new", "blogs_raw/mine.md", "--like", "outlines/gone.yaml"]) == 1
    assert not (project / "outlines" / "mine.yaml").exists()


@pytest.mark.skipif(not CORPUS, reason="the corpus of real posts is not part of the repository")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_real_posts_are_laid_out_and_judged_pending(
    project: Path, capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    (project / "blogs_raw" / "mine.md").write_bytes(path.read_bytes())
    code = main(["new", "blogs_raw/mine.md"])
    if code:
        told = capsys.readouterr().err
        assert (code, "[source-truncated]" in told) == (1, True), told
        return
    outline = project / "outlines" / "mine.yaml"
    assert read_outline(outline.read_text(encoding="utf-8"), "outlines/mine.yaml")[1] == ()
    here = Project.find()
    assert judged(here, outline, replies_of(here, outline))["status"] == "pending"
