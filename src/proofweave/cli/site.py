"""`proofweave site`: the pages around the posts, and the styles, scripts and fonts of all pages."""

import argparse

from proofweave.cli.verb import project_here, tell


def run(arguments: argparse.Namespace) -> int:
    """Write the site around the pages that are there."""
    from proofweave.pipeline import write_assets, write_site

    project = project_here()
    write_assets(arguments.output / "assets")
    if not arguments.only_assets:
        write_site(project, arguments.output, tell)
    return 0
