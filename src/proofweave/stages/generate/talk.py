"""What is said to a model about one block, and what comes next: pure values; who sends them is not decided here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Protocol

from proofweave.core import Finding, Request, Severity, Where, finding_of, say
from proofweave.stages.generate.mend import cut_off, json_in
from proofweave.stages.generate.reading import path_of
from proofweave.stages.generate.wording import Words

Message = tuple[str, str]
"""A role (system, user, assistant) and a text."""

DIVIDER = "%%%"
"""The line of a prompt above which stands what is the same for all blocks."""

CONTINUATIONS = 3
"""How often a reply that was cut off is continued."""

TOLD_BACK = 60_000
"""The most characters of a reply that are sent back with its findings."""


class Answered(Protocol):
    """What a provider gives: the text, why it ended (stop, length, refusal, filter, huge) and the tokens counted."""

    @property
    def text(self) -> str:
        """Return what the model wrote."""

    @property
    def finish(self) -> str:
        """Return why it ended: stop, length, refusal, filter, or huge where the provider stopped reading."""

    @property
    def tokens(self) -> Mapping[str, int]:
        """Return the tokens of prompt, cached and completion."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some slots of a block that are asked for together; `waiting` while its last message has no answer."""

    slots: tuple[str, ...]
    messages: tuple[Message, ...]
    text: str = ""
    continued: int = 0
    waiting: bool = True

    @property
    def prompt(self) -> str:
        """Return all that was said so far."""
        return "\n".join(text for _, text in self.messages)


@dataclass(frozen=True, slots=True)
class Talk:
    """All that was said about one block; `stopped` says why nothing more is asked."""

    request: Request
    pieces: tuple[Piece, ...]
    round: int = 0
    calls: int = 0
    tokens: Mapping[str, int] = field(default_factory=dict)
    refuted: frozenset[str] = frozenset()
    stopped: Finding | None = None

    @property
    def waiting(self) -> tuple[int, ...]:
        """Return the positions of the pieces that wait for an answer."""
        return () if self.stopped else tuple(i for i, piece in enumerate(self.pieces) if piece.waiting)


def opening(request: Request) -> Talk:
    """Return the talk that asks for all slots of a block at once."""
    return Talk(request, (Piece(tuple(slot.name for slot in request.slots), _opened(request.prompt)),))


def heard(talk: Talk, position: int, answer: Answered, words: Words) -> Talk:
    """Return the talk after an answer: a piece is done, continued or split; a refusal stops it."""
    counted = Counter(dict(talk.tokens))
    counted.update(answer.tokens)
    talk = replace(talk, calls=talk.calls + 1, tokens=dict(counted))
    piece = talk.pieces[position]
    if answer.finish in ("refusal", "filter", "huge"):
        return replace(talk, stopped=_stopped(talk.request, answer))
    if answer.finish == "length" and len(piece.slots) > 1 and not piece.continued:
        *before, (role, last) = piece.messages
        alone = (Piece((slot,), (*before, (role, f"{last}\n\n{words.only([slot])}"))) for slot in piece.slots)
        return _with(talk, position, *alone)
    text = joined(piece.text, answer.text)
    if answer.finish == "length" and piece.continued < CONTINUATIONS and answer.text.strip() and cut_off(text):
        asked = piece.messages if not piece.continued else piece.messages[:-2]
        messages = (*asked, ("assistant", text), ("user", words.go_on()))
        return _with(talk, position, Piece(piece.slots, messages, text, piece.continued + 1))
    return _with(talk, position, replace(piece, text=text, waiting=False))


def written(talk: Talk) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """Return the JSON a finished talk's pieces hold together, and why some cannot be read."""
    value: dict[str, Any] = {}
    findings = []
    for piece in talk.pieces:
        found, problem = json_in(piece.text)
        if problem:
            expected = say("generate.one-object", slots=", ".join(piece.slots))
            where = Where(path_of(talk.request))
            findings.append(Finding("reply-unreadable", Severity.ERROR, where, problem, expected))
        elif len(talk.pieces) > 1:
            value |= {name: found[name] for name in piece.slots if name in found}
        else:
            value |= found
    return value, tuple(findings)


def repaired(talk: Talk, findings: Sequence[tuple[str, int, Finding]], refuted: frozenset[str], words: Words) -> Talk:
    """Return the talk that sends findings back, each to the piece whose slot it is about; one about no slot to all.

    A repair tells the request, the last reply and its findings; what was said in earlier rounds is left out.
    """
    pieces = []
    for piece in talk.pieces:
        own = [each for each in findings if each[0] in piece.slots or not each[0]]
        if own:
            told = piece.text if len(piece.text) <= TOLD_BACK else piece.text[:TOLD_BACK] + " …"
            reply = (("assistant", told),) if piece.text.strip() else ()
            base = tuple(takewhile(lambda message: message[0] != "assistant", piece.messages))
            piece = Piece(piece.slots, (*base, *reply, ("user", words.repair(own))))
        pieces.append(piece)
    return replace(talk, pieces=tuple(pieces), round=talk.round + 1, refuted=talk.refuted | refuted)


def schema_for(request: Request, slots: Sequence[str]) -> dict[str, Any]:
    """Return the reply's schema for some of a request's slots."""
    properties = request.schema["properties"]
    assert isinstance(properties, Mapping)
    return {
        **request.schema,
        "properties": {name: properties[name] for name in slots},
        "required": list(slots),
    }


def joined(before: str, more: str) -> str:
    """Return a reply and its continuation as one text; what the continuation repeats is taken once."""
    if not before:
        return more
    stripped = more.lstrip()
    if stripped.startswith("```"):
        stripped = stripped.split("\n", 1)[-1]
        more = stripped.rstrip().removesuffix("```").rstrip()
    for length in range(min(200, len(before), len(more)), 7, -1):
        if before.endswith(more[:length]):
            return before + more[length:]
    return before + more


def _opened(prompt: str) -> tuple[Message, ...]:
    """Return a prompt as messages: what stands above its first dividing line is the system's."""
    above, found, below = prompt.partition(f"\n{DIVIDER}\n")
    return (("system", above.strip("\n")), ("user", below.strip("\n"))) if found else (("user", prompt.strip("\n")),)


def _with(talk: Talk, position: int, *pieces: Piece) -> Talk:
    """Return the talk with the piece at a position replaced by others."""
    return replace(talk, pieces=(*talk.pieces[:position], *pieces, *talk.pieces[position + 1 :]))


def _stopped(request: Request, answer: Answered) -> Finding:
    where, block = Where(path_of(request)), request.block
    if answer.finish == "huge":
        return finding_of("generate.reply-endless", where, block=block, characters=len(answer.text))
    if answer.finish == "filter":
        return finding_of("generate.reply-filtered", where, block=block)
    said = " ".join(answer.text.split())[:120] or say("generate.no-reason")
    return finding_of("generate.reply-refused", where, block=block, said=said)
