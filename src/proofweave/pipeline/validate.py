"""What `validate` does: the validators, KaTeX and the equation checker judge what merge would write."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.adapters import KaTeX, write_text
from proofweave.core import (
    THEOREM_LIKE,
    Block,
    Equation,
    FileError,
    Finding,
    FindingsError,
    Outline,
    Post,
    Said,
    Section,
    Severity,
    Where,
    displays_of,
    dump,
    errors_in,
    finding_of,
    findings_out,
    text_out,
)
from proofweave.outline import peek
from proofweave.pipeline.assembly import Assembled, assembled, heading_of
from proofweave.pipeline.code import ROOT, digest_of
from proofweave.pipeline.documents import Document, findings_of, write_document
from proofweave.pipeline.generate import replies_of
from proofweave.pipeline.locks import inputs_of
from proofweave.pipeline.project import Project
from proofweave.stages.merge import merge, strip
from proofweave.stages.validate import (
    BUDGET,
    View,
    check_claims,
    check_premises,
    judge_results,
    judge_source,
    line_count,
    told_unbacked,
    validate,
)

if TYPE_CHECKING:
    from proofweave.check import Verdict

PENDING, COMPLETE, REFUSED = "pending", "complete", "refused"
"""The states of a post: nothing is recorded, all is well, a finding is an error."""

CHECKER = tuple(path for path in (ROOT / "check").rglob("*") if path.suffix in (".py", ".toml"))
"""The checker's code and tables, on which remembered verdicts depend."""

MEMORY = ".proofweave/verdicts"
"""Verdicts by content, a file a post; it may be deleted at any time."""


def validate_post(
    project: Project, outline: Path, output: Path | None = None, replies: Path | None = None
) -> tuple[Finding, ...]:
    """Judge a post; return its findings, written with counts and verdicts where `output` says, for merge to refuse."""
    document = judged(project, outline, replies_of(project, outline, replies))
    if output is not None:
        write_document(output, document)
    return findings_of(document)


def judged(project: Project, path: Path, replies: Document) -> Document:
    """Return the findings, counts and verdicts of a post, as validate hands them to merge and report."""
    assembly = assembled(project, path, replies)
    known = findings_of(replies)
    if assembly is None:
        return _document(project, path, replies, None, known)
    outline, source = assembly.outline, assembly.source
    findings = [*known, *assembly.findings]
    if source is None:
        return _document(project, path, replies, outline, findings)
    if assembly.woven is None:
        findings += judge_source(source, KaTeX().render_errors)
        return _document(project, path, replies, outline, findings, source)
    judgement, grown_problems = _judgement(project, assembly, findings)
    findings += [*grown_problems, *judgement.findings, *check_claims(outline), *check_premises(outline)]
    verdicts = _verdicts(project, outline)
    told = list(_verdict_findings(verdicts))
    rows = list(_equations(outline, assembly.woven.numbering.tags, verdicts))
    by_id = {row["id"]: row for row in rows}
    found = list(judge_results(outline, lambda id: by_id.get(id, {}), assembly.woven.numbering.labels))
    told += told_unbacked(outline, found)
    if errors_in([*findings, *told]):  # what could not be read may be what uses a symbol
        told = [finding for finding in told if finding.severity is not Severity.INFO]
    findings += told
    document = _document(project, path, replies, outline, findings, source)
    document["counts"] = judgement.counts
    document["equations"] = rows
    document["results"] = found
    return document


def _document(
    project: Project,
    path: Path,
    replies: Document,
    outline: Outline | None,
    findings: Any,
    source: Post | None = None,
) -> Document:
    """Return a judgement without counts."""
    seen: dict[str, str] = {}
    with suppress(Exception):
        seen = dict(peek(path.read_text(encoding="utf-8", errors="replace")))
    status = REFUSED if errors_in(findings) else PENDING if replies["pending"] else COMPLETE
    return {
        "inputs": inputs_of(project, path, replies),
        "post": path.stem,
        "title": outline.title if outline else seen.get("title", ""),
        "path": project.name(path),
        "language": outline.language if outline else "en" if seen.get("language") == "en" else "zh",
        "source": outline.source if outline else seen.get("source", ""),
        "source_lines": line_count(source.text) if source else None,
        "status": status,
        "lines": {"least": outline.lines.least, "most": outline.lines.most} if outline and outline.lines else None,
        "order": outline.order if outline else _number(seen.get("order", "")),
        "batch": outline.batch if outline else _number(seen.get("batch", "")),
        "priority": outline.priority if outline else seen.get("priority", ""),
        "pending": replies["pending"],
        "budget": {k.value: list(v) for k, v in {**BUDGET, **(outline.budget if outline else {})}.items()},
        "findings": findings_out(findings, said=True),
        "counts": None,
        "equations": [],
        "results": [],
    }


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _judgement(project: Project, assembly: Assembled, known: list[Finding]) -> tuple[Any, tuple[Finding, ...]]:
    """Judge the text merge would write; why it cannot be merged are findings too."""
    assert assembly.source is not None and assembly.woven is not None
    grown = stripped = None
    problems: tuple[Finding, ...] = ()
    try:
        grown = merge(assembly.source, assembly.woven, heading_of(project, assembly.outline))
        stripped = strip(grown, assembly.source.path)
    except FindingsError as error:
        problems = error.findings
    known = [*known, *problems]
    refused = KaTeX().render_errors
    words = project.config().vocabulary
    view = View(assembly.outline, assembly.source, assembly.woven, refused, grown, stripped, tuple(known), words)
    return validate(view), problems


def _verdicts(project: Project, outline: Outline) -> "tuple[Verdict, ...]":
    """Return the verdicts on an outline's equations; those on equations that did not change are remembered."""
    from proofweave.adapters import resident
    from proofweave.check import check_outline

    memory = _Remembered(project.root / MEMORY / f"{outline.post}.json")
    verdicts = check_outline(outline, memory=memory, resident=resident)
    memory.keep()
    return verdicts


class _Remembered(dict[str, Any]):
    """The verdicts of a post that an earlier run of the same checker gave; it knows which were asked for or added."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._checker = digest_of(CHECKER, ("numpy", "scipy", "python-flint"))
        self._asked: set[str] = set()
        with suppress(OSError, ValueError):
            found = json.loads(path.read_text(encoding="utf-8"))
            known = found["verdicts"] if isinstance(found, dict) and found.get("checker") == self._checker else None
            self.update(known if isinstance(known, dict) else {})

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add(key)
        return super().get(key, default)

    def keep(self) -> None:
        """Write what this run used; a folder that cannot be written only costs the next run its time."""
        used = {key: self[key] for key in sorted(self._asked) if key in self}
        with suppress(FileError):
            write_text(self._path, dump({"checker": self._checker, "verdicts": used}), keep=True)


def _verdict_findings(verdicts: "tuple[Verdict, ...]") -> Iterator[Finding]:
    """Yield what is wrong with equations: refuted ones and ones that cannot be read are errors, weak ones warnings."""
    from proofweave.check import Kind

    told = {
        Kind.REFUTED: ("pipeline.equation-refuted", Severity.ERROR),
        Kind.ERROR: ("pipeline.equation-unreadable", Severity.ERROR),
        Kind.NOTE: ("pipeline.symbol-unused", Severity.INFO),
        Kind.WEAK: ("pipeline.equation-weak", Severity.WARNING),
    }
    for verdict in verdicts:
        if verdict.kind in told:
            key, severity = told[verdict.kind]
            if isinstance(verdict.reason, Said) and verdict.reason.key == "sheet.repeats":
                key = "pipeline.equation-repeats"
            yield finding_of(key, verdict.where, severity, id=verdict.id, reason=verdict.reason)


def _equations(outline: Outline, tags: Any, verdicts: "tuple[Verdict, ...]") -> Iterator[Document]:
    """Yield each equation with its place, its numbers and its verdict, in document order; claims follow their block."""
    judged = [verdict for verdict in verdicts if verdict.kind.value != "note"]  # a note stands beside the verdict
    found = {(verdict.where, verdict.id): verdict for verdict in judged}
    for section, block, equation in _placed(outline):
        verdict = found.get((equation.where, equation.id)) or next(
            (each for each in judged if each.id == equation.id), None
        )
        mutants = verdict.mutants if verdict else None
        yield {
            "id": equation.id,
            "tags": list(tags.get(equation.id, ())),
            "section": section.id,
            "block": block.id,
            "kind": block.kind.value,
            "conclusion": block.kind in THEOREM_LIKE and equation in block.statement,
            "verdict": verdict.kind.value if verdict else "",
            "reason": verdict.reason if verdict else "",
            "instances": verdict.instances if verdict else 0,
            "reached": dict(verdict.reached) if verdict else {},
            **(verdict or _unjudged()).scope_as_json(text_out),
            "mutants": {"killed": mutants.killed, "total": mutants.total} if mutants else None,
            "counterexample": str(verdict.counterexample) if verdict and verdict.counterexample else "",
        }


def _unjudged() -> "Verdict":
    """Return the verdict on an equation that has none, which covers nothing."""
    from proofweave.check import Kind, Verdict

    return Verdict("", Kind.NOTE, Where(""))


def _placed(outline: Outline) -> Iterator[tuple[Section, Block, Equation]]:
    for leaf in outline.leaves():
        for block in leaf.blocks:
            for equation in (*displays_of(block.parts()), *block.checks()):
                yield leaf, block, equation
