"""The face of a package: `__init__.py` names what others may use, and a name is loaded when it is first used.

A face says its names as ordinary imports under `if TYPE_CHECKING:`, so that editors and type checkers follow them; here
the same lines are read to load one name with its module, and no other of the package.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module

IMPORT = re.compile(r"^ {4}from ([\w.]+) import (?:\(([^)]*)\)|(.*))", re.MULTILINE)
LAZY = "__getattr__ = lazily(__name__)"


def lazily(package: str) -> Callable[[str], object]:
    """Return the `__getattr__` of a package whose face stands in its own `__init__.py`."""

    @cache
    def names() -> Mapping[str, str]:
        spec = import_module(package).__spec__
        source = spec.loader.get_source(package) if spec and spec.loader else None  # type: ignore[attr-defined]
        return named(source or "")

    def get(name: str) -> object:
        if name not in names():
            raise AttributeError(f"{package} has no {name}; its face is {package}/__init__.py")
        owner = names()[name]
        value = import_module(f"{owner}.{name}") if owner == package else getattr(import_module(owner), name)
        setattr(import_module(package), name, value)
        return value

    return get


def named(source: str) -> Mapping[str, str]:
    """Return the names of a face and the module or face each comes from, read from the text of its `__init__.py`.

    A name that comes from the face's own package is a module of it. Nothing for a text that is no face.
    """
    if LAZY not in source:
        return {}
    found = IMPORT.finditer(source[: source.index(LAZY)])
    return {name: each[1] for each in found for name in re.findall(r"\w+", each[2] or each[3] or "")}
