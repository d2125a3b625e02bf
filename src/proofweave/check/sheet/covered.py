"""What a verdict covers: the symbols of which less is checked than is claimed, and what else it leans on."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from proofweave.check.judge import Condition, Narrowing, Question
from proofweave.check.language import (
    ENTRY,
    Entry,
    Node,
    Scope,
    Symbol,
    grafted,
    in_order,
    named_in,
    pairs,
    read_key,
    refuse_if,
    required,
)
from proofweave.check.symbols import build, constant, covers, open_symbol, upper_bound
from proofweave.core import Check, SymbolSpec, say, table, together

STATED = "special_case"
"""What is declared in a block about a special case is its hypothesis."""

DRAWN = ("function", "family", "random", "law")
"""The forms of specifications of what is drawn, whose type or class may be narrowed by a text."""


CLASSES = {
    "convex": "凸|convex",
    "strongly_convex": "强凸|strongly[ -]convex",
    "smooth": "光滑|smooth",
    "quadratic": "二次(?!连续|可微)|quadratic",
    "lipschitz": "(?i:lipschitz)",
}
"""How a text says that a function is of a class."""


@dataclass(frozen=True, slots=True)
class Instances:
    """An entry of `instances:` in force: the declaration it narrows, and where its names are looked up."""

    spec: SymbolSpec
    entry: Entry
    scope: Scope


@dataclass(slots=True)
class Covered:
    """What the verdict on a question covers; `bare` are declarations that narrow it without a reason.

    The `unsaid` are definitions that no formula states: what a text must say, a sheet of equations says by them.
    """

    narrowings: list[Narrowing] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    bare: dict[Entry, str] = field(default_factory=dict)
    unsaid: dict[Entry, str] = field(default_factory=dict)


def instances_of(scope: Scope, specs: Iterable[SymbolSpec]) -> list[Instances]:
    """Return the entries of an `instances:` with the declarations they narrow."""
    found = []
    for spec in specs:
        entry = required(scope.entries.get(read_key(spec.name)), "symbols.instances-undeclared", name=spec.name)
        refuse_if(not spec.because.strip(), "symbols.instances-because", name=spec.name)
        found.append(Instances(spec, entry, scope))
    return found


def covered(question: Question, check: Check, instances: Iterable[Instances]) -> tuple[Question, Covered]:
    """Return a question with the instances asked for in place, and what a verdict on it covers."""
    found = Covered()
    needed = in_order(symbol for node in _trees(question) for symbol in named_in(node))
    narrowed = {one.entry: one for one in instances}  # the innermost is the last
    news: dict[Symbol, Symbol] = {}
    for symbol in needed:
        entry: Entry | None = symbol.data.get(ENTRY)
        if entry is None:
            _defined(symbol, found)
        elif entry in narrowed:
            news[symbol] = _narrowed(symbol, narrowed[entry], found)
        else:
            _declared(symbol, entry, question, found)
    found.conditions += _asked(check)
    return (grafted(question, news) if news else question), found


def _trees(question: Question) -> Iterator[Node]:
    yield from question.statement.nodes()
    for given in question.given:
        yield from given.nodes()
    if question.order[0] is not None:
        yield question.order[0]


def _narrowed(symbol: Symbol, one: Instances, found: Covered) -> Symbol:
    """Return the narrower symbol that `instances:` puts in place of a declared one."""
    spec = replace(one.spec, value=_merged(symbol.data.get("written", ""), one.spec))
    new = build(spec, one.scope)
    new.data.update({"written": spec.value, ENTRY: one.entry})
    wrong = new.type != symbol.type or new.holes != symbol.holes or (open_symbol(new) and not covers(symbol, new))
    refuse_if(wrong, "symbols.instances-wider", None, one.spec.where, name=symbol.name)
    what = _words(new, one.spec.value if isinstance(one.spec.value, str) else "")
    found.narrowings.append(Narrowing(symbol.name, _plain(one.spec.value), what, one.spec.because))
    return new


def _merged(declared: object, spec: SymbolSpec) -> str | Mapping[str, object]:
    """Return the whole specification of a narrower symbol: a text stands for the type or adds to the class declared."""
    if not isinstance(declared, Mapping) or isinstance(spec.value, Mapping):
        return spec.value
    form = required(next((name for name in DRAWN if name in declared), None), "symbols.instances-fixed", name=spec.name)
    value = f"{declared[form]} {spec.value}" if form == "function" else spec.value
    return {**declared, form: value}


def _defined(symbol: Symbol, found: Covered) -> None:
    """Note the definition by an equation that a verdict leans on."""
    if symbol.role == "define":
        found.conditions.append(Condition("definition", _plain(symbol.data.get("written", "")), symbol.name))


def _declared(symbol: Symbol, entry: Entry, question: Question, found: Covered) -> None:
    """Note how a declaration narrows what is claimed, or else what it says that a verdict leans on."""
    written = _plain(symbol.data.get("written", ""))
    less = (
        _finite(symbol, question) or _hides_wider(symbol, entry) or _shadows(symbol, entry) or _replaces(symbol, entry)
    )
    narrows = less or _unsaid(symbol, entry)
    if entry.stated and narrows is not None and not _says_class(symbol, entry):
        found.narrowings.append(Narrowing(symbol.name, written, narrows, entry.stated))
    elif entry.stated:
        found.conditions.append(Condition("stated", entry.stated if entry.stated != STATED else written, symbol.name))
    elif narrows is not None:
        found.narrowings.append(Narrowing(symbol.name, written, narrows, entry.because))
        if not entry.because:
            (found.bare if less else found.unsaid)[entry] = narrows
    elif entry.hidden is not None:
        found.conditions.append(Condition("redeclared", written, symbol.name))
    if not open_symbol(symbol):
        found.conditions.append(Condition("definition", written, symbol.name))


def _says_class(symbol: Symbol, entry: Entry) -> bool:
    """Tell whether what is quoted of the text says each class that is added to a function's, or names its constant."""
    if symbol.role != "function" or entry.stated == STATED:
        return True
    outer = entry.hidden.known() if entry.hidden is not None else None
    known = outer.data["classes"] if outer is not None and outer.role == "function" else ()
    written = symbol.data.get("written", "")
    constants = (
        [str(written[key]) for key in ("constant", "modulus") if key in written] if isinstance(written, Mapping) else []
    )
    return all(
        re.search(CLASSES.get(word, word), entry.stated) or any(name in entry.stated for name in constants)
        for word in symbol.data["classes"]
        if word not in known
    )


def _unsaid(symbol: Symbol, entry: Entry) -> str | None:
    """Return in words that no formula of the text defines a function, or a value that is another one, like this."""
    written = symbol.data.get("written", "")
    if symbol.role != "define" or (isinstance(written, Mapping) and "define" not in written):
        return None  # a sampled function with values in a space is made of its entries: nobody defined it
    if entry.says(symbol, False):
        return None
    return _words(symbol) if symbol.params or symbol.data["body"].op in ("sym", "num") else None


def _hides_wider(symbol: Symbol, entry: Entry) -> str | None:
    """Return in words how a declaration is narrower than one it hides; one that the text states ends the search."""
    if symbol.role == "define" and entry.says(symbol, True):
        return None
    outer = entry.hidden
    while outer is not None:
        wider = outer.known()
        if wider is not None and open_symbol(wider) and not covers(symbol, wider):
            return _words(symbol)
        if outer.stated:
            return None
        outer = outer.hidden
    return None


def _shadows(symbol: Symbol, entry: Entry) -> str | None:
    """Return in words that a symbol is drawn here although it is defined further out: what defines it is not tested."""
    outer = entry.hidden
    if outer is None or not open_symbol(symbol):
        return None
    defined = outer.known()
    return say("scope.shadows", name=symbol.name) if defined is not None and not open_symbol(defined) else None


def _replaces(symbol: Symbol, entry: Entry) -> str | None:
    """Return in words that a sequence, flow or solved value stands for what is defined further out, with a reason."""
    determined = symbol.role != "define" and not open_symbol(symbol)
    return _words(symbol) if determined and entry.hidden is not None and entry.because else None


def _finite(symbol: Symbol, question: Question) -> str | None:
    """Return in words that an integer is bounded from above, unless the formula or its premises say so too."""
    bound = upper_bound(symbol)
    if bound is None or symbol in _driven(question) or _said_bound(symbol, float(bound), question):
        return None
    return _words(symbol)


def _driven(question: Question) -> list[Symbol]:
    """Return the symbol that goes to its limit in an approximation, however its range ends."""
    return named_in(question.order[0]) if question.order[0] is not None else []


def _said_bound(symbol: Symbol, bound: float, question: Question) -> bool:
    """Tell whether a premise or condition bounds a symbol by no more than its range, or a set beside the claim does."""
    statements = (question.statement, *question.given)
    if any(
        index.name == symbol.name and index.hi and _at_most(index.hi, bound) for s in statements for index in s.free
    ):
        return True
    claims = [claim for row in question.statement.rows for claim in _parts(row)]
    premises = [*question.statement.conditions, *(row for given in question.given for row in given.rows)]
    premises += [claim.args[0] for claim in claims if claim.op == "implies"]
    premises += [claim for claim in claims if len(claims) > 1 and claim.op == "chain" and claim.args[-1].op in SETS]
    return any(
        _bounds(left, right, sign, symbol, bound) or _bounds(right, left, MIRROR.get(sign, sign), symbol, bound)
        for premise in premises
        for chain in _parts(premise)
        if chain.op == "chain"
        for left, right, sign in pairs(chain)
    )


def _parts(node: Node) -> Iterator[Node]:
    """Yield what a claim says that all must hold."""
    if node.op != "and":
        yield node
        return
    for arg in node.args:
        yield from _parts(arg)


def _at_most(node: Node, bound: float) -> bool:
    value = constant(node)
    return value is not None and value <= bound


SETS = ("whole", "nearest")
"""The operations by which membership in a set of numbers is claimed."""

MIRROR = {r"\ge": r"\le", ">": "<", r"\le": r"\ge", "<": ">"}


def _bounds(left: Node, right: Node, sign: str, symbol: Symbol, bound: float) -> bool:
    """Tell whether a relation says that a symbol is at most a number, or in a range that ends there."""
    if left.op != "sym" or left.data is not symbol:
        return False
    value = constant(right)
    if value is not None and sign in (r"\le", "<", "="):
        return value - (sign == "<") <= bound
    return sign == "=" and right.op in SETS and all(_at_most(end, bound) for end in right.args[1:])


def _words(symbol: Symbol, added: str = "") -> str:
    """Return in words what alone is checked of a symbol; `added` are the classes added to what is declared."""
    written = _plain(symbol.data.get("written", ""))
    if symbol.role == "int":
        return _range_words(symbol, written)
    if symbol.role == "function":
        classes = [_class(word) for word in added.split() or symbol.data["classes"]]
        return say("scope.class", name=symbol.name, classes=together(classes, "scope.both"))
    if symbol.role == "define":
        return say("scope.value", name=symbol.name, value=_plain(_body(symbol)))
    return say("scope.type", name=symbol.name, type=written)


def _class(word: str) -> str:
    return say(f"scope.class-{word}") if f"class-{word}" in table("scope") else word


def _body(symbol: Symbol) -> object:
    written: Any = symbol.data.get("written", "")
    return written.get("define", "") if isinstance(written, Mapping) else written


def _range_words(symbol: Symbol, written: str) -> str:
    lo, hi = (constant(symbol.data[end]) for end in ("lo", "hi"))
    if lo is None or hi is None or math.isinf(hi):
        return say("scope.type", name=symbol.name, type=written)
    if lo == hi:
        return say("scope.value", name=symbol.name, value=f"{hi:g}")
    if lo in (0, 1, 2):
        return say("scope.range", name=symbol.name, hi=f"{hi:g}")
    return say("scope.between", name=symbol.name, lo=f"{lo:g}", hi=f"{hi:g}")


def _asked(check: Check) -> Iterator[Condition]:
    """Yield what an equation's author asks of its verdict."""
    yield from (Condition("given", text) for text in check.given)
    if check.order:
        yield Condition("order", str(check.order.get("at_least", 1)), str(check.order.get("in", "")))
    yield from (Condition("excuse", reason, part) for part, reason in check.excuse.items())


def _plain(value: object) -> str:
    """Return a specification as one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    texts = value if isinstance(value, list | tuple) else [value]
    return ", ".join(" ".join(str(text).split()) for text in texts)
