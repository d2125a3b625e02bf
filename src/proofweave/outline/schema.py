"""JSON Schemas made of the shapes the readers use: for outlines in an editor, and for a model's reply."""

import json
from collections.abc import Sequence
from typing import Any

from proofweave.core import Slot
from proofweave.outline.format import OUTLINE
from proofweave.outline.shapes import Free, Many, OneOf, Record, Scalar, Shape, Table, about, words_of

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALARS = ["string", "number", "boolean", "null"]
"""What an editor's YAML makes of a text: `1.10` is a number to it, `yes` a boolean."""


def outline_schema() -> Schema:
    """Return the schema of outlines; it accepts every outline the reader accepts, and completes keys in an editor."""
    writer = _Writer()
    root = writer.record(OUTLINE)
    return {
        "$schema": DIALECT,
        "title": "proofweave outline",
        "description": "What a grown post contains; docs/outline.md describes every key.",
        **root,
        "$defs": dict(sorted(writer.definitions.items())),
    }


def schema_text() -> str:
    """Return the schema of outlines as `schema/outline.schema.json` holds it."""
    return json.dumps(outline_schema(), ensure_ascii=False, indent=2) + "\n"


class _Writer:
    """Writes shapes as schemas; named ones go to `definitions` once and are referred to."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def schema(self, shape: Shape) -> Schema:
        if isinstance(shape, Scalar):
            return _scalar(shape)
        if isinstance(shape, Many):
            items = {"type": "array", "minItems": 1, "items": self.schema(shape.item)}
            return {"anyOf": [self.schema(shape.item), items]} if shape.single else items
        if isinstance(shape, Free):
            return self.named("type", _free())
        if shape.name not in self.definitions:
            self.definitions[shape.name] = {}  # stands there already for what refers to itself
            self.definitions[shape.name] = self.written(shape)
        return {"$ref": f"#/$defs/{shape.name}"}

    def named(self, name: str, schema: Schema) -> Schema:
        self.definitions.setdefault(name, schema)
        return {"$ref": f"#/$defs/{name}"}

    def written(self, shape: Record | Table | OneOf) -> Schema:
        if isinstance(shape, Record):
            return self.record(shape)
        if isinstance(shape, Table):
            return {
                "type": "object",
                "description": words_of(shape),
                "minProperties": 1,
                **({"propertyNames": {"pattern": f"^(?:{shape.key.pattern})$"}} if shape.key.pattern else {}),
                "additionalProperties": self.schema(shape.value),
            }
        records = {record.name: record for record in shape.records.values()}
        choices = [self.schema(record) for record in records.values()]
        return {"anyOf": ([_scalar(shape.text)] if shape.text else []) + choices}

    def record(self, record: Record) -> Schema:
        required = [name for name, key in record.keys.items() if key.required]
        return {
            "type": "object",
            "properties": {
                name: {"description": about(key, name), **self.schema(key.shape)} for name, key in record.keys.items()
            },
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }


def _scalar(shape: Scalar) -> Schema:
    if shape.choices:
        return {"enum": [*([True, False] if shape.flag else []), *shape.choices]}
    if shape.pattern:
        text = {"type": "string", "pattern": f"^(?:{shape.pattern})$"}
        return {"anyOf": [text, {"type": "number"}, {"type": "boolean"}]} if shape.number else text
    return {"type": SCALARS}


def _free() -> Schema:
    inner = {"anyOf": [{"type": SCALARS}, {"type": "array"}, {"type": "object"}]}
    mapping = {"type": "object", "minProperties": 1, "additionalProperties": inner}
    return {"anyOf": [{"type": SCALARS}, mapping]}


def reply_schema(slots: Sequence[Slot]) -> Schema:
    """Return the schema of a model's reply: for each slot its parts, as a recording holds them under `slots`.

    It keeps to what strict modes accept: every key required, null for what is not said, no other keys.
    """
    return {
        "type": "object",
        "properties": {
            slot.name: {
                "type": "array",
                "description": f"{_numbered(slot.equations)}, in the order they are read.",
                "items": {"$ref": "#/$defs/part"},
            }
            for slot in slots
        },
        "required": [slot.name for slot in slots],
        "additionalProperties": False,
        "$defs": parts_schema(),
    }


def parts_schema() -> Schema:
    """Return the schemas a reply's schema refers to, the same for every block."""
    return {"part": {"anyOf": _PARTS}, "equation": _EQUATION}


def told_schema() -> Schema:
    """Return the same schemas as a prompt tells them: equations once, and without what every object repeats."""
    kind = {"type": "object", "properties": {"kind": {"type": "string", "enum": ["equation"]}}}
    display = {"allOf": [kind, {"$ref": "#/$defs/equation"}]}
    parts = [display if "tex" in part["properties"] else part for part in _PARTS]
    return {"part": {"anyOf": [_bare(part) for part in parts]}, "equation": _bare(_EQUATION)}


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _bare(value) for key, value in schema.items() if key not in ("required", "additionalProperties")}
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema


def _numbered(count: int) -> str:
    plural = "" if count == 1 else "s"
    return f"The parts of this slot; they hold exactly {count} numbered equation{plural}"


def _strict(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _text(about: str) -> Schema:
    return {"type": "string", "description": about}


def _maybe(about: str, type_: str = "string", **more: object) -> Schema:
    return {"type": [type_, "null"], "description": about, **more}


_PROSE = "Markdown with inline math $…$ and references @eq:id; no headings, no displays, no HTML, no numbers by hand."
_EQUATION_KEYS: dict[str, Schema] = {
    "id": _maybe("Letters, digits, - and _; needed to refer to it as @eq:id."),
    "tex": _text(r"TeX without environment, \tag, \label or $; rows separated by \\ take a number each."),
    "rows": _maybe("one: several rows take one number together.", enum=["one", None]),
    "tag": _maybe("none: the display has no number.", enum=["none", None]),
    "defines": _maybe("The symbol this equation defines, as TeX; else null."),
    "assume": _maybe("Why it is taken as true without a check; else null."),
    "skip": _maybe("Why it cannot be checked; else null."),
    "given": _maybe("Premises under which it holds, as TeX.", "array", items={"type": "string"}),
    "order": {
        "anyOf": [
            _strict(**{"in": _text("The quantity that goes to 0, as TeX."), "at_least": {"type": "number"}}),
            {"type": "null"},
        ],
        "description": "For ≈ and O(·): how fast the error falls; else null.",
    },
    "tight": _maybe("true: near equality somewhere.", "boolean"),
    "strict": _maybe("true: equality never occurs.", "boolean"),
    "symbols": _maybe(
        "Symbols of this equation that are not declared yet.",
        "array",
        items=_strict(
            name=_text("The symbol, as TeX."),
            type=_maybe("Its type, such as vector(d) or positive; null where define says what it is."),
            define=_maybe("What it stands for, as TeX; null where type says what it is."),
        ),
    ),
}
_EQUATION = _strict(**_EQUATION_KEYS)
_PARTS: list[Schema] = [
    _strict(kind={"type": "string", "enum": ["text"]}, text=_text(_PROSE)),
    _strict(kind={"type": "string", "enum": ["equation"]}, **_EQUATION_KEYS),
    _strict(
        kind={"type": "string", "enum": ["step"]},
        because=_text("The sentence that gives the reason. " + _PROSE),
        equation={"anyOf": [{"$ref": "#/$defs/equation"}, {"type": "null"}]},
        intuition=_maybe("What the step means; else null."),
    ),
    _strict(
        kind={"type": "string", "enum": ["code"]},
        code=_text("A listing."),
        language=_maybe("The language that colours it: python, text, …"),
    ),
]
