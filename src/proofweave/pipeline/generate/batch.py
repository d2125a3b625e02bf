"""Ask for the blocks that have no recording through the Batch API: sent, waited for, picked up by a later run."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from proofweave.adapters import (
    Answer,
    Batches,
    Dialect,
    Refused,
    Server,
    Standing,
    Unanswered,
    adapted,
    claimed,
    read_text,
    removed,
    request_body,
    write_text,
)
from proofweave.core import FileError, UsageError, say
from proofweave.outline import Config
from proofweave.pipeline.generate.desk import Account, Desk, left_open
from proofweave.pipeline.generate.progress import Progress
from proofweave.pipeline.generate.run import WAIT
from proofweave.stages.generate import Purse, Talk, heard, opening, repaired, schema_for, state_in, state_out, tokens_in

TRIES = 3
"""How often a request is sent again in another batch when one brings it no answer."""


def ask_batch(desks: Sequence[Desk], config: Config, server: Server, purse: Purse, progress: Progress) -> Account:
    """Ask for every block that waits, a batch for each post; return what was done."""
    account = Account()

    async def everything() -> None:
        results = await asyncio.gather(
            *(_Post(desk, config, server, purse, account, progress).done() for desk in desks), return_exceptions=True
        )
        for line in account.lines(config):
            progress.told("", line)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    asyncio.run(everything())
    return account


@dataclass
class _Post:
    """The batches of one post, one after another: its first replies, then their repairs."""

    desk: Desk
    config: Config
    server: Server
    purse: Purse
    account: Account
    progress: Progress
    tries: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.batches = Batches(self.server)
        self.dialect = Dialect("schema" if self.server.structured == "auto" else self.server.structured)
        self.path = self.desk.project.root / ".proofweave" / "batches" / f"{self.desk.post}.json"

    async def done(self) -> None:
        """Send and pick up until no block of the post waits."""
        told = False
        try:
            while True:
                with claimed(self.desk.project.root, self.desk.post, "batch") as mine:
                    if mine:
                        await self.rounds()
                        return
                if not told:
                    self.progress.told(self.desk.post, "another run waits for its batch; waiting for that")
                    told = True
                await asyncio.sleep(max(WAIT, self.config.batch_poll / 10))
        except Unanswered as error:
            raise UsageError(error.what, error.fix or "run again: what was sent is picked up") from error
        finally:
            self.account.repeats += self.batches.repeats
            await self.batches.close()

    async def rounds(self) -> None:
        """Pick up the batch of an earlier run, then send what still waits, until nothing does."""
        run, batch, talks = self.remembered()
        fresh = {talk.request.block for talk in talks}
        talks += [
            opening(request)
            for request in self.desk.waiting
            if request.block not in fresh and not self.desk.answered_meanwhile(request)
        ]
        while talks:
            if not run:
                talks = self.afforded(talks)
                if not talks:
                    break
                run, batch = secrets.token_hex(8), ""
                self.remember(run, "", talks)
            if not batch:
                batch = await self.batches.find(run) if fresh else ""
                batch = batch or await self.batches.send(self.bodies(talks), run)
                self.remember(run, batch, talks)
                self.progress.told(self.desk.post, f"{batch}: {len(self.bodies(talks))} requests sent")
            standing = await self.over(batch)
            talks = await self.picked_up(talks, await self.batches.answers(standing.files), standing)
            run = batch = ""
            fresh = set()
        removed(self.path)

    async def over(self, batch: str) -> Standing:
        """Wait until the server is done with a batch."""
        before = ""
        while True:
            standing = await self.batches.standing(batch)
            if standing.status != before:
                before = standing.status
                self.progress.told(self.desk.post, f"{batch}: {before.replace('_', ' ')}")
            if standing.over:
                return standing
            await asyncio.sleep(self.config.batch_poll)

    async def picked_up(
        self, talks: list[Talk], found: Mapping[str, Answer | Refused], standing: Standing
    ) -> list[Talk]:
        """Return the talks that go on after a batch; what is done is recorded or kept aside."""
        going_on = []
        for talk in talks:
            if self.desk.answered_meanwhile(talk.request):
                self.progress.ended(talk.request.block, "recorded already")
                continue
            after = await self.answered(talk, found, standing)
            if after is not None:
                going_on.append(after)
        return going_on

    async def answered(self, talk: Talk, found: Mapping[str, Answer | Refused], standing: Standing) -> Talk | None:
        """Return a talk with its answers when it goes on, None when it is done."""
        block = talk.request.block
        lost: list[str] = []
        served = ""
        for position in reversed(talk.waiting):  # a piece that is split moves the ones after it
            name = f"{block}.{position}"
            answer = found.get(name)
            if isinstance(answer, Answer):
                served = answer.model or served
                talk = self.heard(talk, position, answer)
            else:
                lost.append(self.refused(answer, standing))
        if lost:
            self.tries[block] = self.tries.get(block, 0) + 1
            if self.tries[block] > TRIES:
                self.account.miss(talk.request, lost[0])
                self.progress.ended(block, f"no answer: {lost[0]}")
                return None
            self.progress.told(block, f"{lost[0]}; it goes into the next batch")
        return talk if talk.waiting else await self.judged(talk, served)

    def heard(self, talk: Talk, position: int, answer: Answer) -> Talk:
        """Return a talk with one answer, its tokens counted."""
        prompt = talk.pieces[position].prompt
        tokens = {"prompt": tokens_in(prompt), "completion": tokens_in(answer.text), **answer.tokens}
        self.account.count(tokens, prompt, talk.request)
        self.purse.settle(0.0, tokens)
        return heard(talk, position, replace(answer, tokens=tokens), self.desk.words)

    async def judged(self, talk: Talk, served: str) -> Talk | None:
        """Judge a talk whose pieces are all there: record it, keep it aside, or return it with its findings."""
        block = talk.request.block
        # in a thread: JavaScript refuses to run where an event loop does
        judged = await asyncio.to_thread(self.desk.judged, talk)
        if not judged.findings:
            path = self.desk.accept(talk, judged, served)
            self.account.record(judged)
            self.progress.ended(block, f"recorded in {path}")
            return None
        if talk.stopped is None and talk.round < self.config.repair_rounds:
            after = repaired(talk, judged.findings, judged.refuted, self.desk.words)
            if self.purse.could(_prompt(after), int(self.config.max_tokens)):
                self.account.repairs += 1
                self.progress.told(block, f"{len(judged.findings)} finding(s) go back: {judged.findings[0][2].what}")
                return after
            judged = left_open(judged, talk.request, say("pipeline.budget-used"))
            self.desk.set_aside(talk, judged, served, final=False)
        else:
            self.desk.set_aside(talk, judged, served, final=True)
        self.account.aside += 1
        self.progress.ended(block, f"kept aside, the first finding: {judged.findings[0][2].what}")
        return None

    def refused(self, answer: Refused | None, standing: Standing) -> str:
        """Return why a request brought no answer; the dialect is changed where that may help."""
        if answer is None:
            key = "pipeline.batch-said" if standing.said else "pipeline.batch-without"
            return say(key, status=standing.status, said=standing.said)
        if answer.status in (400, 422):
            self.dialect = adapted(self.dialect, answer.said.lower(), self.server.structured == "auto")
        return say("adapters.server-answered", status=answer.status, said=answer.said)

    def afforded(self, talks: list[Talk]) -> list[Talk]:
        """Return the talks whose next answers the budget allows; the others are told."""
        kept = []
        held = []
        for talk in talks:
            amount = self.purse.reserve(_prompt(talk), int(self.config.max_tokens) * len(talk.waiting))
            if amount is None:
                self.account.miss(talk.request, say("pipeline.budget-used"))
                self.progress.ended(talk.request.block, "the budget is used up")
            else:
                kept.append(talk)
                held.append(amount)
        for amount in held:  # what the answers cost is counted when they come
            self.purse.settle(amount, {})
        return kept

    def bodies(self, talks: Sequence[Talk]) -> dict[str, Mapping[str, object]]:
        """Return what each waiting piece asks, by its id."""
        return {
            f"{talk.request.block}.{position}": request_body(
                self.server,
                talk.pieces[position].messages,
                schema_for(talk.request, talk.pieces[position].slots),
                self.dialect,
            )
            for talk in talks
            for position in talk.waiting
        }

    def remembered(self) -> tuple[str, str, list[Talk]]:
        """Return the batch an earlier run sent and the talks it answers."""
        try:
            found = state_in(read_text(self.path), self.desk.requests)
        except FileError:
            return "", "", []
        if found is None or not found[2]:
            return "", "", []
        self.tries = found[3]
        self.progress.told(self.desk.post, f"picking up {found[1] or 'the batch'} of an earlier run")
        return found[0], found[1], list(found[2])

    def remember(self, run: str, batch: str, talks: Sequence[Talk]) -> None:
        """Write down what is sent, so that a later run picks it up."""
        write_text(self.path, state_out(run, batch, talks, self.tries))


def _prompt(talk: Talk) -> str:
    return "\n".join(talk.pieces[position].prompt for position in talk.waiting)
