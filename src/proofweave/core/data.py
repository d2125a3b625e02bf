"""Data that stands as TOML beside the module that reads it: what is no code is better read in a table."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def beside(module: str) -> dict[str, Any]:
    """Return the table beside a module, `name.toml` beside `name.py`; whoever reads it leaves it as it is."""
    package, _, name = module.rpartition(".")
    return tomllib.loads(files(package).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
