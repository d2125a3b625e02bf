"""The layers: a module imports only what lies below it, and only adapters and the CLI touch the world."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from proofweave.core.lazy import named

SOURCE = Path(__file__).parent.parent / "src" / "proofweave"
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
HEAVY = {
    "numpy",
    "scipy",
    "flint",
    "openai",
    "jinja2",
    "yaml",
    "matplotlib",
    "py_mini_racer",
    "pypandoc",
    "snakemake",
    "httpx",
    "rich",
    "watchfiles",
}


LOADED_LATE = ("check.", "text.yaml.compose", "text.yaml.syntax")
"""Modules that are themselves loaded only when they are needed."""

MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
CORE = [name for name in MODULES if name.split(".")[0] not in ("cli", "adapters", "pipeline", "__main__")]


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


BELOW = {
    "core": {"core"},
    "text": {"core", "text"},
    "outline": {"core", "text", "outline"},
    "check": {"core", "text", "check"},
    "stages": {"core", "text", "outline"},
    "adapters": {"core", "adapters"},
    "pipeline": {"core", "text", "outline", "check", "stages", "adapters", "pipeline"},
}
"""The rooms a module may import from, by its own; a stage besides from itself only, never from another."""


@pytest.mark.parametrize("name", [name for name in MODULES if name.split(".")[0] in BELOW])
def test_a_module_imports_only_what_lies_below_it(name):
    own = name.split(".")
    allowed = BELOW[own[0]]
    for module, _ in imports(tree_of(name)):
        if module.startswith("proofweave."):
            path = module.removeprefix("proofweave.").split(".")
            same_stage = own[0] == "stages" and path[:2] == own[:2]
            assert path[0] in allowed or same_stage or path == ["stages"], module


VERBS = [name for name in MODULES if name.startswith("cli.") and name != "cli.verb"]


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_arguments_and_a_call(name):
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 60
    found = {module.removeprefix("proofweave.") for module, _ in imports(tree_of(name)) if "proofweave." in module}
    others = {module for module in found if module.split(".")[0] not in ("core", "pipeline", "cli")} - {"adapters"}
    face = named((SOURCE / "adapters" / "__init__.py").read_text(encoding="utf-8"))
    assert {face[module.removeprefix("adapters.")] for module in others} <= {"proofweave.adapters.terminal"}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("cli")])
def test_the_help_of_all_verbs_loads_the_command_line_only(name):
    early = {module for module, now in imports(tree_of(name)) if now and module.startswith("proofweave.")}
    assert {module.split(".")[1] for module in early} <= {"cli", "__version__"}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("pipeline")])
def test_the_pipeline_knows_no_command_line_and_no_terminal(name):
    tree = tree_of(name)
    assert "argparse" not in {module for module, _ in imports(tree)}
    assert "print" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not named & {"sys.stdout", "sys.stderr"}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("pipeline")])
def test_no_module_of_the_pipeline_is_named_like_what_it_holds(name):
    held = {node.name for node in tree_of(name).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert name.split(".")[-1] not in held


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


def arrows(name):
    """Return the modules a module imports, late imports and those for types included."""
    found = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name.removeprefix("proofweave.") in MODULES else node.module for name in inner}
    return {module.removeprefix("proofweave.") for module in found if module.startswith("proofweave")} & set(MODULES)


def test_no_modules_import_one_another():
    graph = {name: arrows(name) for name in MODULES}
    assert len(tuple(TopologicalSorter(graph).static_order())) == len(MODULES)


CHECK_ROOMS = (
    "language",
    "syntax",
    "parse",
    "symbols",
    "balls",
    "evaluate",
    "operations",
    "calculus",
    "optimum",
    "instances",
    "judge",
    "explain",
    "sheet",
)
"""The rooms of the checker, each of which imports from itself and those before it only."""


@pytest.mark.parametrize("room", CHECK_ROOMS)
def test_the_rooms_of_the_checker_keep_their_order(room):
    modules = [name for name in MODULES if name.startswith(f"check.{room}.")]
    allowed = CHECK_ROOMS[: CHECK_ROOMS.index(room) + 1]
    found = {other for name in modules for other in arrows(name) if other.startswith("check.")}
    assert modules
    assert not {other for other in found if other.split(".")[1] not in allowed}
