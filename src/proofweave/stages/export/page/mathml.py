"""Make of KaTeX's MathML what browsers show without styles: letters in their own alphabets, cells with classes."""

import re
from xml.etree import ElementTree as ET

SPACE = "{http://www.w3.org/1998/Math/MathML}"
MATH = re.compile(r"<math.*</math>", re.DOTALL)
CHILDREN = {"msub": 2, "msup": 2, "munder": 2, "mover": 2, "mfrac": 2, "mroot": 2, "msubsup": 3, "munderover": 3}
APPLIED = "\u2061"
r"""What KaTeX puts after a function's name: in `\lambda_{\max}` a third child of an element that may have two."""

ALPHABETS = {
    "bold": (0x1D400, 0x1D41A, 0x1D6A8, 0x1D6C2, 0x1D7CE),
    "italic": (0x1D434, 0x1D44E, 0x1D6E2, 0x1D6FC, 0),
    "bold-italic": (0x1D468, 0x1D482, 0x1D71C, 0x1D736, 0x1D7CE),
    "script": (0x1D49C, 0x1D4B6, 0, 0, 0),
    "bold-script": (0x1D4D0, 0x1D4EA, 0, 0, 0),
    "fraktur": (0x1D504, 0x1D51E, 0, 0, 0),
    "bold-fraktur": (0x1D56C, 0x1D586, 0, 0, 0),
    "double-struck": (0x1D538, 0x1D552, 0, 0, 0x1D7D8),
    "sans-serif": (0x1D5A0, 0x1D5BA, 0, 0, 0x1D7E2),
    "bold-sans-serif": (0x1D5D4, 0x1D5EE, 0, 0, 0x1D7EC),
    "monospace": (0x1D670, 0x1D68A, 0, 0, 0x1D7F6),
}
"""Where each alphabet's A, a, Α, α and 0 stand in Unicode (0: it has none)."""

HOLES = dict(
    zip(
        (
            *(0x1D455, 0x1D49D, 0x1D4A0, 0x1D4A1, 0x1D4A3, 0x1D4A4, 0x1D4A7, 0x1D4A8, 0x1D4AD, 0x1D4BA, 0x1D4BC),
            *(0x1D4C4, 0x1D506, 0x1D50B, 0x1D50C, 0x1D515, 0x1D51D),
            *(0x1D53A, 0x1D53F, 0x1D545, 0x1D547, 0x1D548, 0x1D549, 0x1D551),
        ),
        "ℎℬℰℱℋℐℒℳℛℯℊℴℭℌℑℜℨℂℍℕℙℚℝℤ",
        strict=True,
    )
)
"""The letters that Unicode had before it had the alphabets."""

GREEK = {"∇": 25, "∂": 51, "ϵ": 52, "ϑ": 53, "ϰ": 54, "ϕ": 55, "ϱ": 56, "ϖ": 57}
"""Signs that follow the Greek letters of an alphabet, counted from its capital alpha."""


APPLIED = "\u2061"
"""What stands between a function's name and its argument; it is not seen."""

OPENING = frozenset("([{")
SCRIPTED = frozenset({"msub", "msup", "msubsup"})
SIGNS = frozenset("−-+±∓")
CLOSING = frozenset(")]}|∥‖∣⟩⌋⌉!′")
"""Operators after which a minus is a subtraction."""


def shown(katex: str) -> str:
    """Return KaTeX's MathML as HTML shows it: no TeX in it, no styles, no attributes that only old browsers knew."""
    found = MATH.search(katex)
    root = ET.fromstring(found.group() if found else "<math/>")
    inner = root.find(f"{SPACE}semantics")
    if inner is not None:
        children = [child for child in inner if not child.tag.endswith("annotation")]
        root[:] = list(children[0]) if len(children) == 1 and children[0].tag == f"{SPACE}mrow" else children
    out: list[str] = []
    display = ' display="block"' if root.get("display") == "block" else ""
    out.append(f"<math{display}>")
    _signs(root)
    for child in root:
        _write(child, out)
    out.append("</math>")
    return "".join(out)


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
    upper, lower, greek_upper, greek_lower, zero = ALPHABETS[variant]
    if "A" <= character <= "Z":
        code = upper + ord(character) - ord("A")
    elif "a" <= character <= "z":
        code = lower + ord(character) - ord("a")
    elif "0" <= character <= "9" and zero:
        code = zero + ord(character) - ord("0")
    elif greek_upper and "Α" <= character <= "Ω":
        code = greek_upper + ord(character) - 0x391
    elif greek_lower and "α" <= character <= "ω":
        code = greek_lower + ord(character) - 0x3B1
    elif greek_upper and character in GREEK:
        code = greek_upper + GREEK[character]
    else:
        return character
    return HOLES.get(code) or chr(code)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
