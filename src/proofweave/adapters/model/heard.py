"""What came of one call, put together from a stream's chunks or taken from a whole answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proofweave.adapters.model.server import Server, scrubbed, tokens_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server gave: the text, why it ended (stop, length, refusal, filter, huge), tokens and the model's name."""

    text: str
    finish: str
    tokens: Mapping[str, int]
    model: str = ""


class Heard:
    """What came of one answer so far."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refusals: list[str] = []
        self.characters = 0
        self.chunks = 0
        self.finish = ""
        self.usage: Any = None
        self.model = ""

    def chunk(self, chunk: Any) -> None:
        """Take a chunk of a stream."""
        self.chunks += 1
        self.model = getattr(chunk, "model", "") or self.model
        self.usage = getattr(chunk, "usage", None) or self.usage
        for choice in (getattr(chunk, "choices", None) or [])[:1]:
            self.said(getattr(choice, "delta", None))
            self.finish = getattr(choice, "finish_reason", None) or self.finish

    def whole(self, answer: Any) -> None:
        """Take a whole answer."""
        if not hasattr(answer, "choices"):
            raise ValueError("no answer of a chat")
        self.model = getattr(answer, "model", "") or ""
        self.usage = getattr(answer, "usage", None)
        for choice in (answer.choices or [])[:1]:
            self.said(getattr(choice, "message", None))
            self.finish = getattr(choice, "finish_reason", None) or "stop"

    def said(self, message: Any) -> None:
        """Take the text of a message or of a part of one."""
        for name, texts in (("content", self.texts), ("refusal", self.refusals)):
            text = getattr(message, name, None)
            if isinstance(text, str) and text:
                texts.append(text)
                self.characters += len(text)

    def answer(self, server: Server) -> Answer:
        """Return the answer, the key taken out of it."""
        finish = {"length": "length", "content_filter": "filter", "huge": "huge"}.get(self.finish, "stop")
        text = "".join(self.texts)
        if self.refusals and not text:
            finish, text = "refusal", "".join(self.refusals)
        text = text.encode("utf-8", "replace").decode()  # half characters, which cannot be sent back
        model = scrubbed(str(self.model), server.key)
        return Answer(scrubbed(text, server.key), finish, tokens_of(self.usage), model)
