"""The JSON that one stage hands to the next below build/: requests, replies, judgements."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from proofweave.core.types import Finding, Severity, Where
from proofweave.core.words import Said, say, together, told

TEXTS = ("what", "expected", "fix")
"""The texts of a finding."""


def dump(value: Mapping[str, Any]) -> str:
    """Return canonical JSON: sorted keys, two spaces, a newline at the end; equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings sorted by place, each only once."""
    return sorted(dict.fromkeys(findings), key=lambda finding: (finding.where, finding.rule, finding.what))


def line_of(finding: Finding, language: str) -> str:
    """Return the one line that says a finding in a language."""
    words = [say(f"finding.{finding.severity.value}"), finding.what]
    words += [say("finding.expected", expected=finding.expected)] if finding.expected else []
    words += [say("finding.fix", fix=finding.fix)] if finding.fix else []
    severity, *rest = (told(word, language) for word in words)
    return " ".join(f"{finding.where}: {severity}: {''.join(rest)} [{finding.rule}]".split())


def text_out(text: str) -> Any:
    """Return a text as JSON: as it is, or by its key in the table of words, so that any language can be read back."""
    if not isinstance(text, Said):
        return text
    return {"say": text.key, "with": {name: _value_out(value) for name, value in text.values.items()}}


def text_in(value: Any) -> str:
    """Return the text that `text_out` wrote."""
    if not isinstance(value, Mapping):
        return str(value)
    return say(value["say"], **{name: text_in(v) if isinstance(v, Mapping) else v for name, v in value["with"].items()})


def _value_out(value: object) -> Any:
    return text_out(value) if isinstance(value, str) else value if isinstance(value, int | float) else str(value)


def texts_out(finding: Finding) -> dict[str, Any]:
    """Return the texts of a finding as JSON: in English, and below `said` those of the table by key and values."""
    texts = {name: getattr(finding, name) for name in TEXTS}
    said = {name: text_out(text) for name, text in texts.items() if isinstance(text, Said)}
    return {**texts, "said": said} if said else texts


def texts_in(value: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what `texts_out` wrote; a text that the table has no longer is the English one."""

    def text(name: str) -> str:
        try:
            return text_in(value["said"][name])
        except (LookupError, OSError):
            return str(value.get(name, ""))

    what, expected, fix = map(text, TEXTS)
    return what, expected, fix


def findings_out(findings: Sequence[Finding], said: bool = False) -> list[dict[str, Any]]:
    """Return findings as JSON values, in order; `said` keeps the keys of their texts, so that any language can follow.

    Without it, other programs read the English alone.
    """
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "file": finding.where.file,
            "line": finding.where.line,
            "column": finding.where.column,
            **(texts_out(finding) if said else {name: getattr(finding, name) for name in TEXTS}),
        }
        for finding in in_order(findings)
    ]


def findings_in(values: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return the findings a stage wrote."""
    return tuple(
        Finding(
            value["rule"],
            Severity(value["severity"]),
            Where(value["file"], value["line"], value["column"]),
            *texts_in(value),
        )
        for value in values
    )


def verdict_of(equation: Mapping[str, Any]) -> tuple[str, str]:
    """Return the verdict on an equation and its reason.

    A skip whose reason is an assumption is `assumed`; what was verified for less than it claims is `special`, and the
    reason says for what.
    """
    verdict, reason = str(equation["verdict"]), text_in(equation["reason"])
    assumption = reason.removeprefix("assumed: ")
    if verdict == "skipped" and assumption != reason:
        return "assumed", assumption
    if verdict == "verified" and equation.get("scope") == "special":
        return "special", together([text_in(each["what"]) for each in equation["narrowings"]], "judge.semicolon")
    return verdict, reason


def errors_in(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stop a merge."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
