"""Which formulas in a statement's running text claim something, and which are only supposed there.

A relation between dollar signs is a claim unless the words around it suppose it: after 设, 若, 记, let, suppose and
their kin everything is supposed until a word that concludes (则, 有, 从而, then, hence, …) or the sentence's end;
after 对任意, 当, for all, when until the next comma; and a formula before 的 or 时 only says which thing is meant.
Words in brackets are an aside and supposed, unless they conclude. What is taken for a claim although it is none costs
its author a word; what is taken for a supposition costs nothing and nobody sees it, so doubt makes a claim.
"""

import re
from collections.abc import Iterator

RELATION = re.compile(
    r"[=<>≤≥≈≠]|\\(?:leq?|geq?|leqslant|geqslant|neq?|approx|propto|preceq|succeq|ll|gg|lt|gt|to"
    r"|rightarrow|sim|equiv|perp)(?![a-zA-Z])"
)
MAPPING = re.compile(r"^[^=<>]*?(?:\\colon|:)[^=<>]*\\to(?![a-zA-Z])|\\mapsto")
"""What says where a function lives: no claim."""

LASTING = (
    r"设|若|如果|假设|假定|记|令|取(?![等到得])|约定|给定|称|定义|只要|限制在|考虑|出发|迭代"
    r"|\b(?:let|suppose|assume|assuming|if|denote|write|given|consider|define|called|whenever)\b"
)
PASSING = (
    r"对任意|对任何|对一切|对所有|对每个|对每一|任意|当(?!且)|其中"
    r"|\b(?:for (?:all|any|every|each)|when|where|with|on)\b"
)
CONCLUDING = (
    r"则|那么|(?<![所另只没含])有(?![限界下])|从而|因而|因此|于是|所以|故|特别地|当且仅当"
    r"|\b(?:then|hence|so|thus|therefore|in particular|we have|satisfies|satisfy|if and only if|equality)\b"
)
WORD = re.compile(
    rf"(?P<lasting>{LASTING})|(?P<concluding>{CONCLUDING})|(?P<passing>{PASSING})"
    r"|(?P<comma>[，,、；;])|(?P<end>[。！？]|[.!?](?=\s|$))|(?P<open>[（(])|(?P<close>[）)])",
    re.IGNORECASE,
)
LAYOUT = re.compile(r"\s+|\\[,;:! ]|\\q?quad(?![a-zA-Z])|[.,，。]+\Z")
FORMULA = re.compile(r"(?<![\\$])\$(?!\$)(?P<tex>(?:\\.|[^$\\])+)\$(?!\$)", re.DOTALL)
ONLY_MEANT = re.compile(r"\s*(?:的|时(?!刻)|之下|下[，,]|处)")


def bare(tex: str) -> str:
    """Return a formula without what only lays it out, so that two ways to write it are one."""
    return LAYOUT.sub("", tex.strip())


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
