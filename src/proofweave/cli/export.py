"""`proofweave export`: an outline with its source and replies, or any Markdown, in; its page out."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.cli.verb import Subparsers, add_verb, print_findings
from proofweave.pipeline.export.formats import FORMATS, format_of, require, written

if TYPE_CHECKING:
    from proofweave.adapters.katex import KaTeX
    from proofweave.core.types import Finding
    from proofweave.pipeline.project import Project
    from proofweave.pipeline.stages import Assembled
    from proofweave.stages.export.page.document import Document


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "export",
        "write a post as a page, a PDF, a book or plain Markdown",
        "proofweave export outlines/POST.yaml -o build/site/posts/POST.html\n"
        "  proofweave export outlines/POST.yaml -o build/pdf/POST.pdf\n"
        "  proofweave export post.md --format github -o README.md",
        run,
    )
    parser.add_argument("post", help="an outline below outlines/, or any Markdown with formulas")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="html (static, formulas as MathML), pdf, epub, or Markdown for github, typora, obsidian; "
        "by the output's ending when left out",
    )
    parser.add_argument("--replies", help="what generate wrote; made in memory when left out")
    parser.add_argument("--findings", help="what validate wrote; judged in memory when left out")
    parser.add_argument("--root", default="../", help="what leads from the page to the site's root (default: ../)")
    parser.add_argument("-o", "--output", required=True, help="the file to write")


def run(arguments: argparse.Namespace) -> int:
    """Write one page; what a reader would miss on it is told, and does not stop it."""
    from proofweave.adapters.files import read_text, write_text
    from proofweave.cli.validate import replies as replies_of
    from proofweave.cli.verb import read_document
    from proofweave.pipeline.judge import judged
    from proofweave.pipeline.project import Project

    project = Project.find()
    path, target = project.path(arguments.post), project.path(arguments.output)
    form = format_of(arguments.format, target)
    if form != "html":
        return _formatted(project, path, target, form, arguments)
    if path.suffix == ".yaml":
        replies = replies_of(project, path, arguments.replies)
        known = read_document(project.path(arguments.findings)) if arguments.findings else None
        html, problems = grown_page(project, path, replies, known or judged(project, path, replies), arguments.root)
    else:
        html, problems = page_of(plain(project.name(path), path.stem, read_text(path)), arguments.root)
    write_text(target, html)
    print_findings(problems)
    return 0


def _formatted(project: Project, path: Path, target: Path, form: str, arguments: argparse.Namespace) -> int:
    """Write a post in a format that is no page; a refused post has none, and its findings are told."""
    from proofweave.adapters.files import read_text, write_bytes
    from proofweave.cli.validate import replies as replies_of
    from proofweave.cli.verb import read_document
    from proofweave.core.wire import errors
    from proofweave.pipeline.judge import judged
    from proofweave.pipeline.stages import assembled, findings_of

    require(form)
    if path.suffix == ".yaml":
        replies = replies_of(project, path, arguments.replies)
        known = read_document(project.path(arguments.findings)) if arguments.findings else None
        judgement = known or judged(project, path, replies)
        stopping = errors(findings_of(judgement))
        assembly = None if stopping else assembled(project, path, replies)
        if assembly is None:
            return print_findings(stopping) or 1
        document = grown(project, path, assembly, judgement)
    else:
        document = plain(project.name(path), path.stem, read_text(path))
    content, problems = written(project, document, form, target)
    write_bytes(target, content)
    print_findings(problems)
    return 0


def grown_page(
    project: Project,
    path: Path,
    replies: Mapping[str, Any],
    judgement: Mapping[str, Any],
    root: str = "../",
    katex: KaTeX | None = None,
    assembly: Assembled | None = None,
) -> tuple[str, list[Finding]]:
    """Return the page of a grown post; that of a refused one says what is wrong with it."""
    from proofweave.core.wire import errors
    from proofweave.pipeline.stages import assembled, findings_of
    from proofweave.stages.export.page.document import refused

    stopping = errors(findings_of(judgement))
    if assembly is None and not stopping:
        assembly = assembled(project, path, replies)
    if assembly is None or stopping:
        return refused(str(judgement["title"] or path.stem), stopping, judgement["language"], root), []
    return page_of(grown(project, path, assembly, judgement), root, katex)


def grown(project: Project, path: Path, assembly: Assembled, judgement: Mapping[str, Any]) -> Document:
    """Return a grown post ready for its page."""
    from proofweave.pipeline.stages import merged
    from proofweave.stages.export.marked.placeholders import mark
    from proofweave.stages.export.page.checks import checked
    from proofweave.stages.export.page.document import Document
    from proofweave.text.markdown.post import read_post

    outline, woven = assembly.outline, assembly.woven
    post = read_post(merged(project, assembly), f"build/posts/{path.stem}.md")
    return Document(
        mark(post, woven),
        outline.title or path.stem,
        post.path,
        outline.language,
        woven.numbering if woven else None,
        checked(outline, judgement["equations"]) if woven else (),
        post.front.get("date", ""),
    )


def plain(name: str, stem: str, text: str) -> Document:
    """Return any Markdown ready for its page."""
    from proofweave.stages.export.marked.placeholders import mark
    from proofweave.stages.export.page.document import Document
    from proofweave.text.markdown.post import headings, language_of, read_post

    post = read_post(text, name)
    first = next((heading.title for heading in headings(post) if heading.level == 1), "")
    title = post.front.get("title") or first or stem
    return Document(mark(post), title, name, language_of(post), date=post.front.get("date", ""))


def page_of(document: Document, root: str = "../", katex: KaTeX | None = None) -> tuple[str, list[Finding]]:
    """Return a post's page, and what a reader would miss on it."""
    from proofweave.adapters.katex import KaTeX
    from proofweave.adapters.pandoc import read_markdown, write_html
    from proofweave.stages.export.page.document import filled, problems, whole

    wanted = document.wanted()
    blocks = read_markdown(document.marked.markdown)
    answer = (katex or KaTeX()).mathml(wanted, document.marked.macros)
    pictures = dict(zip(wanted, answer, strict=True))
    contents, body = write_html(filled(document, blocks, pictures))
    html = whole(document, contents, body, pictures, root)
    return html, problems(document, pictures, html)
