"""Read a page of ours back: what a reader sees of it, and its sections."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

SILENT = frozenset({"code", "pre", "script", "style", "template", "title", "nav", "header"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
RUNNING = frozenset(
    {"a", "span", "em", "strong", "math", "mi", "mo", "mn", "mtext", "mrow", "mstyle", "msub", "msup", "msubsup"}
)
"""Elements that do not end a word."""


class Part(NamedTuple):
    """A section of a page: its heading's anchor and words ("" before the first), and its text."""

    anchor: str
    title: str
    text: str


class _Reader(HTMLParser):
    """Collects a page's visible text, section by section."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent = 0
        self.heading = False
        self.parts: list[tuple[str, list[str], list[str]]] = [("", [], [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag in HEADINGS and not self.silent:
            self.heading = True
            self.parts.append((dict(attrs).get("id") or "", [], []))
        elif tag not in RUNNING:
            self.parts[-1][2].append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in HEADINGS:
            self.heading = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            _, title, text = self.parts[-1]
            (title if self.heading else text).append(data)


def parts_of(html: str) -> tuple[Part, ...]:
    """Return the sections of a page, code left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tuple(Part(anchor, "".join(title).strip(), "".join(text)) for anchor, title, text in reader.parts)


def visible_text(html: str) -> str:
    """Return the text of a page outside code, scripts and styles."""
    return "\n".join(f"{part.title}\n{part.text}" for part in parts_of(html))
