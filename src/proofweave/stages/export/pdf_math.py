"""Write KaTeX's MathML as Typst's mathematics: every formula that a page shows, a handout shows too."""

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from proofweave.core import beside
from proofweave.stages.export.page import APPLIED, SPACE, read_math

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?\Z")
LENGTH = re.compile(r"-?[0-9.]+em\Z")
DIRECT = frozenset({"overline", "underline", "overbrace", "underbrace"})
"""Functions of Typst's own; the other accents go through `accent`."""

TABLE = beside(__name__)
VARIANTS: Mapping[str, str] = TABLE["variants"]
ACCENTS: Mapping[str, str] = TABLE["accents"]
SPACES: Mapping[str, float] = TABLE["spaces"]
BARS: Mapping[str, str] = TABLE["bars"]
CLASSES = {sign: name for name, signs in TABLE["classes"].items() for sign in signs}


def typst_math(katex: str) -> str:
    """Return a formula, as KaTeX pictured it, for the inside of Typst's `$`; "" where KaTeX has no picture."""
    root = read_math(katex)
    if root is None:
        return ""
    children = list(root)
    while len(children) == 1 and _name(children[0]) == "mrow":
        children = list(children[0])
    if len(children) == 1 and _name(children[0]) == "mtable":
        return _lines(children[0])
    return _row(children)


def quoted(text: str) -> str:
    """Return a text as a string of Typst's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _name(node: ET.Element) -> str:
    return node.tag.removeprefix(SPACE)


def _row(nodes: Sequence[ET.Element]) -> str:
    """Return nodes that stand side by side."""
    out: list[str] = []
    for index, node in enumerate(nodes):
        following = nodes[index + 1] if index + 1 < len(nodes) else None
        if _name(node) == "mrow" and not len(node) and index == 0 and following is not None:
            out.append(quoted(""))  # what stands before a relation, so that it is set apart
        elif _name(node) == "mi" and following is not None and following.text == APPLIED:
            out.append(f"op({quoted(node.text or '')})")
        else:
            out.append(_one(node))
    if len(nodes) > 1 and (_grows(nodes[0]) or _grows(nodes[-1])):
        last = len(nodes) - 1
        grown = [
            f"mid({text})" if text and _grows(node) and 0 < index < last else text
            for index, (node, text) in enumerate(zip(nodes, out, strict=True))
        ]
        return f"lr({' '.join(filter(None, grown))})"
    return " ".join(filter(None, out))


def _grows(node: ET.Element) -> bool:
    r"""Return whether a node is what `\left`, `\middle` or `\right` makes."""
    return _name(node) == "mo" and node.get("fence") == "true" and not node.get("minsize")


def _sign(text: str) -> str:
    """Return a sign, escaped, since many mean something to Typst."""
    return " ".join(each if each.isalnum() else f"\\{each}" for each in text if not each.isspace())


def _one(node: ET.Element) -> str:
    name, text = _name(node), node.text or ""
    if name == "mi":
        return _identifier(text, node.get("mathvariant", ""))
    if name == "mn":
        plain = text if NUMBER.match(text) else quoted(text)
        variant = node.get("mathvariant", "normal")
        return plain if variant == "normal" else VARIANTS.get(variant, "{}").format(plain)
    if name == "mo":
        return _operator(node)
    if name == "mtext":
        return _blank(text) if not text.strip() or "\u2063" in text else quoted(text)
    if name == "mspace":
        width = node.get("width", "")
        return f"#h({width})" if LENGTH.match(width) else "\\ " if node.get("linebreak") == "newline" else ""
    if name in ("mrow", "mtd", "mpadded", "math", "semantics"):
        return _row(list(node))
    if name == "mstyle":
        return _styled(node)
    if name == "mfrac":
        above, below = (_arg(each) for each in node)
        if node.get("linethickness", "").startswith("0"):
            return f"mat(delim: #none, {above}; {below})"
        return f"frac({above}, {below})"
    if name == "msqrt":
        return f"sqrt({_row(list(node)) or quoted('')})"
    if name == "mroot":
        return f"root({_arg(node[1])}, {_arg(node[0])})"
    if name in ("msub", "msup", "msubsup", "munder", "mover", "munderover"):
        return _scripts(node, name)
    if name == "mtable":
        return _table(node)
    if name == "menclose":
        inner = _row(list(node))
        return f"cancel({inner})" if "strike" in node.get("notation", "") else f"boxed({inner})"
    if name == "mphantom":
        return f"#hide[${_row(list(node))}$]"
    return _row(list(node)) or (quoted(text) if text.strip() else "")


def _arg(node: ET.Element) -> str:
    """Return a node for the inside of a call, where nothing at all would be an error."""
    return _row([node]) or quoted("")


def _identifier(text: str, variant: str) -> str:
    if not text or text == APPLIED:
        return ""
    if text in BARS:
        return f'class("normal", {_sign(BARS[text])})'
    if len(text) > 1 and text.isascii():
        shape = "bold({})" if variant.startswith("bold") else "upright({})"
        return shape.format(quoted(text))
    plain = text if len(text) == 1 and text.isalpha() else _sign(text) if len(text) == 1 else quoted(text)
    return VARIANTS.get(variant, "{}").format(plain)


def _operator(node: ET.Element) -> str:
    text = (node.text or "").strip()
    if len(node):
        words = "".join(node.itertext())
        plain = all(_name(each) in ("mo", "mi", "mtext", "mrow", "mspace") for each in node.iter())
        return f"op({quoted(words)})" if plain and len(words) > 1 else f'class("relation", {_row(list(node))})'
    if not text or text == APPLIED:
        return ""
    bar = text in BARS and (
        node.get("fence") == "true" or node.get("stretchy") == "false" or node.get("minsize", "") != ""
    )
    text = BARS[text] if bar else text
    size = node.get("minsize", "")
    if LENGTH.match(size) and node.get("stretchy") == "true" and not node.get("maxsize"):
        return f"stretch({_sign(text)}, size: #{size})"
    if LENGTH.match(size):
        return f'class("{CLASSES.get(text, "normal")}", lr(size: #{size}, {_sign(text)}))'
    if len(text) > 1 and text.isalpha():
        return f"op({quoted(text)})"
    return f'class("normal", {_sign(text)})' if bar and not _grows(node) else _sign(text)


def _blank(text: str) -> str:
    """Return white space of the width that KaTeX means by it; an invisible separator makes it negative."""
    width = sum(SPACES.get(each, 0.0) for each in text)
    return f"#h({'-' if chr(0x2063) in text else ''}{width:.4f}em)" if width else ""


def _styled(node: ET.Element) -> str:
    inner = _row(list(node))
    if not inner:
        return ""
    level, display = node.get("scriptlevel", ""), node.get("displaystyle", "")
    if level in ("1", "2"):
        return f"{'script' if level == '1' else 'sscript'}({inner})"
    if display:
        return f"{'display' if display == 'true' else 'inline'}({inner})"
    return inner


def _scripts(node: ET.Element, name: str) -> str:
    base, marks = node[0], list(node)[1:]
    if len(marks) == 1 and name in ("mover", "munder") and _name(marks[0]) == "mo":
        accent = ACCENTS.get((marks[0].text or "").strip(), "")
        if accent in DIRECT:
            return f"{accent}({_arg(base)})"
        if accent and node.get("accent") == "true":
            return f"accent({_arg(base)}, {accent})"
    places = {"msub": "b", "msup": "t", "msubsup": "bt", "munder": "b", "mover": "t", "munderover": "bt"}[name]
    set_at = "limits" if name in ("munder", "mover", "munderover") else "scripts"
    inner = f"op({quoted(base.text or '')})" if _worded(base) else _arg(base)
    scripts = ", ".join(f"{place}: {_arg(mark)}" for place, mark in zip(places, marks, strict=False))
    return f"attach({set_at}({inner}), {scripts})"


def _worded(node: ET.Element) -> bool:
    """Return whether a node is a function's name, as `min` is."""
    text = node.text or ""
    return _name(node) in ("mi", "mo") and len(text) > 1 and text.isascii() and text.isalpha()


def _cells(table: ET.Element) -> list[list[str]]:
    return [[_row(list(cell)) for cell in row] for row in table]


def _lines(table: ET.Element) -> str:
    """Return a table that is a whole display as lines which line up at the signs between its columns."""
    return " \\\n".join(" & ".join(cell or quoted("") for cell in row) for row in _cells(table))


def _table(table: ET.Element) -> str:
    sides = table.get("columnalign", "center").split()
    if "right" in sides and "left" in sides:
        rows = [" & ".join(row) for row in _cells(table)]
        return f"mat(delim: #none, {'; '.join(row or quoted('') for row in rows)})"
    side = sides[0] if sides[0] in ("left", "right") else "center"
    rows = [", ".join(cell or quoted("") for cell in row) for row in _cells(table)]
    return f"mat(delim: #none, align: #{side}, {'; '.join(rows)})"
