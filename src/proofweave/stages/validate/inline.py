"""Which formulas in a statement's running text claim something, and which are only supposed there.

A relation between dollar signs is a claim unless the words around it suppose it: after *let*, *suppose* and their kin
everything is supposed until a word that concludes (*then*, *hence*, …) or the sentence's end; after *for all*, *when*
until the next comma; and in Chinese a formula may only say which thing is meant. The words stand in inline.toml. Words
in brackets are an aside and supposed, unless they conclude. What is taken for a claim although it is none costs its
author a word; what is taken for a supposition costs nothing and nobody sees it, so doubt makes a claim.
"""

import re
from collections.abc import Iterator

from proofweave.core import beside

RELATION = re.compile(
    r"[=<>≤≥≈≠]|\\(?:leq?|geq?|leqslant|geqslant|neq?|approx|propto|preceq|succeq|ll|gg|lt|gt|to"
    r"|rightarrow|sim|equiv|perp)(?![a-zA-Z])"
)
MAPPING = re.compile(r"^[^=<>]*?(?:\\colon|:)[^=<>]*\\to(?![a-zA-Z])|\\mapsto")
"""What says where a function lives: no claim."""

READ = beside(__name__)
WORDS = {kind: f"{READ[kind]['han']}|\\b(?:{READ[kind]['latin']})\\b" for kind in ("lasting", "concluding", "passing")}
WORD = re.compile(
    "|".join(f"(?P<{kind}>{words})" for kind, words in WORDS.items())
    + r"|(?P<comma>[，,、；;])|(?P<end>[。！？]|[.!?](?=\s|$))|(?P<open>[（(])|(?P<close>[）)])",
    re.IGNORECASE,
)
LAYOUT = re.compile(r"\s+|\\[,;:! ]|\\q?quad(?![a-zA-Z])|[.,，。]+\Z")
SPELT = re.compile(r"\\(le|ge|ne)(?:q|qslant)(?![a-zA-Z])")
FORMULA = re.compile(r"(?<![\\$])\$(?!\$)(?P<tex>(?:\\.|[^$\\])+)\$(?!\$)", re.DOTALL)
ONLY_MEANT = re.compile(rf"\s*(?:{READ['meant']['han']})")


def bare(tex: str) -> str:
    """Return a formula without what only lays it out, so that two ways to write it are one."""
    return LAYOUT.sub("", SPELT.sub(r"\\\1", tex.strip()))


def claimed(text: str) -> Iterator[str]:
    """Yield the TeX of each inline relation that a statement's text claims, in order."""
    place = 0
    supposing = [""]  # the kind of supposition in force, one more inside each bracket
    for formula in FORMULA.finditer(text):
        _hear(text[place : formula.start()], supposing)
        place = formula.end()
        tex = formula["tex"]
        if supposing[-1] or ONLY_MEANT.match(text, place):
            continue
        if RELATION.search(tex) and not MAPPING.search(tex):
            yield tex


def _hear(words: str, supposing: list[str]) -> None:
    """Follow what is supposed over some words."""
    for found in WORD.finditer(words):
        kind = found.lastgroup
        if kind in ("lasting", "passing"):
            if supposing[-1] != "lasting":
                supposing[-1] = str(kind)
        elif kind == "concluding":
            supposing[-1] = ""
        elif kind == "end":
            supposing[-1] = "lasting" if len(supposing) > 1 else ""
        elif kind == "comma" and supposing[-1] == "passing":
            supposing[-1] = ""
        elif kind == "open":
            supposing.append("lasting")
        elif kind == "close" and len(supposing) > 1:
            supposing.pop()
