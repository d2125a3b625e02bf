"""Put formulas and links into a document tree in place of their tokens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from proofweave.stages.export.marked import Marked, tokens
from proofweave.stages.export.page.equations import BESIDE, Printer, anchor_of
from proofweave.stages.export.page.links import Links
from proofweave.stages.export.page.tree import NESTED, Node, inside, raw_block, raw_inline


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills a tree; `links` are looked for in the grown part only."""

    marked: Marked
    printer: Printer
    links: Links | None

    def blocks(self, found: Sequence[Node], grown: bool = False) -> list[Node]:
        """Return blocks without tokens; a display leaves its paragraph, which goes on after it."""
        return [new for block in found for new in self.block(block, grown)]

    def block(self, block: Node, grown: bool) -> Iterator[Node]:
        """Yield what a block becomes."""
        kind = block["t"]
        if kind in ("Para", "Plain"):
            yield from self.paragraph(kind, block["c"], grown)
        else:
            grown = grown or (kind == "Div" and "grown" in block["c"][0][1])
            yield inside(block, partial(self.blocks, grown=grown), partial(self.inlines, grown=False))

    def paragraph(self, kind: str, content: Sequence[Node], grown: bool) -> Iterator[Node]:
        """Yield a paragraph, cut where it holds displays."""
        part: list[Node] = []
        for node in content:
            if node["t"] != "Str":
                part.append(node)
                continue
            for letter, text, number in tokens(self.marked, node["c"]):
                formula = self.marked.formulas[number] if letter == "m" else None
                if formula is None or formula.display < 0:
                    word = text if letter == "text" else f"{self.marked.prefix}{letter}{number}Z"
                    part.append({"t": "Str", "c": word})
                    continue
                yield from self.rest(kind, part, grown)
                part = []
                yield raw_block(self.printer.display(self.marked.displays[formula.display]))
        yield from self.rest(kind, part, grown)

    def rest(self, kind: str, part: Sequence[Node], grown: bool) -> Iterator[Node]:
        """Yield what stands between two displays, unless it is white space."""
        shown = [index for index, node in enumerate(part) if node["t"] not in ("Space", "SoftBreak", "LineBreak")]
        if shown:
            yield {"t": kind, "c": self.inlines(part[shown[0] : shown[-1] + 1], grown)}

    def inlines(self, found: Sequence[Node], grown: bool) -> list[Node]:
        """Return inlines without tokens, references as links."""
        out: list[Node] = []
        run: list[str] = []
        for node in found:
            kind = node["t"]
            content: Any = node.get("c")
            if kind == "Str":
                run.append(content)
                continue
            if kind == "Space":
                run.append(" ")
                continue
            out += self.text("".join(run), grown)
            run = []
            if kind in NESTED:
                node = {"t": kind, "c": self.inlines(content, grown)}
            elif kind == "Span":
                node = {"t": kind, "c": [content[0], self.inlines(content[1], grown and "label" not in content[0][1])]}
            elif kind == "Link" and (other := BESIDE.fullmatch(content[2][0])):
                out += self.beside(other, content)
                continue
            elif kind in ("Quoted", "Link"):
                node = {"t": kind, "c": [content[0], self.inlines(content[1], False), *content[2:]]}
            elif kind == "Code":
                node = {"t": kind, "c": [content[0], self.spelled(content[1])]}
            out.append(node)
        return [*out, *self.text("".join(run), grown)]

    def beside(self, other: re.Match[str], content: Any) -> list[Node]:
        """Return a link to another post's page, or its words where the format has no such pages."""
        inner = self.inlines(content[1], False)
        if not self.printer.PAGES:
            return inner
        return [{"t": "Link", "c": [["", ["elsewhere"], []], inner, [f"{other[1]}.html{other[2] or ''}", ""]]}]

    def text(self, text: str, grown: bool) -> Iterator[Node]:
        """Yield a run of text with formulas and links in it."""
        for letter, piece, number in tokens(self.marked, text):
            if letter == "text":
                found = self.links.split(piece) if grown and self.links else [(piece, "")]
                for words, anchor in found:
                    yield from _linked(words, anchor) if anchor else _spaced(words)
            elif letter == "m":
                formula = self.marked.formulas[number]
                tex = formula.tex if formula.display < 0 else self.marked.displays[formula.display].tex
                yield raw_inline(self.printer.inline(tex))
            elif letter == "r":
                label = self.marked.links[number]
                shown = self.printer.numbers.get(label, "")
                target = anchor_of(shown)
                yield from _linked(f"({shown})", target) if shown else [{"t": "Str", "c": "(?)"}]

    def spelled(self, text: str) -> str:
        """Return code whose tokens are what they stand for; code holds none unless a line was read differently."""
        out = []
        for letter, piece, number in tokens(self.marked, text):
            out.append(piece if letter == "text" else self.marked.formulas[number].tex if letter == "m" else "")
        return "".join(out)


def _linked(text: str, anchor: str) -> Iterator[Node]:
    yield {"t": "Link", "c": [["", ["ref"], []], list(_spaced(text)), [f"#{anchor}", ""]]}


def _spaced(text: str) -> Iterator[Node]:
    for index, word in enumerate(text.split(" ")):
        if index:
            yield {"t": "Space"}
        if word:
            yield {"t": "Str", "c": word}
