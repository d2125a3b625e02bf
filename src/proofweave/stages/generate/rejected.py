"""Replies kept aside with their findings: what a model wrote and could not make right, for a human to look at."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofweave.core import (
    RECORDING,
    Finding,
    Provenance,
    Request,
    Severity,
    Where,
    finding_of,
    say,
    texts_in,
    texts_out,
)

FOLDER = "rejected"
"""The folder below a post's recordings; what lies in it is never merged."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reply kept aside: which request it answers, by which prompt, and what is wrong with it."""

    block: str
    spec: str
    key: str
    prompt: str
    findings: tuple[Finding, ...]
    path: str


def rejected_path(request: Request) -> str:
    """Return where the reply to a request is kept aside."""
    return f"generations/{request.post}/{FOLDER}/{request.block}.json"


def write_rejected(
    request: Request,
    provenance: Provenance,
    findings: Sequence[tuple[str, int, Finding]],
    slots: Mapping[str, list[Any]],
    texts: Sequence[str],
) -> str:
    """Return the text of a file that keeps a reply aside; `texts` are the model's own words where it has no slots."""
    document: dict[str, Any] = {
        "format": RECORDING,
        "block": request.block,
        "spec": request.spec,
        "key": request.key,
        "provenance": {
            "by": provenance.by,
            "date": provenance.date,
            "parameters": dict(sorted(provenance.parameters.items())),
            "prompt": provenance.prompt,
            "tokens": dict(sorted(provenance.tokens.items())),
        },
        "findings": [_finding(slot, part, finding) for slot, part, finding in findings],
    }
    if slots:
        document["slots"] = dict(slots)
    else:
        document["texts"] = [text.split("\n") for text in texts]
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace").decode() + "\n"


def read_rejected(text: str, path: str) -> Rejected | None:
    """Return what a file keeps aside; None where it cannot be read, so that the block is asked for again."""
    try:
        document = json.loads(text)
        number = document.get("format", 1)
        if number > RECORDING:
            newer = finding_of("version.newer", Where(path), rule="reply-format", found=number, known=RECORDING)
        findings = (newer,) if number > RECORDING else tuple(_finding_in(v, path, text) for v in document["findings"])
        prompt = str(document["provenance"]["prompt"])
        return Rejected(document["block"], document["spec"], document["key"], prompt, findings, path)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _finding(slot: str, part: int, finding: Finding) -> dict[str, Any]:
    told = {"slot": slot, "part": part, "rule": finding.rule, **texts_out(finding)}
    return {key: value for key, value in told.items() if value}


def _finding_in(value: Mapping[str, Any], path: str, text: str) -> Finding:
    """Return a finding at the line of the file that tells of it."""
    line = text.count("\n", 0, max(0, text.find(json.dumps(value["what"], ensure_ascii=False)))) + 1
    what, expected, fix = texts_in(value)
    if value.get("slot"):
        what = say("generate.slot-part", slot=str(value["slot"]), part=value.get("part", 0), what=what)
    return Finding(str(value["rule"]), Severity.ERROR, Where(path, line), what, expected, fix)
