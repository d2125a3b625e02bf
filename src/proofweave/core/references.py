"""References by id in prose: `@eq:id`, `@thm:id` and their kin, `@post/eq:id` of another post, `@run:id.value`."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from proofweave.core.types import Figure, Part, Step, Text

REFERENCE = re.compile(
    r"@(?:(?P<post>(?:[\w.+-]|%[0-9A-Fa-f]{2})+)/)?(?P<kind>eq|thm|sec|ref|fig):(?P<id>[A-Za-z0-9_-]+)(?:\.(?P<row>\d+))?"
)

VALUE = re.compile(r"@run:([A-Za-z0-9_-]+\.[A-Za-z_][A-Za-z0-9_]*)")
"""A value of a listing that is run: the listing's id and the value's name."""


@dataclass(frozen=True, slots=True)
class CrossReference:
    """One cross-reference: what it points at, the id, the row of an align (1-based) or None, its offset in the text.

    `post` names another outline, "" this one.
    """

    kind: str
    id: str
    row: int | None
    offset: int
    post: str = ""

    @classmethod
    def of(cls, match: re.Match[str]) -> "CrossReference":
        """Return the reference a match of REFERENCE stands for."""
        row = int(match["row"]) if match["row"] else None
        return cls(match["kind"], match["id"], row, match.start(), unquote(match["post"] or ""))


def references_in(text: str) -> tuple[CrossReference, ...]:
    """Return the cross-references of a text in order."""
    return tuple(CrossReference.of(match) for match in REFERENCE.finditer(text))


def prose_of(part: Part) -> tuple[str, ...]:
    """Return the prose of a part, where references stand."""
    if isinstance(part, Text):
        return (part.text,)
    if isinstance(part, Figure):
        return (part.caption,)
    return (part.because, part.intuition) if isinstance(part, Step) else ()
