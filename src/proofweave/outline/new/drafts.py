"""Write the drafts of an outline as YAML: sections, blocks and slots, every text quoted so that it stays one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proofweave.core import BlockKind, Layer

UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
REFERENCE = re.compile(r"@(?=(?:eq|thm|sec|ref|fig):)")


@dataclass(frozen=True, slots=True)
class Draft:
    """A slot to write: the key it stands under, the instruction, its number of equations."""

    key: str
    write: str
    equations: int = 0


@dataclass(frozen=True, slots=True)
class DraftBlock:
    """A block to lay out; a prose kind has one draft, under its own key."""

    kind: BlockKind
    id: str
    drafts: tuple[Draft, ...]
    name: str = ""
    layer: Layer | None = None

    def equations(self) -> int:
        """Return how many numbered equations its slots hold."""
        return sum(draft.equations for draft in self.drafts)


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A section to lay out; `anchor` is the source's heading it could stand under."""

    id: str
    title: str
    layer: Layer | None
    blocks: tuple[DraftBlock, ...] = ()
    sections: "tuple[DraftSection, ...]" = ()
    anchor: str = ""


def total(section: DraftSection) -> int:
    """Return how many numbered equations a section's slots hold."""
    return sum(block.equations() for block in section.blocks) + sum(total(child) for child in section.sections)


def section_lines(
    section: DraftSection, indent: int, tag: int, words: Mapping[str, str], examples: bool
) -> Iterator[str]:
    """Yield a section's lines; `tag` is its first number, and `examples` are shown as comments below its blocks."""
    pad = " " * indent
    yield f"{pad}- id: {section.id}"
    yield f"{pad}  title: {scalar(section.title, indent + 4)}"
    if section.layer:
        yield f"{pad}  layer: {section.layer}"
    count = total(section)
    if count and not section.sections:
        yield f"{pad}  tags: {tag}" + (f"-{tag + count - 1}" if count > 1 else "")
    if section.anchor:
        yield f"{pad}  # anchor: {quoted(section.anchor)}"
    if section.sections:
        yield f"{pad}  sections:"
        for number, child in enumerate(section.sections):
            yield from section_lines(child, indent + 4, tag, words, examples and number == 0)
            tag += total(child)
        return
    yield f"{pad}  blocks:"
    for block in section.blocks:
        yield from _block_lines(block, indent + 4, words)
    if examples:
        yield from (f"{pad}    # {line}" for line in words["examples"].format().splitlines())


def _block_lines(block: DraftBlock, indent: int, words: Mapping[str, str]) -> Iterator[str]:
    pad = " " * indent
    if block.drafts[0].key:
        yield f"{pad}- {block.kind}: {block.id}"
        if block.name:
            yield f"{pad}  # name: {quoted(block.name)}  # {words['named']}"
        for draft in block.drafts:
            yield f"{pad}  {draft.key}:"
            yield from _draft_lines(draft, indent + 4)
    else:
        yield f"{pad}- {block.kind}:"
        yield from _draft_lines(block.drafts[0], indent + 4)
        yield f"{pad}  id: {block.id}"
    if block.layer:
        yield f"{pad}  layer: {block.layer}"


def _draft_lines(draft: Draft, indent: int) -> Iterator[str]:
    yield f"{' ' * indent}write: {scalar(draft.write, indent + 2)}"
    yield f"{' ' * indent}equations: {draft.equations}"


def plain(text: str) -> str:
    """Return a text as one line that YAML can hold and that refers to nothing."""
    return REFERENCE.sub("@ ", " ".join(UNPRINTABLE.sub(" ", text).split()))


def quoted(text: str) -> str:
    """Return a line in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def scalar(text: str, indent: int) -> str:
    """Return a line as a YAML scalar; one with a single quote stands in a block, where a double prime survives."""
    return f"|-\n{' ' * indent}{text}" if "'" in text else quoted(text)
