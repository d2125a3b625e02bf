"""Make of KaTeX's MathML what browsers show without styles: letters in their own alphabets, cells with classes."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from proofweave.core import beside

SPACE = "{http://www.w3.org/1998/Math/MathML}"
MATH = re.compile(r"<math.*</math>", re.DOTALL)
CHILDREN = {"msub": 2, "msup": 2, "munder": 2, "mover": 2, "mfrac": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
APPLIED = "\u2061"
r"""What KaTeX puts after a function's name, unseen: in `\lambda_{\max}` a third child of an element of at most two."""

TABLE = beside(__name__)
ALPHABETS: Mapping[str, tuple[int, ...]] = TABLE["alphabets"]
HOLES = {code: letter for letter, code in TABLE["holes"].items()}
GREEK: Mapping[str, int] = TABLE["greek"]
RANGES = (("A", "Z"), ("a", "z"), ("Α", "Ω"), ("α", "ω"), ("0", "9"))
"""The first and the last letter of what an alphabet has."""

OPENING = frozenset("([{")
SCRIPTED = frozenset({"msub", "msup", "msubsup"})
SIGNS = frozenset("−-+±∓")
CLOSING = frozenset(")]}|∥‖∣⟩⌋⌉!′")
"""Operators after which a minus is a subtraction."""


def shown(katex: str) -> str:
    """Return KaTeX's MathML as HTML shows it: no TeX in it, no styles, no attributes that only old browsers knew."""
    root = read_math(katex)
    if root is None:
        return "<math></math>"
    _signs(root)
    out = ['<math display="block">' if root.get("display") == "block" else "<math>"]
    for child in root:
        _write(child, out)
    return "".join((*out, "</math>"))


def read_math(katex: str) -> ET.Element | None:
    """Return KaTeX's MathML without the TeX it was made from and the row around it all; None where there is none."""
    found = MATH.search(katex)
    if found is None:
        return None
    root = ET.fromstring(found.group())
    inner = root.find(f"{SPACE}semantics")
    if inner is not None:
        children = [child for child in inner if not child.tag.endswith("annotation")]
        root[:] = list(children[0]) if len(children) == 1 and children[0].tag == f"{SPACE}mrow" else children
    return root


def _write(node: ET.Element, out: list[str]) -> None:
    name = node.tag.removeprefix(SPACE)
    attributes = dict(node.attrib)
    variant = attributes.pop("mathvariant", "")
    text = node.text or ""
    if variant in ALPHABETS:
        text = "".join(_letter(character, variant) for character in text)
        if name == "mi" and len(text) == 1:
            attributes["mathvariant"] = "normal"
    elif variant == "normal" and name == "mi" and len(text) == 1:
        attributes["mathvariant"] = "normal"
    if name == "mo" and attributes.get("fence") == "true" and attributes.get("stretchy") != "false":
        attributes["stretchy"] = "true"
        text = text.replace("∥", "‖").replace("∣", "|")
    if name == "mo" and len(node):  # an operator made of others, as \mathop and \stackrel are
        name, attributes = "mrow", {}
    children = list(node)
    if len(children) > CHILDREN.get(name, len(children)):
        children = [child for child in children if child.text != APPLIED][: CHILDREN[name]]
    if name in SCRIPTED and len(node) and node[0].tag == f"{SPACE}mo" and node[0].get("minsize"):
        _sized(node[0])
    if name == "mtable":
        _columns(node, attributes)
    if name in ("mrow", "mstyle", "mtd"):
        _signs(node)
    if name == "mrow" and not attributes and len(node) == 1:
        _write(node[0], out)
        return
    for gone in ("style", "href", "fence", "columnalign", "columnspacing", "rowspacing", "separator", "side"):
        attributes.pop(gone, None)
    if name == "mtable" and attributes.get("width"):
        attributes.pop("width")
    out.append(f"<{name}" + "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items()) + ">")
    out.append(_escaped(text))
    for child in children:
        _write(child, out)
    out.append(f"</{name}>")


def _signs(row: ET.Element) -> None:
    """Set the spaces that TeX sets: none after a minus that is a sign, a thin one between `min` and what it is of."""
    before = "("
    for child, following in zip(row, [*row, None][1:], strict=True):
        if child.text == APPLIED and child.tag == f"{SPACE}mo" and following is not None and not _opens(following):
            child.set("rspace", "0.1667em")
        operator = (child.text or "").strip() if child.tag == f"{SPACE}mo" else ""
        if operator in SIGNS and before and before not in CLOSING:
            child.set("form", "prefix")
        if len(child) or child.tag != f"{SPACE}mrow":
            before = operator


def _opens(node: ET.Element) -> bool:
    """Return whether a node begins with a bracket."""
    while node.tag in (f"{SPACE}mrow", f"{SPACE}mstyle") and len(node):
        node = node[0]
    return node.tag == f"{SPACE}mo" and (node.text or "").strip() in OPENING


def _sized(operator: ET.Element) -> None:
    """Set a bracket that carries a script in its size: browsers stretch no bracket that is the base of a script."""
    size = operator.attrib.pop("minsize")
    operator.attrib.pop("maxsize", None)
    operator.set("stretchy", "false")
    operator.set("mathsize", size)


def _columns(table: ET.Element, attributes: dict[str, str]) -> None:
    """Give each cell of a table a class for its column's side; browsers no longer read `columnalign`."""
    sides = attributes.get("columnalign", "").split()
    if attributes.get("columnspacing", "").startswith("0em"):
        attributes["class"] = "tight"
    for row in table:
        for index, cell in enumerate(row):
            side = sides[index] if index < len(sides) else sides[-1] if sides else ""
            if side in ("left", "right"):
                cell.set("class", side)


def _letter(character: str, variant: str) -> str:
    alphabet = ALPHABETS[variant]
    for (first, last), start in zip(RANGES, alphabet, strict=True):
        if start and first <= character <= last:
            code = start + ord(character) - ord(first)
            return HOLES.get(code) or chr(code)
    capital_alpha = alphabet[2]
    return chr(capital_alpha + GREEK[character]) if capital_alpha and character in GREEK else character


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
