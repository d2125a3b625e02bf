"""Verdicts as text, JSON, GitHub annotations and SARIF."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from proofweave.check.judge import BLOCKING, Kind, Verdict
from proofweave.core import say, together, told

GOOD = frozenset((Kind.VERIFIED, Kind.HOLDS, Kind.SKIPPED, Kind.DEFINED))
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(verdicts: Sequence[Verdict], quiet: bool = False, language: str = "en") -> Iterator[str]:
    """Yield a line per verdict and one of totals."""
    for verdict in verdicts:
        if not (quiet and fine(verdict)):
            yield " ".join(told(str(verdict), language).split())
    counts = Counter(verdict.kind for verdict in verdicts)
    noted = counts.pop(Kind.NOTE, 0)
    special = sum(verdict.special for verdict in verdicts)
    found = [say("sheet.count", count=counts[kind], kind=say(f"sheet.{kind}")) for kind in Kind if counts[kind]]
    total = say("sheet.total", count=counts.total(), found=together(found, "judge.comma") or say("sheet.nothing"))
    notes = [say("sheet.special", count=special)] if special else []
    notes += [say("sheet.notes" if noted > 1 else "sheet.one-note", count=noted)] if noted else []
    yield told(together([total, *notes], "judge.semicolon"), language)


def fine(verdict: Verdict) -> bool:
    """Tell whether a verdict says that all is well: nothing is wrong, and a claim that passed did so in full."""
    return verdict.kind in GOOD and not verdict.special


def rule_of(verdict: Verdict) -> str:
    """Return the rule under which a verdict is reported: its kind, or that it passed in special cases only."""
    return "special" if verdict.kind in GOOD else verdict.kind.value


def level_of(verdict: Verdict) -> str:
    """Return how much a verdict matters to whoever scans code."""
    return "error" if verdict.kind in BLOCKING else "note" if verdict.kind in GOOD else "warning"


def as_json(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as one JSON document."""
    notes = [
        {"file": v.where.file, "line": v.where.line, "column": v.where.column, "id": v.id, "reason": v.reason}
        for v in verdicts
        if v.kind is Kind.NOTE
    ]
    listed = [verdict.as_json() for verdict in verdicts if verdict.kind is not Kind.NOTE]
    return json.dumps({"equations": listed, "notes": notes}, ensure_ascii=False, indent=1)


def as_github(verdicts: Sequence[Verdict], language: str = "en") -> Iterator[str]:
    """Yield a workflow command per verdict that needs attention."""
    for verdict in verdicts:
        if fine(verdict):
            continue
        level = level_of(verdict).replace("note", "notice")
        title = told(say(f"sheet.title-{rule_of(verdict)}"), language)
        place = f"file={_property(verdict.where.file)},line={verdict.where.line},col={verdict.where.column}"
        yield f"::{level} {place},title={_property(title)}::{_escaped(_message(verdict, language))}"


def _message(verdict: Verdict, language: str) -> str:
    return told(say("sheet.message", id=verdict.id, why=verdict.told()), language)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(verdicts: Sequence[Verdict], language: str = "en") -> str:
    """Return the verdicts that need attention as a SARIF 2.1.0 log."""
    results = [
        {
            "ruleId": rule_of(verdict),
            "level": level_of(verdict),
            "message": {"text": _message(verdict, language)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": verdict.where.file},
                        "region": {"startLine": verdict.where.line, "startColumn": verdict.where.column},
                    }
                }
            ],
        }
        for verdict in verdicts
        if not fine(verdict)
    ]
    rules = [
        {"id": rule, "shortDescription": {"text": told(say(f"sheet.rule-{rule}"), language)}}
        for rule in (Kind.REFUTED.value, Kind.ERROR.value, Kind.WEAK.value, "special", Kind.NOTE.value)
    ]
    driver = {"name": "proofweave", "rules": rules}
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, ensure_ascii=False, indent=1)
