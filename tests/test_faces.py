"""The faces: a package is used through the names of its `__init__.py`, and a face loads only what it is asked for."""

import ast
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from proofweave.core.lazy import named

SOURCE = Path(__file__).parent.parent / "src" / "proofweave"
MODULES = {
    ".".join(("proofweave", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
HALLS = {"proofweave", "proofweave.stages", "proofweave.text", "proofweave.cli"}
"""Packages that only hold rooms, each with a face of its own."""

FACES = sorted(name for name, path in MODULES.items() if path.name == "__init__.py" and name not in HALLS)


def imports(name):
    """Yield (module, name or None) for each import of proofweave's, inside functions too."""
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "proofweave":
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if alias.name.startswith("proofweave."))


def packages(module):
    parts = module.split(".")
    heads = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return [head for head in heads if head in MODULES and MODULES[head].name == "__init__.py"]


@pytest.mark.parametrize("name", [name for name in MODULES if name not in FACES])
def test_an_import_goes_through_the_outermost_face_between(name):
    inside = set(packages(name))
    for module, what in imports(name):
        whole = f"{module}.{what}"
        faces = [face for face in packages(whole if whole in MODULES else module) if face not in inside | HALLS]
        assert not faces or module == faces[0], f"{name} imports {what} from {module}, past the face {faces[0]}"


@pytest.mark.parametrize("face", FACES)
def test_a_face_says_its_job_and_names_what_is_there(face):
    text = MODULES[face].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a face begins with a sentence on its job"
    package = import_module(face)
    for name, owner in named(text).items():
        module = f"{face}.{name}"
        if owner == face:
            assert module in MODULES
        else:
            assert module not in MODULES, (
                f"{name} is a module of {face} as well: which one is meant depends on the order"
            )
            assert getattr(package, name) is getattr(import_module(owner), name)


@pytest.mark.parametrize("face", FACES)
def test_a_face_names_nothing_that_nobody_uses(face):
    used = {what for name in MODULES for module, what in imports(name) if module == face}
    offered = {"check_file", "check_outline"} if face == "proofweave.check" else set()
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    for name in named(MODULES[face].read_text(encoding="utf-8")):
        assert name in used | offered or f"from {face} import" in tests, f"{face} names {name}, and nobody uses it"


def test_a_face_loads_only_what_it_is_asked_for():
    program = "import sys; from proofweave.check import Kind; print(*[m for m in sys.modules if 'proofweave' in m])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"numpy", "proofweave.check.sheet"} & set(run.stdout.split())


def fingerprints(root):
    program = (
        "from proofweave.pipeline.code import fingerprint; print(*map(fingerprint, ('validate', 'merge', 'report')))"
    )
    env = {**os.environ, "PYTHONPATH": str(root)}
    run = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_a_change_to_the_report_touches_neither_validate_nor_merge(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "proofweave", ignore=shutil.ignore_patterns("__pycache__"))
    before = fingerprints(tmp_path)
    for name in ("stages/report/summary.py", "stages/report/__init__.py", "core/words/report.toml"):
        path = tmp_path / "proofweave" / name
        if path.is_file():
            path.write_text(path.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    validate, merge, report = fingerprints(tmp_path)
    assert [validate, merge] == before[:2]
    assert report != before[2]


def test_a_change_to_the_checker_or_to_its_words_judges_again(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "proofweave", ignore=shutil.ignore_patterns("__pycache__"))
    before = fingerprints(tmp_path)
    path = tmp_path / "proofweave/check/judge/search.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    assert fingerprints(tmp_path)[0] != before[0]
