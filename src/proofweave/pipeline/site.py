"""What `site` does: the pages around the posts, and the styles, scripts and fonts of all pages."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from proofweave.adapters import read_text, write_bytes, write_text
from proofweave.pipeline.documents import read_document
from proofweave.pipeline.generate import replies_in
from proofweave.pipeline.project import Project, Tell
from proofweave.pipeline.report import findings_path, judged_posts, reported
from proofweave.stages.report import report_json
from proofweave.stages.site import Result, dashboard_page, graph_page, index_page, results, search_index
from proofweave.stages.weave import fill
from proofweave.text.html import parts_of

FOLDER = "build/site"
ASSETS = ("style.css", "page.js", "index.js", "graph.js", "icon.svg", "math.woff2", "FONT-LICENSE.txt")


def write_assets(folder: Path) -> None:
    """Write what all pages share; a file that is there already stays untouched."""
    for name in ASSETS:
        write_bytes(folder / name, (files("proofweave") / "assets" / name).read_bytes(), keep=True)


def write_site(project: Project, site: Path, tell: Tell) -> None:
    """Write the pages around the posts that are there, from what the last build found."""
    report = reported(project, judged_posts(project, tell))
    whole, language = report_json(report, report.told), report.language
    posts: list[dict[str, Any]] = whole["posts"]
    for post in posts:
        post["errors"] = [each for each in post["findings"] if each["severity"] == "error"]
    pages = {post["post"]: site / "posts" / f"{post['post']}.html" for post in posts}
    built = {post: parts_of(read_text(path)) for post, path in pages.items() if path.is_file()}
    write_text(site / "index.html", index_page(posts, built, whole["totals"], language), keep=True)
    write_text(site / "assets" / "search-index.js", search_index(built, posts), keep=True)
    write_text(site / "dashboard.html", dashboard_page(posts, language), keep=True)
    graphs = {post["post"]: graph_of(project, post["post"]) for post in posts if post["post"] in built}
    write_text(site / "graph.html", graph_page(posts, graphs, language), keep=True)


def graph_of(project: Project, post: str) -> tuple[Result, ...]:
    """Return the results of a post and what they use, as the last build found them."""
    outline, _ = project.outline(project.root / "outlines" / f"{post}.yaml")
    replies = project.root / "build" / "replies" / f"{post}.json"
    if outline is None or not replies.is_file():
        return ()
    filled = fill(outline, replies_in(read_document(replies)))
    return results(filled, read_document(findings_path(project, post)))
