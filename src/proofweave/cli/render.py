"""`proofweave render`: outline and templates in, requests out."""

from __future__ import annotations

import argparse
import sys

from proofweave.cli.verb import Subparsers, add_verb, print_findings


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "render",
        "write one request for each block that waits for a model",
        "proofweave render outlines/POST.yaml -o build/requests/POST.json\n"
        "  proofweave render outlines/POST.yaml --show BLOCK",
        run,
    )
    parser.add_argument("outline", help="an outline below outlines/")
    parser.add_argument("-o", "--output", help="write the requests here; problems go into the file, for validate")
    parser.add_argument("--show", metavar="BLOCK", help="print the prompt of one block")


def run(arguments: argparse.Namespace) -> int:
    """Render the requests of one outline."""
    from proofweave.adapters.files import write_text
    from proofweave.core.errors import UsageError
    from proofweave.core.wire import dump
    from proofweave.pipeline.project import Project
    from proofweave.pipeline.stages import rendered, requests_document

    project = Project.find()
    path = project.path(arguments.outline)
    stage = rendered(project, path)
    if arguments.output:
        write_text(project.path(arguments.output), dump(requests_document(path.stem, stage)))
        return 0
    if arguments.show:
        shown = [request for request in stage.requests if request.block == arguments.show]
        if not shown:
            there = ", ".join(request.block for request in stage.requests) or "none"
            raise UsageError(
                f"no block '{arguments.show}' of {arguments.outline} waits for a model", f"there are: {there}"
            )
        print(shown[0].prompt)
        return print_findings(stage.findings)
    for request in stage.requests:
        slots = ", ".join(f"{slot.name} ({slot.equations} equations)" for slot in request.slots)
        print(f"{request.block}: {slots}; key {request.key[:12]}")
    print(f"{len(stage.requests)} blocks wait for a model", file=sys.stderr)
    return print_findings(stage.findings)
