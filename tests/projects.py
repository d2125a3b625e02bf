"""A project in a folder of its own, for tests that go through the command line."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def make(folder: Path) -> Path:
    """Lay out an empty project with this repository's templates."""
    for name in ("outlines", "blogs_raw", "generations"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "config.yaml").write_text("provider: recorded\n", encoding="utf-8")
    (folder / "templates").symlink_to(ROOT / "templates")
    return folder


def state(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file below a folder, but for what may be deleted at any time."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".proofweave" not in path.parts
    }
