"""Declared symbols and how a name in a formula finds its symbol: whole key, then family member, then entry."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from proofweave.check.language.kinds import SCALAR, CheckError, Dim, Type
from proofweave.check.language.names import JOINTS, Atom, fontless, occurrence, read_key
from proofweave.check.language.tokens import CANONICAL, OPERATORS, WORDS, Token
from proofweave.core import Where

if TYPE_CHECKING:
    from proofweave.check.language.tree import Node


@dataclass(frozen=True, slots=True)
class Hole:
    """A family's index: the token that stands for it in the key, and the range it runs over."""

    token: str
    lo: Dim
    hi: Dim


@dataclass(slots=True, eq=False)
class Symbol:
    """A declared symbol, compared by identity; `role` says how its value comes about, `data` with what."""

    name: str
    where: Where
    type: Type = SCALAR
    role: str = "free"
    holes: tuple[Hole, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    params: "tuple[Symbol, ...]" = ()
    trees: "tuple[Node, ...]" = ()
    needs: "tuple[Symbol, ...]" = ()

    def __repr__(self) -> str:
        return f"<{self.role} {self.name}>"


@dataclass(slots=True, eq=False)
class Entry:
    """A key in a scope and how to make its symbol when it is first used.

    `hidden` is the entry of an outer scope that it hides, `because` why it is narrower than that, and `stated` where
    the text says so; `says` tells whether the text around holds the formula that defines it, or all of the text does.
    """

    name: str
    key: tuple[Atom, ...]
    holes: tuple[str, ...]
    where: Where
    make: Callable[[], Symbol]
    symbol: Symbol | None = None
    busy: bool = False
    used: bool = False
    hidden: "Entry | None" = None
    because: str = ""
    stated: str = ""
    says: Callable[[Symbol, bool], bool] = lambda symbol, around: False

    def __deepcopy__(self, memo: dict[int, Any]) -> "Entry":
        return self  # where a symbol was declared stays the same for its copies

    def known(self) -> Symbol | None:
        """Return the symbol without counting this as a use of it; None where it cannot be made."""
        before = self.used
        try:
            return self.resolve([])
        except CheckError:
            return None
        finally:
            self.used = before

    def resolve(self, trail: list[str]) -> Symbol:
        """Return the symbol, made once; a definition that needs itself is an error."""
        self.used = True
        if self.symbol is None:
            if self.busy:
                start = trail.index(self.name) if self.name in trail else 0
                raise CheckError("parse.cycle", path=" → ".join([*trail[start:], self.name]))
            self.busy = True
            trail.append(self.name)
            try:
                self.symbol = self.make()
                self.symbol.data[ENTRY] = self
            finally:
                trail.pop()
                self.busy = False
        return self.symbol


ENTRY = "entry"
"""The key of a symbol's data under which the entry stands that declares it."""


@dataclass(frozen=True, slots=True)
class Match:
    """A name found: its symbol, the tokens of its member indices, what is left of its scripts, and where it ends."""

    symbol: Symbol
    members: tuple[tuple[Token, ...], ...]
    entries: tuple[tuple[Token, ...], ...]
    sup: tuple[Token, ...]
    stop: int


UPRIGHT = (*sorted(WORDS), r"\mathrm", r"\operatorname", r"\mathsf", r"\mathtt")  # fonts in which words are written


class Scope:
    """The symbols in force somewhere; a child's entries hide its parent's of the same key."""

    def __init__(self, parent: "Scope | None" = None) -> None:
        self.outer: dict[tuple[Atom, ...], Entry] = dict(parent.entries) if parent else {}
        self.entries: dict[tuple[Atom, ...], Entry] = dict(self.outer)
        self.trail: list[str] = parent.trail if parent else []
        self._nuclei: dict[str, list[Entry]] | None = None

    def declare(self, name: str, where: Where, make: Callable[[], Symbol], holes: Sequence[str] = ()) -> Entry:
        """Add a symbol; `make` builds it on first use."""
        key = read_key(name)
        entry = Entry(name, key, tuple(holes), where, make, hidden=self.outer.get(key))
        self.entries[key] = entry
        self._nuclei = None
        return entry

    def bind(self, symbol: Symbol) -> None:
        """Add a symbol that is ready."""
        entry = self.declare(symbol.name, symbol.where, lambda: symbol, [hole.token for hole in symbol.holes])
        entry.symbol = symbol

    def get(self, name: str) -> Symbol | None:
        """Return the symbol of exactly that key, or None."""
        entry = self.entries.get(read_key(name))
        return entry.resolve(self.trail) if entry else None

    def near(self, nucleus: str) -> list[Entry]:
        """Return the entries whose first nucleus is that one; fonts count only where they tell keys apart."""
        if self._nuclei is None:
            self._nuclei = {}
            for entry in self.entries.values():
                self._nuclei.setdefault(entry.key[0].nucleus, []).append(entry)
        exact = self._nuclei.get(nucleus)
        # a blackboard letter is an operator or a set, never a symbol's; an upright i is the imaginary unit
        if exact or nucleus.startswith(r"\mathbb") or nucleus == r"\mathrm{i}":
            return exact or []
        bare = fontless(nucleus)
        alike = [name for name in self._nuclei if fontless(name) == bare]
        return self._nuclei[alike[0]] if len(alike) == 1 else []

    def named(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """Return the tokens with the words that are declared, as \\text{loss}, turned into names, and with the names of
        functions written letter by letter, as rank(A), turned into functions where the letters are not all names.
        """
        own = {"".join(atom.nucleus for atom in entry.key) for entry in self.entries.values() if len(entry.key) > 2}
        tokens = spelled(tokens, lambda letter: letter in EULER or bool(self.near(letter)), own)
        if not any(token.kind == "word" for token in tokens):
            return tuple(tokens)
        nuclei = {atom.nucleus for entry in self.entries.values() for atom in entry.key}
        known = {fontless(nucleus) for nucleus in nuclei if nucleus.startswith(UPRIGHT) and len(fontless(nucleus)) > 1}
        return tuple(
            replace(token, kind="name")
            if token.kind == "word" and (token.text in nuclei or fontless(token.text) in known)
            else token
            for token in tokens
        )

    def match(self, tokens: Sequence[Token], place: int) -> Match | None:
        """Return the best reading of the name at a place, or None when it is undeclared."""
        best: tuple[tuple[int, int, int, bool], Match, Entry] | None = None
        for entry in self.near(tokens[place].text):
            exact = fits(entry, tokens, place)
            found = exact or fits(entry, tokens, place, plain=True)
            if found is None:
                continue
            members, entries, sup, stop = found
            last = entry.key[-1]
            rank = (len(entry.key), len(last.sub) + len(last.sup), -len(members), exact is not None)
            if best is None or rank > best[0]:
                best = (rank, Match(None, members, entries, sup, stop), entry)  # type: ignore[arg-type]
        if best is None:
            return None
        _, match, entry = best
        try:
            symbol = entry.resolve(self.trail)
        except CheckError as error:
            if error.at is None:
                error.at = tokens[place].at
            raise
        return Match(symbol, match.members, match.entries, match.sup, match.stop)


EULER = "e"


def _letter(token: Token) -> bool:
    return token.kind == "name" and len(token.text) == 1


def spelled(tokens: Sequence[Token], known: Callable[[str], bool], own: Set[str]) -> tuple[Token, ...]:
    """Return the tokens with letters side by side before a bracket as the function they spell.

    Not where all of them are names, or where the word is a name of its own.
    """
    out: list[Token] = []
    start = 0  # of the letters that end here
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else token
        if not (_letter(token) and _letter(before) and before.end == token.at):
            start = place
        out.append(token)
        letters = tokens[start : place + 1]
        word = "".join(t.text for t in letters)
        called = [t.text for t in tokens[place + 1 : place + 2]] == ["("]
        spells = called and len(letters) > 2 and word in OPERATORS and word not in own
        if spells and not all(known(letter) for letter in word):
            out[-len(letters) :] = [Token("op", CANONICAL.get(word, word), letters[0].at, token.end)]
    return tuple(out)


OPENING = frozenset(("(", "[", "{", r"\{", r"\langle"))
CLOSING = frozenset((")", "]", "}", r"\}", r"\rangle"))
Groups = tuple[tuple[Token, ...], ...]


def fits(
    entry: Entry, tokens: Sequence[Token], place: int, plain: bool = False
) -> tuple[Groups, Groups, tuple[Token, ...], int] | None:
    """Return the member indices, entries, superscript and end of a name read as an entry's, or None.

    `plain` says that fonts inside the name do not count.
    """
    read = fontless if plain else str
    for atom in entry.key[:-1]:
        if place >= len(tokens) or not _nameable(tokens[place]):
            return None
        found = occurrence(tokens, place)
        same = found.atom == atom or (plain and found.atom.plain() == atom.plain())
        if not same:
            return None
        place = found.stop
    if place >= len(tokens) or not _nameable(tokens[place]):
        return None
    last = entry.key[-1]
    if len(entry.key) > 1 and fontless(tokens[place].text) != fontless(last.nucleus):
        return None
    found = occurrence(tokens, place)
    above = _prefix(tuple(map(read, last.sup)), found.sup, entry.holes, read)
    if above is None:
        return None
    members_up, sup = above
    wanted, given = split_texts(last.sub), split(found.sub)
    if len(given) < len(wanted):
        return None
    members: list[tuple[Token, ...]] = []
    for want, got in zip(wanted, given, strict=False):
        if want[0] in entry.holes and len(want) == 1:
            members.append(got)
        elif tuple(map(read, want)) != tuple(read(t.text) for t in got if t.kind not in ("open", "close")):
            return None
    return tuple(members) + members_up, tuple(given[len(wanted) :]), sup, found.stop


def _nameable(token: Token) -> bool:
    return token.kind in ("name", "op") or token.text in JOINTS


def _prefix(
    wanted: tuple[str, ...], given: tuple[Token, ...], holes: tuple[str, ...], read: Callable[[str], str]
) -> tuple[Groups, tuple[Token, ...]] | None:
    members: list[tuple[Token, ...]] = []
    place = 0
    for number, want in enumerate(wanted):
        if want in holes:
            stop = wanted[number + 1] if number + 1 < len(wanted) else None
            start = place
            while place < len(given) and given[place].text != stop:
                place += 1
            if place == start:
                return None
            members.append(given[start:place])
        elif place < len(given) and read(given[place].text) == want:
            place += 1
        else:
            return None
    return tuple(members), given[place:]


def split(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Split a subscript into indices: at commas, or letter by letter where only letters and digits stand."""
    if not tokens:
        return []
    if any(t.text == "," for t in tokens):
        parts: list[tuple[Token, ...]] = []
        current: list[Token] = []
        depth = 0
        for token in tokens:
            depth += 1 if token.text in OPENING else -1 if token.text in CLOSING else 0
            if token.text == "," and not depth:
                parts.append(tuple(current))
                current = []
            else:
                current.append(token)
        parts.append(tuple(current))
        return parts
    if all(t.kind == "name" for t in tokens):
        return [(t,) for t in tokens]
    return [tuple(tokens)]


def split_texts(texts: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Split a declared key's subscript as `split` splits tokens."""
    tokens = [Token("name" if t[0] == "\\" or t.isalpha() else "mark", t, 0, 0) for t in texts]
    return [tuple(t.text for t in part) for part in split(tokens)]
