"""Read a model's reply: parts tagged by kind become parts as an outline writes them, read by the same readers."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from proofweave.core import REFERENCE, Finding, Reply, Request, Severity, Where, finding_of, say
from proofweave.outline import SHORT, SHORTENED, read_reply

EQUATION_TEXTS = ("id", "tex", "rows", "tag", "defines", "assume", "skip")
EQUATION_KEYS = frozenset({*EQUATION_TEXTS, "given", "order", "tight", "strict", "symbols"})
PROSE = ("text", "because", "intuition")
KEYS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text"}),
    "equation": EQUATION_KEYS,
    "step": frozenset({"because", "equation", "intuition"}),
    "code": frozenset({"code", "language"}),
}
NEEDED = {"text": "text", "equation": "tex", "step": "because", "code": "code"}
WRAPPERS = frozenset({"slots", "reply", "response", "answer", "pieces"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as read; `slots` are its parts as a recording holds them, `places` the part on each line."""

    reply: Reply | None
    findings: tuple[Finding, ...]
    slots: Mapping[str, list[Any]]
    places: Mapping[int, tuple[str, int]]

    def place(self, where: Where) -> tuple[str, int]:
        """Return the slot and the number of the part a finding is about; ("", 0) when it is about all of them."""
        return self.places.get(where.line, ("", 0))


def path_of(request: Request) -> str:
    """Return the path a request's recording has by default; findings about its reply name it."""
    return f"generations/{request.post}/{request.block}.json"


def read_draft(value: Mapping[str, Any], request: Request) -> Draft:
    """Return the reply that the JSON of a model's answer holds, with every problem of its form and its texts."""
    value = _unwrapped(value, request)
    slots: dict[str, list[Any]] = {}
    wrong: dict[tuple[str, int], list[str]] = {}
    names = own_names(value, request)
    for slot in request.slots:
        found = value.get(slot.name)
        parts = found if isinstance(found, list) else [found] if found is not None else []
        kept: list[Any] = []
        for number, part in enumerate(parts, start=1):
            problems: list[str] = []
            made = _part(part, problems, names)
            if made is not None:
                kept.append(made)
            if problems:
                wrong.setdefault((slot.name, len(kept) or number), []).extend(problems)
        if kept:
            slots[slot.name] = kept
    text, places = laid_out(request.block, slots)
    path = path_of(request)
    reply, found_problems = read_reply(text, path)
    lines = {place: line for line, place in places.items()}
    findings = [
        Finding("reply-schema", Severity.ERROR, Where(path, lines.get(place, 1)), what, say("generate.parts-as-schema"))
        for place, told in wrong.items()
        for what in told
    ]
    unknown = sorted(set(value) - {slot.name for slot in request.slots})
    there = ", ".join(slot.name for slot in request.slots)
    for name in unknown[:5]:
        findings.append(finding_of("generate.reply-slot-unknown", Where(path), slot=name, expected=there))
    return Draft(reply, (*findings, *found_problems), slots, places)


def laid_out(block: str, slots: Mapping[str, list[Any]]) -> tuple[str, dict[int, tuple[str, int]]]:
    """Return a recording's text with one part on a line, and which part stands on which line."""
    lines = [f'{{"block": {json.dumps(block)}, "slots": {{']
    places: dict[int, tuple[str, int]] = {}
    for position, (name, parts) in enumerate(slots.items()):
        lines.append(f"{json.dumps(name)}: [")
        for number, part in enumerate(parts, start=1):
            lines.append(_dumped(part) + ("," if number < len(parts) else ""))
            places[len(lines)] = (name, number)
        lines.append("]," if position + 1 < len(slots) else "]")
    return "\n".join([*lines, "}}"]), places


def own_names(value: Mapping[str, Any], request: Request) -> dict[str, str]:
    """Return the ids a reply gives its equations and what each is called in the post.

    An id gets the block's before it, so that blocks written at the same time never clash, unless the outline asks for
    that very id in the slot's instruction.
    """
    asked = {match["id"] for slot in request.slots for match in REFERENCE.finditer(slot.write)}
    names = {}
    for id in _ids(value):
        keep = id in asked or id.startswith(f"{request.block}-") or not re.fullmatch(r"[A-Za-z0-9_-]+", id)
        names[id] = id if keep else f"{request.block}-{id}"
    return names


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("tex"), str) and isinstance(value.get("id"), str) and value["id"]:
            yield value["id"]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _ids(item)


def _unwrapped(value: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
    names = {slot.name for slot in request.slots}
    if len(value) == 1 and not names & set(value):
        ((key, inner),) = value.items()
        if key in WRAPPERS and isinstance(inner, Mapping):
            return inner
    return value


def _part(part: object, problems: list[str], names: Mapping[str, str]) -> object | None:
    """Return a part as an outline writes it; what does not fit goes into `problems`."""
    if isinstance(part, str):
        return _lines(_referring(part, names)) or None
    if not isinstance(part, Mapping):
        problems.append(say("generate.no-part"))
        return None
    said = {key: item for key, item in part.items() if item is not None}
    kind = said.pop("kind", None) or _kind(said)
    if not isinstance(kind, str) or kind not in KEYS:
        problems.append(say("generate.no-kind", kind=json.dumps(kind, ensure_ascii=False)[:40]))
        return None
    if kind == "equation" and isinstance(said.get("equation"), Mapping) and "tex" not in said:
        said = {key: item for key, item in said["equation"].items() if item is not None}
    _strangers(said, KEYS[kind], say("generate.part-of-kind", kind=kind), problems)
    if not isinstance(said.get(NEEDED[kind]), str | list) or not said[NEEDED[kind]]:
        problems.append(say("generate.part-without", kind=kind, needed=NEEDED[kind]))
        return None
    if kind == "text":
        return _lines(_referring(_text(said, "text", problems), names)) or None
    if kind == "equation":
        return {"equation": _equation(said, problems, names)}
    if kind == "code":
        code = said["code"]
        lines = [str(line) for line in code] if isinstance(code, list) else str(code).rstrip("\n").split("\n")
        return {"code": lines, **({"language": said["language"]} if said.get("language") else {})}
    equation = said.get("equation")
    made: dict[str, object] = {"because": _lines(_referring(_text(said, "because", problems), names))}
    if isinstance(equation, Mapping):
        inner = {key: item for key, item in equation.items() if item is not None}
        inner.pop("kind", None)
        _strangers(inner, EQUATION_KEYS, say("generate.an-equation"), problems)
        made["equation"] = _equation(inner, problems, names)
    elif equation is not None:
        problems.append(say("generate.step-equation"))
    if said.get("intuition"):
        made["intuition"] = _lines(_referring(_text(said, "intuition", problems), names))
    return made


def _kind(said: Mapping[str, Any]) -> str | None:
    """Return the kind of a part that does not say it."""
    return next((kind for kind, key in NEEDED.items() if key in said), "equation" if "equation" in said else None)


def _strangers(said: Mapping[str, Any], known: frozenset[str], what: str, problems: list[str]) -> None:
    for key in sorted(set(said) - known):
        problems.append(say("generate.unknown-key", what=what, name=str(key)[:40]))


def _text(said: Mapping[str, Any], key: str, problems: list[str]) -> str:
    value = said.get(key, "")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "".join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        problems.append(say("generate.no-text", name=key))
        return ""
    return str(value)


def _referring(text: str, names: Mapping[str, str]) -> str:
    """Return prose in which references to the reply's own equations have the names these have in the post."""

    def renamed(match: re.Match[str]) -> str:
        row = f".{match['row']}" if match["row"] else ""
        own = match["kind"] == "eq" and not match["post"] and match["id"] in names
        return f"@eq:{names[match['id']]}{row}" if own else match[0]

    return REFERENCE.sub(renamed, text.strip("\n"))


def _lines(text: str) -> str | list[str]:
    """Return a text of several lines as a list of them, as recordings write it."""
    lines = text.strip("\n").split("\n")
    return [line + "\n" for line in lines[:-1]] + [lines[-1]] if len(lines) > 1 else lines[0]


def _equation(said: Mapping[str, Any], problems: list[str], names: Mapping[str, str]) -> dict[str, object]:
    made: dict[str, object] = {}
    for key in EQUATION_TEXTS:
        if said.get(key) not in (None, ""):
            text = _text(said, key, problems)
            made[key] = _lines(text) if key in ("tex", "assume", "skip") else " ".join(text.split("\n"))
    if "id" in made:
        made["id"] = names.get(str(made["id"]), made["id"])
    given = said.get("given")
    if given:
        made["given"] = [str(item) for item in given] if isinstance(given, list) else [str(given)]
    if isinstance(said.get("order"), Mapping):
        made["order"] = {key: item for key, item in said["order"].items() if item is not None}
    made |= {key: True for key in ("tight", "strict") if said.get(key) is True}
    symbols = said.get("symbols")
    if symbols:
        made["symbols"] = dict(_symbols(symbols, problems))
    return made


def _symbols(symbols: object, problems: list[str]) -> Iterator[tuple[str, object]]:
    if isinstance(symbols, Mapping):
        symbols = [{"name": name, "type": type_} for name, type_ in symbols.items()]
    for symbol in symbols if isinstance(symbols, list) else ():
        said = {k: v for k, v in symbol.items() if v not in (None, "")} if isinstance(symbol, Mapping) else {}
        name, type_, define = said.get("name"), said.get("type"), said.get("define")
        if not isinstance(name, str) or not (isinstance(type_, str) or isinstance(define, str)):
            problems.append(say("generate.symbol-incomplete"))
        elif isinstance(define, str):
            yield name, {"define": define}
        else:
            yield name, type_


def _dumped(part: object) -> str:
    r"""Return a part as JSON on one line, with `\u0009` for `\t` and its like, which recordings do not allow."""
    text = json.dumps(part, ensure_ascii=False)
    return SHORT.sub(lambda match: match[1] + SHORTENED[match[2]], text)
