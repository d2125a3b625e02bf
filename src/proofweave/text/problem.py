"""The texts of a problem in a YAML, JSON or TeX text, by its name in the table of words."""

from __future__ import annotations

from proofweave.core.types import Finding, Severity, Where
from proofweave.core.words.table import hints, say


def texts(name: str, **fields: object) -> tuple[str, str, str]:
    """Return what is wrong, what was expected, and the next step; "" for what the table has no words for."""
    return say(f"text.{name}", **fields), *hints(f"text.{name}", **fields)


def problem(rule: str, where: Where, name: str = "", **fields: object) -> Finding:
    """Return an error, whose texts are named like its rule unless they have a name of their own."""
    return Finding(rule, Severity.ERROR, where, *texts(name or rule, **fields))
