"""The table of words: everything proofweave says to an author or a reader, by key, in each language.

A key is `room.name`; `room.toml` beside this module holds under `[name]` one text for each language. Fields stand in
braces as in `str.format`, so a brace of TeX is written twice. A table is part of the package's code, in another
notation: it is read from the package, once, when something is said for the first time.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType
from typing import Any

LANGUAGES = ("en", "zh")


class Said(str):
    """A text from the table: a string in English that keeps its key and values, to be said in another language."""

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, values: Mapping[str, object]) -> "Said":
        """Return the text of a key, keeping its fields; a value that was itself said is said in the same language."""
        self = super().__new__(cls, _printed(key, values, "en"))
        self.key = key
        self.values = MappingProxyType({name: value for name, value in values.items() if name in _fields(key)})
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Said, (self.key, dict(self.values))


def say(key: str, /, **values: object) -> Said:
    """Return the text of a key with these values in its fields; KeyError for a key or field that there is not."""
    return Said(key, values)


def told(text: str, language: str) -> str:
    """Return a text in a language; one that is not from the table (an author's own words) as it is."""
    return _printed(text.key, text.values, language) if isinstance(text, Said) else text


def together(texts: Sequence[str], key: str) -> str:
    """Return texts joined by the text of a key with the fields `first` and `rest`; nested no deeper than need be."""
    half = len(texts) // 2
    if not half:
        return texts[0] if texts else ""
    return say(key, first=together(texts[:half], key), rest=together(texts[half:], key))


def changed(text: str, change: Callable[[str], str]) -> str:
    """Return a text to which `change` was applied or, where it left one of the table alone, to those in its fields."""
    other = change(text)
    if other is not text or not isinstance(text, Said):
        return other
    return Said(text.key, {name: changed(v, change) if isinstance(v, str) else v for name, v in text.values.items()})


def labels(room: str, language: str) -> Mapping[str, str]:
    """Return all texts of a room in a language, by name, for templates and pages."""
    return MappingProxyType({name: entry[language] for name, entry in table(room).items()})


@cache
def table(room: str) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of a room: name → language → text."""
    source = files(__package__).joinpath(f"{room}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(source))


@cache
def _fields(key: str) -> frozenset[str | None]:
    room, _, name = key.partition(".")
    return frozenset(field for _, field, _, _ in Formatter().parse(table(room)[name]["en"]))


def _printed(key: str, values: Mapping[str, object], language: str) -> str:
    room, _, name = key.partition(".")
    fields = {field: told(value, language) if isinstance(value, str) else value for field, value in values.items()}
    return table(room)[name][language].format_map(fields)
