"""Make of a post the tree that pandoc writes as Typst: formulas, boxes and proofs call the template's functions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any, ClassVar

from proofweave.core import labels
from proofweave.stages.export.marked import Display
from proofweave.stages.export.page import (
    NO_ATTR,
    PROOF,
    Document,
    Node,
    Pictured,
    Printer,
    anchor_of,
    arranged,
    inside,
    named,
    raw_block,
    raw_inline,
    row_cells,
    several,
)
from proofweave.stages.export.pdf_math import quoted, typst_math

FIGURE = re.compile(r'<figure(?: id="([^"]*)")?>\Z')
ENDS = {
    "</details>": "]",
    "<figcaption>": "][",
    "</figcaption></figure>": "]",
    '<div class="wide">': "",
    "</div>": "",
}
BOXES = {"box": "statement", "passage": "passage", "aside": "aside", "qed": "qed", "works": "works"}
_typst, _inline = partial(raw_block, form="typst"), partial(raw_inline, form="typst")
LABEL = re.compile(r"[A-Za-z0-9_.:-]+\Z")


@dataclass(frozen=True, slots=True)
class TypstPrinter(Printer):
    """Prints formulas as Typst, from the same pictures as a page."""

    PAGES: ClassVar[bool] = False

    def math(self, tex: str, display: bool = False) -> str:
        """Return a formula; one that cannot be shown is its TeX, as code."""
        picture = self.pictures.get((tex, display), "")
        if not picture:
            return f"#raw({quoted(tex)});"
        inner = typst_math(picture) or quoted("")
        return f"$ {inner} $" if display else f"${inner}$"

    def display(self, display: Display) -> str:
        """Return a displayed formula with its numbers."""
        if several(display):
            return self.rows(display)
        number = next(iter(display.numbers), "")
        return f"#eqn({self.number(number)})[{self.math(named(display.tex, self.numbers), True)}]"

    def rows(self, display: Display) -> str:
        """Return a display of several numbers: lines that share their columns, each with its number."""
        lines = []
        for row in display.rows:
            cells = ", ".join(f"[{self.math(cell)}]" for cell in row_cells(row.tex, self.numbers))
            lines.append(f"(({self.number(row.number)}), ({cells},))")
        return f"#eqns({'true' if display.aligned else 'false'}, {', '.join(lines)})"

    def number(self, number: str) -> str:
        """Return a number's arguments: what it shows, its label, the sign of what was checked."""
        mark = self.marks.get(number)
        anchor = anchor_of(number) if number else ""
        return f"{quoted(number)}, {quoted(anchor)}, {quoted(mark.state if mark else '')}"


def handout(document: Document, blocks: Sequence[Node], pictures: Mapping[Pictured, str]) -> list[Node]:
    """Return the tree that pandoc writes as Typst, from the one it read."""
    tree = arranged(document, blocks, pictures, TypstPrinter)
    setter = _Setter()
    out = setter.blocks(tree)
    return _Linker(frozenset(setter.labels)).blocks(out)


def source(document: Document, template: str, body: str) -> str:
    """Return the Typst source of a handout: its settings, the template, and what pandoc wrote."""
    numbered, checked = document.counted
    words = labels("page", document.language)
    settings = {
        "title": document.title,
        "language": document.language,
        "date": document.date,
        "contents": words["contents"],
        "summary": words["printed_summary"].format(numbered=numbered, checked=checked),
    }
    lines = [f"#let {name} = {quoted(value)}" for name, value in settings.items()]
    lines += [f"#let numbered = {numbered}", f"#let checked = {checked}"]
    return "\n".join((*lines, template, body, ""))


class _Setter:
    """Turns boxes, proofs and figures into calls of the template's functions, and keeps the labels they set."""

    def __init__(self) -> None:
        self.labels: set[str] = set()

    def blocks(self, found: Sequence[Node]) -> list[Node]:
        return [new for block in found for new in self.block(block)]

    def block(self, block: Node) -> Iterator[Node]:
        kind = block["t"]
        content: Any = block.get("c")
        if kind == "RawBlock":
            yield _typst(self.raw(content[1]))
        elif kind == "Div":
            yield from self.div(content)
        elif kind == "Header":
            anchor = self.anchor(content[1][0])
            if anchor:
                yield _typst(f"#anchor({quoted(anchor)})")
            yield {"t": kind, "c": [content[0] - 1, NO_ATTR, self.inlines(content[2])]}
        else:
            yield inside(block, self.blocks, self.inlines)

    def div(self, content: Any) -> Iterator[Node]:
        (anchor, classes, _), inner = content
        name = next((BOXES[each] for each in classes if each in BOXES), "")
        blocks = self.blocks(inner)
        if not name:
            yield from blocks
            return
        kind = classes[1] if len(classes) > 1 else ""
        yield _typst(f"#{name}({quoted(kind)}, {quoted(self.anchor(anchor))})[")
        yield from blocks
        yield _typst("]")

    def raw(self, text: str) -> str:
        """Return what HTML of ours becomes; anything else is Typst already, and sets the labels of equations."""
        if text in ENDS:
            return ENDS[text]
        if found := PROOF.match(text):
            return f"#proof({quoted(unescape(found[1]))})["
        if found := FIGURE.match(text):
            return f"#drawing({quoted(self.anchor(found[1] or ''))})["
        self.labels.update(re.findall(r'"(eq-[^"]+)"', text))
        return text

    def anchor(self, name: str) -> str:
        """Return a label, "" for one that is set already or that Typst would not take."""
        if not name or name in self.labels or not LABEL.match(name):
            return ""
        self.labels.add(name)
        return name

    def inlines(self, found: Sequence[Node]) -> list[Node]:
        return [new for node in found for new in self.inline(node)]

    def inline(self, node: Node) -> Iterator[Node]:
        kind = node["t"]
        content: Any = node.get("c")
        if kind == "RawInline":
            yield _inline(content[1])
        elif kind == "Span":
            anchor = self.anchor(content[0][0])
            yield _inline(f"#label-of({quoted(anchor)})[")
            yield from self.inlines(content[1])
            yield _inline("];")
        elif kind == "Image":
            yield _inline(f"#picture({quoted(content[2][0].removeprefix('../'))});")
        elif kind in ("Quoted", "Link"):
            yield {"t": kind, "c": [content[0], self.inlines(content[1]), *content[2:]]}
        elif isinstance(content, list) and content and isinstance(content[0], dict) and "t" in content[0]:
            yield {"t": kind, "c": self.inlines(content)}
        else:
            yield node


class _Linker(_Setter):
    """Makes links within the handout, and words of those that would lead nowhere."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__()
        self.known = known

    def block(self, block: Node) -> Iterator[Node]:
        yield block if block["t"] == "RawBlock" else inside(block, self.blocks, self.inlines)

    def inline(self, node: Node) -> Iterator[Node]:
        if node["t"] == "RawInline":
            yield node
        elif node["t"] == "Link" and node["c"][2][0].startswith("#"):
            target = node["c"][2][0][1:]
            inner = self.inlines(node["c"][1])
            known = target in self.known
            yield from [_inline(f"#ref-to({quoted(target)})["), *inner, _inline("];")] if known else inner
        else:
            yield from super().inline(node)
