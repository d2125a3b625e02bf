"""A server that speaks OpenAI's API: where it is, what it accepts, what a call sends, and how its key stays secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from proofweave.adapters.model.errors import NO_MODEL, TOO_LONG
from proofweave.adapters.model.retry import Patience
from proofweave.core import Said, ToolError, UsageError, changed

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MODES = ("schema", "json", "text")


@dataclass(frozen=True, slots=True)
class Server:
    """Where to ask, as whom, how, and how often; `structured` is auto, schema, json or text."""

    base_url: str
    key: str = field(repr=False)
    model: str
    temperature: float | None
    max_tokens: int
    patience: Patience
    structured: str = "auto"
    stream: bool = True
    concurrency: int = 4
    timeout: float = 120.0
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server accepts."""

    mode: str
    limit: str = "max_tokens"
    temperature: bool = True
    usage: bool = True


def client_of(server: Server) -> "AsyncOpenAI":
    """Return the openai package's client for a server; the package is loaded here, at the first call."""
    try:
        from openai import AsyncOpenAI
    except ImportError as error:
        raise ToolError("asking a model needs the Python package openai", "pip install openai") from error
    return AsyncOpenAI(api_key=server.key, base_url=server.base_url, timeout=server.timeout, max_retries=0)


def request_body(
    server: Server, messages: Sequence[tuple[str, str]], schema: Mapping[str, Any], dialect: Dialect
) -> dict[str, Any]:
    """Return what a call sends."""
    body: dict[str, Any] = {
        "model": server.model,
        "messages": [{"role": role, "content": text} for role, text in messages],
        dialect.limit: server.max_tokens,
    }
    if server.temperature is not None and dialect.temperature:
        body["temperature"] = server.temperature
    if dialect.mode == "schema" and schema:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "strict": True, "schema": dict(schema)},
        }
    elif dialect.mode == "json" and schema:
        body["response_format"] = {"type": "json_object"}
    return body | dict(server.extra)


def adapted(dialect: Dialect, said: str, auto: bool) -> Dialect:
    """Return the dialect a server may accept after it refused a call with some words; the same when none is left."""
    if "max_completion_tokens" in said and dialect.limit == "max_tokens":
        return replace(dialect, limit="max_completion_tokens")
    if "temperature" in said and dialect.temperature:
        return replace(dialect, temperature=False)
    if "stream_options" in said and dialect.usage:
        return replace(dialect, usage=False)
    if auto and dialect.mode != "text" and not any(mark in said for mark in (*TOO_LONG, *NO_MODEL)):
        return replace(dialect, mode=MODES[MODES.index(dialect.mode) + 1])
    return dialect


def scrubbed(text: str, key: str) -> str:
    """Return a text of a server's without the key, which a server may repeat."""
    if len(key) < 8:
        return text
    return changed(text, lambda words: words if isinstance(words, Said) else words.replace(key, "[key]"))


def key_in(environment: Mapping[str, str], variable: str) -> str:
    """Return the key an environment variable holds; `none` is for servers that want no key."""
    if variable == "none":
        return "none"
    key = environment.get(variable, "").strip()
    if not key:
        raise UsageError(f"the environment variable {variable} holds no key", f"export {variable}=… and run again")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(
            f"the environment variable {variable} holds no key: it has characters no key has", "set it again"
        )
    return key


def spoken(dialect: Dialect) -> str:
    """Return a dialect in words."""
    temperature = "" if dialect.temperature else ", no temperature"
    return f"structured: {dialect.mode}, {dialect.limit}{temperature}"


def tokens_of(usage: Any) -> dict[str, int]:
    """Return the tokens a server counted, by OpenAI's names for them or DeepSeek's for the cached ones."""
    if usage is None:
        return {}
    details = getattr(usage, "prompt_tokens_details", None)
    found = {
        "prompt": getattr(usage, "prompt_tokens", None),
        "cached": getattr(details, "cached_tokens", None) or getattr(usage, "prompt_cache_hit_tokens", None),
        "completion": getattr(usage, "completion_tokens", None),
    }
    return {name: int(count) for name, count in found.items() if isinstance(count, int) and count > 0}
