"""The words and signs that join relations: which are read, and as what."""

import re

from proofweave.check.language import Token
from proofweave.core import beside

SIGNS = {r"\land": "and", r"\lor": "or", r"\forall": "all", r"\Rightarrow": "implies", r"\iff": "iff"}

_KNOWN = {phrase: how for how, phrases in beside(__name__).items() for phrase in phrases}
_INSIDE = re.compile(r"\\[a-z]+\*?\s*\{(.*)\}", re.S)


def joining(token: Token) -> str | None:
    """Return what a word or sign between relations says of the relation after it; None for any other token."""
    if token.kind != "word":
        return SIGNS.get(token.text)
    inside = _INSIDE.fullmatch(token.text)
    said = re.sub(r"\\[ ,;:!]|~", " ", inside[1] if inside else "")
    return _KNOWN.get(" ".join(said.split()).strip(" ,，.。;；:：（）()").lower())
