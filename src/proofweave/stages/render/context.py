"""What a prompt tells of a block and its surroundings, as plain values for the templates; quoted data stays data."""

from collections.abc import Sequence
from typing import Any

from proofweave.core import NUMBERED, Block, Code, Equation, Figure, Part, Slot, Text, displays_of

MARGIN = "| "
"""What every line of quoted data starts with, so that no line of it can pass for one of the prompt's own."""

BEFORE, AFTER = 3, 1
"""How many neighbours a prompt tells of."""


def quoted(text: str) -> str:
    """Return a text as quoted data: each of its lines, by any separator a reader may know, after a margin."""
    return "\n".join(MARGIN + line for line in (text.splitlines() or [""]))


def excerpt(text: str, limit: int) -> str:
    """Return the beginning of a source, cut between paragraphs, of at most `limit` characters."""
    if len(text) <= limit:
        return text
    if limit <= 0:
        return ""
    cut = text.rfind("\n\n", 0, limit)
    return text[: cut if cut > limit // 2 else limit].rstrip() + "\n\n[…]\n"


def told(block: Block) -> dict[str, Any]:
    """Return a block for the templates: kind, id, name and its parts with their ids, slots among them."""
    return {
        "kind": block.kind.value,
        "id": block.id,
        "numbered": block.kind in NUMBERED,
        "name": block.name,
        "statement": [_part(part) for part in block.statement],
        "proof": [_part(part) for part in block.proof],
        "body": [_part(part) for part in block.body],
        "inputs": block.inputs,
        "outputs": block.outputs,
        "complexity": block.complexity,
    }


def summarised(block: Block) -> dict[str, Any]:
    """Return a neighbour for the templates: its statement, and the equations of its proof and body."""
    return {
        **told(block),
        "proof": [_equation(item) for item in displays_of(block.proof)],
        "body": [_equation(item) for item in displays_of(block.body)],
        "complexity": "",
    }


def definitions(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return the equations of some blocks that define a symbol, in order."""
    return [
        _equation(equation)
        for block in blocks
        for equation in displays_of(block.parts())
        if equation.check.defines is not None
    ]


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"is": "text", "text": part.text}
    if isinstance(part, Equation):
        return _equation(part)
    if isinstance(part, Code):
        return {"is": "code", "code": part.code.rstrip("\n"), "language": part.language}
    if isinstance(part, Slot):
        return {"is": "slot", "slot": part.name}
    if isinstance(part, Figure):
        return {"is": "text", "text": part.caption}
    return {
        "is": "step",
        "because": part.because,
        "equation": _equation(part.equation) if part.equation is not None else None,
        "intuition": part.intuition,
    }


def _equation(equation: Equation) -> dict[str, Any]:
    return {
        "is": "equation",
        "id": equation.id if equation.numbered else "",
        "tex": equation.tex,
        "given": list(equation.check.given),
        "defines": equation.check.defines or "",
        "assume": equation.check.assume or "",
    }
