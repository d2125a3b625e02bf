"""Ask a server that speaks OpenAI's API: streamed, bounded, repeated with patience, its dialect found out by trying."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from proofweave.adapters.model.errors import Trouble, Unanswered, said_by, trouble_of
from proofweave.adapters.model.heard import Answer, Heard
from proofweave.adapters.model.retry import retry_after
from proofweave.adapters.model.server import MODES, Dialect, Server, adapted, client_of, request_body, scrubbed, spoken
from proofweave.core import say

LONGEST = 10
"""How many times the allowed silence a whole call may take."""

CHARACTERS_PER_TOKEN = 12
"""More characters than this for each token allowed are not read."""


class Chat:
    """One server, for all calls of a run.

    `told` hears of each failed attempt, `grown` how long a reply is by now; `again` is asked before an attempt that may
    have cost something is repeated, with the characters it brought.
    """

    def __init__(
        self,
        server: Server,
        told: Callable[[str, str], None],
        grown: Callable[[str, int], None],
        again: Callable[[str, int], bool],
    ) -> None:
        self._server = server
        self._told, self._grown, self._again = told, grown, again
        self._dialect = Dialect("schema" if server.structured == "auto" else server.structured)
        self._free = asyncio.Semaphore(server.concurrency)
        self._proven: set[str] = set()
        self._not_before = 0.0
        self._client = client_of(server)
        self.repeats = 0

    async def ask(self, label: str, messages: Sequence[tuple[str, str]], schema: Mapping[str, Any]) -> Answer:
        """Return the answer to a talk; what cannot be had raises Unanswered."""
        attempt = 0
        while True:
            dialect = self._dialect
            heard = Heard()
            try:
                async with self._free:
                    await asyncio.sleep(max(0.0, self._not_before - time.monotonic()))
                    async with asyncio.timeout(self._server.timeout * LONGEST):
                        answer = await self._once(label, messages, schema, dialect, heard)
                self._proven.add(dialect.mode)
                return answer
            except Exception as error:
                if self._adapted(error, dialect):
                    continue
                trouble = trouble_of(error, heard.characters > 0)
            attempt += 1
            await self._wait(label, attempt, trouble, heard.characters)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _wait(self, label: str, attempt: int, trouble: Trouble, characters: int) -> None:
        """Wait before the next attempt, or raise why there is none."""
        what = scrubbed(trouble.what, self._server.key)
        asked = retry_after(trouble.headers, time.time())
        pause = self._server.patience.pause(attempt, asked, random.random()) if trouble.passing else None
        if pause is None:
            if asked is not None and trouble.passing:
                what = say("adapters.server-late", what=what, seconds=f"{asked:.0f}")
            if attempt > 1:
                what = say("adapters.server-attempt", what=what, attempt=attempt)
            lost = characters if trouble.started else -1
            raise Unanswered(what, trouble.fix, fatal=trouble.fatal, lost=lost)
        if trouble.started and not self._again(label, characters):
            raise Unanswered(say("adapters.server-budget", what=what))
        self.repeats += 1
        self._told(label, f"{what}; asked again in {pause:.1f} s (attempt {attempt + 1})")
        if asked is not None:  # the whole key is over its limit, not this call alone
            self._not_before = max(self._not_before, time.monotonic() + pause)
        await asyncio.sleep(pause)

    async def _once(
        self, label: str, messages: Sequence[tuple[str, str]], schema: Mapping[str, Any], dialect: Dialect, heard: Heard
    ) -> Answer:
        completions = self._client.chat.completions
        asked = request_body(replace(self._server, extra={}), messages, schema, dialect)
        asked["extra_body"] = dict(self._server.extra)
        if not self._server.stream:
            whole = await completions.create(**asked)
            heard.whole(whole)
            return heard.answer(self._server)
        if dialect.usage:
            asked["stream_options"] = {"include_usage": True}
        stream = await completions.create(**asked, stream=True)
        most = self._server.max_tokens * CHARACTERS_PER_TOKEN
        try:
            async for chunk in stream:
                heard.chunk(chunk)
                self._grown(label, heard.characters)
                if heard.characters > most or heard.chunks > most:
                    heard.finish = "huge"
                    break
        finally:
            await stream.close()
        if not heard.finish and (heard.characters or not heard.chunks):
            raise ConnectionError("the stream ended without saying that the reply is whole")
        return heard.answer(self._server)

    def _adapted(self, error: Exception, used: Dialect) -> bool:
        """Tell whether a refused call may be repeated at once because the server's dialect is better known now.

        A mode that a reply has come in is not given up: then the call is wrong, not the dialect.
        """
        import openai

        if not isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
            return False
        if self._dialect != used:
            return True
        guessing = self._server.structured == "auto" and used.mode not in self._proven
        self._dialect = adapted(used, said_by(error).lower(), guessing)
        if self._dialect == used:
            if guessing:  # no mode helped: the next call begins with the best one again
                self._dialect = replace(used, mode=MODES[0])
            return False
        self._told("", f"the server refuses that; trying {spoken(self._dialect)}")
        return True
