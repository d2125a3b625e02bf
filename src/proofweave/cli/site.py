"""`proofweave site`: the pages around the posts, and the styles, scripts and fonts of all pages."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.cli.verb import Subparsers, add_verb

if TYPE_CHECKING:
    from proofweave.pipeline.project import Project
    from proofweave.stages.site.dependencies import Result

FOLDER = "build/site"
ASSETS = ("style.css", "page.js", "index.js", "graph.js", "icon.svg", "math.woff2", "FONT-LICENSE.txt")


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "site",
        "write the site's index, progress and theorem graph around the posts' pages",
        "proofweave site\n  proofweave site --only-assets -o build/site",
        run,
    )
    parser.add_argument("-o", "--output", default=FOLDER, help=f"the site's folder (default: {FOLDER})")
    parser.add_argument("--only-assets", action="store_true", help="write styles, scripts and fonts, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Write the site around the pages that are there."""
    from proofweave.pipeline.project import Project

    project = Project.find()
    folder = project.path(arguments.output)
    write_assets(folder / "assets")
    if not arguments.only_assets:
        write_site(project, folder)
    return 0


def write_assets(folder: Path) -> None:
    """Write what all pages share; a file that is there already stays untouched."""
    from importlib.resources import files

    from proofweave.adapters.files import write_bytes

    for name in ASSETS:
        write_bytes(folder / name, (files("proofweave") / "assets" / name).read_bytes(), keep=True)


def write_site(project: Project, folder: Path) -> None:
    """Write the pages around the posts, from what the last build found."""
    from proofweave.adapters.files import read_text, write_text
    from proofweave.cli.report import reported, written
    from proofweave.stages.report.summary import report_json
    from proofweave.stages.site.pages import dashboard_page, graph_page, index_page, search_index
    from proofweave.text.html.visible import parts_of

    report = reported(project, written(project))
    whole, language = report_json(report, report.told), report.language
    posts: list[dict[str, Any]] = whole["posts"]
    for post in posts:
        post["errors"] = [each for each in post["findings"] if each["severity"] == "error"]
    pages = {post["post"]: folder / "posts" / f"{post['post']}.html" for post in posts}
    built = {post: parts_of(read_text(path)) for post, path in pages.items() if path.is_file()}
    write_text(folder / "index.html", index_page(posts, built, whole["totals"], language), keep=True)
    write_text(folder / "assets" / "search-index.js", search_index(built, posts), keep=True)
    write_text(folder / "dashboard.html", dashboard_page(posts, language), keep=True)
    graphs = {post["post"]: graph_of(project, post["post"]) for post in posts if post["post"] in built}
    write_text(folder / "graph.html", graph_page(posts, graphs, language), keep=True)


def graph_of(project: Project, post: str) -> tuple[Result, ...]:
    """Return the results of a post and what they use, as the last build found them."""
    from proofweave.cli.report import findings_path
    from proofweave.cli.verb import read_document
    from proofweave.pipeline.stages import replies_in
    from proofweave.stages.site.dependencies import results
    from proofweave.stages.weave.grown import fill

    outline, _ = project.outline(project.root / "outlines" / f"{post}.yaml")
    replies = project.root / "build" / "replies" / f"{post}.json"
    if outline is None or not replies.is_file():
        return ()
    filled = fill(outline, replies_in(read_document(replies)))
    return results(filled, read_document(findings_path(project, post))["equations"])
