"""`proofweave new`: a commented outline laid out from a post's own headings and displays."""

import argparse
import shlex

from proofweave.cli.verb import file, project_here, tell

SUMMARY = "lay out an outline for a post, which builds at once and says what to write"
EXAMPLE = """\
proofweave new blogs_raw/mine.md
proofweave new blogs_raw/mine.md --like outlines/REFERENCE.yaml -o outlines/mine.yaml"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("post", type=file, help="a Markdown file below blogs_raw/; it is only read")
    what = "lay out the sections and blocks of this outline instead"
    parser.add_argument("--like", type=file, metavar="OUTLINE", help=what)
    what = "the outline to write (default: outlines/<post>.yaml)"
    parser.add_argument("-o", "--output", type=file, metavar="OUTLINE", help=what)


def run(arguments: argparse.Namespace) -> int:
    """Write the outline; one that exists already is never touched."""
    from proofweave.pipeline import new_post

    project = project_here()
    output = new_post(project, arguments.post, arguments.output, arguments.like)
    name = project.name(output)
    print(name)
    goal = shlex.quote(f"build/posts/{output.stem}.md")
    tell(f"next: edit {name}, then snakemake --cores 2 {goal}")
    return 0
