"""`proofweave new`: a commented outline laid out from a post's own headings and displays."""

import argparse
import shlex

from proofweave.cli.verb import project_here, tell


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
