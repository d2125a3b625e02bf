"""Ask pandoc, as a process without access to files or network, to read Markdown and to write HTML."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from proofweave.core import ToolError

READER = (
    "markdown-raw_html-raw_tex-raw_attribute-native_divs-native_spans-tex_math_dollars-latex_macros-citations"
    "-yaml_metadata_block-pandoc_title_block-mmd_title_block-example_lists-fancy_lists-definition_lists-footnotes"
    "-inline_notes-subscript-superscript-simple_tables-multiline_tables-grid_tables-table_captions-line_blocks"
    "-fenced_divs-bracketed_spans-link_attributes-header_attributes-inline_code_attributes-fenced_code_attributes"
    "-implicit_figures-auto_identifiers-blank_before_header-blank_before_blockquote-smart"
    "-markdown_in_html_blocks-implicit_header_references-abbreviations"
    "+lists_without_preceding_blankline+autolink_bare_uris+space_in_atx_header"
)
"""Markdown as the posts are written in it; what could carry HTML, TeX or attributes is off."""

SECONDS = 60
MEMORY = "-M512m"


def read_markdown(text: str) -> list[dict[str, Any]]:
    """Return the blocks of a Markdown text, as pandoc's JSON has them."""
    document = json.loads(run_pandoc(["--sandbox", "-f", READER, "-t", "json"], text))
    blocks: list[dict[str, Any]] = document["blocks"]
    return blocks


def write_html(blocks: Sequence[dict[str, Any]], depth: int = 4) -> tuple[str, str]:
    """Return the table of contents and the body of some blocks as HTML; listings are highlighted by classes."""
    document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": list(blocks)}
    cut = "<!--contents-end-->"
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "page.html"
        template.write_text(f"$toc$\n{cut}\n$body$\n", encoding="utf-8")
        options = ["-f", "json", "-t", "html5", "--wrap=none", "--toc", f"--toc-depth={depth}"]
        html = run_pandoc([*options, f"--template={template}"], json.dumps(document))
    contents, _, body = html.partition(cut)
    return contents.strip(), body.strip()


def write(blocks: Sequence[dict[str, Any]], options: Sequence[str]) -> str:
    """Return some blocks as pandoc writes them with these options."""
    document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": list(blocks)}
    return run_pandoc(["--sandbox", "-f", "json", *options], json.dumps(document))


def run_pandoc(options: Sequence[str], text: str) -> str:
    """Return what pandoc writes when it reads a text with these options."""
    try:
        import pypandoc

        program = pypandoc.get_pandoc_path()
    except (ImportError, OSError) as error:
        raise ToolError("pandoc is missing", "pip install pypandoc_binary") from error
    try:
        command = [program, "+RTS", MEMORY, "-RTS", *options]
        run = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ToolError(
            f"pandoc took more than {SECONDS} s", "look for a very long or deeply nested paragraph"
        ) from None
    except OSError as error:
        raise ToolError(f"pandoc cannot be run: {error.strerror}", "pip install pypandoc_binary") from error
    if run.returncode:
        said = " ".join(run.stderr.decode("utf-8", "replace").split())[:300]
        raise ToolError(f"pandoc failed: {said}", "please report it, with the post")
    return run.stdout.decode("utf-8")
