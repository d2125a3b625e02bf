"""How operators that bind, derivatives and claims are printed."""

from collections.abc import Sequence

from proofweave.check.explain.printers import (
    PRINTERS,
    called,
    named,
    printed,
    reached,
    was_written,
)
from proofweave.check.language import Index, Node, Symbol, is_number

SIM, EQUAL_IN_LAW = r"\sim", r"\overset{d}{=}"
JOINS = {"and": r" \land ", "or": r" \lor ", "implies": r" \Rightarrow ", "iff": r" \iff "}


@PRINTERS("sum", "prod", "matprod", "min", "max", "argmin", "argmax")
def _binder(node: Node) -> str:
    lo, hi, condition, body = node.args
    index: Index = node.data
    sign = rf"\arg\{node.op[3:]}" if node.op.startswith("arg") else f"\\{node.op.removeprefix('mat')}"
    if not is_number(condition, 1):
        below, above = ", ".join(map(printed, condition.args if condition.op == "and" else (condition,))), ""
    elif not (was_written(lo, hi) or isinstance(condition.data, float)):  # what dots leave out has a range
        below, above = index.name, ""
    elif node.op in ("sum", "prod", "matprod"):
        below, above = f"{index.name} = {printed(lo)}", f"^{{{printed(hi)}}}"
    else:
        below, above = rf"{index.name} = {printed(lo)}, \ldots, {printed(hi)}", ""
    return f"{sign}_{{{below}}}{above} {reached(body)}"


@PRINTERS("list", "entries")
def _list(node: Node) -> str:
    return f"\\{node.data}({', '.join(map(printed, node.args))})"


@PRINTERS("optimum")
def _optimum(node: Node) -> str:
    what = node.data
    sign = r"\arg" * what.argument + (r"\min" if what.sense > 0 else r"\max")
    name, data = what.symbol.name, what.symbol.data
    within = rf" \in [{printed(data['lo'])}, {printed(data['hi'])}]" if "within" in data else ""
    below = ", ".join([name + within, *map(printed, node.args[1:])])
    return f"{sign}_{{{below}}} {reached(node.args[0])}"


MOMENTS = {"expect": r"\mathbb{E}", "variance": r"\operatorname{Var}", "covariance": r"\operatorname{Cov}"}


@PRINTERS(*MOMENTS)
def _moment(node: Node) -> str:
    names = ", ".join(dict.fromkeys(symbol.name for symbol in node.data or ()))
    below = f"_{{{names}}}" if names else ""
    return rf"{MOMENTS[node.op]}{below}\left[ {', '.join(map(printed, node.args))} \right]"


@PRINTERS("conditional")
def _conditional(node: Node) -> str:
    body, *given = map(printed, node.args)
    return rf"\mathbb{{E}}\left[ {body} \mid {', '.join(given)} \right]"


@PRINTERS("information")
def _information(node: Node) -> str:
    """Return a signed sum of entropies as it was written."""
    values = list(map(printed, node.args))
    joint = [places for sign, places in node.data if sign > 0]
    less = [places for sign, places in node.data if sign < 0]
    given = less[-1] if less and set(less[-1]) < set(joint[0]) else ()
    groups = [", ".join(values[k] for k in places if k not in given) for places in joint]
    behind = " | " + ", ".join(values[k] for k in given) if given else ""
    return f"{'H' if len(groups) == 1 else 'I'}({'; '.join(groups)}{behind})"


@PRINTERS("lawof")
def _law_of(node: Node) -> str:
    return printed(node.args[0])


@PRINTERS("normal")
def _normal(node: Node) -> str:
    return rf"\mathcal{{N}}({printed(node.args[0])}, {printed(node.args[1])})"


@PRINTERS("literal")
def _literal(node: Node) -> str:
    return rf"\operatorname{{{node.data}}}({', '.join(map(printed, node.args))})"


@PRINTERS("lawgap")
def _law_gap(node: Node) -> str:
    one, two = node.args
    named_law = two.op == "sym" and two.data.name == "law"
    law = two.data.data["law"] if named_law else None
    other = printed(two) if law is None else rf"\operatorname{{{law.name}}}({', '.join(map(printed, law.params))})"
    return rf"{printed(one)} {SIM if named_law else EQUAL_IN_LAW} {other}"


@PRINTERS("limit")
def _limit(node: Node) -> str:
    side = {1: "^+", -1: "^-"}.get(node.data.side, "")
    return rf"\lim_{{{node.data.symbol.name} \to {printed(node.args[0])}{side}}} {reached(node.args[1])}"


@PRINTERS("stopped")
def _stopped(node: Node) -> str:
    return rf"\operatorname{{sg}}\left[ {printed(node.args[0])} \right]"


@PRINTERS("kl")
def _divergence(node: Node) -> str:
    return rf"\operatorname{{KL}}\left( {printed(node.args[0])} \,\|\, {printed(node.args[1])} \right)"


@PRINTERS("indicator")
def _indicator(node: Node) -> str:
    return rf"\mathbb{{1}}\left[ {printed(node.args[0])} \right]"


@PRINTERS("integral")
def _integral(node: Node) -> str:
    lo, hi, body = node.args
    return rf"\int_{{{printed(lo)}}}^{{{printed(hi)}}} ({printed(body)}) \, \mathrm{{d}}{node.data.name}"


@PRINTERS("space")
def _space(node: Node) -> str:
    over = r" \, ".join(rf"\mathrm{{d}}{symbol.name}" for symbol in node.data)
    return rf"\int ({printed(node.args[0])}) \, {over}"


@PRINTERS("gradient", "hessian")
def _gradient(node: Node) -> str:
    symbol, which = node.data.symbol, node.data.which
    order = 1 if node.op == "gradient" else 2
    if (symbol.type.result is not None and symbol.type.result.rank) or (
        not symbol.type.args[which].rank and not symbol.params
    ):
        return called(symbol, node.args, "'" * order)
    by = f"_{{{symbol.params[which].name}}}" if len(symbol.type.args) > 1 else ""
    power = "^{2}" if order == 2 else ""
    return rf"\nabla{by}{power} {called(symbol, node.args)}"


@PRINTERS("rate")
def _rate(node: Node) -> str:
    return called(node.data.symbol, node.args, "'" * node.data.order)


@PRINTERS("differential")
def _differential(node: Node) -> str:
    return rf"\mathrm{{d}} ({printed(node.args[0])})"


@PRINTERS("derive")
def _derive(node: Node) -> str:
    body, *places = node.args
    steps = []
    for symbol, members, entries in node.data.steps:
        own, places = places[: members + entries], places[members + entries :]
        steps.append(_variable(symbol, own[:members], own[members:]))
    power = f"^{{{len(steps)}}}" if len(steps) > 1 else ""
    if body.type.rank or len(set(steps)) > 1 or len(steps) > 2:
        below = r" \, ".join(rf"\partial {step}" for step in steps)
        return rf"\frac{{\partial{power} ({printed(body)})}}{{{below}}}"
    return rf"\nabla_{{{steps[0]}}}{power} ({printed(body)})"


def _variable(symbol: Symbol, members: Sequence[Node], entries: Sequence[Node]) -> str:
    name = named(symbol, members)
    return f"{name}_{{{', '.join(map(printed, entries))}}}" if entries else name


@PRINTERS("chain")
def _chain(node: Node) -> str:
    left, *others = node.args
    if node.data == ("=",) and others[0].op in ("nearest", "whole"):
        return rf"{printed(left)} \in {printed(others[0])}"
    if node.data == ("=",) and left.op == "entry" and left.args[0].type.kind == "set":
        sign = r"\in" if is_number(others[0], 1) else r"\notin"
        return f"{printed(left.args[1])} {sign} {printed(left.args[0])}"
    if left.op == "lawgap":
        return printed(left)
    written = printed(left)
    for sign, side in zip(node.data, node.args[1:], strict=True):
        if left.op == "lawof":
            sign = SIM if side.op == "normal" else EQUAL_IN_LAW
        written += f" {sign} {printed(side)}"
    return written


@PRINTERS("exists")
def _exists(node: Node) -> str:
    return rf"\exists {', '.join(symbol.name for symbol in node.data)}: {printed(node.args[0])}"


@PRINTERS("and", "or", "implies", "iff")
def _joined(node: Node) -> str:
    linked = [part for part in node.args if part.op in ("implies", "iff")]
    if node.op == "and" and len(linked) == len(node.args):  # a ⇒ b ⇒ c is two claims that share a side
        return printed(linked[0]) + "".join(JOINS[part.op] + printed(part.args[1]) for part in linked[1:])
    return JOINS[node.op].join(map(printed, node.args))
