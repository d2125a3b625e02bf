"""Draw docs/map.md from the code: the rooms, what each holds, and which way names flow. `make map` writes it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "proofweave"
MAP = ROOT / "docs" / "map.md"

HEAD = """# The map

Drawn from the code by `make map` (docs/draw_map.py); a test keeps it current. Text goes in at the top, becomes frozen
values, and leaves as text. An arrow points from a room to one whose names it uses, always through that room's face, its
`__init__.py`, which says the room's job in a sentence and names what others may use. `tests/test_layers.py` and
`tests/test_faces.py` refuse an arrow upwards, a circle between modules, and an import past a face.
[design.md](design.md) says why.
"""


def main() -> int:
    """Write the map, or with --check say whether it is current."""
    text = drawn()
    if "--check" in sys.argv:
        return int(MAP.read_text(encoding="utf-8") != text)
    MAP.write_text(text, encoding="utf-8")
    return 0


def drawn() -> str:
    """Return the map as Markdown."""
    parts = [HEAD, "## The house\n", picture(("",), "TB"), "## Inside `check/`\n", picture(("check",), "TB")]
    parts += ["## The rooms\n", "| room | job | modules |", "|---|---|---|", *map(told, rooms())]
    return "\n".join(parts) + "\n"


def rooms() -> list[Path]:
    """Return every folder of the package, a room before the rooms inside it."""
    return sorted(path.parent for path in SOURCE.rglob("__init__.py"))


def told(folder: Path) -> str:
    """Return the row on one room: its job, and its modules."""
    name = "proofweave" if folder == SOURCE else folder.relative_to(SOURCE).as_posix()
    modules = [f"`{path.stem}`" for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    return f"| `{name}/` | {sentence(folder / '__init__.py')} | {' '.join(modules)} |"


def sentence(path: Path) -> str:
    """Return the first paragraph of a module's docstring."""
    found = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(found.split("\n\n")[0].split())


def picture(inside: tuple[str, ...], direction: str) -> str:
    """Return a Mermaid graph of the rooms directly inside a folder; arrows that others imply are left out."""
    top = SOURCE.joinpath(*inside)
    names = [path.name for path in sorted(top.iterdir()) if (path / "__init__.py").is_file()]
    arrows = {name: {other for other in used(top / name, top) if other in names and other != name} for name in names}
    lines = [
        f"  {name} --> {other}" for name in names for other in sorted(arrows[name]) if not implied(name, other, arrows)
    ]
    return "\n".join(["```mermaid", f"graph {direction}", *(f"  {name}[{name}/]" for name in names), *lines, "```", ""])


def implied(start: str, end: str, arrows: dict[str, set[str]]) -> bool:
    """Tell whether an arrow's end is reached by a longer way too."""
    seen: set[str] = set()
    waiting = list(arrows[start] - {end})
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += arrows[at]
    return end in seen


def used(folder: Path, top: Path) -> Iterator[str]:
    """Yield the rooms of `top` whose names a room imports, inside functions too."""
    prefix = ("proofweave", *top.relative_to(SOURCE).parts)
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                parts = tuple(module.split("."))
                if parts[: len(prefix)] == prefix and len(parts) > len(prefix):
                    yield parts[len(prefix)]


if __name__ == "__main__":
    raise SystemExit(main())
