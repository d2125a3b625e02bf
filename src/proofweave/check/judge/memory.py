"""Verdicts remembered by content: an equation with the symbols it needs and the options asks for one check only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import asdict
from typing import Any

from proofweave.check.judge.answer import Answer, Options, Question
from proofweave.check.judge.verdict import Counterexample, Kind, Mutants
from proofweave.check.language.needs import closure, named_in
from proofweave.check.language.scope import Symbol
from proofweave.core.types import Check

Memory = MutableMapping[str, Any]
"""JSON values by key; the caller keeps it, and throws it away when the checker's code changes."""


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
    example, mutants = found.get("counterexample"), found.get("mutants")
    try:
        return Answer(
            Kind(found["kind"]),
            found["reason"],
            found["instances"],
            Counterexample(**example) if example else None,
            Mutants(mutants[0], mutants[1], tuple(mutants[2]), tuple(mutants[3])) if mutants else None,
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def remember(memory: Memory, key: str, answer: Answer) -> None:
    """Keep an answer."""
    example, mutants = answer.counterexample, answer.mutants
    memory[key] = {
        "kind": answer.kind.value,
        "reason": answer.reason,
        "instances": answer.instances,
        "counterexample": None if example is None else asdict(example),
        "mutants": None
        if mutants is None
        else [mutants.killed, mutants.total, list(mutants.survivors), list(mutants.unexposed)],
    }
