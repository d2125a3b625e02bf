"""What the errors of a model's server mean: whose fault, in plain words, and never with the key in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proofweave.adapters.model.retry import PASSING
from proofweave.core import ProofweaveError, say

FATAL = (401, 402, 403, 404)
"""Statuses after which no other call can bring an answer; the table of words says why."""

NO_MODEL = ("invalid model", "model not found", "model_not_found", "unknown model", "no such model")
QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "insufficient balance")
BELOW = ("httpx", "httpx2", "httpcore", "httpcore2", "h11", "anyio")
"""The packages below the client, whose errors mean that the connection is gone."""

TOO_LONG = ("context_length_exceeded", "context length", "maximum context", "too many tokens", "too long")


class Unanswered(ProofweaveError):
    """A call brought no answer; `fatal` when no other can bring one.

    `lost` is how many characters its last attempt brought before it broke off, -1 where the server did not begin.
    """

    def __init__(self, what: str, fix: str = "", fatal: bool = False, lost: int = -1) -> None:
        super().__init__(what, fix)
        self.fatal = fatal
        self.lost = lost


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one attempt failed; `passing` when it may be repeated, `started` when the server may count it."""

    what: str
    passing: bool = False
    fatal: bool = False
    fix: str = ""
    started: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def trouble_of(error: BaseException, started: bool) -> Trouble:
    """Return what an error of the client, or of the connection below it, means."""
    import openai

    if isinstance(error, TimeoutError | openai.APITimeoutError) or "Timeout" in type(error).__name__:
        return Trouble(say("adapters.server-silent"), passing=True, started=True)
    if isinstance(error, openai.APIStatusError):
        return _status_trouble(error.status_code, error.response.headers, said_by(error))
    if isinstance(error, openai.APIConnectionError):
        cause = type(error.__cause__).__name__
        if cause in ("ConnectError", "UnsupportedProtocol", "LocalProtocolError"):
            fix = say("adapters.server-absent-fix")
            why = " ".join(str(error.__cause__).split())[:120]
            what = say("adapters.server-absent-why", why=why) if why else say("adapters.server-absent")
            return Trouble(what, passing=cause == "ConnectError", fatal=True, fix=fix)
        return Trouble(say("adapters.server-dropped"), passing=True, started=started)
    if isinstance(error, openai.APIError):  # an error event inside a stream
        said = said_by(error)
        fatal = any(mark in said.lower() for mark in QUOTA)
        return Trouble(say("adapters.server-broke-off", said=said), passing=not fatal, fatal=fatal, started=started)
    if isinstance(error, ConnectionError) or type(error).__module__.split(".")[0] in BELOW:
        return Trouble(say("adapters.server-dropped"), passing=True, started=started)
    return Trouble(say("adapters.server-strange", error=type(error).__name__), passing=True, started=started)


def _status_trouble(status: int, headers: Mapping[str, str], said: str) -> Trouble:
    poor = any(mark in said.lower() for mark in QUOTA)
    if status == 400 and not poor and any(mark in said.lower() for mark in NO_MODEL):
        status = 404
    meant = 402 if poor else status
    if meant in FATAL:
        what, fix = say(f"adapters.server-{meant}", status=status, said=said), say(f"adapters.server-{meant}-fix")
        return Trouble(what, fatal=True, fix=fix)
    what = say("adapters.server-answered", status=status, said=said)
    return Trouble(what, passing=status in PASSING, headers=headers)


def said_by(error: Any) -> str:
    """Return the words of an error's body on one line, at most 200 characters."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    parts = [inner.get("message"), inner.get("code")] if isinstance(inner, Mapping) else [inner]
    words = " ".join(str(part) for part in parts if part) or getattr(error, "message", "") or str(error)
    return " ".join(str(words).split())[:200]
