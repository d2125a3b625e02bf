"""`proofweave generate`: requests in, replies out, from the recordings in generations/."""

from __future__ import annotations

import argparse

from proofweave.cli.verb import Subparsers, add_verb, print_findings


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "generate",
        "find the reply to each request, recorded in generations/",
        "proofweave generate build/requests/POST.json -o build/replies/POST.json\n"
        "  proofweave generate outlines/POST.yaml",
        run,
    )
    parser.add_argument("requests", help="what render wrote, or an outline")
    parser.add_argument("-o", "--output", help="write the replies here; what is missing goes into the file")


def run(arguments: argparse.Namespace) -> int:
    """Choose a recording for each request."""
    from proofweave.adapters.files import write_text
    from proofweave.cli.project import Project
    from proofweave.cli.stages import findings_of, rendered, replies_document, requests_document, requests_in
    from proofweave.cli.verb import read_document
    from proofweave.wire import dump

    project = Project.find()
    path = project.path(arguments.requests)
    if path.suffix == ".json":
        requests = read_document(path)
    else:
        requests = requests_document(path.stem, rendered(project, path))
    replies = replies_document(project, requests["post"], requests_in(requests), findings_of(requests))
    if arguments.output:
        write_text(project.path(arguments.output), dump(replies))
        return 0
    for block, reply in replies["replies"].items():
        print(f"{block}: {reply['path']}")
    return print_findings(findings_of(replies))
