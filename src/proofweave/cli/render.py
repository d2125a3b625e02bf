"""`proofweave render`: outline and templates in, requests out."""

import argparse

from proofweave.cli.verb import print_findings, print_lines, project_here, tell


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
