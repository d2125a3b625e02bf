"""The code behind a verb: a fingerprint of every module it may load, so that editing one rebuilds what it affects."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from proofweave.core import named

IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(proofweave[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+(proofweave[\w.]*))",
    re.MULTILINE,
)
ROOT = Path(__file__).parent.parent
VERB_FOLDER = ROOT / "cli"
START = ("__init__.py", "__main__.py", "cli/__init__.py", "cli/verb.py")
"""What runs before any verb."""

ARGUMENTS = VERB_FOLDER / "verbs.toml"
"""What each verb is given; only its own part concerns a verb."""

DATA = (".toml", ".json", ".js", ".j2")
"""The endings of a module's data, which stands beside it under its name."""

WORDS_FOLDER = ROOT / "core" / "words"
APART = (ROOT / "pipeline/generate/ask.py",)
"""What no verb's output depends on: a reply that is recorded is the same whatever asked for it."""

WORDS = re.compile(r"""["'](\w+)\.[\w{]|(?:labels|wording)\(\s*["'](\w+)""")
"""A key of the table of words, or all of a room; each room is a file beside the table."""

COMPUTES = {
    "validate": ("numpy", "scipy", "python-flint", "mini-racer", "sphinxcontrib-katex"),
    "figure": ("matplotlib", "numpy"),
    "run": ("numpy",),
    "merge": ("jinja2",),
    "report": ("jinja2",),
    "render": ("jinja2",),
    "site": ("jinja2",),
    "export": ("pypandoc-binary", "mini-racer", "sphinxcontrib-katex", "jinja2", "typst"),
}
"""Packages whose version decides what a verb writes."""

CARRIES = {"site": "assets/*", "export": "assets/*.woff2"}
"""Files that a verb copies."""


@cache
def fingerprint(*verbs: str) -> str:
    """Return the sha256 of the code some verbs run, as 64 hexadecimal digits."""
    code = {path for verb in verbs for path in modules(verb)}
    carried = {path for verb in verbs for path in ROOT.glob(CARRIES.get(verb, "no file"))}
    told = tomllib.loads(ARGUMENTS.read_text(encoding="utf-8"))
    packages = {package for verb in verbs for package in COMPUTES.get(verb, ())}
    return digest_of(code | carried, packages, repr([told[verb] for verb in verbs]))


def digest_of(paths: Iterable[Path], packages: Iterable[str], more: str = "") -> str:
    """Return the sha256 of some of the program's files, of the versions of some packages, and of one more text."""
    digest = hashlib.sha256(more.encode())
    for path in sorted(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for package in sorted(packages):
        digest.update(f"{package} {_version(package)}\0".encode())
    return digest.hexdigest()


def modules(verb: str) -> tuple[Path, ...]:
    """Return the files a verb may load, at the top of a module or inside a function, and the words it says.

    A name that comes through a package's face counts as its own module; the rest of the package does not.
    """
    waiting = [ROOT / name for name in (*START, f"cli/{verb}.py")]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found and path not in APART:
            found.add(path)
            waiting += _imports(path) - found
    return tuple(sorted(found))


@cache
def _imports(path: Path) -> frozenset[Path]:
    text = path.read_text(encoding="utf-8")
    if path.name == "__init__.py" and named(text):
        return _files("proofweave.core.lazy")  # a face loads what it is asked for
    found = {WORDS_FOLDER / f"{said[1] or said[2]}.toml" for said in WORDS.finditer(text)}
    found |= {path.with_suffix(ending) for ending in DATA}
    found = {data for data in found if data.is_file()}
    for match in IMPORT.finditer(text):
        package = match[1] or match[3]
        found |= _files(package)
        for name in re.findall(r"\w+", match[2] or ""):
            found |= _named(package, name)
    return frozenset(found)


@cache
def _named(package: str, name: str) -> frozenset[Path]:
    """Return the files behind a name of a package: those of the faces it passes and of the module it stands in."""
    own = _files(f"{package}.{name}")
    face = ROOT.joinpath(*package.split(".")[1:], "__init__.py")
    owner = named(face.read_text(encoding="utf-8")).get(name) if face.is_file() else None
    return own if owner in (None, package) else own | _files(owner) | _named(owner, name)


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
