"""Compose the judgement of a model's reply: the readers, the validators, KaTeX and the equation checker."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofweave.adapters import KaTeX
from proofweave.core import Finding, FindingsError, Outline, Reply, Where, errors_in, finding_of, say
from proofweave.pipeline.project import Project
from proofweave.stages.generate import (
    Draft,
    Talk,
    check_reply,
    fits,
    named,
    only_for,
    path_of,
    read_draft,
    refuted_in,
    reply_clashes,
    skipped,
    with_skipped,
    written,
)

if TYPE_CHECKING:
    from proofweave.check import Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A reply as read and everything that stops it: for each finding its slot and the number of its part (0: all)."""

    reply: Reply | None
    slots: Mapping[str, list[Any]]
    findings: tuple[tuple[str, int, Finding], ...]
    refuted: frozenset[str] = frozenset()


class Judge:
    """Judges the replies to the requests of one outline; KaTeX and verdicts are kept between them."""

    def __init__(self, project: Project, path: Path, replies: Mapping[str, Reply]) -> None:
        outline, findings = project.outline(path)
        if outline is None:
            raise FindingsError(findings)
        self.outline: Outline = outline
        self._source, _ = project.source(outline)
        self._templates = project.templates("post")
        self._katex = KaTeX()
        self._verdicts: dict[str, Any] = {}
        self._replies = dict(replies)

    def judge(self, talk: Talk) -> Judged:
        """Judge what a talk's finished pieces hold."""
        from proofweave.stages.weave import fill

        value, problems = written(talk)
        if problems:
            return Judged(None, {}, tuple(("", 0, finding) for finding in problems))
        request = talk.request
        draft = read_draft(value, request)
        if draft.reply is None:
            nothing = finding_of("pipeline.reply-empty", Where(path_of(request)))
            what = tuple(("", 0, finding) for finding in errors_in(draft.findings) or (nothing,))
            return Judged(None, draft.slots, what)
        own = replace(draft.reply, block=request.block, spec=request.spec, key=request.key, path=path_of(request))
        reply = named(own)
        findings = [
            *draft.findings,
            *fits(request, reply),
            *check_reply(reply, fill(self.outline, self._replies), talk.refuted),
            *reply_clashes(self.outline, {**self._replies, request.block: reply}),
        ]
        findings += self._of_text(reply, findings)
        verdicts = tuple(self._of_equations(reply))
        findings += verdicts
        return Judged(own, draft.slots, tuple(_placed(draft, findings)), refuted_in(reply, verdicts))

    def _of_text(self, reply: Reply, known: list[Finding]) -> tuple[Finding, ...]:
        """Return what the validators say about the text that the reply makes."""
        from proofweave.stages.validate import View, validate
        from proofweave.stages.weave import fill, weave

        if self._source is None:
            return ()
        filled = fill(self.outline, {**self._replies, reply.block: reply})
        woven = weave(filled, self._templates)
        view = View(filled, self._source, woven, self._katex.render_errors, None, None, tuple(known))
        return tuple(finding for finding in validate(view).findings if finding.where.file == reply.path)

    def _of_equations(self, reply: Reply) -> Iterator[Finding]:
        """Yield the reply's equations that are refuted or cannot be read, with the symbols that are in scope there.

        What says `skip` is checked all the same: the word counts only where the checker cannot read the equation.
        """
        from proofweave.check import Kind

        for verdict in self._checked(reply):
            if verdict.kind is Kind.REFUTED:
                yield _refuted(verdict, "pipeline.reply-refuted")
            elif verdict.kind is Kind.ERROR:
                words = {"id": verdict.id, "reason": verdict.reason}
                yield finding_of("pipeline.reply-uncheckable", verdict.where, rule="equation-unreadable", **words)
        if names := skipped(reply):
            for verdict in self._checked(with_skipped(reply)):
                if verdict.kind is Kind.REFUTED and verdict.id in names:
                    yield _refuted(verdict, "pipeline.skip-refuted")

    def _checked(self, reply: Reply) -> "list[Verdict]":
        """Return the verdicts on a reply's equations."""
        from proofweave.check import check_outline
        from proofweave.stages.weave import fill

        outline = only_for(fill(self.outline, {**self._replies, reply.block: reply}), reply.block)
        verdicts = check_outline(outline, memory=self._verdicts)
        return [verdict for verdict in verdicts if verdict.where.file == reply.path]

    def accept(self, reply: Reply) -> None:
        """Take a reply as one of those the next ones are judged beside."""
        self._replies[reply.block] = named(reply)


def _refuted(verdict: "Verdict", key: str) -> Finding:
    reason, example = verdict.reason, str(verdict.counterexample) if verdict.counterexample else ""
    if example and example not in reason:
        reason = say("pipeline.with-example", reason=reason, example=example)
    return finding_of(key, verdict.where, rule="equation-refuted", id=verdict.id, reason=reason)


def _placed(draft: Draft, findings: list[Finding]) -> Iterator[tuple[str, int, Finding]]:
    """Yield the errors with the slot and part they are about, each once."""
    told = set()
    for finding in errors_in(tuple(findings)):
        slot, part = draft.place(finding.where)
        if (slot, part, finding.rule, finding.what) not in told:
            told.add((slot, part, finding.rule, finding.what))
            yield slot, part, finding
