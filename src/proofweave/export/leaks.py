"""Find TeX that a reader would see: commands, dollars and environments in a page's text, outside code."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LEAK = re.compile(
    r"\\(?:begin|end|frac|sum|int|left|right|mathbb|mathcal|boldsymbol|text|label|tag|eqref|ref|newcommand)(?![A-Za-z])"
    r"|\\[A-Za-z]{2,}\s*[{_^]|\$[^$\s][^$]{0,200}\$|\$\$"
)
SILENT = frozenset({"code", "pre", "script", "style", "template", "title"})
VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "col", "wbr"})
AROUND = 30
"""Characters shown on either side of a leak."""


class _Text(HTMLParser):
    """Collects a page's visible text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent = 0
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag not in ("a", "span", "em", "strong", "math", "mi", "mo", "mn", "mtext"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def visible_text(html: str) -> str:
    """Return the text of a page outside code, scripts and styles."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


def leaks(html: str) -> tuple[str, ...]:
    """Return each piece of TeX source in a page's visible text, with a little of what stands around it."""
    text = visible_text(html)
    return tuple(
        " ".join(text[max(0, match.start() - AROUND) : match.end() + AROUND].split()) for match in LEAK.finditer(text)
    )
