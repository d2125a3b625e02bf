"""Which saved files are heard of: written or renamed over, in folders that come late, and none but those asked for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from proofweave.adapters import watch as adapter
from proofweave.adapters.watch import Watch
from proofweave.core.errors import ToolError
from proofweave.pipeline.rebuild import PATTERNS


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose templates lie elsewhere."""
    root = tmp_path / "project"
    (root / "outlines").mkdir(parents=True)
    (tmp_path / "elsewhere" / "zh").mkdir(parents=True)
    (root / "templates").symlink_to(tmp_path / "elsewhere")
    for name in ("config.yaml", "outlines/a.yaml", "templates/zh/step.md.j2"):
        (root / name).write_text("before", encoding="utf-8")
    return root


def heard(watch: Watch, enough: int) -> set[str]:
    """Return what changed; one more look tells that nothing else did."""
    names: set[str] = set()
    for _ in range(100):
        names |= watch.changed()
        if len(names) >= enough:
            break
    return names | watch.changed()


def renamed_over(path: Path) -> None:
    other = path.parent / ".proofweave-0123"
    other.write_text("after", encoding="utf-8")
    other.replace(path)


def test_files_that_are_written_or_renamed_over(project: Path) -> None:
    watch = Watch(project, PATTERNS)
    assert watch.changed() == frozenset()
    (project / "outlines" / "a.yaml").write_text("after", encoding="utf-8")
    assert heard(watch, 1) == {"outlines/a.yaml"}
    for _ in range(2):  # the second time it is another file
        for name in ("config.yaml", "outlines/a.yaml", "templates/zh/step.md.j2"):
            renamed_over(project / name)
        assert heard(watch, 3) == {"config.yaml", "outlines/a.yaml", "templates/zh/step.md.j2"}
    (project / "outlines" / "a.yaml").unlink()
    (project / "outlines" / "b.yaml").write_text("new", encoding="utf-8")
    assert heard(watch, 2) == {"outlines/a.yaml", "outlines/b.yaml"}


def test_folders_that_come_late_go_and_come_again(project: Path) -> None:
    watch = Watch(project, PATTERNS)
    for post in ("a", "b", "a"):
        recording = project / "generations" / post / "block.json"
        recording.parent.mkdir(parents=True)
        recording.write_text("{}", encoding="utf-8")
        assert heard(watch, 1) == {f"generations/{post}/block.json"}
        renamed_over(recording)
        assert heard(watch, 1) == {f"generations/{post}/block.json"}
        if post == "b":
            shutil.rmtree(project / "generations")
            assert heard(watch, 2) == {"generations/a/block.json", "generations/b/block.json"}


def test_what_no_pattern_asks_for_is_not_heard_of(project: Path) -> None:
    watch = Watch(project, PATTERNS)
    (project / "build" / "posts").mkdir(parents=True)
    (project / "outlines" / "deep").mkdir()
    others = (
        "build/posts/a.md",
        "outlines/a.yaml~",
        "outlines/deep/config.yaml",
        "templates/config.yaml",
        "notes.yaml",
    )
    for name in others:
        (project / name).write_text("new", encoding="utf-8")
    (project / "outlines" / "a.yaml").read_text(encoding="utf-8")
    assert heard(watch, 1) == set()


def test_a_system_that_can_watch_no_more_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*folders: Path) -> adapter.Listener:
        raise RuntimeError("Too many open files (os error 24)")
        yield set()

    monkeypatch.setattr(adapter, "_listener", refused)
    with pytest.raises(ToolError, match=r"Too many open files.*WATCHFILES_FORCE_POLLING"):
        Watch(tmp_path, PATTERNS)


def test_the_way_out_works(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    watch = Watch(project, PATTERNS)
    renamed_over(project / "config.yaml")
    os.utime(project / "config.yaml", (2_000_000_000, 2_000_000_000))  # it looks at whole seconds
    assert heard(watch, 1) == {"config.yaml"}
