"""`proofweave export`: a grown post in, its page out."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.cli.verb import Subparsers, add_verb, print_findings

if TYPE_CHECKING:
    from proofweave.adapters.katex import KaTeX
    from proofweave.cli.project import Project
    from proofweave.export.page import Document
    from proofweave.types import Finding


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "export",
        "write the page of a post: HTML with its formulas as MathML",
        "proofweave export build/posts/POST.md -o build/site/posts/POST.html",
        run,
    )
    parser.add_argument("post", help="a grown post, or any Markdown with formulas")
    parser.add_argument("--outline", help="the outline it was grown from; outlines/POST.yaml where there is one")
    parser.add_argument("--replies", help="what generate wrote; made in memory when left out")
    parser.add_argument("--findings", help="what validate wrote; without it no equation says what was checked")
    parser.add_argument("--root", default="../", help="what leads from the page to the site's root (default: ../)")
    parser.add_argument("-o", "--output", required=True, help="the page to write")


def run(arguments: argparse.Namespace) -> int:
    """Write one page; what a reader would miss is told, and does not stop it."""
    from proofweave.adapters.files import read_text, write_text
    from proofweave.cli.project import Project
    from proofweave.cli.verb import read_document

    project = Project.find()
    path = project.path(arguments.post)
    outline = project.path(arguments.outline) if arguments.outline else project.root / "outlines" / f"{path.stem}.yaml"
    replies = read_document(project.path(arguments.replies)) if arguments.replies else None
    findings = read_document(project.path(arguments.findings)) if arguments.findings else {}
    document = exported(project, path, read_text(path), outline if outline.is_file() else None, replies, findings)
    html, problems = page_of(document, arguments.root)
    write_text(project.path(arguments.output), html)
    print_findings(problems)
    return 0


def exported(
    project: Project,
    path: Path,
    text: str,
    outline: Path | None,
    replies: Mapping[str, Any] | None,
    findings: Mapping[str, Any],
) -> Document:
    """Return a post ready for its page; without an outline it is read as it stands."""
    from proofweave.cli.stages import assembled
    from proofweave.cli.validate import replies as replies_of
    from proofweave.export.checks import checked
    from proofweave.export.page import Document
    from proofweave.export.placeholders import mark
    from proofweave.markdown import headings, read_post

    post = read_post(text, project.name(path))
    assembly = assembled(project, outline, replies or replies_of(project, outline, None)) if outline else None
    woven = assembly.woven if assembly else None
    first = next((heading.title for heading in headings(post) if heading.level == 1), "")
    title = (assembly.outline.title if assembly else "") or post.front.get("title") or first or path.stem
    return Document(
        mark(post, woven),
        title,
        project.name(path),
        assembly.outline.language if assembly else "zh",
        woven.numbering if woven else None,
        checked(assembly.outline, findings.get("equations", ())) if assembly and woven else (),
    )


def page_of(document: Document, root: str = "../", katex: KaTeX | None = None) -> tuple[str, list[Finding]]:
    """Return a post's page, and what a reader would miss on it."""
    from proofweave.adapters.katex import KaTeX
    from proofweave.adapters.pandoc import read_markdown, write_html
    from proofweave.export.leaks import leaks
    from proofweave.export.page import filled, problems, whole
    from proofweave.types import Finding, Severity, Where

    wanted = document.wanted()
    blocks = read_markdown(document.marked.markdown)
    answer = (katex or KaTeX()).mathml(wanted, document.marked.macros)
    pictures = dict(zip(wanted, answer, strict=True))
    contents, body = write_html(filled(document, blocks, pictures))
    html = whole(document, contents, body, pictures, root)
    found = problems(document, pictures)
    found += [
        Finding("export-leak", Severity.WARNING, Where(document.path), f"TeX stays in the page's text: '{leak}'")
        for leak in leaks(html)
    ]
    return html, found
