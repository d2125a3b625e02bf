"""`proofweave render`: outline and templates in, requests out."""

import argparse

from proofweave.cli.verb import file, print_findings, print_lines, project_here, tell

SUMMARY = "write one request for each block that waits for a model"
EXAMPLE = """\
proofweave render outlines/POST.yaml -o build/requests/POST.json
proofweave render outlines/POST.yaml --show BLOCK"""


def add(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("outline", type=file, help="an outline below outlines/")
    parser.add_argument(
        "-o", "--output", type=file, help="write the requests here; problems go into the file, for validate"
    )
    parser.add_argument("--show", metavar="BLOCK", help="print the prompt of one block")


def run(arguments: argparse.Namespace) -> int:
    """Render the requests of one outline."""
    from proofweave.pipeline import render_post, rendered

    project = project_here()
    if arguments.output:
        render_post(project, arguments.outline, arguments.output)
        return 0
    stage = rendered(project, arguments.outline)
    if arguments.show:
        print(stage.asked(arguments.show, project.name(arguments.outline)).prompt)
    else:
        print_lines(stage.lines())
        tell(f"{len(stage.requests)} blocks wait for a model")
    return print_findings(stage.findings)
