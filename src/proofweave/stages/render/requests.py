"""Render the request of each block that leaves slots to a model: prompt, reply schema and content key."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum

from proofweave.core import REFERENCE, Block, Outline, Request, Section, SymbolSpec, Where
from proofweave.outline import reply_schema, told_schema
from proofweave.stages.render.context import AFTER, BEFORE, definitions, quoted, summarised, told
from proofweave.text.press import environment_of, print_template

REPLY_FORMAT = 1
"""The version of the reply's schema; a new one makes every recording ask again."""

UNKEYED = frozenset({"where", "id", "layer", "claims", "instances", "because", "stated"})
"""Fields that are no part of what a model is asked: where a block stands, what it is called, how it is checked."""

COMMAND = re.compile(r"\\[A-Za-z]+|[a-z]{2,}")
"""What holds letters that are no symbols: a TeX command, an English word or a key."""


def render(
    outline: Outline,
    templates: Mapping[str, str],
    model: str,
    parameters: Mapping[str, str],
    source: str = "",
    prompts: bool = True,
) -> tuple[Request, ...]:
    """Return one request per block with slots, in document order; without `prompts`, only what tells recordings apart.

    `templates` maps a file name below `templates/prompt/` to its text; a broken one raises FindingsError. `source` is
    what the prompts quote of the source post.
    """
    environment = environment_of(templates)
    environment.filters["quoted"] = quoted
    everything = list(outline.placed())
    requests = []
    for position, (section, leaf, block) in enumerate(everything):
        slots = block.slots()
        if not slots:
            continue
        symbols = in_scope(outline, section, leaf, block)
        spec = specification_hash(block, symbols)
        key = digest({"spec": spec, "model": model, "parameters": dict(parameters)})
        request = Request(outline.post, block.id, key, spec, "", {}, slots, slots[0].where)
        if prompts:
            values = _values(outline, everything, position, symbols, source)
            prompt = print_template(environment, "templates/prompt", f"{outline.language}.md.j2", values)
            request = replace(request, prompt=prompt, schema=reply_schema(slots))
        requests.append(request)
    return tuple(requests)


def _values(
    outline: Outline,
    everything: Sequence[tuple[Section, Section, Block]],
    position: int,
    symbols: Mapping[str, SymbolSpec],
    source: str,
) -> Mapping[str, object]:
    """Return what the prompt's template is given for the block at a position."""
    _, leaf, block = everything[position]
    blocks = [other for _, _, other in everything]
    top = {symbol.name: symbol for symbol in outline.symbols}
    return {
        "title": outline.title,
        "source": source,
        "symbols": _listed(top),
        "own_symbols": _listed({name: symbol for name, symbol in symbols.items() if top.get(name) is not symbol}),
        "section": leaf.title,
        "defined": definitions(blocks[: max(0, position - BEFORE)]),
        "before": [summarised(other) for other in blocks[max(0, position - BEFORE) : position]],
        "after": [summarised(other) for other in blocks[position + 1 : position + 1 + AFTER]],
        "block": told(block),
        "slots": [{"name": slot.name, "write": slot.write, "equations": slot.equations} for slot in block.slots()],
        "parts_schema": json.dumps(told_schema(), ensure_ascii=False, separators=(",", ":")),
        "skeleton": "{" + ", ".join(f'"{slot.name}": [{{"kind": …}}, …]' for slot in block.slots()) + "}",
    }


def _listed(symbols: Mapping[str, SymbolSpec]) -> str:
    return "\n".join(f"{name}: {shown(symbol.value)}" for name, symbol in symbols.items())


def in_scope(outline: Outline, section: Section, leaf: Section, block: Block) -> dict[str, SymbolSpec]:
    """Return the symbols a block sees, by name; the innermost declaration wins."""
    levels: Sequence[Sequence[SymbolSpec]] = (outline.symbols, section.symbols, leaf.symbols, block.symbols)
    return {symbol.name: symbol for level in levels for symbol in level}


def specification_hash(block: Block, symbols: Mapping[str, SymbolSpec]) -> str:
    """Return the sha256 of what a block itself says: its text, the symbols that occur in it, the reply's format.

    The block's id, its place, its section and its layer are left out, so moving or renaming asks for nothing.
    """
    text = "\n".join(_strings(block))
    letters = COMMAND.sub(" ", text)
    used = {
        name: plain(symbol.value) for name, symbol in symbols.items() if name in (letters if len(name) == 1 else text)
    }
    return digest({"block": plain(block), "symbols": used, "format": REPLY_FORMAT})


def digest(value: object) -> str:
    """Return the sha256 of a value's canonical JSON, in hexadecimal."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def plain(value: object) -> object:
    """Return a value of types.py as plain JSON, without positions, ids and what is unset."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name))
            for field in fields(value)
            if field.name not in UNKEYED and getattr(value, field.name) not in ("", (), None, False, {})
        }
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def shown(value: object) -> str:
    """Return a symbol's type as one line."""
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield REFERENCE.sub("", value)
    elif is_dataclass(value) and not isinstance(value, Where):
        value = [getattr(value, field.name) for field in fields(value) if field.name not in UNKEYED]
    elif isinstance(value, Mapping):
        value = [each for pair in value.items() for each in pair]
    for item in value if isinstance(value, tuple | list) else ():
        yield from _strings(item)
