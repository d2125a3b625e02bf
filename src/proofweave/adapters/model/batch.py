"""The Batch API: requests up as JSON lines, polled, answers down; every step repeated with patience."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from proofweave.adapters.model.errors import Unanswered, trouble_of
from proofweave.adapters.model.heard import Answer, Heard
from proofweave.adapters.model.retry import retry_after
from proofweave.adapters.model.server import Server, client_of, scrubbed

MARK = "proofweave"
"""The key of a batch's metadata that holds the run's own mark, by which a lost batch is found again."""

OVER = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True, slots=True)
class Refused:
    """One request of a batch that brought no answer: the status and the server's words."""

    status: int
    said: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a batch is."""

    status: str
    files: tuple[str, ...]
    said: str = ""

    @property
    def over(self) -> bool:
        """Tell whether the server works on it no more."""
        return self.status in OVER


class Batches:
    """The batches of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = client_of(server)
        self.repeats = 0

    async def send(self, bodies: Mapping[str, Mapping[str, Any]], run: str) -> str:
        """Send requests, each under its id, as one batch with a mark; return the server's name for it."""
        lines = [
            json.dumps(
                {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}, ensure_ascii=False
            )
            for name, body in bodies.items()
        ]
        content = "\n".join(lines).encode("utf-8", "replace")
        upload = {"file": ("proofweave.jsonl", content), "purpose": "batch"}
        file = await self._patiently(self._client.files.create, **upload)
        order = {"endpoint": "/v1/chat/completions", "completion_window": "24h", "metadata": {MARK: run}}
        batch = await self._patiently(self._client.batches.create, input_file_id=file.id, **order)
        return str(batch.id)

    async def find(self, run: str) -> str:
        """Return the server's name for the batch with a mark, "" where there is none."""

        async def listed() -> str:
            async for batch in self._client.batches.list(limit=100):
                if (batch.metadata or {}).get(MARK) == run:
                    return str(batch.id)
            return ""

        return str(await self._patiently(listed))

    async def standing(self, batch: str) -> Standing:
        """Return how far a batch is."""
        found = await self._patiently(self._client.batches.retrieve, batch_id=batch)
        files = tuple(name for name in (found.output_file_id, found.error_file_id) if name)
        told = getattr(getattr(found, "errors", None), "data", None) or []
        said = "; ".join(str(getattr(error, "message", "")) for error in told)[:200]
        return Standing(str(found.status), files, scrubbed(said, self._server.key))

    async def answers(self, files: Sequence[str]) -> dict[str, Answer | Refused]:
        """Return what came of each request, by its id; one that is in none of the files got nothing."""
        found: dict[str, Answer | Refused] = {}
        for file in files:
            content = await self._patiently(self._client.files.content, file_id=file)
            found.update(self._read(content.text))
        return found

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _read(self, text: str) -> Iterator[tuple[str, Answer | Refused]]:
        for line in text.splitlines():
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                entry["custom_id"]
            except (ValueError, TypeError, KeyError):  # half a line: its request counts as one without an answer
                continue
            response = entry.get("response") or {}
            body = response.get("body") or {}
            status = int(response.get("status_code") or 0)
            if status != 200 or "choices" not in body:
                error = body.get("error") or entry.get("error") or {}
                said = scrubbed(str(error.get("message") or error)[:200], self._server.key)
                yield str(entry["custom_id"]), Refused(status, said)
                continue
            heard = Heard()
            heard.whole(_attributes(body))
            yield str(entry["custom_id"]), heard.answer(self._server)

    async def _patiently(self, step: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        attempt = 0
        while True:
            try:
                return await step(**arguments)
            except Exception as error:
                trouble = trouble_of(error, False)
            attempt += 1
            asked = retry_after(trouble.headers, time.time())
            pause = self._server.patience.pause(attempt, asked, random.random()) if trouble.passing else None
            if pause is None:
                raise Unanswered(scrubbed(trouble.what, self._server.key), trouble.fix, fatal=trouble.fatal)
            self.repeats += 1
            await asyncio.sleep(pause)


def _attributes(body: Mapping[str, Any]) -> Any:
    """Return JSON as objects with attributes, as the client gives answers."""
    return json.loads(json.dumps(body), object_hook=lambda pairs: SimpleNamespace(**pairs))
