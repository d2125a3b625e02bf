"""The desk of a run that asks a model: which blocks wait, judging what comes, keeping it or setting it aside."""

import datetime
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from proofweave.adapters import read_text, removed, write_text
from proofweave.core import FileError, Finding, Provenance, Request, Where, finding_of
from proofweave.outline import Config, parameters, write_reply
from proofweave.pipeline.generate.judge import Judge, Judged
from proofweave.pipeline.project import Project
from proofweave.pipeline.recordings import read_recordings, recorded, rejected
from proofweave.pipeline.render import Requests
from proofweave.stages.generate import (
    Talk,
    Words,
    answer_to,
    cost,
    named,
    opening,
    prompt_hash,
    rejected_path,
    reply_tokens,
    state_in,
    state_out,
    tokens_in,
    unanswered,
    unchecked,
    write_rejected,
)


class Desk:
    """What the blocks of one post need while a model is asked for them."""

    def __init__(self, project: Project, config: Config, wanted: Requests, refresh: frozenset[str] | None) -> None:
        self.project = project
        self.config = config
        self.post = wanted.post
        self.requests = wanted.requests
        self.refresh = refresh
        kept = recorded(project, self.post)
        self.recordings = kept.replies
        self.waiting = () if kept.newer else unanswered(self.requests, self.recordings, kept.aside, refresh)
        found = {request.block: answer_to(request, self.recordings) for request in self.requests}
        self.known = {block: replace(reply, block=block) for block, reply in found.items() if reply is not None}
        self._specs = {request.spec for request in self.requests}

    @cached_property
    def judge(self) -> Judge:
        """Return the judge of this post's replies, made when the first one comes."""
        others = {block: named(reply) for block, reply in self.known.items()}
        return Judge(self.project, self.project.root / "outlines" / f"{self.post}.yaml", others)

    @cached_property
    def words(self) -> Words:
        """Return what is said to a model after its first reply."""
        return Words(self.project.templates("prompt"), self.judge.outline.language)

    def answered_meanwhile(self, request: Request) -> bool:
        """Tell whether another run has recorded a reply to a request, or set one aside, since this one began."""
        if self.refresh is not None and (not self.refresh or request.block in self.refresh):
            return False
        names = {f"generations/{self.post}/{request.block}.json", self._free_name(request)}
        texts = {name: text for name in sorted(names) if (text := _read(self.project, name))}
        recordings, _ = read_recordings(texts)
        return not unanswered([request], recordings, rejected(self.project, self.post), None)

    def judged(self, talk: Talk) -> Judged:
        """Return the judgement of a talk; one that stopped (a refusal, a filter, a reply without end) has a finding."""
        return Judged(None, {}, (("", 0, talk.stopped),)) if talk.stopped else self.judge.judge(talk)

    def resumed(self, request: Request) -> Talk:
        """Return the talk an interrupted run had about a block, up to its last reply; else one that begins."""
        fresh = opening(request)
        found = state_in(_read(self.project, self._talk_name(request)), [request])
        asked = fresh.pieces[0]
        for talk in found[2] if found is not None else ():
            begun = talk.calls and talk.pieces and talk.pieces[0].messages[0] == asked.messages[0]
            if begun and all(piece.prompt.startswith(asked.prompt) for piece in talk.pieces):
                return talk
        return fresh

    def remember(self, talk: Talk) -> None:
        """Write down a talk after each reply, so that what was paid is not lost while it is judged or repaired."""
        with suppress(FileError):  # then an interrupted run only loses what it would lose without this
            write_text(self.project.root / self._talk_name(talk.request), state_out("", "", [talk], {}))

    def forget(self, request: Request) -> None:
        """Delete what `remember` wrote: the block is recorded or kept aside."""
        with suppress(FileError):
            removed(self.project.root / self._talk_name(request))

    def _talk_name(self, request: Request) -> str:
        return f".proofweave/talks/{self.post}/{request.block}.json"

    def accept(self, talk: Talk, judged: Judged, served: str) -> str:
        """Record a reply that has no findings; return its path."""
        assert judged.reply is not None
        request = talk.request
        name = self._free_name(request)
        reply = replace(judged.reply, provenance=self._provenance(talk, served), path=name)
        write_text(self.project.root / name, write_reply(reply))
        self.forget(request)
        before = answer_to(request, self.recordings)
        if before is not None and before.path != name:  # refreshed: the same block, recorded under an older id
            removed(self.project.root / before.path)
        removed(self.project.root / rejected_path(request))
        self.judge.accept(reply)
        return name

    def set_aside(self, talk: Talk, judged: Judged, served: str, final: bool) -> str:
        """Keep a reply that has findings where it is never merged; return its path.

        One that is not `final` (the budget or the server ended its repair) is asked for again by the next run.
        """
        name = rejected_path(talk.request)
        provenance = self._provenance(talk, served)
        if not final:
            provenance = replace(provenance, prompt="")
        texts = [piece.text for piece in talk.pieces]
        text = write_rejected(talk.request, provenance, judged.findings, judged.slots, texts)
        write_text(self.project.root / name, text)
        if final:
            self.forget(talk.request)
        return name

    def _free_name(self, request: Request) -> str:
        """Return where a reply is recorded: not where the recording of another block of the post lies."""
        name = f"generations/{self.post}/{request.block}.json"
        there = next((reply for reply in self.recordings if reply.path == name), None)
        if there is None or there.spec == request.spec or there.spec not in self._specs:
            return name
        return f"generations/{self.post}/{request.block}-{request.spec[:8]}.json"

    def _provenance(self, talk: Talk, served: str) -> Provenance:
        made: dict[str, object] = dict(parameters(self.config))
        if served and served != self.config.model:
            made["served"] = served
        tokens = {**talk.tokens, "calls": talk.calls}
        today = datetime.date.today().isoformat()
        return Provenance(self.config.model, today, made, prompt_hash(talk.request.prompt), tokens)


@dataclass(slots=True)
class Account:
    """What a run did and what it cost, counted as it goes on."""

    recorded: int = 0
    aside: int = 0
    unanswered: int = 0
    calls: int = 0
    repairs: int = 0
    repeats: int = 0
    unchecked: int = 0
    short_prompts: bool = False
    estimated_prompt: int = 0
    estimated_reply: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def count(self, tokens: Mapping[str, int], prompt: str, request: Request) -> None:
        """Add the tokens of a call, and those it was expected to take."""
        self.calls += 1
        for name, number in tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + number
        self.estimated_prompt += tokens_in(prompt)
        self.estimated_reply += reply_tokens(request, 1.0)

    def record(self, judged: Judged) -> None:
        """Add a reply that was recorded."""
        self.recorded += 1
        self.unchecked += unchecked(judged.reply) if judged.reply is not None else 0

    def miss(self, request: Request, what: str, fix: str = "") -> None:
        """Add a block that got no answer."""
        self.unanswered += 1
        self.findings.append(unanswered_finding(request, what, fix))

    def lines(self, config: Config) -> tuple[str, ...]:
        """Return the summary of the run."""
        prompt, reply = self.tokens.get("prompt", 0), self.tokens.get("completion", 0)
        cached = self.tokens.get("cached", 0)
        price = config.prices.get(config.model)
        money = f", {cost(price, prompt, cached, reply):.4f} {config.currency}" if price else ""
        unread = f"; {_count(self.unchecked, 'equation')} not checked (skip, assume): read" if self.unchecked else ""
        return (
            f"{_count(self.recorded, 'block')} recorded, {self.aside} kept aside, {self.unanswered} without an answer; "
            f"{_count(self.calls, 'call')}, {_count(self.repairs, 'repair')} among them, "
            f"{_count(self.repeats, 'attempt')} repeated{unread}",
            f"tokens: {prompt:,} of prompts ({cached:,} cached; estimated {self.estimated_prompt:,}), "
            f"{reply:,} of replies (estimated {self.estimated_reply:,}){money}",
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def unanswered_finding(request: Request, what: str, fix: str = "") -> Finding:
    """Return the finding for a block a model gave no answer to."""
    return finding_of("pipeline.model-unanswered", request.where, block=request.block, why=what, fix=fix)


def left_open(judged: Judged, request: Request, why: str) -> Judged:
    """Return a judgement that also says why the repair ended."""
    where = Where(f"generations/{request.post}/{request.block}.json")
    finding = finding_of("pipeline.repair-stopped", where, why=why)
    return replace(judged, findings=(*judged.findings, ("", 0, finding)))


def _read(project: Project, name: str) -> str:
    try:
        return read_text(project.root / name)
    except FileError:
        return ""
