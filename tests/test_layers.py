"""The layers: a module imports only what lies below it, and only adapters and the CLI touch the world."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "proofweave"
STAGES = (
    "render",
    "generate",
    "validate",
    "check",
    "weave",
    "merge",
    "report",
    "new",
    "retag",
    "manifest",
    "export",
    "site",
)
"""Modules (or packages, or families `name_*`) that do one step of the way; none imports another."""

WORLD = {
    "os",
    "io",
    "sys",
    "shutil",
    "subprocess",
    "socket",
    "urllib",
    "http",
    "tempfile",
    "asyncio",
    "openai",
}
HEAVY = {"numpy", "scipy", "openai", "jinja2", "yaml", "matplotlib", "py_mini_racer", "pypandoc", "snakemake", "httpx"}


LOADED_LATE = ("check.", "nodes_compose", "nodes_syntax")
"""Modules that are themselves loaded only when they are needed."""

MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
CORE = [name for name in MODULES if name.split(".")[0] not in ("cli", "adapters", "__main__")]


def tree_of(name):
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(tree):
    """Yield (module, whether it is imported when the module is loaded)."""
    outer = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    outer += [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    late = {id(inner) for node in outer for inner in ast.walk(node)}
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            yield name, id(node) not in late


def stage_of(name):
    head = name.split(".")[0]
    return next((stage for stage in STAGES if head == stage or head.startswith(f"{stage}_")), None)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_lies_below_it(name):
    own = name.split(".")[0]
    found = {
        module.removeprefix("proofweave.") for module, _ in imports(tree_of(name)) if module.startswith("proofweave.")
    }
    heads = {module.split(".")[0] for module in found}
    if name in ("types", "errors"):
        assert heads <= {"types"}
    elif own == "adapters":
        assert heads <= {"types", "errors", "adapters"}
    elif name in CORE:
        assert not heads & {"cli", "adapters"}
        others = {stage_of(module) for module in found} - {None, stage_of(name)}
        assert not others, "a stage imports another; the CLI composes them"


@pytest.mark.parametrize("name", CORE)
def test_the_core_is_pure(name):
    tree = tree_of(name)
    found = {module for module, _ in imports(tree)}
    assert not {module.split(".")[0] for module in found if not module.startswith("urllib.parse")} & WORLD
    assert "pathlib.Path" not in found
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not {f.id for f in calls if isinstance(f, ast.Name)} & {
        "open",
        "eval",
        "exec",
        "print",
        "__import__",
        "input",
    }


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith(LOADED_LATE)])
def test_what_is_slow_to_load_is_loaded_when_it_is_needed(name):
    early = {module.split(".")[0] for module, now in imports(tree_of(name)) if now}
    assert not early & HEAVY
