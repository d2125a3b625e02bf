"""The code behind a verb: a fingerprint of every module it may load, so that editing one rebuilds what it affects."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(proofweave[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+(proofweave[\w.]*))",
    re.MULTILINE,
)
ROOT = Path(__file__).parent.parent
VERB_FOLDER = ROOT / "cli"
START = ("__init__.py", "__main__.py", "cli/__init__.py", "cli/verb.py")
"""What runs before any verb."""

APART = (ROOT / "pipeline/generate/ask.py",)
"""What no verb's output depends on: a reply that is recorded is the same whatever asked for it."""

WORDS = re.compile(r"""["'](\w+)\.[\w{]|labels\(\s*["'](\w+)""")
"""A key of the table of words, or all of a room; each room is a file beside the table."""

COMPUTES = {
    "validate": ("numpy", "scipy", "mini-racer", "sphinxcontrib-katex"),
    "figure": ("matplotlib", "numpy"),
    "merge": ("jinja2",),
    "report": ("jinja2",),
    "render": ("jinja2",),
    "export": ("pypandoc-binary", "mini-racer", "sphinxcontrib-katex", "jinja2", "typst"),
}
"""Packages whose version decides what a verb writes."""

CARRIES = {"site": "assets/*", "export": "assets/*.woff2"}
"""Files that a verb copies."""


def fingerprint(*verbs: str) -> str:
    """Return the sha256 of the code some verbs run, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted({path for verb in verbs for path in modules(verb)}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for path in sorted(path for verb in verbs for path in ROOT.glob(CARRIES.get(verb, "no file"))):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for package in sorted({package for verb in verbs for package in COMPUTES.get(verb, ())}):
        digest.update(f"{package} {_version(package)}\0".encode())
    return digest.hexdigest()


def modules(verb: str) -> tuple[Path, ...]:
    """Return the files a verb may load, at the top of a module or inside a function, and the words it says."""
    waiting = [ROOT / name for name in (*START, f"cli/{verb}.py")]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found or path in APART:
            continue
        found.add(path)
        waiting += [other for other in _imports(path) if other not in found]
    return tuple(sorted(found))


@cache
def _imports(path: Path) -> frozenset[Path]:
    names: set[str] = set()
    text = path.read_text(encoding="utf-8")
    for match in IMPORT.finditer(text):
        package = match[1] or match[3]
        names |= {package, *(f"{package}.{name}" for name in re.findall(r"\w+", match[2] or ""))}
    rooms = {ROOT / "core" / "words" / f"{said[1] or said[2]}.toml" for said in WORDS.finditer(text)}
    return frozenset({file for name in names for file in _files(name)} | {room for room in rooms if room.is_file()})


@cache
def _files(module: str) -> frozenset[Path]:
    """Return the file of a module and those of the packages it lies in; none for a name that is no module."""
    path = ROOT.joinpath(*module.split(".")[1:])
    own = path.with_suffix(".py")
    if not own.is_file():
        own = path / "__init__.py"
        if not own.is_file():
            return frozenset()
    packages = (folder / "__init__.py" for folder in own.parents if folder.is_relative_to(ROOT))
    return frozenset({own, *(package for package in packages if package.is_file())})


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
