"""Make of a post the chapters of a book: well-formed XHTML with MathML, no scripts, no controls."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

from proofweave.stages.export.page import (
    PROOF,
    Document,
    Node,
    Pictured,
    Printer,
    arranged,
    inside,
    raw_inline,
)

MATH = re.compile(r"<math(?=[ >])")
NAMESPACE = '<math xmlns="http://www.w3.org/1998/Math/MathML"'


@dataclass(frozen=True, slots=True)
class BookPrinter(Printer):
    """Prints formulas as a page does, with a sign that is no button beside a checked equation's number."""

    TEMPLATE: ClassVar[str] = __name__
    PAGES: ClassVar[bool] = False

    def math(self, tex: str, display: bool = False) -> str:
        """Return a formula as MathML of its own namespace, with its TeX for readers that have no MathML."""
        found = Printer.math(self, tex, display)
        opening = f'{NAMESPACE} alttext="{escape(" ".join(tex.split()))}"'
        return MATH.sub(lambda _: opening, found, count=1).replace("∥", "‖")  # fonts of text slant the other sign


def chapters(document: Document, blocks: Sequence[Node], pictures: Mapping[Pictured, str]) -> list[Node]:
    """Return the tree that pandoc writes as a book: a chapter for each heading of the first level."""
    tree = arranged(document, blocks, pictures, BookPrinter)
    return [new for block in _lifted(tree) for new in _block(block)]


def _lifted(blocks: Sequence[Node]) -> Iterator[Node]:
    """Yield the blocks with the grown part's own out of its box, so that chapters can be cut between them."""
    for block in blocks:
        if block["t"] == "Div" and "grown" in block["c"][0][1]:
            yield from block["c"][1]
        else:
            yield block


def _block(block: Node) -> Iterator[Node]:
    kind = block["t"]
    content: Any = block.get("c")
    if kind == "RawBlock":
        if found := PROOF.match(content[1]):
            text = f'<div class="proof"><p class="proof-head"><strong>{found[1]}</strong></p>'
        else:
            text = "</div>" if content[1] == "</details>" else content[1]
        yield {"t": kind, "c": ["html", text]}
    elif kind == "Header":
        yield {"t": kind, "c": [content[0] - 1, content[1], _inlines(content[2])]}
    else:
        yield inside(block, _blocks, _inlines)


def _blocks(found: Sequence[Node]) -> list[Node]:
    return [new for block in found for new in _block(block)]


def _inlines(found: Sequence[Node]) -> list[Node]:
    return [_picture(node) if node["t"] == "Image" else node for node in found]


def _picture(node: Node) -> Node:
    """Return a figure's element; the picture itself is put into the book afterwards, since pandoc reads no file."""
    alt, (target, _) = "".join(each.get("c", " ") for each in node["c"][1]), node["c"][2]
    return raw_inline(f'<img src="{picture_name(target)}" alt="{escape(alt)}" />')


def picture_name(target: str) -> str:
    """Return the name a figure has in a book: plain letters, since some readers take no others."""
    stem = target.rsplit("/", 1)[-1]
    plain = "".join(each if each.isascii() and (each.isalnum() or each in "._-") else "_" for each in stem)
    return f"media/{plain}"


def pictures_of(blocks: Any) -> tuple[str, ...]:
    """Return the figures that a tree, as pandoc read it, shows of ours, as it names them."""
    found: dict[str, None] = {}

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("t") == "Image" and node["c"][2][0].startswith("../figures/"):
                found[node["c"][2][0]] = None
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                visit(each)

    visit(blocks)
    return tuple(found)
