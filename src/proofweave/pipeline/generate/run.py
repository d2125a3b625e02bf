"""Ask a model for the blocks that have no recording: many at a time, each recorded as it ends."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from proofweave.adapters import Answer, Chat, Server, Unanswered, claimed
from proofweave.core import ProofweaveError, Request, UsageError, line_of, say
from proofweave.outline import Config
from proofweave.pipeline.generate.desk import Account, Desk, left_open
from proofweave.pipeline.generate.judge import Judged
from proofweave.pipeline.generate.progress import Progress
from proofweave.stages.generate import Purse, Talk, heard, repaired, schema_for, tokens_in

TRUNCATED = 0.5
"""Below this share of its estimate a prompt was hardly read to its end: some servers cut it without a word."""

WAIT = 0.2
"""Seconds between two looks at a block that another run asks for."""


def ask_model(desks: Sequence[Desk], config: Config, server: Server, purse: Purse, progress: Progress) -> Account:
    """Ask for every block that waits; return what was done. What ends the whole run is raised after all is kept."""
    return asyncio.run(_Run(desks, config, server, purse, progress).all())


class _Run:
    """One run: its server, its purse and its account."""

    def __init__(self, desks: Sequence[Desk], config: Config, server: Server, purse: Purse, progress: Progress) -> None:
        self.desks = desks
        self.config = config
        self.purse = purse
        self.account = Account()
        self.held: dict[str, tuple[float, str]] = {}
        self.ended: ProofweaveError | None = None
        self.elsewhere: set[str] = set()
        self.many = len(desks) > 1
        self.progress = progress
        self.chat = Chat(server, progress.told, progress.grown, self.again)
        self.judging = ThreadPoolExecutor(1)

    async def all(self) -> Account:
        """Work through the blocks, as many at a time as calls are allowed."""
        jobs = [(desk, request) for desk in self.desks for request in desk.waiting]
        jobs.reverse()

        async def work() -> None:
            while jobs and self.ended is None:
                job = jobs.pop()
                if not await self.block(*job):
                    jobs.insert(0, job)
                    await asyncio.sleep(WAIT)

        self.judging.submit(_warm)
        try:
            await asyncio.gather(*(work() for _ in range(min(self.config.concurrency, len(jobs)))))
        finally:
            self.progress.close()
            self.account.repeats = self.chat.repeats
            self.judging.shutdown(wait=False, cancel_futures=True)
            await self.chat.close()
        for line in self.account.lines(self.config):
            self.progress.told("", line)
        if self.ended is not None:
            for finding in self.account.findings:
                self.progress.told("", line_of(finding, self.desks[0].project.language()))
            raise self.ended
        return self.account

    async def block(self, desk: Desk, request: Request) -> bool:
        """Ask for one block; False while another run asks for it, so that its turn comes later."""
        label = self.label(request)
        try:
            with claimed(desk.project.root, desk.post, request.block) as mine:
                if not mine:
                    if label not in self.elsewhere:
                        self.progress.told(label, "another run asks for it; waiting for that")
                    self.elsewhere.add(label)
                    return False
                if desk.answered_meanwhile(request):
                    self.progress.ended(label, "another run has asked for it")
                else:
                    await self.talk(desk, request, label)
        except Unanswered as error:
            if error.fatal:  # told once, when the run ends
                self.account.unanswered += 1
                self.ended = self.ended or UsageError(error.what, error.fix)
                self.progress.ended(label, "no answer, and none to be had")
            else:
                self.account.miss(request, error.what, error.fix)
                self.progress.ended(label, f"no answer: {error.what}")
        except ProofweaveError as error:  # nothing can be written, or a template is broken: no other call makes sense
            self.progress.ended(label, "its reply could not be kept")
            self.ended = self.ended or error
        except Exception as error:  # a fault of proofweave's own: it costs this block, not the others
            if os.environ.get("PROOFWEAVE_DEBUG"):
                raise
            what = say("pipeline.judging-failed", error=f"{type(error).__name__}: {error}"[:260])
            self.account.miss(request, what, say("pipeline.reply-kept"))
            self.progress.ended(label, what)
        return True

    async def talk(self, desk: Desk, request: Request, label: str) -> None:
        """Ask, judge and repair until the reply is recorded or kept aside."""
        talk = desk.resumed(request)
        judged: Judged | None = None
        served = ""
        how = "asked for" if not talk.calls else "its talk is picked up:"
        self.progress.started(label, f"{how} {', '.join(slot.name for slot in request.slots)}")
        while True:
            try:
                while talk.waiting:
                    answer = await self.ask(talk, talk.waiting[0], label)
                    served = answer.model or served
                    talk = heard(talk, talk.waiting[0], answer, desk.words)
                    desk.remember(talk)
            except Unanswered as error:
                if judged is not None:
                    self.aside(desk, talk, left_open(judged, request, error.what), served, label, final=False)
                    if error.fatal:
                        self.ended = self.ended or UsageError(error.what, error.fix)
                    return
                raise
            judged = await asyncio.get_running_loop().run_in_executor(self.judging, desk.judged, talk)
            if not judged.findings:
                path = desk.accept(talk, judged, served)
                self.account.record(judged)
                calls = f"{talk.calls} call{'' if talk.calls == 1 else 's'}"
                prompt, reply = talk.tokens.get("prompt", 0), talk.tokens.get("completion", 0)
                self.progress.ended(label, f"recorded in {path}, {calls}, {prompt:,} + {reply:,} tokens")
                return
            if talk.stopped is not None or talk.round >= self.config.repair_rounds:
                self.aside(desk, talk, judged, served, label)
                return
            self.account.repairs += 1
            count, first = len(judged.findings), judged.findings[0][2]
            plural = "s go" if count > 1 else " goes"
            self.progress.told(label, f"{count} finding{plural} back, the first: {first.what} [{first.rule}]")
            talk = repaired(talk, judged.findings, judged.refuted, desk.words)
            desk.remember(talk)

    async def ask(self, talk: Talk, position: int, label: str) -> Answer:
        """Return the answer to one piece of a talk; the purse holds the most it can cost meanwhile."""
        piece = talk.pieces[position]
        prompt = piece.prompt
        if self.ended is not None:
            raise Unanswered(say("pipeline.run-ends"))
        while (amount := self.purse.reserve(prompt, int(self.config.max_tokens))) is None and self.held:
            await asyncio.sleep(WAIT)  # what the calls under way do not need is there for the next ones
        if amount is None:
            raise Unanswered(say("pipeline.budget-used"), say("pipeline.budget-used-fix"))
        self.held[label] = (amount, prompt)
        tokens: dict[str, int] = {}
        try:
            answer = await self.chat.ask(label, piece.messages, schema_for(talk.request, piece.slots))
            tokens = {"prompt": tokens_in(prompt), "completion": tokens_in(answer.text), **answer.tokens}
        except Unanswered as error:
            if error.lost >= 0:
                tokens = {"prompt": tokens_in(prompt), "completion": error.lost}
            raise
        finally:
            self.purse.settle(self.held.pop(label)[0], tokens)
        self.account.count(tokens, prompt, talk.request)
        if tokens["prompt"] < TRUNCATED * tokens_in(prompt) and not self.account.short_prompts:
            counted = f"the server counts {tokens['prompt']:,} tokens of a prompt of about {tokens_in(prompt):,}"
            self.progress.told(label, f"{counted}; is its context too short? (docs/models.md)")
            self.account.short_prompts = True
        return replace(answer, tokens=tokens)

    def again(self, label: str, characters: int) -> bool:
        """Tell whether the purse allows another attempt; the one that was lost may have cost its prompt and more."""
        amount, prompt = self.held[label]
        self.purse.settle(amount, {"prompt": tokens_in(prompt), "completion": characters})
        again = self.purse.reserve(prompt, int(self.config.max_tokens))
        self.held[label] = (again or 0.0, prompt)
        return again is not None

    def aside(self, desk: Desk, talk: Talk, judged: Judged, served: str, label: str, final: bool = True) -> None:
        """Keep a reply aside."""
        path = desk.set_aside(talk, judged, served, final)
        self.account.aside += 1
        count = len(judged.findings)
        first = judged.findings[0][2]
        plural = "" if count == 1 else "s"
        self.progress.ended(label, f"kept aside in {path} with {count} finding{plural}, the first: {first.what}")

    def label(self, request: Request) -> str:
        """Return what a block is called in the progress."""
        return f"{request.post}/{request.block}" if self.many else request.block


def _warm() -> None:
    """Load what judging needs while the first replies are being written."""
    from proofweave.check import check_equations  # noqa: F401
    from proofweave.stages.validate import validate  # noqa: F401
    from proofweave.stages.weave import weave  # noqa: F401
