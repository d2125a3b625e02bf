"""docs/map.md shows the code as it is."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_map_is_current():
    run = subprocess.run([sys.executable, "docs/draw_map.py", "--check"], cwd=ROOT)
    assert run.returncode == 0, "run `make map`"


def test_the_map_shows_every_room_and_only_arrows_downwards():
    text = (ROOT / "docs/map.md").read_text(encoding="utf-8")
    for face in (ROOT / "src/proofweave").rglob("__init__.py"):
        assert (
            f"| `{face.parent.relative_to(ROOT / 'src/proofweave').as_posix().lstrip('.') or 'proofweave'}/` |" in text
        )
    order = ["core", "text", "outline", "stages", "check", "adapters", "pipeline", "cli"]
    for line in text.split("## Inside")[0].splitlines():
        if " --> " in line:
            above, below = line.split(" --> ")
            assert order.index(above.strip()) > order.index(below.strip())
