"""Print the pages around the posts, from what report says of all posts; their HTML is `pages.j2`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from proofweave.stages.site.dependencies import Result
from proofweave.stages.site.layout import EDGE, HEIGHT, WIDTH, lines, placed
from proofweave.text.html import Part, page, printed, wording

MOST_FINDINGS = 20
"""Findings of one post that the dashboard lists."""

Post = Mapping[str, Any]


def href(post: Post) -> str:
    """Return where a post's page is, below the site's root."""
    return f"posts/{quote(str(post['post']))}.html"


def index_page(posts: Sequence[Post], built: Iterable[str], totals: Mapping[str, Any], language: str) -> str:
    """Return the first page: search, tags and the plan's table of progress; `built` names the posts with a page."""
    words = wording("site", language)
    body = printed(__name__, "index", posts=posts, built=set(built), totals=totals, href=href, words=words)
    scripts = ("page.js", "search-index.js", "index.js")
    return page("proofweave", body, language=language, here="index.html", scripts=scripts, kind="index")


def search_index(pages: Mapping[str, Sequence[Part]], posts: Sequence[Post]) -> str:
    """Return the script that holds what search looks through: each section of each page."""
    entries = [
        [str(post["title"] or post["post"]), href(post), part.title, part.anchor, " ".join(part.text.split())]
        for post in posts
        for part in pages.get(post["post"], ())
        if part.text.strip() and not part.anchor.startswith("check-")
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return f"window.proofweaveSections = {text};\n".replace("\u2028", " ").replace("\u2029", " ")


def dashboard_page(posts: Sequence[Post], language: str) -> str:
    """Return the page of progress: per post its layers against their budgets, its verdicts, its findings."""
    words, fix = wording("site", language), wording("finding", language)["fix"]
    body = printed(__name__, "dashboard", posts=posts, most=MOST_FINDINGS, fix=fix, words=words)
    title = f"{words['progress']} · proofweave"
    return page(title, body, language=language, here="dashboard.html", kind="dashboard")


def graph_page(posts: Sequence[Post], graphs: Mapping[str, Sequence[Result]], language: str) -> str:
    """Return the page of graphs: for each post which result uses which."""
    words = wording("site", language)
    boxes = {post: placed(results) for post, results in graphs.items() if results}
    size = (WIDTH, HEIGHT, EDGE)
    body = printed(__name__, "graphs", posts=posts, boxes=boxes, lines=lines, size=size, href=href, words=words)
    title = f"{words['graph']} · proofweave"
    scripts = ("page.js", "graph.js")
    return page(title, body, language=language, here="graph.html", scripts=scripts, kind="graphs")
