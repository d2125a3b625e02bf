"""Talks as JSON, so that a run which waits for a batch can end and another can go on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from proofweave.core import Request
from proofweave.stages.generate.talk import Piece, Talk


def state_out(run: str, batch: str, talks: Sequence[Talk], tries: Mapping[str, int]) -> str:
    """Return the text of a batch's state: its own mark, the server's name for it, and the talks it answers."""
    document = {
        "run": run,
        "batch": batch,
        "tries": dict(sorted(tries.items())),
        "talks": [_talk_out(talk) for talk in talks],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def state_in(text: str, requests: Sequence[Request]) -> tuple[str, str, tuple[Talk, ...], dict[str, int]] | None:
    """Return run, batch, talks and tries of a state; None where it cannot be read.

    A talk about a block that has another specification, model or prompt by now is left out.
    """
    known = {(request.block, request.key): request for request in requests}
    try:
        document = json.loads(text)
        talks = [
            _talk_in(value, known[value["block"], value["key"]])
            for value in document["talks"]
            if (value["block"], value["key"]) in known
        ]
        return str(document["run"]), str(document["batch"]), tuple(talks), dict(document["tries"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _talk_out(talk: Talk) -> dict[str, Any]:
    return {
        "block": talk.request.block,
        "key": talk.request.key,
        "round": talk.round,
        "calls": talk.calls,
        "tokens": dict(talk.tokens),
        "refuted": sorted(talk.refuted),
        "pieces": [asdict(piece) for piece in talk.pieces],
    }


def _talk_in(value: Mapping[str, Any], request: Request) -> Talk:
    pieces = [_piece_in(**piece) for piece in value["pieces"]]
    tokens = {str(name): int(count) for name, count in value["tokens"].items()}
    return Talk(request, tuple(pieces), int(value["round"]), int(value["calls"]), tokens, frozenset(value["refuted"]))


def _piece_in(slots: list[str], messages: list[list[str]], text: str, continued: int, waiting: bool) -> Piece:
    said = tuple((str(role), str(words)) for role, words in messages)
    return Piece(tuple(slots), said, text, int(continued), bool(waiting))
