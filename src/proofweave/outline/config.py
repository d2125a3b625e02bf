"""Read config.yaml: every key has a default, unknown keys are findings with a suggestion."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from proofweave.core.types import Finding, Severity, Where
from proofweave.core.words.table import LANGUAGES, labels
from proofweave.text.yaml.nodes import MapNode, Node, ScalarNode
from proofweave.text.yaml.reading import read_nodes

PROVIDERS = ("recorded", "openai", "batch")
STRUCTURED = ("auto", "schema", "json", "text")
NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs for a million tokens: of the prompt, of its part the server had cached, of the reply."""

    input: float
    cached: float
    output: float


@dataclass(frozen=True, slots=True)
class Config:
    """The project's settings, as config.yaml comments them."""

    provider: str = "recorded"
    base_url: str = "https://api.openai.com/v1"
    key_variable: str = "OPENAI_API_KEY"
    model: str = "claude"
    temperature: str = "0"
    max_tokens: str = "4096"
    structured: str = "auto"
    stream: str = "true"
    concurrency: int = 4
    timeout: float = 120.0
    retries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    repair_rounds: int = 2
    source_characters: int = 20_000
    budget: str = "none"
    currency: str = "USD"
    batch_poll: float = 30.0
    prices: Mapping[str, Price] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    heading: str = "auto"
    reference_post: str = ""
    language: str = "auto"

    def heading_in(self, language: str) -> str:
        """Return the heading the grown part stands under; the project may leave it to each post's language."""
        return labels("post", language)["heading"] if self.heading == "auto" else self.heading


Check = Callable[[str], bool]


def _whole(least: int, most: int) -> Check:
    return lambda text: re.fullmatch(r"[0-9]{1,9}", text) is not None and least <= int(text) <= most


def _number(least: float, most: float) -> Check:
    def check(text: str) -> bool:
        return re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) is not None and least <= float(text) <= most

    return check


def _some(text: str) -> bool:
    return bool(text.strip())


def _url(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s/@]+(/[^\s@]*)?", text) is not None


def _variable(text: str) -> bool:
    return text == NO_KEY or re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", text) is not None


BUDGET = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) *(tokens)?")
"""An amount of money in the price table's currency, or of tokens."""

KEYS: Mapping[str, tuple[Check, str]] = {
    "provider": (PROVIDERS.__contains__, " | ".join(PROVIDERS)),
    "base_url": (_url, "an address such as https://api.openai.com/v1, without a name or password in it"),
    "key_variable": (_variable, "the NAME of an environment variable in capitals, or none"),
    "model": (_some, "some text"),
    "temperature": (lambda text: text == "default" or _number(0, 2)(text), "a number from 0 to 2, or default"),
    "max_tokens": (_whole(1, 999_999_999), "a whole number above 0"),
    "structured": (STRUCTURED.__contains__, " | ".join(STRUCTURED)),
    "stream": (("true", "false").__contains__, "true | false"),
    "concurrency": (_whole(1, 256), "a whole number from 1 to 256"),
    "timeout": (_number(0.01, 86_400), "seconds above 0"),
    "retries": (_whole(0, 100), "a whole number from 0 to 100"),
    "first_wait": (_number(0, 3600), "seconds from 0 to 3600"),
    "longest_wait": (_number(0, 86_400), "seconds from 0 to 86400"),
    "repair_rounds": (_whole(0, 20), "a whole number from 0 to 20"),
    "source_characters": (_whole(0, 10_000_000), "a whole number, 0 sends none of it"),
    "budget": (lambda text: text == "none" or BUDGET.fullmatch(text) is not None, "2.50, 200000 tokens, or none"),
    "currency": (_some, "a currency's name, such as USD"),
    "batch_poll": (_number(0, 3600), "seconds from 0 to 3600"),
    "heading": (_some, "some text"),
    "reference_post": (lambda text: True, "the stem of an outline"),
    "language": (("auto", *LANGUAGES).__contains__, " | ".join(("auto", *LANGUAGES))),
}
"""Each key with one value: whether a text is right for it, and what is expected."""

SECRET = frozenset({"key_variable", "base_url"})
"""Keys whose wrong value is not shown again: it may be a secret."""

OURS = frozenset({"model", "messages", "stream", "stream_options", "response_format", "n", "tools", "functions"})
"""What `extra` may not set."""

PRICE_KEYS = tuple(each.name for each in fields(Price))


def read_config(text: str, path: str) -> tuple[Config, tuple[Finding, ...]]:
    """Return the settings and the problems of a config file; what is wrong keeps its default."""
    root, problems = read_nodes(text, path)
    findings = list(problems)
    if root is None:
        return Config(), tuple(findings)
    if not isinstance(root, MapNode):
        findings.append(_problem(root.where, "config.yaml holds no keys", "lines of the form `key: value`"))
        return Config(), tuple(findings)
    default = Config()
    values: dict[str, Any] = {}
    for key, node in root.items:
        if key.value == "prices":
            values["prices"] = dict(_prices(node, findings))
        elif key.value == "extra":
            values["extra"] = _extra(node, findings)
        elif key.value not in KEYS:
            findings.append(_unknown(key, {*KEYS, "prices", "extra"}))
        elif not isinstance(node, ScalarNode):
            findings.append(_problem(node.where, f"'{key.value}' holds a list or keys", "one value"))
        elif (wrong := _wrong(key.value, node)) is not None:
            findings.append(wrong)
        else:
            values[key.value] = type(getattr(default, key.value))(node.value)
    return replace(default, **values), tuple(findings)


def parameters(config: Config) -> Mapping[str, str]:
    """Return the model parameters that decide what a model answers."""
    extra = {"extra": json.dumps(config.extra, ensure_ascii=False, sort_keys=True)} if config.extra else {}
    return {"temperature": config.temperature, "max_tokens": config.max_tokens, **extra}


def _wrong(key: str, node: ScalarNode) -> Finding | None:
    """Return the finding for a value that is not right for its key."""
    check, expected = KEYS[key]
    if check(node.value):
        return None
    if key in SECRET:
        fix = "a key itself belongs in the environment, never in a file" if key == "key_variable" else ""
        return _problem(node.where, f"the value of '{key}' is not one", expected, fix)
    if key == "provider":
        return _problem(node.where, f"there is no provider '{node.value}'", expected)
    what = f"{key} is '{node.value}'" if node.value.strip() else f"'{key}' is empty"
    return _problem(node.where, what, expected)


def _prices(node: Node, findings: list[Finding]) -> Iterator[tuple[str, Price]]:
    """Yield the price of each model of the table that can be read."""
    shape = f"for each model {', '.join(PRICE_KEYS)}: what a million tokens cost"
    if isinstance(node, ScalarNode) and node.value in ("", "{}"):
        return
    if not isinstance(node, MapNode):
        findings.append(_problem(node.where, "'prices' is no table", shape))
        return
    for model, entry in node.items:
        if not isinstance(entry, MapNode):
            findings.append(_problem(model.where, f"the price of '{model.value}' is no table", shape))
            continue
        amounts: dict[str, float] = {}
        for key, value in entry.items:
            if key.value not in PRICE_KEYS:
                findings.append(_unknown(key, set(PRICE_KEYS)))
            elif not isinstance(value, ScalarNode) or not _number(0, 1e9)(value.value):
                findings.append(_problem(key.where, f"the {key.value} price of '{model.value}' is no number", "0.25"))
            else:
                amounts[key.value] = float(value.value)
        if "input" in amounts and "output" in amounts:
            yield model.value, Price(amounts["input"], amounts.get("cached", amounts["input"]), amounts["output"])
        else:
            findings.append(_problem(model.where, f"the price of '{model.value}' lacks input or output", shape))


def _extra(node: Node, findings: list[Finding]) -> dict[str, Any]:
    """Return what each call sends besides, as JSON values."""
    if isinstance(node, ScalarNode) and node.value in ("", "{}"):
        return {}
    if not isinstance(node, MapNode):
        findings.append(_problem(node.where, "'extra' is no table", "names and values a server understands"))
        return {}
    for key, _ in node.items:
        if key.value in OURS:
            findings.append(_problem(key.where, f"'extra' sets '{key.value}'", "another key: proofweave sets this one"))
    return {key.value: _json(value) for key, value in node.items if key.value not in OURS}


def _json(node: Node) -> Any:
    """Return a node as a JSON value: texts that are JSON numbers, booleans or null become those."""
    if isinstance(node, MapNode):
        return {key.value: _json(value) for key, value in node.items}
    if not isinstance(node, ScalarNode):
        return [_json(item) for item in node.items]
    plain = not node.style and re.fullmatch(r"true|false|null|-?[0-9]+(\.[0-9]+)?", node.value)
    return json.loads(node.value) if plain else node.value


def _unknown(key: ScalarNode, known: set[str]) -> Finding:
    lowered = key.value.lower()
    fix = ""
    if "key" in lowered or "secret" in lowered or lowered == "token":
        fix = "keys of servers are read from the environment only; `key_variable` names the variable"
    elif close := difflib.get_close_matches(key.value, known, n=1):
        fix = f"did you mean '{close[0]}'?"
    return Finding(
        "config-unknown-key", Severity.ERROR, key.where, f"unknown key '{key.value}'", ", ".join(sorted(known)), fix
    )


def _problem(where: Where, what: str, expected: str, fix: str = "") -> Finding:
    return Finding("config-value", Severity.ERROR, where, what, expected, fix)
