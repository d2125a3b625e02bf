"""Put the blocks of a grown post into boxes: theorems, proofs that fold, intuitions, figures."""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from proofweave.core import NUMBERED, Block, labels
from proofweave.stages.export.marked import Marked, Region
from proofweave.stages.export.page.tree import NO_ATTR, Node, raw_block, words

ENTRY = re.compile(r"\[(\d+)\](?:\s|\Z)")
ID = re.compile(r"[A-Za-z0-9_-]+\Z")
OPENED_BY = {"e": "b", "h": "g"}
"""The letter of the edge that opens what an edge closes."""

SHORT = 40
"""Characters that a proof's first or last words have at most."""


def boxed(blocks: Sequence[Node], marked: Marked, language: str) -> list[Node]:
    """Return the blocks with each region in its box; an edge without its other edge is left out."""
    boxes = _Boxes(marked, labels("post", language)["proof"])
    whole = ("", -1)
    open_ones: list[tuple[tuple[str, int], list[Node]]] = [(whole, [])]

    def leave_out(until: tuple[str, int]) -> None:
        while open_ones[-1][0] != until:
            _, inner = open_ones.pop()
            open_ones[-1][1].extend(inner)

    for block in blocks:
        edge = boxes.edge(block)
        if edge is None:
            open_ones[-1][1].append(block)
        elif edge[0] in OPENED_BY.values():
            open_ones.append((edge, []))
        elif (opened := (OPENED_BY[edge[0]], edge[1])) in (other for other, _ in open_ones):
            leave_out(opened)
            _, inner = open_ones.pop()
            before = open_ones[-1][1]
            before += boxes.box(opened, inner, before)
    leave_out(whole)
    return open_ones[0][1]


class _Boxes:
    """Makes the box of each kind of region."""

    def __init__(self, marked: Marked, proof_word: str) -> None:
        self.marked = marked
        self.proof_word = proof_word
        self.token = marked.token

    def edge(self, block: Node) -> tuple[str, int] | None:
        """Return the edge that a paragraph is."""
        content: Any = block.get("c")
        if block["t"] != "Para" or len(content) != 1 or content[0]["t"] != "Str":
            return None
        match = self.token.fullmatch(content[0]["c"])
        return (match[1], int(match[2])) if match and match[1] in "begh" else None

    def box(self, edge: tuple[str, int], blocks: list[Node], before: list[Node]) -> list[Node]:
        """Return a region's blocks in their box; `before` are those that stand before it, to take a heading from."""
        letter, number = edge
        if letter == "g":
            return [_div("", ["grown"], _bibliography(blocks))]
        region = self.marked.regions[number]
        if region.kind == "block" and region.block is not None:
            return [self.block(region.block, blocks)]
        if region.kind == "proof":
            return self.proof(blocks, before, "" if region.solves else " open")
        if region.kind == "figure":
            return _figure(region, blocks)
        if region.kind == "section" and region.section is not None:
            return _section(region.section.id, blocks)
        return _step(blocks)

    def block(self, block: Block, blocks: list[Node]) -> Node:
        classes = ["box" if block.kind in NUMBERED else "passage", block.kind.value.replace("_", "-")]
        anchor = f"thm-{block.id}" if ID.match(block.id) else ""
        blocks = _changed(blocks, "Para", _labelled)
        if not block.body:
            blocks = _closed(blocks)
        return _div(anchor, classes, blocks)

    def proof(self, blocks: list[Node], before: list[Node], shown: str) -> list[Node]:
        """Return a proof that folds, under the words that stand before it; a solution is folded, not `shown`."""
        heading: list[Node] = [{"t": "Str", "c": self.proof_word}]
        if before and before[-1]["t"] == "Para" and len(words(before[-1]["c"])) <= SHORT:
            content = before[-1]["c"]
            if content and content[0]["t"] == "Strong" and not self.token.search(words(content)):
                heading = before.pop()["c"][0]["c"]
        return [
            raw_block(f'<details class="proof"{shown}><summary>{escape(words(heading))}</summary>'),
            *blocks,
            raw_block("</details>"),
        ]


def _labelled(block: Node) -> Node:
    """Return a paragraph whose first words, where they are strong, are its label: no reference is looked for in it."""
    content = block.get("c")
    if block["t"] != "Para" or not content or content[0]["t"] != "Strong":
        return block
    return {"t": "Para", "c": [{"t": "Span", "c": [["", ["label"], []], content[0]["c"]]}, *content[1:]]}


def _closed(blocks: list[Node]) -> list[Node]:
    """Return a block's parts with the words that end its proof inside the proof."""
    for index, block in enumerate(blocks):
        if block["t"] == "RawBlock" and block["c"][1] == "</details>":
            tail = [_ending(each) for each in blocks[index + 1 :]]
            return [*blocks[:index], *tail, block]
    return blocks


def _ending(block: Node) -> Node:
    if block["t"] == "Para" and len(words(block["c"])) <= SHORT:
        return _div("", ["qed"], [block])
    return block


def _figure(region: Region, blocks: list[Node]) -> list[Node]:
    anchor = f' id="fig-{region.figure}"' if ID.match(region.figure) else ""
    before: list[Node] = []
    pictures: list[Node] = []
    others: list[Node] = []
    for block in blocks:
        content = block["c"] if block["t"] == "Para" else []
        index = next((index for index, node in enumerate(content) if node["t"] == "Image"), -1)
        if index < 0:
            others.append(_labelled(block) if not others else block)
            continue
        if words(content[:index]).strip():  # a passage's title that the figure follows on its line
            before.append({"t": "Para", "c": content[:index]})
        pictures.append({"t": "Para", "c": content[index:]})
    return [
        *before,
        raw_block(f"<figure{anchor}>"),
        *pictures,
        raw_block("<figcaption>"),
        *others,
        raw_block("</figcaption></figure>"),
    ]


def _section(anchor: str, blocks: list[Node]) -> list[Node]:
    """Return a section whose first heading has its anchor."""

    def anchored(header: Node) -> Node:
        level, _, inner = header["c"]
        return {"t": "Header", "c": [level, [f"sec-{anchor}", [], []], inner]}

    return _changed(blocks, "Header", anchored) if ID.match(anchor) else blocks


def _step(blocks: list[Node]) -> list[Node]:
    """Return a step whose last quotation is its intuition."""
    return _changed(blocks[::-1], "BlockQuote", lambda quote: _div("", ["aside"], quote["c"]))[::-1]


def _changed(blocks: list[Node], kind: str, change: Callable[[Node], Node]) -> list[Node]:
    """Return blocks of which the first of a kind is changed."""
    index = next((index for index, block in enumerate(blocks) if block["t"] == kind), len(blocks))
    return [*blocks[:index], *map(change, blocks[index : index + 1]), *blocks[index + 1 :]]


def _bibliography(blocks: list[Node]) -> list[Node]:
    """Return the grown part with an anchor at each work of its list of references."""
    out = []
    for block in blocks:
        items = block["c"] if block["t"] == "BulletList" else []
        entries = [_anchored(item[0]) if item else None for item in items]
        if block["t"] == "BulletList" and None not in entries:
            works = [[entry, *item[1:]] for entry, item in zip(entries, items, strict=True)]
            block = _div("", ["works"], [{"t": "BulletList", "c": works}])
        out.append(block)
    return out


def _anchored(block: Node) -> Node | None:
    """Return an entry with an anchor at its number; None for a block that is none."""
    content: Any = block.get("c")
    entry = ENTRY.match(words(content)) if block["t"] in ("Plain", "Para") else None
    if entry is None:
        return None
    number: Node = {"t": "Str", "c": f"[{entry[1]}]"}
    head = {"t": "Span", "c": [[f"ref-{entry[1]}", ["label"], []], [number]]}
    return {"t": block["t"], "c": [head, *(content[1:] if content[:1] == [number] else content)]}


def _div(anchor: str, classes: Sequence[str], blocks: Sequence[Node]) -> Node:
    return {"t": "Div", "c": [[anchor, list(classes), []] if anchor or classes else NO_ATTR, list(blocks)]}
