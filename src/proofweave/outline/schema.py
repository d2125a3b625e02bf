"""JSON Schemas made of the shapes the readers use: for outlines in an editor, and for a model's reply."""

import json
from collections.abc import Sequence
from importlib.resources import files
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
            inner = {"anyOf": [{"type": SCALARS}, {"type": "array"}, {"type": "object"}]}
            mapping = {"type": "object", "minProperties": 1, "additionalProperties": inner}
            self.definitions.setdefault("type", {"anyOf": [{"type": SCALARS}, mapping]})
            return {"$ref": "#/$defs/type"}
        if shape.name not in self.definitions:
            self.definitions[shape.name] = {}  # stands there already for what refers to itself
            self.definitions[shape.name] = self.written(shape)
        return {"$ref": f"#/$defs/{shape.name}"}

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


def reply_schema(slots: Sequence[Slot]) -> Schema:
    """Return the schema of a model's reply: for each slot its parts, as a recording holds them under `slots`.

    It keeps to what strict modes accept: every key required, null for what is not said, no other keys.
    """
    parts = {
        slot.name: {
            "type": "array",
            "description": f"The parts of this slot; they hold exactly {slot.equations} numbered"
            f" equation{'' if slot.equations == 1 else 's'}, in the order they are read.",
            "items": {"$ref": "#/$defs/part"},
        }
        for slot in slots
    }
    return {**_strict({"type": "object", "properties": parts}), "$defs": parts_schema()}


def parts_schema() -> Schema:
    """Return the schemas a reply's schema refers to, the same for every block."""
    told = told_schema()
    equation, parts = told["equation"], told["part"]["anyOf"]
    for part in parts:
        if "allOf" in part:
            kind, _ = part.pop("allOf")
            part.update(kind, properties={**kind["properties"], **equation["properties"]})
    return {"part": {"anyOf": [_strict(part) for part in parts]}, "equation": _strict(equation)}


def told_schema() -> Schema:
    """Return the same schemas as a prompt tells them: equations once, and without what every object repeats."""
    schema: Schema = json.loads(files(__package__).joinpath("schema.json").read_text(encoding="utf-8"))
    return schema


def _strict(schema: Any) -> Any:
    """Return a schema whose objects, inner ones too, have all of their keys and no others."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _strict(value) for key, value in schema.items()}
    if "properties" not in schema:
        return inner
    return {**inner, "required": list(schema["properties"]), "additionalProperties": False}
