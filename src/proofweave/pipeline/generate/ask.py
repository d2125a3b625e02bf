"""Ask the provider of config.yaml for the blocks that have no recording, at once or through its batches."""

import os
from collections.abc import Sequence

from proofweave.adapters import Patience, Screen, Server, check_writable, key_in, start_v8
from proofweave.core import Finding, UsageError, errors_in
from proofweave.outline import Config
from proofweave.pipeline.generate.desk import Desk
from proofweave.pipeline.generate.progress import Progress
from proofweave.pipeline.project import Project
from proofweave.pipeline.render import Requests
from proofweave.stages.generate import Purse


def ask_provider(
    project: Project, config: Config, posts: Sequence[Requests], refresh: frozenset[str] | None, screen: Screen
) -> tuple[Finding, ...]:
    """Ask for what is missing; return why some blocks have no answer."""
    desks = []
    for wanted in posts:
        desk = Desk(project, config, wanted, refresh)
        if desk.waiting and errors_in(wanted.findings):
            screen.tell(f"{wanted.post}: its outline has errors; nothing is asked for it")
        elif desk.waiting:
            desks.append(desk)
    if not desks:
        return ()
    purse, server = purse_of(config), server_of(config)
    for desk in desks:
        check_writable(project.root / "generations" / desk.post)
    start_v8()  # here, not in the threads that judge
    progress = Progress(sum(len(desk.waiting) for desk in desks), screen)
    if config.provider == "batch":
        from proofweave.pipeline.generate.batch import ask_batch

        return tuple(ask_batch(desks, config, server, purse, progress).findings)
    from proofweave.pipeline.generate.run import ask_model

    return tuple(ask_model(desks, config, server, purse, progress).findings)


def purse_of(config: Config) -> Purse:
    """Return the purse of a run; a budget of money needs the model's price."""
    purse = Purse(config.budget, config.prices.get(config.model))
    if purse.needs_price:
        what = f"the budget is an amount of {config.currency}, and config.yaml has no price of model '{config.model}'"
        raise UsageError(what, "add it to `prices`, or give the budget in tokens: --budget '200000 tokens'")
    return purse


def server_of(config: Config) -> Server:
    """Return the server the settings name, with the key from the environment."""
    return Server(
        base_url=config.base_url,
        key=key_in(os.environ, config.key_variable),
        model=config.model,
        temperature=None if config.temperature == "default" else float(config.temperature),
        max_tokens=int(config.max_tokens),
        patience=Patience(config.retries, config.first_wait, config.longest_wait),
        structured=config.structured,
        stream=config.stream == "true",
        concurrency=config.concurrency,
        timeout=config.timeout,
        extra=config.extra,
    )
