"""Read config.yaml: every key has a default, unknown keys are findings with a suggestion."""

import difflib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.resources import files
from typing import Any

from proofweave.core import Finding, Where, finding_of, labels, say
from proofweave.text.yaml import MapNode, Node, ScalarNode, read_nodes


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
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    heading: str = "auto"
    reference_post: str = ""
    language: str = "auto"

    def heading_in(self, language: str) -> str:
        """Return the heading the grown part stands under; the project may leave it to each post's language."""
        return labels("post", language)["heading"] if self.heading == "auto" else self.heading


KEYS: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    files(__package__).joinpath("config.toml").read_text(encoding="utf-8")
)
"""What is right for each key with one value; the table of words says it."""

BUDGET = re.compile(KEYS["budget"]["pattern"])
"""An amount of money in the price table's currency, or of tokens."""

NUMBERS = {"whole": r"[0-9]{1,9}", "number": r"[0-9]{1,9}(\.[0-9]{1,9})?"}

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
        elif key.value == "vocabulary":
            values["vocabulary"] = _vocabulary(node, findings)
        elif key.value not in KEYS:
            findings.append(_unknown(key, {*KEYS, "prices", "extra", "vocabulary"}))
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


def _fits(text: str, right: Mapping[str, Any]) -> bool:
    """Tell whether a text is right by an entry of the table."""
    if text == right.get("else"):
        return True
    if "texts" in right:
        return text in right["texts"]
    if "pattern" in right:
        return re.fullmatch(right["pattern"], text) is not None
    ((kind, (least, most)),) = ((kind, right[kind]) for kind in NUMBERS if kind in right)
    return re.fullmatch(NUMBERS[kind], text) is not None and least <= float(text) <= most


def _wrong(key: str, node: ScalarNode) -> Finding | None:
    """Return the finding for a value that is not right for its key."""
    right = KEYS[key]
    if _fits(node.value, right):
        return None
    expected = " | ".join(right["texts"]) if "texts" in right else say(f"config.{key}")
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
            elif not isinstance(value, ScalarNode) or not _fits(value.value, {"number": (0, 1e9)}):
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


def _vocabulary(node: Node, findings: list[Finding]) -> dict[str, str]:
    """Return the words that have another one, with it."""
    if isinstance(node, ScalarNode) and node.value in ("", "{}"):
        return {}
    items = node.items if isinstance(node, MapNode) else ()
    words = {key.value: value.value for key, value in items if isinstance(value, ScalarNode) and value.value.strip()}
    if not isinstance(node, MapNode) or len(words) < len(items):
        findings.append(_problem(node.where, "no-table", say("config.vocabulary"), key="vocabulary"))
    return words


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
