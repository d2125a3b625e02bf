"""Read config.yaml: every key has a default, unknown keys are findings with a suggestion."""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from proofweave.core import LANGUAGES, Finding, Where, finding_of, labels, say
from proofweave.text.yaml import MapNode, Node, ScalarNode, read_nodes

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

KEYS: Mapping[str, Check | tuple[str, ...]] = {
    "provider": PROVIDERS,
    "base_url": _url,
    "key_variable": _variable,
    "model": _some,
    "temperature": lambda text: text == "default" or _number(0, 2)(text),
    "max_tokens": _whole(1, 999_999_999),
    "structured": STRUCTURED,
    "stream": ("true", "false"),
    "concurrency": _whole(1, 256),
    "timeout": _number(0.01, 86_400),
    "retries": _whole(0, 100),
    "first_wait": _number(0, 3600),
    "longest_wait": _number(0, 86_400),
    "repair_rounds": _whole(0, 20),
    "source_characters": _whole(0, 10_000_000),
    "budget": lambda text: text == "none" or BUDGET.fullmatch(text) is not None,
    "currency": _some,
    "batch_poll": _number(0, 3600),
    "heading": _some,
    "reference_post": lambda text: True,
    "language": ("auto", *LANGUAGES),
}
"""Each key with one value: the texts that are right for it, or whether one is; the table of words says what is."""

SECRET = frozenset({"key_variable", "base_url"})
"""Keys whose wrong value is not shown again, nor kept in what is said: it may be a secret."""

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
        findings.append(_problem(root.where, "no-keys"))
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
            findings.append(_problem(node.where, "not-one", key=key.value))
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
    right = KEYS[key]
    if node.value in right if isinstance(right, tuple) else right(node.value):
        return None
    expected = " | ".join(right) if isinstance(right, tuple) else say(f"config.{key}")
    if key in SECRET:
        return _problem(node.where, f"{key}-value", expected, key=key)
    name = "provider-value" if key == "provider" else "value" if node.value.strip() else "empty"
    return _problem(node.where, name, expected, key=key, value=node.value)


def _prices(node: Node, findings: list[Finding]) -> Iterator[tuple[str, Price]]:
    """Yield the price of each model of the table that can be read."""
    shape = say("config.prices", keys=", ".join(PRICE_KEYS))
    if isinstance(node, ScalarNode) and node.value in ("", "{}"):
        return
    if not isinstance(node, MapNode):
        findings.append(_problem(node.where, "no-table", shape, key="prices"))
        return
    for model, entry in node.items:
        if not isinstance(entry, MapNode):
            findings.append(_problem(model.where, "price-no-table", shape, model=model.value))
            continue
        amounts: dict[str, float] = {}
        for key, value in entry.items:
            if key.value not in PRICE_KEYS:
                findings.append(_unknown(key, set(PRICE_KEYS)))
            elif not isinstance(value, ScalarNode) or not _number(0, 1e9)(value.value):
                findings.append(_problem(key.where, "price-no-number", key=key.value, model=model.value))
            else:
                amounts[key.value] = float(value.value)
        if "input" in amounts and "output" in amounts:
            yield model.value, Price(amounts["input"], amounts.get("cached", amounts["input"]), amounts["output"])
        else:
            findings.append(_problem(model.where, "price-lacks", shape, model=model.value))


def _extra(node: Node, findings: list[Finding]) -> dict[str, Any]:
    """Return what each call sends besides, as JSON values."""
    if isinstance(node, ScalarNode) and node.value in ("", "{}"):
        return {}
    if not isinstance(node, MapNode):
        findings.append(_problem(node.where, "no-table", say("config.extra"), key="extra"))
        return {}
    for key, _ in node.items:
        if key.value in OURS:
            findings.append(_problem(key.where, "extra-sets", key=key.value))
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
    fix: str = ""
    if "key" in lowered or "secret" in lowered or lowered == "token":
        fix = say("config.from-environment")
    elif close := difflib.get_close_matches(key.value, known, n=1):
        fix = say("outline.did-you-mean", name=close[0])
    listed, rule = ", ".join(sorted(known)), "config-unknown-key"
    return finding_of("config.unknown-key", key.where, rule=rule, expected=listed, fix=fix, key=key.value)


def _problem(where: Where, name: str, expected: str = "", **fields: Any) -> Finding:
    return finding_of(f"config.{name}", where, rule="config-value", expected=expected, **fields)
