"""Pages: the frame of every page, and a page of ours read back, what a reader sees of it and its sections.

The frame holds a head with a strict Content-Security-Policy, the navigation, and the language.
"""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import NamedTuple

from proofweave.core import labels

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: files beside it, and nothing that stands in the page itself or comes from elsewhere."""

ICON = '<link rel="icon" type="image/svg+xml" href="{root}assets/icon.svg">'


TABS = {"index.html": "posts", "dashboard.html": "progress", "graph.html": "theorems"}
"""The navigation: where its links lead, below the site's root, and which words they are."""

SILENT = re.compile(r"<(code|pre|script|style|title|nav|header|annotation)\b.*?</\1>", re.DOTALL)
HEADING = re.compile(r'<h[1-6](?:\s+id="(?P<id>[^"]*)"|\s[^<>]*?)*>(?P<title>.*?)</h[1-6]>', re.DOTALL)
TAG = re.compile(r"<(?P<name>/?[a-zA-Z0-9]+)[^>]*>|<!--.*?-->|<![^>]*>", re.DOTALL)
RUNNING = frozenset(
    {"a", "span", "em", "strong", "math", "mi", "mo", "mn", "mtext", "mrow", "mstyle", "msub", "msup", "msubsup"}
)
"""Elements that do not end a word."""


def page(
    title: str,
    body: str,
    *,
    language: str,
    root: str = "",
    here: str = "",
    scripts: Sequence[str] = ("page.js",),
    kind: str = "",
) -> str:
    """Return a whole page; `root` leads to the site's root ("../"), `here` is the path of the tab that it is."""
    lang = "zh-CN" if language == "zh" else "en"
    words = labels("page", language)
    tabs = "".join(
        f'<a href="{root}{path}"{" aria-current=page" if path == here else ""}>{words[name]}</a>'
        for path, name in TABS.items()
    )
    loaded = "".join(f'<script src="{root}assets/{name}" defer></script>\n' for name in scripts)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="stylesheet" href="{root}assets/style.css">\n{ICON.format(root=root)}\n{loaded}</head>\n'
        f'<body class="{escape(kind)}">\n<a class="skip" href="#content">{words["skip"]}</a>\n'
        f'<header class="bar"><nav aria-label="{words["site"]}">'
        f'<a class="home" href="{root}index.html">proofweave</a>{tabs}</nav></header>\n'
        f"{body}\n</body>\n</html>\n"
    )


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
