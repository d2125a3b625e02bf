"""The frame of every page: its head with a strict Content-Security-Policy, its navigation, its language."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: files beside it, and nothing that stands in the page itself or comes from elsewhere."""

ICON = '<link rel="icon" type="image/svg+xml" href="{root}assets/icon.svg">'


class Tab(NamedTuple):
    """A link of the navigation: where it leads, below the site's root, and what it says."""

    path: str
    zh: str
    en: str


TABS = (
    Tab("index.html", "目录", "Posts"),
    Tab("dashboard.html", "进展", "Progress"),
    Tab("graph.html", "定理图", "Theorems"),
)


def page(
    title: str,
    body: str,
    *,
    language: str = "zh",
    root: str = "",
    here: str = "",
    scripts: Sequence[str] = ("page.js",),
    kind: str = "",
) -> str:
    """Return a whole page; `root` leads to the site's root ("../"), `here` is the path of the tab that it is."""
    lang = "zh-CN" if language == "zh" else "en"
    tabs = "".join(
        f'<a href="{root}{tab.path}"{" aria-current=page" if tab.path == here else ""}>'
        f"{tab.zh if language == 'zh' else tab.en}</a>"
        for tab in TABS
    )
    skip = "跳到正文" if language == "zh" else "Skip to content"
    loaded = "".join(f'<script src="{root}assets/{name}" defer></script>\n' for name in scripts)
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="stylesheet" href="{root}assets/style.css">\n{ICON.format(root=root)}\n{loaded}</head>\n'
        f'<body class="{escape(kind)}">\n<a class="skip" href="#content">{skip}</a>\n'
        f'<header class="bar"><nav aria-label="{"全站" if language == "zh" else "Site"}">'
        f'<a class="home" href="{root}index.html">proofweave</a>{tabs}</nav></header>\n'
        f"{body}\n</body>\n</html>\n"
    )
