"""`proofweave site`: the pages around the posts, and the styles, scripts and fonts of all pages."""

import argparse

from proofweave.cli.verb import file, project_here, tell

FOLDER = "build/site"
SUMMARY = "write the site's index, progress and theorem graph around the posts' pages"
EXAMPLE = "proofweave site\nproofweave site --only-assets -o build/site"


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("-o", "--output", type=file, default=FOLDER, help=f"the site's folder (default: {FOLDER})")
    parser.add_argument("--only-assets", action="store_true", help="write styles, scripts and fonts, and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Write the site around the pages that are there."""
    from proofweave.pipeline import write_assets, write_site

    project = project_here()
    write_assets(arguments.output / "assets")
    if not arguments.only_assets:
        write_site(project, arguments.output, tell)
    return 0
