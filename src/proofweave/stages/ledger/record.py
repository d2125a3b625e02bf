"""The ledger as a text: each equation with its verdict on a line of its own, which git compares well."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proofweave.core import LEDGER, Finding, Where, finding_of, verdict_of
from proofweave.outline import ID, POSITIVE, TAGS, Key, Many, Record, Scalar, Table, conform, text_of, too_new
from proofweave.text.yaml import ListNode, MapNode, Node, read_json_nodes

ORDER = ("verified", "special", "weak", "holds", "defined", "assumed", "skipped", "unchecked", "error", "refuted")
"""Verdicts from the best to the worst: a step to the right is a fall."""

ENTRY = Record(
    "entry",
    {
        "id": Key(ID, "entry-id", required=True),
        "number": Key(TAGS, "entry-number"),
        "verdict": Key(Scalar("verdict", choices=ORDER), "entry-verdict", required=True),
    },
)
POSTS = Table("posts", Many(ENTRY, "entries"))
SHAPE = Record(
    "ledger",
    {"format": Key(POSITIVE, "ledger-format", required=True), "posts": Key(POSTS, "ledger-posts", required=True)},
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An equation's verdict; `number` is "7", "7-9" or "", and `where` the line that says it."""

    id: str
    number: str
    verdict: str
    where: Where = field(compare=False)


Ledger = Mapping[str, Sequence[Entry]]
"""The equations of each post, in document order."""


def entries(document: Mapping[str, Any], path: str) -> tuple[Entry, ...]:
    """Return the verdicts that the findings of a post hold; `path` names them."""
    found = ((value, verdict_of(value)[0]) for value in document["equations"])
    return tuple(
        Entry(str(value["id"]), _number(value["tags"]), verdict if verdict in ORDER else "unchecked", Where(path))
        for value, verdict in found
    )


def ledger_text(ledger: Ledger) -> str:
    """Return the text of a ledger; equal ledgers give equal bytes."""
    posts = ",\n".join(f"  {_json(post)}: [\n{_lines(ledger[post])}\n  ]" for post in sorted(ledger) if ledger[post])
    return f'{{\n "format": {LEDGER},\n "posts": {{\n{posts}\n }}\n}}\n'


def read_ledger(text: str, path: str) -> tuple[Ledger | None, tuple[Finding, ...]]:
    """Return the ledger a file holds; None and why where it is none."""
    root, findings = read_json_nodes(text, path)
    newer = too_new(root, LEDGER, "ledger-format") if root is not None else ()
    if newer:
        return None, newer
    for wrong in (*findings, *(conform(root, SHAPE) if root is not None else ())):
        return None, (finding_of("ledger.ledger-broken", wrong.where, expected=wrong.expected, what=wrong.what),)
    posts = root.get("posts") if isinstance(root, MapNode) else None
    assert isinstance(posts, MapNode), "it has its shape"
    return {post.value: tuple(_entries(listed)) for post, listed in posts.items}, ()


def _entries(listed: Node) -> list[Entry]:
    assert isinstance(listed, ListNode), "it has its shape"
    found = [item for item in listed.items if isinstance(item, MapNode)]
    texts = ({key: text_of(item.get(key)) for key in ENTRY.keys} for item in found)
    return [Entry(**said, where=item.where) for item, said in zip(found, texts, strict=True)]


def _lines(listed: Sequence[Entry]) -> str:
    made = ({"id": e.id, **({"number": e.number} if e.number else {}), "verdict": e.verdict} for e in listed)
    return ",\n".join(f"   {_json(value)}" for value in made)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(tags: Sequence[int]) -> str:
    return f"{tags[0]}-{tags[-1]}" if len(tags) > 1 else "".join(map(str, tags))
