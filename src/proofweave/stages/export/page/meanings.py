"""Say what a symbol stands for, as a reader says it: words of the post's language around mathematics between $…$."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from proofweave.core import Said, say, table, together

KNOWN = re.compile(r"([a-z_]+)(?:\((.*)\))?", re.DOTALL)
"""A type as it is written: a word, and what stands in its brackets."""

NAMED = ("definition", "redeclared")
COMMA = re.compile(r",\s*(?![^()]*\))")


def meant(name: str, value: object) -> str:
    """Return what a symbol of this specification is; a text of the tables, or one as written where there is none."""
    if not isinstance(value, Mapping):
        return _type(str(value))
    form = next((form for form in FORMS if form in value), "")
    if not form:
        return say("meaning.as-written", text=", ".join(f"{key}: {_flat(inner)}" for key, inner in value.items()))
    said = FORMS[form](name, value)
    return _each(said, value) if "index" in value and "over" in value else said


def narrowed(text: str) -> str:
    """Return what alone was checked, with what is TeX in it as mathematics."""
    if not isinstance(text, Said):
        return text
    return Said(text.key, {name: _framed(name, str(value)) for name, value in text.values.items()})


def leaned(conditions: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
    """Return what a verdict leans on, a line each; symbols whose meaning stands above share one."""
    named = {kind: [f"${name}$" for each, name, _ in conditions if each == kind] for kind in NAMED}
    lines = [say(f"meaning.{kind}", names=listed(dict.fromkeys(names))) for kind, names in named.items() if names]
    return (*lines, *(_leaned(kind, name, text) for kind, name, text in conditions if kind not in named))


def _leaned(kind: str, name: str, text: str) -> str:
    if kind == "stated" and _type(text).key != "meaning.as-written":
        return say("meaning.stated-type", name=name, type=_type(text))
    if kind == "stated" and text.partition(":")[0] in FORMS:
        return say("meaning.stated-form", name=name)
    if kind == "excuse":  # a part may be a piece of TeX that cannot stand alone
        part = f"${name}$" if name.count("{") == name.count("}") else f"`{name}`"
        return say("meaning.excuse" if name else "meaning.excuse-whole", name=part, text=text)
    return say(f"meaning.{kind}", name=name, text=text)


def drawn(planned: Mapping[str, Any], reached: Mapping[str, int]) -> str:
    """Return which sizes were drawn: small ones mostly, and a few large ones as far as the work went; "" for none."""
    near = [_near(name, *span(str(over))) for name, over in planned.get("near", {}).items()]
    sizes = {name: reached.get(name, most) for name, most in planned.get("far", {}).items()}
    far = [say("meaning.at", name=name, value=value) for name, value in sizes.items() if value]
    lines = [say(f"meaning.{key}", what=listed(found)) for key, found in (("near", near), ("far", far)) if found]
    return together(lines, "meaning.drawn")


def _near(name: str, first: str, last: str) -> str:
    if first == last:
        return say("meaning.at", name=name, value=first)
    return say("meaning.index", name=name, first=first, last=last)


def listed(texts: Iterable[str]) -> str:
    """Return texts as a list within a line."""
    return together(list(texts), "meaning.list")


def _framed(name: str, value: str) -> str:
    return _type(value) if name == "type" else value if name == "classes" else f"${value}$"


def span(text: str) -> tuple[str, str]:
    """Return the two ends of a range such as 1..n; the last is ∞ where it is open."""
    first, _, last = text.partition("..")
    return first.strip(), last.strip() or r"\infty"


def _class(word: str) -> str:
    return say(f"scope.class-{word}") if f"class-{word}" in table("scope") else word


def _type(text: str) -> Said:
    """Return what a type means: vector(d) is a vector of R^d."""
    found = KNOWN.fullmatch(text.strip())
    if found is None:
        return say("meaning.as-written", text=text)
    word, inside = found[1], found[2]
    if word == "int" and inside and ".." in inside:
        first, last = span(inside)
        key, arguments = ("int-from", [first]) if last == r"\infty" else ("int-between", [first, last])
    else:
        arguments = [part.strip() for part in COMMA.split(inside)] if inside else []
        key = f"{word}-{len(arguments)}" if arguments else word
    if key not in table("meaning"):
        return say("meaning.as-written", text=text)
    return say(f"meaning.{key}", **dict(zip("ab", arguments, strict=False)))


def _defined(name: str, value: Mapping[str, Any]) -> str:
    whole = f"{name}({value['of']})" if "of" in value else name
    return say("meaning.defined", name=whole, tex=value["define"])


def _solved(name: str, value: Mapping[str, Any]) -> str:
    which = "argmin" if "argmin" in value else "argmax"
    over = {"over": value["over"]} if "over" in value else {}
    said: str = say(f"meaning.{which}{'-over' if over else ''}", tex=value[which], **over)
    subject = value.get("subject_to", ())
    for premise in [subject] if isinstance(subject, str) else subject:
        said = say("meaning.subject", what=said, tex=premise)
    return said


def _function(name: str, value: Mapping[str, Any]) -> str:
    classes = str(value["function"]).split()
    said: str = say(
        "meaning.function",
        classes=together([_class(word) for word in classes], "scope.both"),
        argument=_type(str(value.get("of", "scalar"))),
    )
    if "to" in value:
        said = say("meaning.to", what=said, values=_type(str(value["to"])))
    if "constant" in value:
        kind = "lipschitz" if "lipschitz" in classes else "smooth"
        said = say(f"meaning.constant-{kind}", what=said, tex=value["constant"])
    return say("meaning.modulus", what=said, tex=value["modulus"]) if "modulus" in value else said


def _random(name: str, value: Mapping[str, Any]) -> str:
    said: str = say("meaning.random", type=_type(str(value["random"])), support=value.get("support", "?"))
    for key in ("mean", "iid"):
        if key in value:
            said = say(f"meaning.{key}", what=said, tex=value[key])
    return say("meaning.uniform", what=said) if value.get("weights") == "uniform" else said


def _each(said: str, value: Mapping[str, Any]) -> str:
    """Return what is said of a member, for each index of its family."""
    ranges = zip(str(value["index"]).split(","), str(value["over"]).split(","), strict=False)
    indices = [_index(index.strip(), over.strip()) for index, over in ranges]
    return say("meaning.each", what=said, indices=listed(indices))


def _index(name: str, over: str) -> str:
    first, last = span(over)
    return say("meaning.index", name=name, first=first, last=last)


def _flat(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


FORMS: Mapping[str, Any] = {
    "define": _defined,
    "argmin": _solved,
    "argmax": _solved,
    "function": _function,
    "random": _random,
    "least": lambda name, value: say("meaning.least", tex=value["least"]),
    "law": lambda name, value: say("meaning.law", name=name, tex=value["law"]),
    "sequence": lambda name, value: say("meaning.sequence", start=value["start"], next=value["next"]),
    "flow": lambda name, value: say("meaning.flow", start=value["start"], velocity=value["velocity"]),
    "family": lambda name, value: _type(str(value["family"])),
    "type": lambda name, value: _type(str(value["type"])),
}
"""How each form of a specification is said; the first whose key stands in it."""
