"""Operators that bind: sums, products, minima and maxima."""

from collections.abc import Sequence

from proofweave.check.language import (
    BOOL,
    BRACES,
    SCALAR,
    CheckError,
    Index,
    Node,
    Optimum,
    Symbol,
    Token,
    is_complex,
    number,
    read_key,
    refuse_if,
    required,
    scripts,
    walk,
)
from proofweave.check.parse.binding import Binding, read_binding
from proofweave.check.parse.functions import function_argument, named
from proofweave.check.parse.intervals import over_attained, over_interval
from proofweave.check.syntax import (
    CLOSING,
    READERS,
    RELATIONS,
    Parser,
    Uses,
    bracketed,
    constraint,
    dotted_list,
    node,
    postfix,
    used_range,
)

BIG = {r"\sum": "sum", r"\prod": "prod"}


@READERS(*BIG)
def big_operator(p: Parser, token: Token) -> Node:
    """Parse \\sum or \\prod; it reaches to the next + or − at its level."""
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    refuse_if(not sub, "parse.needs-index", token.at, text=token.text)
    binding = read_binding(p, sub, sup, token)
    if binding.symbols:
        raise CheckError("parse.over-index", token.at, text=token.text, name=binding.symbols[0].name)
    return bind(p, BIG[token.text], binding, token)


@READERS(r"\arg")
def argument(p: Parser, token: Token) -> Node:
    """Parse \\arg\\min and \\arg\\max, and \\arg z of what is complex."""
    p.place += 1
    following = required(p.peek(), "parse.arg", token.at)
    if following.text not in ("min", "max"):
        inside, bare = function_argument(p, token)
        refuse_if(not is_complex(inside), "parse.arg", token.at)
        found = named("arg", inside, token, bare)
        return found if bare else postfix(p, found)
    return _extremum(p, following, True)


@READERS("min", "max", "inf", "sup", "argmin", "argmax")
def extremum(p: Parser, token: Token) -> Node:
    """Parse \\min, \\max, \\arg\\min, \\arg\\max: of a list, over an index, or over a declared symbol."""
    return _extremum(p, token, token.text.startswith("arg"))


def _extremum(p: Parser, token: Token, argument: bool) -> Node:
    sense = "min" if token.text in ("min", "inf", "argmin") else "max"
    sub, sup, p.place = scripts(p.tokens, p.place + 1)
    refuse_if(sup and sub, "parse.extremum-power", token.at, sense=sense)
    if not sub:
        refuse_if(argument or sup, "parse.extremum-below", token.at, text=token.text)
        return listed(p, sense, token)
    found = over_interval(p, token, sub, 1 if sense == "min" else -1, argument)
    found = found or (None if argument else over_attained(p, token, sub))
    if found is not None:
        return found
    binding = read_binding(p, sub, (), token)
    if not binding.symbols:
        ranged = [name for name, _, lo, _ in binding.indices if lo is not None and binding.conditions]
        refuse_if(argument and len(binding.indices) != 1, "parse.argmin-index", token.at)
        uses = len(p.uses)
        found = bind(p, f"arg{sense}" if argument else sense, binding, token)
        whole = {index.name for index, _, _ in p.uses[uses:]} | {index.name for index in _counted(found)}
        real = next((name for name in ranged if name not in whole), None)
        refuse_if(real is not None, "parse.below-range", token.at, name=real, text=token.text)
        return found
    body = p.body()
    refuse_if(body.type != SCALAR, "parse.no-smallest", body.at, type=body.type)
    _reach(p, binding.symbols, token)
    constraints = [constraint(p, c) for c in binding.conditions]
    refuse_if(argument and len(binding.symbols) != 1, "parse.argmin-symbol", token.at)
    for place, symbol in enumerate(reversed(binding.symbols)):
        what = Optimum(symbol, 1 if sense == "min" else -1, argument)
        type_ = symbol.type if argument else SCALAR
        body = node("optimum", (body, *(constraints if place == 0 else ())), type_, token.at, body.end, what)
    return body


def _counted(tree: Node) -> set[Index]:
    """Return the indices that end another index's range, or of which a factorial or binomial is taken."""
    ends = [end for part in walk(tree) if part.op in ("sum", "prod", "min", "max") for end in part.args[:2]]
    ends += [part for part in walk(tree) if part.op == "binom" or (part.op == "func" and part.data[0] == "factorial")]
    return {leaf.data for end in ends for leaf in walk(end) if leaf.op == "index"}


def _reach(p: Parser, symbols: Sequence[Symbol], token: Token) -> None:
    """Refuse a bound symbol that occurs again after the operator's reach at the same level."""
    depth = 0
    for place in range(p.place, len(p.tokens)):
        later = p.tokens[place]
        if later.text in RELATIONS or later.kind in ("row", "word") or later.text == ",":
            break
        depth += BRACES.get(later.kind, 0)
        if later.kind == "name":
            match = p.scope.match(p.tokens, place)
            if match is not None and match.symbol in symbols:
                raise CheckError("parse.reach", later.at, text=token.text, name=match.symbol.name)


def listed(p: Parser, sense: str, token: Token) -> Node:
    """Parse \\min(a, b) and \\min\\{a, b\\}; of one vector, its smallest entry."""
    opening = required(bracketed(p), "parse.extremum-list", token.at, sense=sense)
    with p.within(CLOSING[opening.text], opening.at):
        items = [p.expression()]
        while p.take(","):
            items.append(p.expression())
    items = dotted_list(items, sense)
    if len(items) == 1 and items[0].op == sense:
        return postfix(p, items[0])
    if len(items) == 1 and items[0].type.kind == "vector":
        return postfix(p, node("entries", items, SCALAR, token.at, p.reached, sense))
    for item in items:
        refuse_if(item.type != SCALAR, "parse.not-compared", item.at, type=item.type)
    return postfix(p, node("list", items, SCALAR, token.at, p.reached, sense))


def bind(p: Parser, op: str, binding: Binding, token: Token) -> Node:
    """Parse the body of an index binder and close its indices, the innermost last."""
    refuse_if(not binding.indices, "parse.needs-index", token.at, text=token.text)
    for name, *_ in binding.indices:
        entry = p.scope.entries.get(read_key(name))
        unit = entry is not None and not entry.busy and entry.resolve(p.scope.trail).data.get("plane") == "imaginary"
        refuse_if(unit, "parse.index-imaginary", token.at, name=name)
    saved, p.indices = p.indices, {**p.indices, **{name: index for name, index, _, _ in binding.indices}}
    uses_before = len(p.uses)
    conditions = [constraint(p, tokens) for tokens in binding.conditions]
    body = p.body()
    p.indices = saved
    uses = p.uses[uses_before:]
    refuse_if(body.type.kind in ("function", "bool"), "parse.needs-values", body.at, text=token.text)
    refuse_if(op != "sum" and body.type != SCALAR, "parse.of-type", body.at, text=token.text, type=body.type)
    for place, (name, index, lo, hi) in enumerate(reversed(binding.indices)):
        low, high = range_of(name, index, lo, hi, uses, token)
        condition = number(1) if place or not conditions else _all(conditions)
        type_ = body.type if op == "sum" else SCALAR
        body = node(op, (low, high, condition, body), type_, token.at, body.end, index)
    return body


def range_of(name: str, index: Index, lo: Node | None, hi: Node | None, uses: Uses, token: Token) -> tuple[Node, Node]:
    """Return an index's range: as written, or what it subscripts."""
    found = used_range(index, uses)
    low, high = (lo or found[0], hi or found[1]) if found else (lo, hi)
    if low is None or high is None:
        raise CheckError("parse.range-unknown", token.at, name=name, text=token.text)
    index.lo, index.hi = low, high
    return low, high


def _all(conditions: Sequence[Node]) -> Node:
    if len(conditions) == 1:
        return conditions[0]
    return node("and", conditions, BOOL, conditions[0].at, conditions[-1].end)
