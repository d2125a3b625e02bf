"""Read config.yaml: every key has a default, unknown keys are findings with a suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from proofweave.nodes import MapNode, ScalarNode, read_nodes
from proofweave.types import Finding, Severity, Where

PROVIDERS = ("recorded",)


@dataclass(frozen=True, slots=True)
class Config:
    """The project's settings, as config.yaml comments them."""

    provider: str = "recorded"
    model: str = "claude"
    temperature: str = "0"
    max_tokens: str = "4096"
    heading: str = "公式推导与注释"
    reference_post: str = ""


def read_config(text: str, path: str) -> tuple[Config, tuple[Finding, ...]]:
    """Return the settings and the problems of a config file; what is wrong keeps its default."""
    root, problems = read_nodes(text, path)
    findings = list(problems)
    if root is None:
        return Config(), tuple(findings)
    if not isinstance(root, MapNode):
        findings.append(_problem(root.where, "config.yaml holds no keys", "lines of the form `key: value`"))
        return Config(), tuple(findings)
    known = {field.name for field in fields(Config)}
    values: dict[str, str] = {}
    for key, value in root.items:
        if key.value not in known:
            findings.append(_unknown(key, known))
        elif not isinstance(value, ScalarNode):
            findings.append(_problem(value.where, f"'{key.value}' holds a list or keys", "one value"))
        else:
            values[key.value] = value.value
            findings += _value_problems(key.value, value)
    return replace(Config(), **values), tuple(findings)


def parameters(config: Config) -> Mapping[str, str]:
    """Return the model parameters that decide what a model answers."""
    return {"temperature": config.temperature, "max_tokens": config.max_tokens}


def _value_problems(key: str, node: ScalarNode) -> tuple[Finding, ...]:
    value = node.value
    if key == "provider" and value not in PROVIDERS:
        return (_problem(node.where, f"there is no provider '{value}'", " | ".join(PROVIDERS)),)
    if key == "max_tokens" and not (value.isdecimal() and int(value) > 0):
        return (_problem(node.where, f"max_tokens is '{value}'", "a whole number above 0"),)
    if key == "temperature" and not _is_number(value):
        return (_problem(node.where, f"temperature is '{value}'", "a number from 0 to 2"),)
    if key in {"heading", "model"} and not value.strip():
        return (_problem(node.where, f"'{key}' is empty", "some text"),)
    return ()


def _is_number(value: str) -> bool:
    try:
        return 0 <= float(value) <= 2
    except ValueError:
        return False


def _unknown(key: ScalarNode, known: set[str]) -> Finding:
    close = difflib.get_close_matches(key.value, known, n=1)
    fix = f"did you mean '{close[0]}'?" if close else ""
    return Finding(
        "config-unknown-key", Severity.ERROR, key.where, f"unknown key '{key.value}'", ", ".join(sorted(known)), fix
    )


def _problem(where: Where, what: str, expected: str) -> Finding:
    return Finding("config-value", Severity.ERROR, where, what, expected)
