"""Find which result uses which: a theorem, lemma, definition or algorithm refers to another, or to its equations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofweave.core import NUMBERED, Block, BlockKind, Outline, Slot, displays_of, number, prose_of, references_in


@dataclass(frozen=True, slots=True)
class Result:
    """A numbered block: its label and name, its state, and the ids of the results it uses, in document order."""

    id: str
    label: str
    name: str
    kind: BlockKind
    state: str
    uses: tuple[str, ...]


def results(outline: Outline, document: Mapping[str, Any]) -> tuple[Result, ...]:
    """Return the results of a filled outline; `document` is what validate says of it."""
    blocks = [block for block in outline.blocks() if block.kind in NUMBERED - {BlockKind.EXERCISE}]
    labels = number(outline).labels
    owner = {f"eq {equation.id}": block.id for block in blocks for equation in displays_of(block.parts())}
    owner |= {f"thm {block.id}": block.id for block in blocks}
    verdicts: dict[str, list[str]] = {}
    for value in document["equations"]:
        verdicts.setdefault(str(value["block"]), []).append(str(value["verdict"]))
    judged = {str(value["id"]): str(value["state"]) for value in document["results"]}
    place = {block.id: index for index, block in enumerate(blocks)}
    found = []
    for block in blocks:
        crosses = (cross for text in _texts(block) for cross in references_in(text))
        keys = (f"{cross.kind} {cross.id}" for cross in crosses if not cross.post)
        uses = {owner[key] for key in keys if key in owner} - {block.id}
        state = _state(block, judged.get(block.id, ""), verdicts.get(block.id, []))
        ordered = tuple(sorted(uses, key=lambda id: place[id]))
        found.append(Result(block.id, labels.get(block.id, block.id), block.name, block.kind, state, ordered))
    return tuple(found)


def _state(block: Block, judged: str, verdicts: Sequence[str]) -> str:
    """Return refuted, open (a part is not written yet), cited, plain (nothing to check), or what became of a result.

    A result is verified only in full; of a definition or an algorithm the equations decide.
    """
    if any(verdict in ("refuted", "error") for verdict in verdicts):
        return "refuted"
    if block.slots():
        return "open"
    if block.cite and not block.proof:
        return "cited"
    if judged:
        return "verified" if judged == "full" else judged
    if "weak" in verdicts:
        return "weak"
    return "verified" if "verified" in verdicts else "plain"


def _texts(block: Block) -> Iterator[str]:
    yield from (block.inputs, block.outputs, block.complexity)
    for part in block.parts():
        yield from (part.write,) if isinstance(part, Slot) else prose_of(part)
