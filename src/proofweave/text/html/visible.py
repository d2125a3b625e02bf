"""Read a page of ours back: what a reader sees of it, and its sections."""

import re
from html import unescape
from typing import NamedTuple

SILENT = re.compile(r"<(code|pre|script|style|title|nav|header|annotation)\b.*?</\1>", re.DOTALL)
HEADING = re.compile(r'<h[1-6](?:\s+id="(?P<id>[^"]*)"|\s[^<>]*?)*>(?P<title>.*?)</h[1-6]>', re.DOTALL)
TAG = re.compile(r"<(?P<name>/?[a-zA-Z0-9]+)[^>]*>|<!--.*?-->|<![^>]*>", re.DOTALL)
RUNNING = frozenset(
    {"a", "span", "em", "strong", "math", "mi", "mo", "mn", "mtext", "mrow", "mstyle", "msub", "msup", "msubsup"}
)
"""Elements that do not end a word."""


class Part(NamedTuple):
    """A section of a page: its heading's anchor and words ("" before the first), and its text."""

    anchor: str
    title: str
    text: str


def parts_of(html: str) -> tuple[Part, ...]:
    """Return the sections of a page, code left out."""
    html = SILENT.sub("", html)
    parts: list[Part] = []
    anchor = title = ""
    position = 0
    for heading in HEADING.finditer(html):
        parts.append(Part(anchor, title, _text(html[position : heading.start()])))
        anchor, title = heading["id"] or "", _text(heading["title"]).strip()
        position = heading.end()
    return (*parts, Part(anchor, title, _text(html[position:])))


def visible_text(html: str) -> str:
    """Return the text of a page outside code, scripts and styles."""
    return _text(SILENT.sub("", html))


def _text(html: str) -> str:
    return unescape(TAG.sub(_end, html))


def _end(tag: re.Match[str]) -> str:
    return "" if (tag["name"] or "").lstrip("/") in RUNNING else "\n"
