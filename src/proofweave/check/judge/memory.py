"""Verdicts remembered by content: an equation with the symbols it needs and the options asks for one check only."""

import hashlib
import json
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import fields
from typing import Any

from proofweave.check.judge.answer import Answer, Options, Question
from proofweave.check.judge.verdict import Counterexample, Kind, Mutants, Planned
from proofweave.check.language import Symbol, closure, named_in
from proofweave.core import Check, text_in, text_out

Memory = MutableMapping[str, Any]
"""JSON values by key; the caller keeps it, and throws it away when the checker's code changes."""


KEPT = ("reason", "counterexample", "mutants", "planned", "reached", "alike")
"""The parts of an answer that are written out."""


def key_of(question: Question, asked: Check, options: Options) -> str:
    """Return the key of a question: its text, all the symbols it needs as they were written, and the options."""
    trees = [*question.statement.nodes(), *(node for given in question.given for node in given.nodes())]
    if question.order[0] is not None:
        trees.append(question.order[0])
    symbols = closure(symbol for node in trees for symbol in named_in(node))
    parts = [
        question.tex,
        list(asked.given),
        dict(asked.order or {}),
        asked.tight,
        asked.strict,
        dict(asked.excuse),
        sorted(_written(symbols)),
        [options.instances, options.seed, options.mutants, options.seconds],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _written(symbols: Iterable[Symbol]) -> Iterable[str]:
    for symbol in symbols:
        written = symbol.data.get("written", "")
        if not isinstance(written, str):
            written = json.dumps(written, ensure_ascii=False, sort_keys=True)
        yield f"{symbol.name}\0{symbol.role}\0{symbol.type}\0{written}"


def recall(memory: Mapping[str, Any], key: str) -> Answer | None:
    """Return a remembered answer."""
    found = memory.get(key)
    if not isinstance(found, dict):
        return None
    try:
        reason, example, mutants, planned, reached, alike = (_read(found[part]) for part in KEPT)
        return Answer(
            Kind(found["kind"]),
            reason,
            found["instances"],
            Counterexample(dict(example[0]), *example[1:]) if example else None,
            _mutants(*mutants) if mutants else None,
            planned=Planned(planned[0], *map(dict, planned[1:])),
            reached=dict(reached),
            alike=tuple((first, second) for first, second in alike),
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def _mutants(killed: int, total: int, *lists: list[Any]) -> Mutants:
    """Return what was remembered of the planted errors."""
    survivors, unexposed, kinds, idle = lists
    return Mutants(killed, total, tuple(survivors), tuple(unexposed), tuple(map(tuple, kinds)), tuple(idle))


def remember(memory: Memory, key: str, answer: Answer) -> None:
    """Keep an answer."""
    memory[key] = {
        "kind": answer.kind.value,
        "instances": answer.instances,
        **{part: _written_out(getattr(answer, part)) for part in KEPT},
    }


def _written_out(value: object) -> Any:
    """Return a part of an answer as JSON: a record as a list of its fields, a mapping as a list of pairs."""
    if isinstance(value, Counterexample | Mutants | Planned):
        return [_written_out(getattr(value, part.name)) for part in fields(value)]
    if isinstance(value, Mapping):
        return [[_written_out(name), _written_out(item)] for name, item in value.items()]
    if isinstance(value, list | tuple):
        return [_written_out(item) for item in value]
    return text_out(value) if isinstance(value, str) else value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(item) for item in value]
    return text_in(value) if isinstance(value, str | Mapping) else value
