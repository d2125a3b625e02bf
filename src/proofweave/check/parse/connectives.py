"""The words and signs that join relations: which are read, and as what."""

import re

from proofweave.check.language import Token

PHRASES = (
    ("and", "and|hence|so|thus|therefore|that is|i.e.|since|because"),
    ("and", "且|并且|以及|和|同时|即|所以|因此|从而|故|于是|因为|由于"),
    ("or", "or|或|或者"),
    ("if", "if|when|whenever|for|provided|provided that|as long as|若|如果|当|只要|假设|对|对于"),
    ("all", "for all|for every|for any|for each|对所有|对所有的|对于所有|对一切|对任意|对任意的|对于任意|对每个|任意"),
    ("then", "then|then we have|we have|则|那么|就有|则有|有|时|时有"),
    ("iff", "iff|if and only if|当且仅当"),
    ("implies", "implies|推出|蕴含"),
)
"""What a phrase says of the relation after it: asserted too, an alternative, a condition, one on all, a claim."""

SIGNS = {r"\land": "and", r"\lor": "or", r"\forall": "all", r"\Rightarrow": "implies", r"\iff": "iff"}

_KNOWN = {phrase: how for how, phrases in PHRASES for phrase in phrases.split("|")}
_INSIDE = re.compile(r"\\[a-z]+\*?\s*\{(.*)\}", re.S)


def joining(token: Token) -> str | None:
    """Return what a word or sign between relations says of the relation after it; None for any other token."""
    if token.kind != "word":
        return SIGNS.get(token.text)
    inside = _INSIDE.fullmatch(token.text)
    said = re.sub(r"\\[ ,;:!]|~", " ", inside[1] if inside else "")
    return _KNOWN.get(" ".join(said.split()).strip(" ,，.。;；:：").lower())
