"""Ask the provider of config.yaml for the blocks that have no recording, at once or through its batches."""

from __future__ import annotations

from collections.abc import Sequence

from proofweave.core.errors import UsageError
from proofweave.core.types import Finding
from proofweave.core.wire import errors
from proofweave.outline.config import Config
from proofweave.pipeline.generate.desk import Desk
from proofweave.pipeline.generate.progress import Screen
from proofweave.pipeline.project import Project
from proofweave.pipeline.render import Requests
from proofweave.stages.generate.cost import Purse


def ask_provider(
    project: Project, config: Config, posts: Sequence[Requests], refresh: frozenset[str] | None, screen: Screen
) -> tuple[Finding, ...]:
    """Ask for what is missing; return why some blocks have no answer."""
    desks = []
    for wanted in posts:
        desk = Desk(project, config, wanted, refresh)
        if desk.waiting and errors(wanted.findings):
            screen.tell(f"{wanted.post}: its outline has errors; nothing is asked for it")
        elif desk.waiting:
            desks.append(desk)
    if not desks:
        return ()
    purse = purse_of(config)
    if config.provider == "batch":
        from proofweave.pipeline.generate.batch import ask_batch

        return tuple(ask_batch(desks, config, purse, screen).findings)
    from proofweave.pipeline.generate.run import ask_model

    return tuple(ask_model(desks, config, purse, screen).findings)


def purse_of(config: Config) -> Purse:
    """Return the purse of a run; a budget of money needs the model's price."""
    purse = Purse(config.budget, config.prices.get(config.model))
    if purse.needs_price:
        what = f"the budget is an amount of {config.currency}, and config.yaml has no price of model '{config.model}'"
        raise UsageError(what, "add it to `prices`, or give the budget in tokens: --budget '200000 tokens'")
    return purse
