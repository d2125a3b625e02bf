"""`proofweave generate`: requests in, replies out, from the recordings in generations/ or from a model."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from proofweave.cli.verb import Subparsers, add_verb, print_findings

if TYPE_CHECKING:
    from proofweave.core.types import Finding, Request
    from proofweave.outline.config import Config
    from proofweave.pipeline.project import Project


def add(subparsers: Subparsers) -> None:
    """Add the verb to the command line."""
    parser = add_verb(
        subparsers,
        "generate",
        "find the reply to each request, recorded in generations/, or ask the provider of config.yaml for it",
        "proofweave generate build/requests/POST.json -o build/replies/POST.json\n"
        "  proofweave generate outlines/POST.yaml --estimate\n"
        "  proofweave generate outlines/*.yaml --budget 2.50\n"
        "  proofweave generate outlines/POST.yaml --refresh BLOCK",
        run,
    )
    parser.add_argument("requests", nargs="+", help="what render wrote, or outlines")
    parser.add_argument("-o", "--output", help="write the replies here; what is missing goes into the file")
    parser.add_argument("--estimate", action="store_true", help="print blocks, tokens and cost; call nothing")
    parser.add_argument("--budget", type=_budget, help="stop before this is exceeded: 2.50, or '200000 tokens'")
    parser.add_argument(
        "--refresh",
        metavar="BLOCK",
        nargs="?",
        action="append",
        const="",
        help="ask for this block (no name: for all) although it is recorded",
    )


def _budget(text: str) -> str:
    from proofweave.outline.config import BUDGET

    if text != "none" and BUDGET.fullmatch(text) is None:
        raise argparse.ArgumentTypeError("an amount such as 2.50, or '200000 tokens'")
    return text


def run(arguments: argparse.Namespace) -> int:
    """Choose a recording for each request; ask the provider for those that have none."""
    from proofweave.adapters.files import write_text
    from proofweave.core.errors import UsageError
    from proofweave.core.wire import dump
    from proofweave.pipeline.project import Project
    from proofweave.pipeline.stages import findings_of, replies_document

    project = Project.find()
    if arguments.output and len(arguments.requests) != 1:
        raise UsageError("--output goes with one post", "name one outline, or one file of requests")
    posts = [_requests(project, argument) for argument in arguments.requests]
    config = project.config()
    refresh = _refresh(arguments.refresh, posts)
    if arguments.estimate:
        return _estimate(project, config, posts, refresh)
    asked: tuple[Finding, ...] = ()
    if config.provider != "recorded":
        asked = _ask(project, config, posts, refresh, arguments.budget or config.budget)
    elif refresh is not None:
        raise UsageError("--refresh needs a provider", "set `provider: openai` in config.yaml (docs/models.md)")
    code = 0
    for document, requests in posts:
        here = tuple(finding for finding in asked if finding.where.file in {r.where.file for r in requests})
        replies = replies_document(project, document["post"], requests, (*findings_of(document), *here))
        if arguments.output:
            write_text(project.path(arguments.output), dump(replies))
            continue
        for block, reply in replies["replies"].items():
            print(f"{block}: {reply['path']}")
        code = max(code, print_findings(findings_of(replies)))
    return code


def _requests(project: Project, argument: str) -> tuple[dict[str, Any], tuple[Request, ...]]:
    """Return the requests that render wrote, or those an outline makes."""
    from proofweave.cli.verb import read_document
    from proofweave.pipeline.stages import rendered, requests_document, requests_in

    path = project.path(argument)
    document = read_document(path) if path.suffix == ".json" else requests_document(path.stem, rendered(project, path))
    return document, requests_in(document)


def _refresh(named: list[str] | None, posts: list[tuple[dict[str, Any], tuple[Request, ...]]]) -> frozenset[str] | None:
    """Return the blocks to be asked for again: an empty set means all, None none."""
    from proofweave.core.errors import UsageError

    if named is None:
        return None
    there = {request.block for _, requests in posts for request in requests}
    for block in named:
        if block and block not in there:
            listed = ", ".join(sorted(there)) or "none"
            raise UsageError(f"no block '{block}' is left to a model", f"there are: {listed}")
    return frozenset() if "" in named else frozenset(named)


def _ask(
    project: Project,
    config: Config,
    posts: list[tuple[dict[str, Any], tuple[Request, ...]]],
    refresh: frozenset[str] | None,
    budget: str,
) -> tuple[Finding, ...]:
    """Ask for what is missing; return why some blocks have no answer."""
    from proofweave.core.wire import errors
    from proofweave.pipeline.project import read_recordings
    from proofweave.pipeline.stages import findings_of, rejected
    from proofweave.stages.generate.replies import unanswered

    missing = []
    for document, requests in posts:
        post = document["post"]
        recordings, problems = read_recordings(project.recordings(post))
        if any(problem.rule == "reply-format" for problem in problems):  # newer than this program: nothing is lost
            continue
        if unanswered(requests, recordings, rejected(project, post), refresh):
            if errors(findings_of(document)):
                print(f"{post}: its outline has errors; nothing is asked for it", file=sys.stderr)
                continue
            missing.append((post, requests))
    if not missing:
        return ()
    # Loaded by name: a reply that is recorded does not depend on the code that asks for one (cli/code.py).
    desks = [import_module("proofweave.cli.generate_desk").Desk(project, config, *each, refresh) for each in missing]
    running = import_module("proofweave.cli.generate_run")
    purse = running.purse_of(config, budget)
    if config.provider == "batch":
        account = import_module("proofweave.cli.generate_batch").ask_batch(desks, config, purse)
    else:
        account = running.ask_model(desks, config, purse)
    return tuple(account.findings)


def _estimate(
    project: Project,
    config: Config,
    posts: list[tuple[dict[str, Any], tuple[Request, ...]]],
    refresh: frozenset[str] | None,
) -> int:
    from proofweave.pipeline.project import read_recordings
    from proofweave.pipeline.stages import rejected
    from proofweave.stages.generate.cost import scale_of, told
    from proofweave.stages.generate.replies import answer_to, unanswered

    waiting: list[tuple[str, tuple[Request, ...]]] = []
    counted = []
    for document, requests in posts:
        recordings, _ = read_recordings(project.recordings(document["post"]))
        aside = rejected(project, document["post"])
        waiting.append((document["post"], unanswered(requests, recordings, aside, refresh)))
        answers = ((request, answer_to(request, recordings)) for request in requests)
        counted += [(request, reply.provenance.tokens) for request, reply in answers if reply is not None]
    for line in told(waiting, scale_of(counted), config):
        print(line)
    return 0
