"""Names as TeX writes them: a nucleus with scripts, compared whole before their parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from proofweave.check.language.kinds import CheckError, refuse_if
from proofweave.check.language.tokens import BRACES, FONTS, WORDS, Token, tokenise

JOINTS = frozenset(("(", ")", "[", "]", "|", r"\|", ",", ";"))
"""What may stand in a declared name after its first part, as in p(x_t|x_0)."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A nucleus with its scripts as token texts; primes are the superscript \\prime, once each."""

    nucleus: str
    sub: tuple[str, ...] = ()
    sup: tuple[str, ...] = ()

    def plain(self) -> "Atom":
        """Return the atom without fonts."""
        return Atom(fontless(self.nucleus), tuple(map(fontless, self.sub)), tuple(map(fontless, self.sup)))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An atom met in a formula, with the tokens of its scripts and where it ends in the token list."""

    atom: Atom
    sub: tuple[Token, ...]
    sup: tuple[Token, ...]
    stop: int


def group(tokens: Sequence[Token], place: int) -> tuple[tuple[Token, ...], int]:
    """Return the tokens of a script's argument and the place after it."""
    refuse_if(place >= len(tokens), "parse.script-alone", tokens[-1].at if tokens else 0)
    if tokens[place].kind != "open":
        if tokens[place].text in (r"\frac", r"\sqrt", r"\binom"):
            raise CheckError("parse.braces-in-script", tokens[place].at, text=tokens[place].text)
        return (tokens[place],), place + 1
    depth, start = 1, place + 1
    place = start
    while depth:
        depth += BRACES.get(tokens[place].kind, 0)
        place += 1
    return tuple(tokens[start : place - 1]), place


def scripts(tokens: Sequence[Token], place: int) -> tuple[tuple[Token, ...], tuple[Token, ...], int]:
    """Return the subscript, the superscript (primes first) and the place after both."""
    sub: tuple[Token, ...] = ()
    sup: tuple[Token, ...] = ()
    seen: set[str] = set()
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "mark" and token.text.startswith("'"):
            sup = tuple(Token("mark", "'", token.at, token.end) for _ in token.text) + sup
            place += 1
        elif token.kind == "script":
            refuse_if(token.text in seen, "parse.two-scripts", token.at, text=token.text)
            seen.add(token.text)
            first = place + 1
            inside, place = group(tokens, first)
            _refuse_glued(tokens, first, place)
            if token.text == "_":
                sub = inside
            else:
                sup = sup + inside
        else:
            break
    return sub, sup, place


def _refuse_glued(tokens: Sequence[Token], first: int, place: int) -> None:
    """Refuse digits of which only the first is a script: x^10 is x¹0."""
    if place < len(tokens) and place == first + 1:
        one, after = tokens[first], tokens[place]
        glued = one.kind == after.kind == "digit" and one.end == after.at
        refuse_if(glued, "parse.digits-script", one.at, text=one.text + after.text)


def occurrence(tokens: Sequence[Token], place: int) -> Occurrence:
    """Read the name at a place: its nucleus and scripts."""
    sub, sup, stop = scripts(tokens, place + 1)
    atom = Atom(tokens[place].text, _texts(sub), _texts(sup))
    return Occurrence(atom, sub, sup, stop)


def _texts(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(t.text for t in tokens if t.kind not in ("open", "close"))


def read_key(name: str) -> tuple[Atom, ...]:
    """Read a declared name: one atom, or several such as \\Delta\\theta or p(x_t|x_0)."""
    tokens = tokenise(name)
    refuse_if(not tokens, "parse.nameless")
    atoms: list[Atom] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        joint = bool(atoms) and token.text in JOINTS
        refuse_if(token.kind not in ("name", "op", "word") and not joint, "parse.no-name", token.at, text=token.text)
        found = occurrence(tokens, place)
        atoms.append(found.atom)
        place = found.stop
    texts = [atom.nucleus for atom in atoms]
    whole = all(texts.count(opening) == texts.count(closing) for opening, closing in ("()", "[]"))
    refuse_if(not whole or texts[-1] in (",", ";", "|"), "parse.name-brackets", text=name)
    return tuple(atoms)


_FONT = re.compile(
    "|".join(re.escape(font) for font in sorted(FONTS | WORDS | {r"\operatorname"}, key=len, reverse=True))
)


def fontless(nucleus: str) -> str:
    """Return a nucleus without its fonts: \\boldsymbol{x} is x, \\text{loss} is loss."""
    plain = _FONT.sub("", nucleus)
    while plain.startswith("{") and plain.endswith("}"):
        plain = plain[1:-1].strip()
    return re.sub(r"\{\{(.*?)\}\}", r"{\1}", plain)
