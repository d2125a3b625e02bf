"""Pandoc's document tree: walk it, and keep of it only what is text, structure and safe links."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

Node = dict[str, Any]
"""A block or inline of pandoc's JSON: `t` its kind, `c` its content."""

PROOF = re.compile(r'<details class="proof"(?: open)?><summary>(.*)</summary>\Z', re.DOTALL)
"""How a proof begins, with the words that stand over it."""

NO_ATTR: list[Any] = ["", [], []]
LANGUAGE = re.compile(r"[A-Za-z][\w+#-]{0,30}\Z")
BIBTEX = re.compile(r"@[A-Za-z]+\{[^,\s]*,")
SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
NESTED = frozenset({"Emph", "Strong", "Strikeout", "Superscript", "Subscript", "SmallCaps", "Underline"})
ALIGNMENTS = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}


def raw_block(text: str, form: str = "html") -> Node:
    """Return HTML of ours, or another form that pandoc writes, as a block."""
    return {"t": "RawBlock", "c": [form, text]}


def raw_inline(text: str, form: str = "html") -> Node:
    """Return HTML of ours, or another form that pandoc writes, as an inline."""
    return {"t": "RawInline", "c": [form, text]}


def words(inlines: Sequence[Node]) -> str:
    """Return the plain text of some inlines."""
    out: list[str] = []
    for node in inlines:
        kind = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            out.append(content)
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            out.append(" ")
        elif kind == "Code":
            out.append(content[1])
        elif kind in NESTED:
            out.append(words(content))
        elif kind in ("Span", "Link", "Image", "Quoted", "Cite"):
            out.append(words(content[1]))
    return "".join(out)


def inside(block: Node, blocks: Callable[[Any], Any], inlines: Callable[[Any], Any]) -> Node:
    """Return a clean block with the blocks and the inlines right within it as two functions make them."""
    kind = block["t"]
    content: Any = block.get("c")
    if kind in ("Para", "Plain"):
        content = inlines(content)
    elif kind == "Header":
        content = [content[0], content[1], inlines(content[2])]
    elif kind == "BlockQuote":
        content = blocks(content)
    elif kind == "BulletList":
        content = [blocks(item) for item in content]
    elif kind == "OrderedList":
        content = [content[0], [blocks(item) for item in content[1]]]
    elif kind == "Div":
        content = [content[0], blocks(content[1])]
    elif kind == "Table":
        for rows in (content[3][1], *(body[3] for body in content[4])):
            for cell in (cell for row in rows for cell in row[1]):
                cell[4] = blocks(cell[4])
    return {"t": kind, "c": content} if "c" in block else block


def worded(node: Any, picture: str) -> Any:
    """Return a tree whose pictures all have words; those without any are called what they are."""
    if isinstance(node, list):
        return [worded(each, picture) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("t") == "Image" and not words(node["c"][1]):
        return {"t": "Image", "c": [node["c"][0], [{"t": "Str", "c": picture}], node["c"][2]]}
    return {key: worded(value, picture) for key, value in node.items()}


def clean(blocks: Sequence[Node]) -> list[Node]:
    """Return blocks that hold nothing a browser would run, load or style: attributes, raw parts and odd links gone."""
    return [new for block in blocks for new in _block(block)]


def _block(block: Node) -> Iterator[Node]:
    kind = block["t"]
    content: Any = block.get("c")
    if kind == "Para" and BIBTEX.match(words(content)):
        yield {"t": "CodeBlock", "c": [["", ["bibtex"], []], words(content)]}
    elif kind in ("Para", "Plain", "BlockQuote", "BulletList", "HorizontalRule"):
        yield inside(block, clean, inlines)
    elif kind == "LineBlock":
        yield {"t": kind, "c": [inlines(line) for line in content]}
    elif kind == "Header":
        yield {"t": kind, "c": [content[0], NO_ATTR, inlines(content[2])]}
    elif kind == "CodeBlock":
        languages = [name for name in content[0][1] if LANGUAGE.match(name)]
        yield {"t": kind, "c": [["", languages[:1], []], content[1]]}
    elif kind == "OrderedList":
        attributes = [content[0][0], {"t": "DefaultStyle"}, {"t": "DefaultDelim"}]
        yield {"t": kind, "c": [attributes, [clean(item) for item in content[1]]]}
    elif kind == "DefinitionList":
        yield {"t": kind, "c": [[inlines(term), [clean(each) for each in found]] for term, found in content]}
    elif kind == "Table":
        yield from _table(content)
    elif kind in ("Div", "Figure"):
        yield from clean(content[-1])
    elif kind == "RawBlock":
        yield {"t": "Para", "c": [{"t": "Str", "c": content[1]}]}


def _table(content: Sequence[Any]) -> Iterator[Node]:
    """Yield a table whose alignments are classes, since inline styles are not allowed in our pages."""
    _, _, columns, head, bodies, foot = content
    sides = [ALIGNMENTS.get(column[0]["t"], "") for column in columns]

    def row(found: Sequence[Any]) -> list[Any]:
        cells = []
        for cell, side in zip(found[1], [*sides, *[""] * len(found[1])], strict=False):
            attr = ["", [f"align-{side}"] if side else [], []]
            cells.append([attr, {"t": "AlignDefault"}, cell[2], cell[3], clean(cell[4])])
        return [NO_ATTR, cells]

    plain = [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}] for _ in columns]
    caption: list[Any] = [None, []]
    clean_bodies = [[NO_ATTR, body[1], [*map(row, body[2])], [*map(row, body[3])]] for body in bodies]
    table = [NO_ATTR, caption, plain, [NO_ATTR, [*map(row, head[1])]], clean_bodies, [NO_ATTR, [*map(row, foot[1])]]]
    yield raw_block('<div class="wide">')
    yield {"t": "Table", "c": table}
    yield raw_block("</div>")


def inlines(found: Sequence[Node]) -> list[Node]:
    """Return inlines that hold nothing a browser would run or load."""
    return [new for node in found for new in _inline(node)]


def _inline(node: Node) -> Iterator[Node]:
    kind = node["t"]
    content: Any = node.get("c")
    if kind in NESTED:
        yield {"t": kind, "c": inlines(content)}
    elif kind == "Code":
        yield {"t": kind, "c": [NO_ATTR, content[1]]}
    elif kind == "Quoted":
        yield {"t": kind, "c": [content[0], inlines(content[1])]}
    elif kind in ("Cite", "Span"):
        yield from inlines(content[1])
    elif kind == "Link":
        inner = inlines(content[1])
        if _safe(content[2][0]):
            yield {"t": kind, "c": [NO_ATTR, inner, [content[2][0], ""]]}
        else:
            yield from inner
    elif kind == "Image":
        yield from _image(content)
    elif kind in ("Math", "RawInline"):
        yield {"t": "Str", "c": content[1]}
    elif kind == "Note":
        yield {"t": "Note", "c": clean(content)}
    else:
        yield node


def _image(content: Sequence[Any]) -> Iterator[Node]:
    """Yield a figure of ours as it is; any other picture becomes a link to it, or its words."""
    alt, (target, _) = words(content[1]), content[2]
    if target.startswith("../figures/") and target.endswith(".svg") and ".." not in target[3:]:
        yield {"t": "Image", "c": [NO_ATTR, [{"t": "Str", "c": alt}], [target, ""]]}
    elif urlsplit_safe(target) in ("http", "https"):
        yield {"t": "Link", "c": [NO_ATTR, [{"t": "Str", "c": f"[{alt}]"}], [target, ""]]}
    else:
        yield {"t": "Str", "c": f"[{alt}]"}


def urlsplit_safe(target: str) -> str:
    """Return an address's scheme in lower case, "?" for one that cannot be read."""
    try:
        return urlsplit(target.strip()).scheme.lower()
    except ValueError:
        return "?"


def _safe(target: str) -> bool:
    compact = re.sub(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]", "", target)
    scheme = urlsplit_safe(compact)
    if scheme in SAFE_SCHEMES:
        return True
    return scheme == "" and ":" not in compact.split("/")[0].split("?")[0].split("#")[0] and "\\" not in compact
