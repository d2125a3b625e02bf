"""TeX to a typed tree: sums of terms, terms of factors, juxtaposition read by the types that meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from proofweave.check.language.kinds import SCALAR, CheckError, Type, product, unify
from proofweave.check.language.scope import Scope
from proofweave.check.language.tokens import DEEPEST, Token
from proofweave.check.language.tree import Index, Node, is_number, settle

RELATIONS = frozenset(
    ("=", "<", ">", r"\le", r"\ge", r"\neq", r"\approx", r"\succeq", r"\preceq", r"\perp", r"\equiv", ":")
)
CALL = "call"  # the closer inside a function's parentheses, where a bar divides arguments: p(x|y)
ARROWS = frozenset((r"\Rightarrow", r"\iff"))
CLOSERS = frozenset((")", "]", r"\}", r"\rangle", r"\rfloor", r"\rceil"))
STOPS = (
    RELATIONS | ARROWS | CLOSERS | {",", "+", "-", ";", r"\land", r"\in", r"\forall", r"\sim", r"\to", r"\pm", r"\mp"}
)
UNREAD = {
    r"\ldots": r"dots are not read; write the sum, product or list with \sum, \prod or a family",
    r"\pm": r"\pm stands for two equations; write them out",
    r"\mp": r"\mp stands for two equations; write them out",
    r"\to": r"\to is no relation between values; use \approx with `order:` or \Rightarrow",
}


class Parser:
    """Reads one run of tokens; `indices` are the bound and free indices in force."""

    def __init__(self, tokens: Sequence[Token], scope: Scope, outer: Parser | None = None, at: int = 0) -> None:
        self.tokens = tokens
        self.place = 0
        self.scope = scope
        self.closers: list[str] = []
        self.end_at = tokens[-1].end if tokens else at
        self.indices: dict[str, Index] = dict(outer.indices) if outer else {}
        self.free: dict[str, Index] = outer.free if outer else {}
        self.uses: list[tuple[Index, Node, Node]] = outer.uses if outer else []
        self.subscripted: frozenset[str] = outer.subscripted if outer else _subscripted(tokens)
        self.depth: int = outer.depth + 1 if outer else 0
        self.in_index = False
        if self.depth > DEEPEST:
            raise CheckError(f"the formula nests deeper than {DEEPEST} levels", self.end_at)

    # -- the token stream

    def peek(self, ahead: int = 0) -> Token | None:
        """Return the token at hand, or None at the end."""
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def here(self) -> int:
        """Return the offset of the token at hand."""
        token = self.peek()
        return token.at if token else self.end_at

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
            found = f"; found {token.text}" if token else ""
            raise CheckError(f"expected {text} to close what opens here{found}", opened)

    def sub(self, tokens: Sequence[Token], at: int) -> Parser:
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
            raise CheckError(UNREAD.get(token.text, f"{token.text} is not understood here"), token.at)

    def deeper(self) -> None:
        """Count one level of nesting."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise CheckError(f"the formula nests deeper than {DEEPEST} levels", self.here())

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
        return add(terms)

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
        while (token := self.peek()) is not None and token.text in (
            r"\cdot",
            r"\times",
            r"\odot",
            r"\otimes",
            "*",
            r"\circ",
        ):
            self.place += 1
            right = self.operand()
            left = join(token, left, right)
        return left

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
                    raise CheckError(
                        rf"\{factors[-1].data[0]} a/b has two readings; use \frac or parentheses", factors[-1].at
                    )
                if len(factors) > 1 and factors[-1].type.kind != "scalar":
                    factors = [multiply(factors)]
                below = self.factor()
                factors[-1] = divide(factors[-1], below)
                divided = True
                continue
            if token.text in (r"\cdot", r"\times", r"\odot", r"\otimes", "*", r"\circ"):
                break
            if token.kind == "amp":
                self.place += 1
                continue
            if divided:
                raise CheckError("a/bc has two readings; put braces or parentheses: a/(bc) or (a/b)c", token.at)
            factors.append(self.factor())
        return multiply(factors)

    def stops(self, token: Token) -> bool:
        """Tell whether a token cannot start or join a factor."""
        if token.kind in ("word", "row", "close", "stop") or token.text in STOPS:
            return True
        if token.kind == "sep":
            return not self.closers or self._continues()
        if token.kind == "env":
            return token.text.startswith("end")
        if token.text in ("|", r"\|") and self.closers and self.closers[-1] in (token.text, CALL):
            return token.hint != "("
        return token.hint == ")"

    def factor(self) -> Node:
        """Parse one factor with its postfixes."""
        from proofweave.check.parse.atoms import atom

        while (token := self.peek()) is not None and token.kind in ("sep", "amp"):
            self.place += 1
        if token is None:
            raise CheckError("something is missing at the end", self.end_at)
        if token.text in UNREAD:
            raise CheckError(UNREAD[token.text], token.at)
        if token.text in ("+", "-"):
            raise CheckError(f"a value is missing before {token.text}; put a signed factor in parentheses", token.at)
        return atom(self, token)


def _subscripted(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the single names that occur in a subscript anywhere: candidates for free indices."""
    names: set[str] = set()
    for place, token in enumerate(tokens[:-1]):
        if token.text != "_" or token.kind != "script":
            continue
        depth = 0
        for inner in tokens[place + 1 :]:
            depth += {"open": 1, "close": -1}.get(inner.kind, 0)
            if inner.kind == "name":
                names.add(inner.text)
            if depth <= 0:
                break
    return frozenset(names)


# -- building nodes by type


def add(terms: Sequence[Node]) -> Node:
    """Return a sum; a bare 0, I or 1 takes the type of the others."""
    if len(terms) == 1:
        return terms[0]
    kind = _lead(terms)
    type_ = kind
    for term in terms:
        if _open(term):
            continue
        type_ = unify(type_, term.type, term.at, "sum")
    settled = tuple(settle(term, type_, "sum") for term in terms)
    return Node("add", settled, type_, terms[0].at, terms[-1].end)


def _lead(terms: Sequence[Node]) -> Type:
    for term in terms:
        if not _open(term):
            return term.type
    return terms[0].type


def _open(term: Node) -> bool:
    """Tell whether a term takes the type of the others: a bare 0, an O(·)."""
    return is_number(term, 0) or term.op == "bigo" or (term.op == "neg" and term.args[0].op == "bigo")


def multiply(factors: Sequence[Node]) -> Node:
    """Return a product of factors side by side, checked from left to right."""
    if len(factors) == 1:
        return factors[0]
    for factor in factors:
        if factor.type.kind in ("function", "bool"):
            raise CheckError("a function or relation cannot be multiplied; apply it to an argument", factor.at)
    type_ = factors[0].type
    for factor in factors[1:]:
        type_ = product(type_, factor.type, factor.at)
    return Node("mul", _close_sizes(factors), type_, factors[0].at, factors[-1].end)


def _close_sizes(factors: Sequence[Node]) -> tuple[Node, ...]:
    """Give an open I or 1 in a product the size of its neighbour."""
    out = list(factors)
    for place, factor in enumerate(out):
        if None not in factor.type.dims:
            continue
        left = next((f for f in reversed(out[:place]) if f.type.dims), None)
        right = next((f for f in out[place + 1 :] if f.type.dims), None)
        dim = None
        if right is not None and factor.type.kind in ("matrix", "row"):
            dim = right.type.dims[0]
        elif left is not None and factor.type.kind in ("matrix", "vector"):
            dim = left.type.dims[-1]
        if dim is not None:
            dims = (dim,) * factor.type.rank
            out[place] = settle(factor, replace(factor.type, dims=dims))
    return tuple(out)


def divide(above: Node, below: Node) -> Node:
    """Return a quotient; only scalars divide."""
    if below.type.kind != "scalar":
        raise CheckError(f"cannot divide by a {below.type}; write A^{{-1}} or use entries", below.at)
    if above.type.kind in ("function", "bool"):
        raise CheckError("only a value can be divided", above.at)
    return Node("div", (above, below), above.type, above.at, below.end)


def join(token: Token, left: Node, right: Node) -> Node:
    """Return two operands joined by a written product sign."""
    sign = token.text
    if sign == r"\circ":
        raise CheckError(r"\circ is not understood; write \odot for entrywise products or apply functions", token.at)
    if sign == r"\odot":
        type_ = unify(left.type, right.type, token.at, r"\odot")
        left, right = settle(left, type_), settle(right, type_)
        return Node("hadamard", (left, right), type_, left.at, right.end)
    if sign == r"\otimes":
        kinds = (left.type.kind, right.type.kind)
        if kinds == ("vector", "vector"):
            outer = Type("matrix", (left.type.dims[0], right.type.dims[0]))
            return Node("outer", (left, right), outer, left.at, right.end)
        raise CheckError(r"\otimes is read between two vectors only", token.at)
    if (left.type.kind, right.type.kind) == ("vector", "vector"):
        if sign != r"\cdot":
            raise CheckError(f"{sign} between vectors is not understood", token.at)
        return inner(left, right, left.at, right.end)
    flat = [*(left.args if left.op == "mul" else (left,)), *(right.args if _flat(left, right) else (right,))]
    return multiply(flat)


def _flat(left: Node, right: Node) -> bool:
    return right.op == "mul" and left.type == SCALAR


def inner(left: Node, right: Node, at: int, end: int) -> Node:
    """Return an inner product of two vectors or two matrices."""
    if left.type.kind not in ("vector", "matrix", "scalar"):
        raise CheckError(f"an inner product needs two vectors or matrices, not a {left.type}", left.at)
    type_ = unify(left.type, right.type, right.at, "inner product")
    return Node("inner", (settle(left, type_), settle(right, type_)), SCALAR, at, end)


Rule = Callable[[Parser, Token], Node]


def node(op: str, args: Sequence[Node], type_: Type, at: int, end: int, data: Any = None) -> Node:
    """Return a node (a shorthand the parsing modules share)."""
    return Node(op, tuple(args), type_, at, end, data)
