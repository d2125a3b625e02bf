"""What `generate` does: find the recording of each request, and ask the provider for those that have none."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from proofweave.adapters import Screen
from proofweave.core import Finding, Request, UsageError
from proofweave.outline import BUDGET
from proofweave.pipeline.documents import findings_of, write_document
from proofweave.pipeline.generate.replies import replies_document
from proofweave.pipeline.project import Project
from proofweave.pipeline.recordings import recorded
from proofweave.pipeline.render import Requests, requests_of


def generate_posts(
    project: Project,
    paths: Sequence[Path],
    screen: Screen,
    again: Sequence[str] | None,
    budget: str | None,
    output: Path | None,
) -> Iterator[tuple[dict[str, str], tuple[Finding, ...]]]:
    """Yield for each post where the reply to each block is recorded, and what is missing, written to `output`.

    The blocks of `again` are asked for although they are recorded ("": all); a `budget` goes before the project's.
    """
    posts = [requests_of(project, path) for path in paths]
    config = project.config()
    refresh = _refreshed(posts, again)
    asked: tuple[Finding, ...] = ()
    if config.provider != "recorded":
        from proofweave.pipeline.generate.ask import ask_provider

        asked = ask_provider(project, replace(config, budget=budget or config.budget), posts, refresh, screen)
    elif refresh is not None:
        raise UsageError("--refresh needs a provider", "set `provider: openai` in config.yaml (docs/models.md)")
    for wanted in posts:
        here = [finding for finding in asked if finding.where.file in {each.where.file for each in wanted.requests}]
        replies = replies_document(project, replace(wanted, findings=(*wanted.findings, *here)))
        if output is not None:
            write_document(output, replies)
        yield {block: reply["path"] for block, reply in replies["replies"].items()}, findings_of(replies)


def estimated(project: Project, paths: Sequence[Path], again: Sequence[str] | None) -> Iterator[str]:
    """Yield what asking would take, a line each: blocks, tokens and cost."""
    from proofweave.stages.generate import answer_to, scale_of, told, unanswered

    posts = [requests_of(project, path) for path in paths]
    config = project.config()
    refresh = _refreshed(posts, again)
    waiting: list[tuple[str, tuple[Request, ...]]] = []
    counted = []
    for wanted in posts:
        kept = recorded(project, wanted.post)
        waiting.append((wanted.post, unanswered(wanted.requests, kept.replies, kept.aside, refresh)))
        answers = ((request, answer_to(request, kept.replies)) for request in wanted.requests)
        counted += [(request, reply.provenance.tokens) for request, reply in answers if reply is not None]
    yield from told(waiting, scale_of(counted), config)


def _refreshed(posts: Sequence[Requests], again: Sequence[str] | None) -> frozenset[str] | None:
    """Return the blocks to be asked for again: an empty set means all, None none."""
    if again is None:
        return None
    there = {request.block for wanted in posts for request in wanted.requests}
    for block in again:
        if block and block not in there:
            listed = ", ".join(sorted(there)) or "none"
            raise UsageError(f"no block '{block}' is left to a model", f"there are: {listed}")
    return frozenset() if "" in again else frozenset(again)


def is_budget(text: str) -> bool:
    """Tell whether a text is a budget: an amount, a number of tokens, or none."""
    return text == "none" or BUDGET.fullmatch(text) is not None
