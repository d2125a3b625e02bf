"""Texts with positions: the scalars, lists and mappings of YAML and JSON documents, which know where they stand."""

import re
from dataclasses import dataclass

from proofweave.core import Where

BROKEN = "\ufdd0"
"""The value of a scalar that could not be read: a character no file may hold."""

UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What an editor does not show, and the line separators besides \\n, which would shift every line number."""

LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text; `style` is '' (plain), one of the quotes, '|' or '>'; `start` and `end` are offsets in the file.

    `source` is the scalar as written, kept where it runs over several lines. A value that could not be read, and was
    reported, is `broken`.
    """

    value: str
    where: Where
    style: str = ""
    start: int = 0
    end: int = 0
    source: str = ""

    @property
    def broken(self) -> bool:
        """Tell whether a finding already says that this value cannot be read."""
        return self.value == BROKEN

    @property
    def absent(self) -> bool:
        """Tell whether nothing stands where the value should."""
        return not self.value and not self.style

    def place(self, offset: int = 0) -> Where:
        """Return where the character at an offset of the value stands in the file."""
        if self.broken:
            return self.where
        file, line, column = self.where.file, self.where.line, self.where.column
        if not self.source:
            doubled = self.value.count("'", 0, offset) if self.style == "'" else 0
            return Where(file, line, column + offset + doubled + len(self.style))
        best, position = self.where, 0
        for number, row in enumerate(LINE.findall(self.source)):
            written = row.strip().replace("''", "'") if self.style == "'" else row.strip()
            indent = len(row) - len(row.lstrip())
            if number == 0:
                if self.style in ("|", ">"):
                    continue
                written, indent = written[len(self.style) :].lstrip(), column - 1 + len(self.style)
            if not written:
                continue
            found = self.value.find(written, position)
            if found < 0 or (found > offset and best is not self.where):
                break
            best = Where(file, line + number, max(1, indent + 1 + offset - found))
            if offset <= found + len(written):
                break
            position = found + len(written)
        return best


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list; `flow` when written in brackets."""

    items: "tuple[Node, ...]"
    where: Where
    flow: bool = False


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping of text keys in the order written, no key twice; `flow` when written in braces."""

    items: "tuple[tuple[ScalarNode, Node], ...]"
    where: Where
    flow: bool = False

    def get(self, key: str) -> "Node | None":
        """Return the value of a key, or None."""
        return next((value for name, value in self.items if name.value == key), None)

    def key(self, key: str) -> ScalarNode | None:
        """Return a key as it is written, or None."""
        return next((name for name, _ in self.items if name.value == key), None)


Node = ScalarNode | ListNode | MapNode
