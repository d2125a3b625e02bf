"""Symbols put in place of others: everything that depends on them is made anew, the rest stays as it was."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from typing import Any, TypeVar

from proofweave.check.language.scope import Symbol

T = TypeVar("T")

REMEMBERED = ("closure", "stochastic")
"""What a symbol's data remember of the symbols it depends on."""


def grafted(value: T, news: Mapping[Symbol, Symbol]) -> T:
    """Return a copy of a value in which symbols are replaced by others, in all that depends on them too."""
    memo: dict[int, Any] = {}
    shells = {}
    for old, new in news.items():
        shells[new] = memo[id(old)] = memo[id(new)] = Symbol(new.name, new.where)
    for new, shell in shells.items():
        for part in fields(new):
            setattr(shell, part.name, deepcopy(getattr(new, part.name), memo))
    copied = deepcopy(value, memo)
    for one in memo.values():
        if isinstance(one, Symbol):
            for name in REMEMBERED:
                one.data.pop(name, None)
    return copied
