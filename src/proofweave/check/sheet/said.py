"""Whether a text says what a symbol's `define:` says: a formula in it that sets the name equal to the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from proofweave.check.language import CheckError, Entry, Scope, Symbol, Token, fits, nesting, same, tokenise
from proofweave.check.parse import read_expression

FORMULA = re.compile(r"(?<![\\$])\$(?!\$)((?:[^$\\]|\\.)+)\$", re.S)
EQUAL = frozenset(("=", r"\equiv", r"\triangleq", r"\coloneqq"))
BEFORE = EQUAL | {":", "&"}
ENDS = frozenset(
    (",", ";", ".", "，", "；", "。", "、", "<", ">", r"\le", r"\ge", r"\leq", r"\geq", r"\approx", r"\to")
)
OPEN, CLOSE = frozenset(("(", "[", r"\{", r"\left")), frozenset((")", "]", r"\}"))


class Said:
    """What a text says; its formulas are read once, and what it says of a declaration is looked up once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[Entry, bool] = {}

    def quotes(self, words: str) -> bool:
        """Tell whether words stand in the text; white space does not count."""
        return "".join(words.split()) in self._bare

    @cached_property
    def _bare(self) -> str:
        return "".join(self.text.split())

    @cached_property
    def _formulas(self) -> list[tuple[str, tuple[Token, ...]]]:
        """The formulas that say that something is equal to something, as they were written and in tokens."""
        found = []
        for tex in dict.fromkeys(FORMULA.findall(self.text)):
            if any(sign in tex for sign in EQUAL):
                with suppress(CheckError):
                    found.append((tex, tuple(tokenise(tex))))
        return found

    def defines(self, symbol: Symbol, entry: Entry, scope: Scope) -> bool:
        """Tell whether a formula sets a symbol equal to what its declaration defines it as."""
        if self._formulas and entry not in self._known:
            self._known[entry] = self._defines(symbol, entry, scope)
        return self._known.get(entry, False)

    def _defines(self, symbol: Symbol, entry: Entry, scope: Scope) -> bool:
        written = symbol.data.get("written", {})
        wanted = "".join(str(written.get("define", "") if isinstance(written, Mapping) else "").split())
        for tex, tokens in self._formulas:
            if any(token.text == entry.key[0].nucleus for token in tokens):
                for first, last in _right_sides(entry, symbol, tokens):
                    right = tex[first.at : last.end]
                    if "".join(right.split()) == wanted or _reads_alike(right, symbol, scope):
                        return True
        return False


NOTHING = Said("")


def _right_sides(entry: Entry, symbol: Symbol, tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Yield the first and last token of what a formula says a name is equal to, each part of a chain."""
    for place, token in enumerate(tokens):
        found = fits(entry, tokens, place) if token.kind in ("name", "op", "word") else None
        start = None if found is None else _after_arguments(symbol, tokens, found[3])
        while start is not None and start < len(tokens) and tokens[start].text in BEFORE:
            while start < len(tokens) and tokens[start].text in BEFORE:
                start += 1
            stop = _end(tokens, start)
            if stop > start:
                yield tokens[start], tokens[stop - 1]
            start = stop


def _after_arguments(symbol: Symbol, tokens: Sequence[Token], place: int) -> int | None:
    if not symbol.params:
        return place
    if place < len(tokens) and tokens[place].text == r"\left":
        place += 1
    if place >= len(tokens) or tokens[place].text != "(":
        return None
    depth = 0
    for stop in range(place, len(tokens)):
        depth += (tokens[stop].text == "(") - (tokens[stop].text == ")")
        if not depth:
            return stop + 1
    return None


def _end(tokens: Sequence[Token], start: int) -> int:
    """Return where a side of a relation ends."""
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        if not depth and (token.text in EQUAL or token.text in ENDS or token.kind in ("row", "sep", "amp")):
            return place
        depth += nesting(token) + (token.text in OPEN and token.text != r"\left") - (token.text in CLOSE)
        if depth < 0:
            return place
    return len(tokens)


def _reads_alike(tex: str, symbol: Symbol, scope: Scope) -> bool:
    inner = Scope(scope)
    for param in symbol.params:
        inner.bind(param)
    indices = {hole.token: index for hole, index in zip(symbol.holes, symbol.data["indices"], strict=True)}
    try:
        return same(read_expression(tex, inner, indices), symbol.data["body"])
    except CheckError:
        return False
