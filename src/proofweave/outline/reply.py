"""Read and write recorded replies: a block's filled slots as JSON that reviews well, one sentence to a line."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from proofweave.core import (
    Code,
    Equation,
    Figure,
    Finding,
    Part,
    Provenance,
    Reply,
    Slot,
    Step,
    Text,
    finding_of,
    formats,
)
from proofweave.outline.conformity import conform, in_order
from proofweave.outline.format import ID, PARTS, POSITIVE
from proofweave.outline.parts import PartReader, plain, text_of
from proofweave.outline.shapes import Free, Key, Record, Scalar, Table
from proofweave.outline.version import too_new
from proofweave.text.tex import split_rows
from proofweave.text.yaml import ListNode, MapNode, Node, ScalarNode, read_json_nodes

SENTENCE = re.compile(r"[^\n]*?(?:[。！？；]|[.!?;](?=\s))[ \t]*\n*|[^\n]+\n*|\n+")
"""A sentence with what follows it up to the next; a line that ends without one counts too."""

SHORT = re.compile(r"(?<!\\)((?:\\\\)*)\\([bfrt])")
SHORTENED = {"b": r"\u0008", "f": r"\u000c", "r": r"\u000d", "t": r"\u0009"}

PROSE_KEYS = frozenset({"because", "intuition", "caption", "tex", "write", "assume", "skip"})
"""Keys whose text may be a list of sentences."""

SLOTS = Table("slots", PARTS, ID)
REPLIES = Table("replies", SLOTS, ID)
RECORDING = Record(
    "recording",
    {
        "format": Key(POSITIVE, "recording-format"),
        "block": Key(ID, "recording-block", required=True),
        "spec": Key(Scalar(may_be_empty=True), "recording-spec"),
        "key": Key(Scalar(may_be_empty=True), "recording-key"),
        "provenance": Key(Free("provenance"), "recording-provenance"),
        "slots": Key(SLOTS, "recording-slots", required=True),
    },
)


@lru_cache(maxsize=4096)
def read_reply(text: str, path: str) -> tuple[Reply | None, tuple[Finding, ...]]:
    """Return the reply a recording holds and every problem in it; None where it cannot be used."""
    root, problems = read_json_nodes(text, path)
    if root is None:
        return None, problems
    newer = too_new(root, formats.RECORDING, "reply-format")
    if newer:
        return None, newer
    root = _joined(root)
    findings = [*problems, *_as_recording(conform(root, RECORDING))]
    if not isinstance(root, MapNode):
        return None, tuple(findings)
    reader = PartReader()
    slots = _slots(root.get("slots"), reader)
    findings += [*_as_recording(reader.findings), *_unfilled(slots, path)]
    reply = Reply(
        block=text_of(root.get("block")),
        key=text_of(root.get("key")),
        spec=text_of(root.get("spec")),
        slots=slots,
        provenance=_provenance(root.get("provenance")),
        path=path,
    )
    return (reply if reply.block and slots else None), in_order(findings)


def read_drafts(root: Node, path: str) -> tuple[dict[str, Reply], tuple[Finding, ...]]:
    """Return the replies by block id in a mapping `block: {slot: parts}`, as `proofweave adopt --from` takes it."""
    findings = list(_as_recording(conform(root, REPLIES)))
    replies: dict[str, Reply] = {}
    for block, node in root.items if isinstance(root, MapNode) else ():
        reader = PartReader()
        slots = _slots(node, reader)
        findings += _as_recording(reader.findings)
        replies[block.value] = Reply(block.value, "", "", slots, Provenance("", ""), path)
    return replies, in_order(findings)


def write_reply(reply: Reply) -> str:
    """Return the text of a recording: keys in one order, a sentence a line; reading it gives the reply again."""
    made = reply.provenance
    provenance: dict[str, Any] = {"by": made.by, "date": made.date}
    for key, value in (("parameters", made.parameters), ("prompt", made.prompt), ("tokens", made.tokens)):
        if value:
            provenance[key] = dict(sorted(value.items())) if isinstance(value, Mapping) else value
    document = {
        "format": formats.RECORDING,
        "block": reply.block,
        "spec": reply.spec,
        "key": reply.key,
        "provenance": provenance,
        "slots": _slots_out(reply),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    # recordings allow no escape that TeX starts with, such as the one of a tabulator
    return SHORT.sub(lambda match: match[1] + SHORTENED[match[2]], text) + "\n"


def same_words(one: Reply, other: Reply) -> bool:
    """Tell whether two replies say the same, wherever they stand."""
    return _slots_out(one) == _slots_out(other)


def _slots(node: Node | None, reader: PartReader) -> dict[str, tuple[Part, ...]]:
    items = node.items if isinstance(node, MapNode) else ()
    return {key.value: reader.parts(value, key.value) for key, value in items}


def _unfilled(slots: Mapping[str, Sequence[Part]], path: str) -> Iterator[Finding]:
    for name, parts in slots.items():
        for part in parts:
            if isinstance(part, Slot):
                yield finding_of("outline.reply-slot-unfilled", part.where, slot=name)
            if isinstance(part, Code) and (part.run or part.values):
                yield finding_of("outline.reply-run", part.where)


def _as_recording(findings: Sequence[Finding] | Iterator[Finding]) -> Iterator[Finding]:
    """Yield findings of the shapes shared with outlines under the name of recordings."""
    for finding in findings:
        yield replace(finding, rule=re.sub(r"\Aoutline-", "reply-", finding.rule))


def _joined(node: Node, key: str = "", depth: int = 0) -> Node:
    """Return a recording's nodes with each text that is written as a list of sentences joined to one text.

    Parts stand in the lists of `slots`; a list among them, or under a key of prose, is a text; one under `code` is
    a listing, a line each.
    """
    if isinstance(node, MapNode):
        items = tuple((name, _joined(value, name.value, depth + 1)) for name, value in node.items)
        return replace(node, items=items)
    if not isinstance(node, ListNode):
        return node
    texts = [item for item in node.items if isinstance(item, ScalarNode)]
    if len(texts) == len(node.items) and texts and key in (*PROSE_KEYS, "code", "-"):
        glue = "\n" if key == "code" else ""
        return replace(texts[0], value=glue.join(text.value for text in texts))
    inner = "-" if depth == 2 else ""  # the parts of a slot: slots → name → list
    return replace(node, items=tuple(_joined(item, inner, depth + 1) for item in node.items))


def _provenance(node: Node | None) -> Provenance:
    found = plain(node) if isinstance(node, MapNode) else {}
    assert isinstance(found, dict)
    parameters, tokens = found.get("parameters"), found.get("tokens")
    return Provenance(
        by=str(found.get("by", "")),
        date=str(found.get("date", "")),
        parameters=parameters if isinstance(parameters, dict) else {},
        prompt=str(found.get("prompt", "")),
        tokens={k: int(v) for k, v in tokens.items() if str(v).isdecimal()} if isinstance(tokens, dict) else {},
    )


def _slots_out(reply: Reply) -> dict[str, list[object]]:
    return {name: [_part_out(part) for part in parts] for name, parts in sorted(reply.slots.items())}


def _part_out(part: Part) -> object:
    if isinstance(part, Text):
        return _sentences(part.text)
    if isinstance(part, Equation):
        return {"equation": _equation_out(part)}
    if isinstance(part, Code):
        return {"code": part.code.rstrip("\n").split("\n"), **({"language": part.language} if part.language else {})}
    if isinstance(part, Figure):
        return {"figure": part.id, "caption": _sentences(part.caption)}
    assert isinstance(part, Step), "a reply holds no slots"
    return {
        "because": _sentences(part.because),
        **({"equation": _equation_out(part.equation)} if part.equation is not None else {}),
        **({"intuition": _sentences(part.intuition)} if part.intuition else {}),
    }


def _sentences(text: str) -> str | list[str]:
    """Return a text as its sentences, a single one as it is."""
    parts = SENTENCE.findall(text)
    return parts if len(parts) > 1 or "\n" in text else text


def _equation_out(equation: Equation) -> dict[str, object]:
    check = equation.check
    rows = equation.tex.split("\n")
    out: dict[str, object] = {"id": equation.id} if equation.id else {}
    out["tex"] = [row + "\n" for row in rows[:-1]] + [rows[-1]] if len(rows) > 1 else equation.tex
    optional: dict[str, object] = {
        "defines": check.defines,
        "assume": check.assume,
        "skip": check.skip,
        "given": list(check.given),
        "order": dict(check.order) if check.order else None,
        "tight": check.tight,
        "strict": check.strict,
        "excuse": dict(check.excuse),
        "symbols": {symbol.name: symbol.written() for symbol in equation.symbols},
        "instances": {symbol.name: symbol.written("as") for symbol in equation.instances},
        "rows": "one" if equation.rows == 1 and len(split_rows(equation.tex)) > 1 else "",
        "tag": "" if equation.numbered else "none",
    }
    return out | {key: value for key, value in optional.items() if value}
