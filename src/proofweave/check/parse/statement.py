"""What an equation claims: rows of chained relations, implications, and conditions on free indices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from proofweave.check.language import (
    BOOL,
    CheckError,
    Index,
    Node,
    Scope,
    Token,
    nesting,
    number,
    refuse_if,
    required,
    tokenise,
    walk,
)
from proofweave.check.parse.clauses import MEMBER, clause, joined, outside
from proofweave.check.parse.connectives import joining
from proofweave.check.parse.constructs import formula
from proofweave.check.parse.existence import existence
from proofweave.check.parse.planes import refuse_complex
from proofweave.check.syntax import EQUAL_IN_LAW, RELATIONS, Parser, dim_node, node, used_range

ARROWS = frozenset(("implies", "iff"))

SIGNS = {r"\pm": ("+", "-"), r"\mp": ("-", "+")}


@dataclass(frozen=True, slots=True)
class Statement:
    """A parsed equation: one claim per row, the free indices with their ranges, and conditions on those."""

    rows: tuple[Node, ...]
    free: tuple[Index, ...]
    conditions: tuple[Node, ...]

    def nodes(self) -> tuple[Node, ...]:
        """Return every tree of the statement, ranges of free indices included."""
        ranges = [end for index in self.free for end in (index.lo, index.hi) if end is not None]
        return (*self.rows, *self.conditions, *ranges)


def read_statement(tex: str, scope: Scope) -> Statement:
    """Parse an equation's TeX into what it claims; \\pm and \\mp stand for two equations, which hold both."""
    tokens = scope.named(tokenise(tex))
    refuse_if(not tokens, "parse.empty", 0)
    top = formula(tokens, scope)
    rows: list[Node] = []
    conditions: list[Node] = []
    for reading in readings(tokens):
        before: list[Node | None] = []
        for line in _rows(reading):
            for place, column in enumerate(_columns(line)):
                before += [None] * (place + 1 - len(before))
                claim, before[place] = _row(top, column, before[place], conditions)
                if claim is not None:
                    rows.append(claim)
    refuse_if(not rows, "parse.claims-nothing", 0)
    _refuse_dots(rows)
    free = _close_free(top, rows)
    found = Statement(tuple(rows), free, tuple(conditions))
    for tree in found.nodes():
        refuse_complex(tree)
    return found


def read_expression(tex: str, scope: Scope, indices: Mapping[str, Index] | None = None) -> Node:
    """Parse one expression without free indices but those given."""
    parser = formula(scope.named(tokenise(tex)), scope)
    parser.indices.update(indices or {})
    found = parser.expression()
    parser.finish()
    _refuse_dots([found])
    if parser.free:
        raise CheckError("parse.not-declared", name=next(iter(parser.free)))
    return found


def read_relation(tex: str, scope: Scope) -> Node:
    """Parse one relation without free indices."""
    statement = read_statement(tex, scope)
    refuse_if(len(statement.rows) != 1 or statement.free or statement.conditions, "parse.one-relation")
    return statement.rows[0]


def readings(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Return an equation with its upper signs and with its lower ones; itself where it has no \\pm and \\mp."""
    if not any(token.text in SIGNS for token in tokens):
        return [tuple(tokens)]
    return [tuple(replace(t, text=SIGNS[t.text][way]) if t.text in SIGNS else t for t in tokens) for way in (0, 1)]


def _refuse_dots(trees: Sequence[Node]) -> None:
    """Refuse dots that stand where nothing says what they leave out."""
    for tree in trees:
        for part in walk(tree):
            refuse_if(part.op == "dots", "parse.dots", part.at)


def _close_free(top: Parser, rows: Sequence[Node]) -> tuple[Index, ...]:
    """Give each free index the range of what it subscripts, of a unit vector that it names last."""
    for part in (part for row in rows for part in walk(row)):
        if part.op == "unit" and part.args[0].op == "index" and part.type.dims[0] is not None:
            top.uses.append((part.args[0].data, number(1), dim_node(part.type.dims[0])))
    for index in top.free.values():
        if index.lo is None:
            index.lo, index.hi = required(used_range(index, top.uses), "parse.no-range", 0, name=index.name)
    return tuple(top.free.values())


def _rows(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split at \\\\ outside environments; one that claims nothing belongs to the row above, or is a left side."""
    rows: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += nesting(token)
        if token.kind == "row" and not depth:
            rows.append([])
        else:
            rows[-1].append(token)
    whole: list[list[Token]] = []
    for line in rows:
        first = next((t for t in line if t.kind not in ("amp", "sep")), None)
        if first is None:
            continue
        starts = _relational(line) and joining(first) not in ("if", "all", "or")
        if whole and (not starts or (first.text in RELATIONS and not _relational(whole[-1]))):
            whole[-1] += [t for t in line if t.kind != "amp"]
        else:
            whole.append(line)
    return whole


def _relational(line: Sequence[Token]) -> bool:
    return any(t.text in RELATIONS or t.text == MEMBER or joining(t) in ARROWS for t in outside(line))


def _columns(line: Sequence[Token]) -> list[list[Token]]:
    """Split a row at every second &: what stands there begins a column, or a condition of the one before."""
    columns: list[list[Token]] = [[]]
    depth = count = 0
    for place, token in enumerate(line):
        depth += nesting(token)
        if token.kind != "amp" or depth:
            columns[-1].append(token)
            continue
        count += 1
        if count % 2 == 0 and line[place - 1].text in RELATIONS:  # a &=& b
            count -= 1
        if count % 2 or not _relational(columns[-1]):
            columns[-1].append(token)
        elif _own(line[place + 1 :]):
            columns.append([])
        else:
            columns[-1].append(Token("sep", r"\quad", token.at, token.end))
    return columns


def _own(rest: Sequence[Token]) -> bool:
    """Tell whether the next column claims something itself."""
    first = next((t for t in rest if t.kind not in ("amp", "sep")), None)
    return first is not None and joining(first) is None and first.kind != "word" and first.text != "("


def _row(
    top: Parser, line: Sequence[Token], before: Node | None, conditions: list[Node]
) -> tuple[Node | None, Node | None]:
    if (sought := existence(top, line, conditions)) is not None:
        return sought, None
    parts: list[list[Token]] = [[]]
    arrows: list[Token] = []
    depth = 0
    for token in line:
        depth += nesting(token)
        if joining(token) in ARROWS and not depth:
            arrows.append(token)
            parts.append([])
        else:
            parts[-1].append(token)
    parts = [_in_law(part) for part in parts]
    found = [clause(top, part, None if place else before, conditions) for place, part in enumerate(parts)]
    if arrows and not all(one.claims for one in found):
        raise CheckError("parse.implication", arrows[0].at)
    premises = [premise for one in found for premise in one.premises]
    if not found[0].claims:
        refuse_if(premises, "parse.claims-nothing", line[0].at)
        return None, before
    claims = [joined(one.claims) for one in found]
    links = [
        node(joining(arrow) or "", (a, b), BOOL, a.at, b.end)
        for arrow, a, b in zip(arrows, claims, claims[1:], strict=False)
    ]
    return joined([_under(premises, link) for link in links or claims]), found[-1].last


def _in_law(part: list[Token]) -> list[Token]:
    """Return a part in which = says that two sides have one law where words beside it say so."""
    if not any(joining(token) == "law" for token in part):
        return part
    depth, out = 0, []
    for token in part:
        depth += nesting(token)
        if joining(token) != "law":
            out.append(replace(token, text=EQUAL_IN_LAW) if token.text == "=" and not depth else token)
    return out


def _under(premises: list[Node], claim: Node) -> Node:
    """Return a claim made under conditions written beside it."""
    if not premises:
        return claim
    if claim.op == "implies":
        return claim.with_args((joined([*premises, claim.args[0]]), claim.args[1]))
    return node("implies", (joined(premises), claim), BOOL, claim.at, claim.end)
