"""Shapes of a declarative format: the reader checks nodes against them, and the JSON Schema is made of them.

In the table of words, under `format`, a shape's name says what messages call such a value, and `about` is a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from proofweave.core import Said, say


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; all of it matches `pattern`, or it is one of `choices`.

    A `number` or `flag` is what YAML itself would resolve to a number or a boolean.
    """

    name: str = "text"
    pattern: str = ""
    choices: tuple[str, ...] = ()
    one_line: bool = False
    may_be_empty: bool = False
    number: bool = False
    flag: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a record: the shape of its value, and a sentence for whoever completes it in an editor."""

    shape: "Shape"
    about: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys."""

    name: str
    keys: Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Many:
    """A list that is not empty; where `single`, one item needs no list around it."""

    item: "Shape"
    name: str
    single: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose keys the author chooses."""

    name: str
    value: "Shape"
    key: Scalar = Scalar()


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text, or a record chosen by which of its keys is there; with `first`, that must be the first key."""

    name: str
    records: Mapping[str, Record]
    text: Scalar | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """A text, or a mapping of texts, lists and mappings, which a later stage reads."""

    name: str


Shape = Scalar | Record | Many | Table | OneOf | Free


def words_of(shape: Shape) -> Said:
    """Return what messages call a value of a shape."""
    return say(f"format.{shape.name}")


def about(key: Key, name: str) -> Said:
    """Return the sentence about a key of a name."""
    return say(f"format.{key.about}", key=name)
