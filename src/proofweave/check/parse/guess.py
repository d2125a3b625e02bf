"""Names that are not declared: the declared name most like one, and a declaration guessed from how it is used."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proofweave.check.language import BRACES, CheckError, Scope, Token, fontless, occurrence
from proofweave.check.syntax import Parser
from proofweave.core import say

ALIKE = 0.6
SIZES = ("d", "n", "m", "D", "N")
COUNTS = ("n", "N", "m", "T", "K")
TRANSPOSES = (("T",), (r"\top",))
INVERSES = (("-", "1"), (r"\dagger",), ("-", r"\top"), ("-", "T"))
MATRIX_OPS = frozenset(("tr", "det", "rank", "diag", "msign"))
MOMENTS = frozenset((r"\mathbb{E}", r"\operatorname{E}", r"\mathbb{P}", "Var"))
SUMS = frozenset((r"\sum", r"\prod"))
FUNCTIONS = frozenset("fghFGHJLV") | {r"\phi", r"\psi", r"\varphi", r"\ell"}
OPENING, CLOSING = frozenset(("(", "[", r"\{")), frozenset((")", "]", r"\}"))


def undeclared(p: Parser, token: Token, stop: int) -> CheckError:
    """Return the error that the name at hand is not declared, with what may be meant and how to declare it."""
    written = "".join(t.text for t in p.tokens[p.place : stop])
    found = _Uses(p.formula, p.scope, token.text, written)
    kind, line = found.declaration()
    help_ = say("parse.offer", kind=say(f"parse.guess-{kind}"), line=line)
    near = nearest(written, p.scope)
    if near:
        help_ = say("parse.offer-near", near=near, offer=help_)
    return CheckError("parse.undeclared", token.at, text=written, help=help_)


def nearest(name: str, scope: Scope) -> str:
    """Return the declared name most like one, or an empty string."""
    known = {_bare(entry.name): entry.name for entry in scope.entries.values()}
    bare = _bare(name)
    if len(bare) == 1:
        return next((whole for known_, whole in known.items() if known_.casefold() == bare.casefold()), "")
    found = difflib.get_close_matches(bare, known, 1, ALIKE)
    return known[found[0]] if found else ""


def _bare(name: str) -> str:
    return fontless(name).replace("\\", "")


@dataclass(frozen=True, slots=True)
class _Use:
    """One place where the name stands: its scripts, what stands around it, and the operator it is the argument of."""

    sub: tuple[Token, ...]
    sup: tuple[str, ...]
    before: str
    after: str
    operator: str
    place: int
    stop: int


class _Uses:
    """All uses of a name in a formula, and what they say of its type."""

    def __init__(self, tokens: Sequence[Token], scope: Scope, nucleus: str, written: str) -> None:
        self.tokens, self.scope, self.nucleus, self.written = tokens, scope, nucleus, written
        self.uses = tuple(self._found())
        self.capital = fontless(nucleus)[:1].isupper()

    def _found(self) -> Iterator[_Use]:
        for place, token in enumerate(self.tokens):
            if token.text != self.nucleus or token.kind not in ("name", "op"):
                continue
            name = occurrence(self.tokens, place)
            before = self.tokens[place - 1].text if place else ""
            after = self.tokens[name.stop].text if name.stop < len(self.tokens) else ""
            yield _Use(
                name.sub, name.atom.sup, before, after, _operator(self.tokens, place), place, min(name.stop, place + 1)
            )

    def declaration(self) -> tuple[str, str]:
        """Return what the name may be, and the line of `symbols:` that declares it so."""
        if self.written == "i":
            return "imaginary", "i: imaginary"
        if self._is_size():
            return "int", f"{self._name()}: size"
        if self._is_function():
            return "function", f"{self.nucleus}: {{function: smooth, of: {self._argument()}}}"
        size, shape = self._size(), self._shape()
        type_ = {"vector": f"vector({size})", "matrix": f"matrix({size}, {size})"}.get(shape, "scalar")
        index = self._index()
        if self.capital and any(len(use.sub) == 2 for use in self.uses):
            return "matrix", f"{self.nucleus}: matrix({size}, {size})"
        if index and type_ == "scalar":
            return "vector", f"{self.nucleus}: vector({self._last(index)})"
        if index:
            name = f"{self.nucleus}_{index}"
            return "family", f"{name}: {{family: '{type_}', index: {index}, over: 1..{self._last(index)}}}"
        if any(operator in MOMENTS for use in self.uses for operator in _around(self.tokens, use.place)):
            return "random", f"{self._name()}: {{random: '{type_}', support: 4}}"
        return shape, f"{self._name()}: {type_}"

    def _name(self) -> str:
        """Return what is declared: the name as written, without a superscript that is a power or acts on it."""
        marks = all(use.sup[:1] in ((), ("'",), ("*",), (r"\star",), ("(",)) for use in self.uses)
        return self.written if marks else self.written.split("^")[0]

    def _is_size(self) -> bool:
        alone = all(t.kind in ("name", "digit") or t.text in ("+", "-") for t in self.tokens)
        return alone or any(_raised(self.tokens, use.place) in (r"\mathbb{R}", *SUMS) for use in self.uses)

    def _is_function(self) -> bool:
        return any(
            use.operator == r"\nabla" or (use.after == "(" and (use.sup[:1] == ("'",) or self.nucleus in FUNCTIONS))
            for use in self.uses
        )

    def _argument(self) -> str:
        """Return the type of a function's argument: a vector where its gradient or a vector in it says so."""
        for use in self.uses:
            if use.operator == r"\nabla":
                return f"vector({self._size()})"
            opening = next((k for k in range(use.place, len(self.tokens)) if self.tokens[k].text == "("), None)
            if opening is not None and self._is_vector(opening + 1):
                return f"vector({self._size()})"
        return "scalar"

    def _shape(self) -> str:
        vector = any(self._like_a_vector(use) for use in self.uses)
        if self.capital and (vector or any(self._like_a_matrix(use) for use in self.uses)):
            return "matrix"
        return "vector" if vector else "scalar"

    def _like_a_vector(self, use: _Use) -> bool:
        if use.sup in TRANSPOSES or use.before in (r"\|", r"\langle") or use.after in (r"\|", r"\rangle"):
            return True
        signs = ("+", "-", "=")
        after = use.after in signs and self._is_vector(_after(self.tokens, use.place) + 1)
        return after or (use.before in signs and use.place > 1 and self._is_vector(use.place - 2))

    def _like_a_matrix(self, use: _Use) -> bool:
        beside = self._is_vector(_after(self.tokens, use.place))
        return use.sup in INVERSES or use.operator in MATRIX_OPS or beside

    def _is_vector(self, place: int) -> bool:
        """Tell whether a declared vector stands at a place."""
        if place >= len(self.tokens) or self.tokens[place].kind != "name":
            return False
        match = self.scope.match(self.tokens, place)
        return match is not None and match.symbol.type.kind == "vector" and not match.entries

    def _index(self) -> str:
        """Return the index in the subscript, or an empty string."""
        letters = [t.text for use in self.uses for t in use.sub if t.kind == "name" and len(t.text) == 1]
        return next((text for text in letters if not self.scope.near(text)), "")

    def _last(self, index: str) -> str:
        """Return where an index ends: as an operator over it says, else a size."""
        for place, token in enumerate(self.tokens):
            if token.text in SUMS:
                found = occurrence(self.tokens, place)
                if index in found.atom.sub and found.atom.sup:
                    return "".join(found.atom.sup)
        names = [entry.name for entry in self.scope.entries.values()]
        return next((name for name in COUNTS if name in names), COUNTS[0])

    def _size(self) -> str:
        """Return a size that is declared: that of a vector in use, else a usual one."""
        symbols = [entry.symbol for entry in self.scope.entries.values() if entry.symbol is not None]
        sizes = [str(s.type.dims[0]) for s in symbols if s.type.kind == "vector" and s.type.dims[0] is not None]
        names = [entry.name for entry in self.scope.entries.values()]
        return next(iter([*sizes, *(name for name in SIZES if name in names)]), SIZES[0])


def _after(tokens: Sequence[Token], place: int) -> int:
    return occurrence(tokens, place).stop


def _operator(tokens: Sequence[Token], place: int) -> str:
    """Return the operator a name follows, brackets and the operator's own scripts left out, or an empty string."""
    at = place - 1
    while at >= 0 and (tokens[at].text in OPENING or tokens[at].kind in ("open", "script")):
        at -= 1
    return _owner(tokens, at)


def _owner(tokens: Sequence[Token], at: int) -> str:
    """Return what stands at a place; of a script, what it hangs on."""
    while at > 0:
        start = _opened(tokens, at) if tokens[at].kind == "close" else at
        if not start or tokens[start - 1].kind != "script":
            break
        at = start - 2
    return tokens[at].text if at >= 0 else ""


def _raised(tokens: Sequence[Token], place: int) -> str:
    """Return what the superscript hangs on in which a place lies, or an empty string."""
    script, depth = place - 1, 0
    while script >= 0 and tokens[script].kind != "script":
        at = script
        while at >= 0 and depth <= 0:
            depth += BRACES.get(tokens[at].kind, 0)
            at -= 1
        script, depth = at, 0
    return _owner(tokens, script - 1) if script > 0 and tokens[script].text == "^" else ""


def _opened(tokens: Sequence[Token], place: int) -> int:
    """Return where the braces that close at a place were opened."""
    depth = 0
    for at in range(place, -1, -1):
        depth += BRACES.get(tokens[at].kind, 0)
        if not depth:
            return at
    return 0


def _around(tokens: Sequence[Token], place: int) -> Iterator[str]:
    """Yield the operators in whose brackets a place lies, from the inside out."""
    depth = 0
    for at in range(place - 1, -1, -1):
        text = tokens[at].text
        depth += (text in CLOSING) - (text in OPENING)
        if depth < 0:
            depth = 0
            yield _operator(tokens, at)
