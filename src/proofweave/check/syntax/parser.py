"""TeX to a typed tree: sums of terms, terms of factors; who reads a factor, a table says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from proofweave.check.language import (
    BRACES,
    DEEPEST,
    SCALAR,
    STROKES,
    CheckError,
    Index,
    Node,
    Registry,
    Scope,
    Token,
    refuse_if,
    required,
)
from proofweave.check.syntax.build import divide, join, multiply
from proofweave.check.syntax.dots import DOTS, dotted_product, dotted_sum

ORDERED = ("<", ">", r"\le", r"\ge", r"\ll", r"\gg", r"\succeq", r"\preceq", r"\succ", r"\prec")
ASYMPTOTIC = (r"\to", r"\sim", r"\propto")
EQUAL_IN_LAW = r"\overset{d}{=}"
RELATIONS = frozenset(("=", r"\neq", r"\approx", r"\equiv", *ORDERED, *ASYMPTOTIC, r"\perp", ":", EQUAL_IN_LAW))
CALL = "call"  # the closer inside a function's parentheses, where a bar divides arguments: p(x|y)
OPENERS = frozenset(("(", "[", r"\{", r"\langle", r"\lfloor", r"\lceil"))
CLOSERS = frozenset((")", "]", r"\}", r"\rangle", r"\rfloor", r"\rceil"))
JOINERS = frozenset((r"\Rightarrow", r"\iff", r"\land", r"\lor", r"\forall"))
SETS = (r"\mid", r"\cup", r"\cap")
STOPS = RELATIONS | JOINERS | CLOSERS | {",", "+", "-", ";", r"\in", r"\notin", r"\pm", r"\mp", *SETS}
PUNCTUATION = frozenset((",", ";", ".", "。", "，", "；"))
PRODUCTS = frozenset((r"\cdot", r"\times", r"\odot", r"\otimes", "*", r"\circ"))
UNREAD = {
    r"\ldots": "parse.dots",
    r"\pm": "parse.two-equations",
    r"\mp": "parse.two-equations",
}

Reader = Callable[["Parser", Token], Node]
READERS: Registry[Reader] = Registry()
"""How a factor is read, by the text of its first token; the token is still to be stepped over."""
KINDS: Registry[Reader] = Registry()
"""How other factors are read, by their first token's kind."""


class Parser:
    """Reads one run of tokens; `indices` are the bound and free indices in force."""

    def __init__(self, tokens: Sequence[Token], scope: Scope, outer: "Parser | None" = None, at: int = 0) -> None:
        self.tokens = tokens
        self.place = 0
        self.scope = scope
        self.closers: list[str] = []
        self.end_at = tokens[-1].end if tokens else at
        self.indices: dict[str, Index] = dict(outer.indices) if outer else {}
        self.free: dict[str, Index] = outer.free if outer else {}
        self.uses: list[tuple[Index, Node, Node]] = outer.uses if outer else []
        self.formula: Sequence[Token] = outer.formula if outer else tokens
        self.subscripted: frozenset[str] = outer.subscripted if outer else _subscripted(tokens)
        self.depth: int = outer.depth + 1 if outer else 0
        self.in_index = False
        refuse_if(self.depth > DEEPEST, "parse.nests", self.end_at, most=DEEPEST)

    # -- the token stream

    def peek(self, ahead: int = 0) -> Token | None:
        """Return the token at hand, or None at the end."""
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def here(self) -> int:
        """Return the offset of the token at hand."""
        token = self.peek()
        return token.at if token else self.end_at

    @property
    def reached(self) -> int:
        """The offset where the last token read ends."""
        return self.tokens[self.place - 1].end

    def take(self, text: str) -> bool:
        """Step over a token of that text."""
        token = self.peek()
        if token is not None and token.text == text and token.kind != "word":
            self.place += 1
            return True
        return False

    def expect(self, text: str, opened: int) -> None:
        """Step over a closing token, or say what was left open."""
        if not self.take(text):
            token = self.peek()
            if token is None:
                raise CheckError("parse.close-expected", opened, text=text)
            raise CheckError("parse.close-expected-found", opened, text=text, found=token.text)

    @contextmanager
    def within(self, closer: str, opened: int, mark: str = "") -> Iterator[None]:
        """Step over an opening token and, after what is read inside, over what closes it; `mark` says what it opens."""
        self.place += 1
        self.closers.append(mark or closer)
        yield
        self.closers.pop()
        self.expect(closer, opened)

    def skip_layout(self) -> None:
        """Step over separators and alignment marks."""
        while (token := self.peek()) is not None and token.kind in ("sep", "amp"):
            self.place += 1

    def sub(self, tokens: Sequence[Token], at: int) -> "Parser":
        """Return a parser of an inner run of tokens."""
        return Parser(tokens, self.scope, self, at)

    def whole(self, tokens: Sequence[Token], at: int) -> Node:
        """Parse an inner run of tokens as one expression."""
        inner = self.sub(tokens, at)
        node = inner.expression()
        inner.finish()
        return node

    def finish(self) -> None:
        """Refuse what is left over."""
        token = self.peek()
        if token is not None:
            unread = "parse.word" if token.kind == "word" else "parse.not-understood-here"
            raise CheckError(UNREAD.get(token.text, unread), token.at, text=token.text)

    def deeper(self) -> None:
        """Count one level of nesting."""
        self.depth += 1
        refuse_if(self.depth > DEEPEST, "parse.nests", self.here(), most=DEEPEST)

    # -- sums

    def expression(self) -> Node:
        """Parse terms joined by + and −."""
        self.deeper()
        start = self.here()
        terms: list[Node] = []
        sign_at = start
        sign = self._sign()
        while True:
            self._layout()
            term = self.term()
            terms.append(Node("neg", (term,), term.type, sign_at, term.end) if sign < 0 else term)
            self._layout()
            token = self.peek()
            if token is None or token.text not in ("+", "-") or token.kind == "word":
                break
            sign_at = token.at
            sign = self._sign()
        self.depth -= 1
        return dotted_sum(terms)

    def _sign(self) -> int:
        token = self.peek()
        if token is not None and token.text in ("+", "-"):
            self.place += 1
            return -1 if token.text == "-" else 1
        return 1

    def _layout(self) -> None:
        while (token := self.peek()) is not None and (
            token.kind == "amp" or (token.kind == "sep" and (self.closers or self._continues()))
        ):
            self.place += 1

    def _continues(self) -> bool:
        following = self.peek(1)
        return following is not None and (following.text in RELATIONS or following.text in ("+", "-"))

    # -- terms

    def term(self) -> Node:
        """Parse operands joined by \\cdot, \\times, \\odot, \\otimes."""
        left = self.operand()
        while (token := self.peek()) is not None and token.text in PRODUCTS:
            self.place += 1
            right = self.operand()
            left = join(token, left, right)
        return dotted_product(left)

    def body(self) -> Node:
        """Parse the term an operator reaches over, one level further in."""
        self.deeper()
        found = self.term()
        self.depth -= 1
        return found

    def operand(self) -> Node:
        """Parse factors side by side, with / between single factors."""
        factors = [self.factor()]
        divided = False
        while True:
            token = self.peek()
            if token is None or self.stops(token):
                break
            if token.text == "/":
                self.place += 1
                if factors[-1].op == "func" and factors[-1].data[1]:
                    raise CheckError("parse.slash-function", factors[-1].at, name=factors[-1].data[0])
                if len(factors) > 1 and factors[-1].type.kind != "scalar":
                    factors = [multiply(factors)]
                below = self.factor()
                factors[-1] = divide(factors[-1], below)
                divided = True
                continue
            if token.text in PRODUCTS:
                break
            if token.kind == "amp":
                self.place += 1
                continue
            refuse_if(divided, "parse.slash", token.at)
            factors.append(self.factor())
        return multiply(factors)

    def beside(self) -> Token | None:
        """Return the token of a factor that follows without a sign, or None."""
        token = self.peek()
        signed = token is None or self.stops(token) or token.text in ("/", r"\cdot", r"\times", r"\odot", "*")
        return None if signed else token

    def stops(self, token: Token) -> bool:
        """Tell whether a token cannot start or join a factor."""
        if token.kind in ("word", "row", "close", "stop") or token.text in STOPS:
            return True
        if token.kind == "sep":
            return not self.closers or self._continues()
        if token.kind == "env":
            return token.text.startswith("end")
        if token.text in STROKES and token.hint not in ("(", ")"):
            return bool(self.closers) and self.closers[-1] in (token.text + token.hint, CALL)
        return token.hint == ")"

    def factor(self) -> Node:
        """Parse one factor with its postfixes."""
        self.skip_layout()
        token = required(self.peek(), "parse.ends", self.end_at)
        if token.text == DOTS:
            self.place += 1
            return Node("dots", (), SCALAR, token.at, token.end)
        if token.text in UNREAD:
            raise CheckError(UNREAD[token.text], token.at, text=token.text)
        refuse_if(token.text in ("+", "-"), "parse.value-before", token.at, text=token.text)
        named = token.kind == "op" and self.scope.match(self.tokens, self.place) is not None
        reader = KINDS["name"] if named else READERS.get(token.text) or KINDS.get(token.kind)
        return required(reader, "parse.not-understood", token.at, text=token.text)(self, token)


def _subscripted(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the single names that occur in a subscript anywhere: candidates for free indices."""
    names: set[str] = set()
    for place, token in enumerate(tokens[:-1]):
        if token.text != "_" or token.kind != "script":
            continue
        depth = 0
        for inner in tokens[place + 1 :]:
            depth += BRACES.get(inner.kind, 0)
            if inner.kind == "name":
                names.add(inner.text)
            if depth <= 0:
                break
    return frozenset(names)
