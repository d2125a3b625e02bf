"""A post ready for its readers, and its page: Pandoc reads the Markdown, KaTeX sets the formulas."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofweave.adapters import KaTeX, read_markdown, write_html
from proofweave.core import Finding, errors_in
from proofweave.pipeline.assembly import Assembled, merged
from proofweave.pipeline.documents import findings_of
from proofweave.pipeline.project import Project
from proofweave.stages.export import Document, checked, filled, mark, problems, refused, whole
from proofweave.text.markdown import headings, language_of, read_post


def refused_page(judgement: Mapping[str, Any], root: str = "../") -> str:
    """Return the page of a refused post, which says what is wrong with it."""
    title = str(judgement["title"] or judgement["post"])
    return refused(title, errors_in(findings_of(judgement)), judgement["language"], root)


def grown(project: Project, path: Path, assembly: Assembled, judgement: Mapping[str, Any]) -> Document:
    """Return a grown post ready for its page."""
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
    post = read_post(text, name)
    first = next((heading.title for heading in headings(post) if heading.level == 1), "")
    title = post.front.get("title") or first or stem
    return Document(mark(post), title, name, language_of(post), date=post.front.get("date", ""))


def page_of(document: Document, root: str = "../", katex: KaTeX | None = None) -> tuple[str, list[Finding]]:
    """Return a post's page, and what a reader would miss on it."""
    blocks, pictures = tree_of(document, katex)
    contents, body = write_html(filled(document, blocks, pictures))
    html = whole(document, contents, body, pictures, root)
    return html, problems(document, pictures, html)


def tree_of(document: Document, katex: KaTeX | None = None) -> tuple[Any, dict[Any, Any]]:
    """Return the tree of a post, and the MathML of its formulas."""
    wanted = document.wanted()
    blocks = read_markdown(document.marked.markdown)
    shown = (katex or KaTeX()).mathml(wanted, document.marked.macros)
    return blocks, dict(zip(wanted, shown, strict=True))
