"""`proofweave export`: an outline with its source and replies, or any Markdown, in; its page out."""

import argparse

from proofweave.cli.verb import FINDINGS, REPLIES, file, print_findings, project_here

FORMATS = ("html", "pdf", "epub", "github", "typora", "obsidian")
SUMMARY = "write a post as a page, a PDF, a book or plain Markdown"
EXAMPLE = """\
proofweave export outlines/POST.yaml -o build/site/posts/POST.html
proofweave export outlines/POST.yaml -o build/pdf/POST.pdf
proofweave export post.md --format github -o README.md"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("post", type=file, help="an outline below outlines/, or any Markdown with formulas")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="html (static, formulas as MathML), pdf, epub, or Markdown for github, typora, obsidian; "
        "by the output's ending when left out",
    )
    parser.add_argument("--replies", type=file, help=REPLIES)
    parser.add_argument("--findings", type=file, help=FINDINGS)
    parser.add_argument("--root", default="../", help="what leads from the page to the site's root (default: ../)")
    parser.add_argument("-o", "--output", type=file, required=True, help="the file to write")


def run(arguments: argparse.Namespace) -> int:
    """Write one post; what a reader would miss in it is told, and does not stop it."""
    from proofweave.pipeline import export_post

    project, given = project_here(), arguments
    written = {"replies": given.replies, "findings": given.findings}
    problems = export_post(project, given.post, given.output, given.format, root=given.root, **written)
    print_findings(problems)
    return 0
