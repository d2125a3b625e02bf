"""The JSON that one stage hands to the next below build/: requests, replies, judgements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from proofweave.types import Finding, Severity, Where


def dump(value: Mapping[str, Any]) -> str:
    """Return canonical JSON: sorted keys, two spaces, a newline at the end; equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n"


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings sorted by place, each only once."""
    return sorted(dict.fromkeys(findings), key=lambda finding: (finding.where, finding.rule, finding.what))


def findings_out(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON values, in order."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "file": finding.where.file,
            "line": finding.where.line,
            "column": finding.where.column,
            "what": finding.what,
            "expected": finding.expected,
            "fix": finding.fix,
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
            value["what"],
            value["expected"],
            value["fix"],
        )
        for value in values
    )


def errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stop a merge."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
