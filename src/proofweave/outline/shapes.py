"""Shapes of a declarative format: the reader checks nodes against them, and the JSON Schema is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text: `words` names it in messages; all of it matches `pattern`, or it is one of `choices`.

    A `number` or `flag` is what YAML itself would resolve to a number or a boolean.
    """

    words: str = "text"
    pattern: str = ""
    choices: tuple[str, ...] = ()
    one_line: bool = False
    may_be_empty: bool = False
    number: bool = False
    flag: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a record: the shape of its value, and a sentence for whoever completes it in an editor."""

    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys."""

    name: str
    words: str
    keys: Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Many:
    """A list that is not empty; where `single`, one item needs no list around it."""

    item: Shape
    words: str
    single: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose keys the author chooses."""

    name: str
    words: str
    value: Shape
    key: Scalar = Scalar()


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text, or a record chosen by which of its keys is there; with `first`, that must be the first key."""

    name: str
    words: str
    records: Mapping[str, Record]
    text: Scalar | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """A text, or a mapping of texts, lists and mappings, which a later stage reads."""

    words: str


Shape = Scalar | Record | Many | Table | OneOf | Free
